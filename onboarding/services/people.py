"""People from a sheet: every row is checked, then all accounts are made or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import transaction

from accounts import services as accounts
from accounts.errors import RoleDoesNotFit
from accounts.models import Organisation, User
from accounts.rights import Right, require
from accounts.services import OneTimePassword, Person
from audit.services import record
from officefiles.headings import ColumnSpec
from officefiles.reading import read_workbook
from officefiles.tables import Table, TableRow, find_in_workbook
from officefiles.values import clean_text
from onboarding.errors import PeopleRefused

# Each account's password is stored by a slow digest, and the passwords are shown once on one page.
MOST = 60
SPECS = (
    ColumnSpec("username", "用户名", ("账号", "登录名"), required=True),
    ColumnSpec("title", "职务", ("岗位名称", "岗位职务"), required=True),
    ColumnSpec("organisation", "单位", ("所在单位", "单位名称"), required=True, fill_down=True),
    ColumnSpec("role", "岗位", ("角色", "系统角色"), required=True),
    ColumnSpec("email", "电子邮箱", ("邮箱",)),
)
_USERNAME = RegexValidator(r"^[0-9A-Za-z_.@+-]{1,150}$", "用户名只能由字母、数字和 _ . @ + - 组成。")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A row of the sheet: whom it states, or what is wrong with it."""

    row: int
    username: str
    title: str
    organisation: str
    role: str
    person: Person | None
    problems: tuple[str, ...]


def check_people(*, actor: User, filename: str, content: bytes) -> list[PersonLine]:
    """Read the sheet and check every row. Makes no account.

    Raises:
        WorkbookRefused, TableNotFound, ColumnsMissing: not a workbook, or without the columns.
        PeopleRefused: nobody in it, or more than MOST.
    """
    require(actor, Right.MANAGE_USERS)
    table = find_in_workbook(read_workbook(content, filename=filename), SPECS, called="人员表")
    rows = list(table.data_rows())
    if not rows:
        raise PeopleRefused("表中没有人员。请填写后重新上传。")
    if len(rows) > MOST:
        raise PeopleRefused(f"表中有 {len(rows)} 人，一次最多 {MOST} 人。请分几次上传。", rows=len(rows))
    reader = _Reader(table, rows, actor)
    return [reader.line(row) for row in rows]


@transaction.atomic
def create_people(*, actor: User, lines: Sequence[PersonLine]) -> list[OneTimePassword]:
    """Make every account of a checked sheet, or none; each with a password that opens it once.

    Raises:
        PeopleRefused: a row is wrong.
        UsernameTaken: somebody made the account meanwhile.
    """
    require(actor, Right.MANAGE_USERS)
    wrong = [line.row for line in lines if line.person is None]
    if wrong:
        raise PeopleRefused(f"表中有 {len(wrong)} 行有问题，没有建立账号。请改正后重新上传。", rows=wrong)
    made = [
        accounts.create_user(person=line.person, actor=actor) for line in lines if line.person is not None
    ]
    record(actor=actor, verb="people.brought_in", subject=actor, facts={"accounts": len(made)})
    return made


class _Reader:
    def __init__(self, table: Table, rows: Sequence[TableRow], actor: User) -> None:
        """Two queries."""
        self.table = table
        units = Organisation.objects.visible_to(actor).filter(is_active=True)
        self.units: dict[str, list[Organisation]] = {}
        for unit in units:
            for name in {unit.code, unit.name, unit.short_name}:
                self.units.setdefault(name, []).append(unit)
        self.taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
        names = [clean_text(row.values.get("username")).lower() for row in rows]
        self.twice = {name for name, number in Counter(names).items() if number > 1}

    def line(self, row: TableRow) -> PersonLine:
        said = {spec.key: clean_text(row.values.get(spec.key)) for spec in SPECS}
        problems = [*self._account_problems(said)]
        unit = self._unit(said["organisation"], problems)
        role = next((role for role in User.Role if said["role"] in (role.label, role.value)), None)
        if role is None:
            names = "、".join(role.label for role in User.Role)
            problems.append(f"没有“{said['role']}”这一岗位。请填写{names}之一。")
        person = None
        if unit is not None and role is not None and not problems:
            person = Person(said["username"], said["title"], said["email"], role, unit)
            try:
                accounts.refuse_unfit(person)
            except RoleDoesNotFit as refusal:
                problems.append(refusal.message)
                person = None
        return PersonLine(
            row.number,
            said["username"],
            said["title"],
            unit.name if unit is not None else said["organisation"],
            said["role"],
            person,
            tuple(problems),
        )

    def _account_problems(self, said: Mapping[str, str]) -> list[str]:
        found = []
        try:
            _USERNAME(said["username"])
        except ValidationError as wrong:
            found.extend(wrong.messages)
        name = said["username"].lower()
        if name in self.taken:
            found.append(f"用户名 {said['username']} 已存在。请换一个用户名。")
        if name in self.twice:
            found.append(f"用户名 {said['username']} 在表中重复。")
        if not 0 < len(said["title"]) <= 60:
            found.append("职务须填写，不超过 60 个字。")
        if said["email"]:
            try:
                validate_email(said["email"])
            except ValidationError:
                found.append(f"“{said['email']}”不是电子邮箱地址。")
        return found

    def _unit(self, text: str, problems: list[str]) -> Organisation | None:
        found = self.units.get(text, [])
        if len(found) == 1:
            return found[0]
        if found:
            problems.append(f"有 {len(found)} 个单位叫“{text}”。请填写全称或代码。")
        else:
            problems.append(f"没有“{text}”这个单位。请先在“单位”中新建，或填写全称、代码。")
        return None
