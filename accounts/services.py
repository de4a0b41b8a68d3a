"""Keeping units and accounts. Accounts are deactivated, never deleted: the log names them."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from knox.models import AuthToken
from knox.settings import knox_settings

from accounts import selectors, sessions
from accounts.errors import (
    CodeTaken,
    LastAdministrator,
    OrganisationInUse,
    OtherAdministrator,
    OwnAccount,
    PasswordMustChange,
    RoleDoesNotFit,
    TooManyTokens,
    UsernameTaken,
)
from accounts.models import Organisation, OrganisationAlias, User
from accounts.organisation_tree import path_of
from accounts.passwords import kinds_in
from accounts.rights import ADMINISTRATORS, Right, allowed, require
from audit.services import record

# Without the letters and digits that are misread from paper: 0 O o, 1 l I.
READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "0Oo1lI")
ONE_TIME_PARTS = 4
ONE_TIME_PART_LENGTH = 4


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """An account and the password that opens it once; shown to the administrator and never stored."""

    user: User
    password: str


@dataclass(frozen=True, slots=True)
class Person:
    """What the administrator states about an account."""

    username: str
    title: str
    email: str
    role: User.Role
    organisation: Organisation


@transaction.atomic
def load_organisations() -> selectors.TreePlan:
    """Bring the stored tree to what the product ships; safe to repeat. Returns what it did."""
    plan = selectors.tree_plan()
    ids = dict(Organisation.objects.values_list("code", "pk"))
    for unit in sorted([*plan.created, *plan.changed], key=lambda unit: unit.path):
        row, _ = Organisation.objects.update_or_create(
            code=unit.code,
            defaults={
                "name": unit.name,
                "short_name": unit.short_name,
                "kind": unit.kind,
                "parent_id": ids.get(unit.parent_code),
                "path": unit.path,
            },
        )
        ids[unit.code] = row.pk
    OrganisationAlias.objects.bulk_create(
        OrganisationAlias(alias=row.alias, organisation_id=ids[row.code]) for row in plan.aliases
    )
    return plan


@transaction.atomic
def create_organisation(
    *, code: str, name: str, short_name: str, kind: Organisation.Kind, parent: Organisation, actor: User
) -> Organisation:
    """Add a unit below `parent`.

    Raises:
        CodeTaken: the code is in use.
    """
    require(actor, Right.MANAGE_USERS)
    if Organisation.objects.filter(code=code).exists():
        raise CodeTaken(f"代码 {code} 已被使用；请换一个代码。", value=code)
    organisation = Organisation.objects.create(
        code=code,
        name=name,
        short_name=short_name,
        kind=kind,
        parent=parent,
        path=path_of(code, parent.path),
    )
    record(
        actor=actor,
        verb="organisation.created",
        subject=organisation,
        facts={"code": code, "parent": parent.code},
        scope_path=organisation.path,
    )
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation_id: int,
    name: str,
    short_name: str,
    is_active: bool,
    aliases: Sequence[str],
    actor: User,
) -> Organisation:
    """Rename a unit, take it out of use or back, and say under which other names workbooks write it.

    Its code and place in the tree stay: rows hang on them.

    Raises:
        CodeTaken: another unit has one of the aliases.
        OrganisationInUse: active people or units are in a unit that is to go out of use.
    """
    require(actor, Right.MANAGE_USERS)
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if not is_active:
        _refuse_in_use(organisation)
    taken = OrganisationAlias.objects.filter(alias__in=aliases).exclude(organisation=organisation).first()
    if taken is not None:
        raise CodeTaken(f"别名“{taken.alias}”已属于{taken.organisation}；请删去。", value=taken.alias)
    before = {"name": organisation.name, "short_name": organisation.short_name}
    organisation.name, organisation.short_name = name, short_name
    organisation.is_active = is_active
    organisation.save(update_fields=["name", "short_name", "is_active"])
    organisation.aliases.exclude(alias__in=aliases).delete()
    kept = set(organisation.aliases.values_list("alias", flat=True))
    OrganisationAlias.objects.bulk_create(
        OrganisationAlias(alias=alias, organisation=organisation) for alias in aliases if alias not in kept
    )
    record(
        actor=actor,
        verb="organisation.changed",
        subject=organisation,
        facts={"before": before, "is_active": is_active, "aliases": list(aliases)},
        scope_path=organisation.path,
    )
    return organisation


def _refuse_in_use(organisation: Organisation) -> None:
    below = Organisation.objects.filter(path__startswith=organisation.path, is_active=True)
    units = below.exclude(pk=organisation.pk).count()
    people = User.objects.filter(organisation__path__startswith=organisation.path, is_active=True).count()
    if units or people:
        raise OrganisationInUse(
            f"{organisation}下还有 {units} 个在用单位、{people} 个在用账号；请先停用它们。",
            units=units,
            people=people,
        )


def create_user(*, person: Person, actor: User | None) -> OneTimePassword:
    """Make an account with a one-time password that must be changed at the first sign-in.

    Its role is only asked for: the security administrator grants it (`accounts.granting`). `actor` is
    None for the management command that makes the first administrators, and then the role is given.

    Raises:
        UsernameTaken: the account exists.
        RoleDoesNotFit: the role does not belong into the organisation.
    """
    if actor is not None:
        require(actor, Right.MANAGE_USERS)
    refuse_unfit(person)
    password = new_one_time_password()
    user = User(
        username=person.username,
        title=person.title,
        email=person.email,
        role=person.role if actor is None else User.Role.NONE,
        asked_role="" if actor is None else person.role,
        organisation=person.organisation,
        must_change_password=True,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _record_user(actor, "user.created", user, {"role": person.role, "username": person.username})
    except IntegrityError as error:
        raise UsernameTaken(
            f"用户名 {person.username} 已存在（含已停用的账号）；请换一个用户名。", username=person.username
        ) from error
    return OneTimePassword(user, password)


@transaction.atomic
def change_user(*, user_id: int, person: Person, actor: User) -> User:
    """Change post, mail address and organisation, and ask for a role; the name of the account stays.

    Another role is only asked for; with the organisation the part of the tree changes that the
    account sees, so its role lapses until it is granted anew.

    Raises:
        RoleDoesNotFit: the role does not belong into the organisation.
        OwnAccount: the actor would change their own role or place.
    """
    require(actor, Right.MANAGE_USERS)
    user = _locked(user_id, actor)
    refuse_unfit(person)
    moves = person.organisation.pk != user.organisation_id
    if user.pk == actor.pk and (moves or person.role != user.role):
        raise OwnAccount("不能更改自己的岗位和单位；请由另一位系统管理员办理。")
    before = {"title": user.title, "role": user.role, "organisation": user.organisation_id}
    user.title, user.email, user.organisation = person.title, person.email, person.organisation
    if moves or person.role != user.role:
        user.asked_role = person.role
        user.role = User.Role.NONE if moves else user.role
    user.save(update_fields=["title", "email", "role", "asked_role", "organisation"])
    _record_user(actor, "user.changed", user, {"before": before, "asked": user.asked_role})
    return user


_before_closing: list[Callable[[User, date], None]] = []


def asked_before_closing(check: Callable[[User, date], None]) -> None:
    """Name a check that raises while an account has something open. For apps above: AppConfig.ready."""
    _before_closing.append(check)


@transaction.atomic
def deactivate_user(*, user_id: int, actor: User, today: date) -> User:
    """Close an account: no sign-in, no token; its history stays. Safe to repeat.

    Raises:
        OwnAccount: it is the actor's own.
        LastAdministrator: nobody else would be this kind of administrator.
        DomainError: what the checks of the apps above raise, as while duties are open (`desk.leaving`).
    """
    require(actor, Right.MANAGE_USERS)
    user = _locked(user_id, actor)
    if user.pk == actor.pk:
        raise OwnAccount("不能停用自己正在使用的账号；请由另一位系统管理员办理。")
    if user.is_active:
        refuse_last(user)
        for check in _before_closing:
            check(user, today)
        user.is_active = False
        user.save(update_fields=["is_active"])
        AuthToken.objects.filter(user=user).delete()
        sessions.end_all_of(user)
        _record_user(actor, "user.deactivated", user, {})
    return user


@transaction.atomic
def reactivate_user(*, user_id: int, actor: User) -> OneTimePassword:
    """Open a closed account again, with a new one-time password.

    Raises:
        OtherAdministrator: as `reset_password`.
    """
    require(actor, Right.MANAGE_USERS, Right.GUARD_ACCOUNTS)
    user = _locked(user_id, actor)
    _refuse_other_administrator(user, actor)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record_user(actor, "user.reactivated", user, {})
    return OneTimePassword(user, _give_new_password(user))


@transaction.atomic
def reset_password(*, user_id: int, actor: User) -> OneTimePassword:
    """Give an account a new one-time password; its sessions and tokens end.

    Raises:
        OtherAdministrator: who keeps accounts would open that of another kind of administrator.
    """
    require(actor, Right.MANAGE_USERS, Right.GUARD_ACCOUNTS)
    user = _locked(user_id, actor)
    _refuse_other_administrator(user, actor)
    password = _give_new_password(user)
    _record_user(actor, "user.password_reset", user, {})
    return OneTimePassword(user, password)


def refuse_last(user: User) -> None:
    """Refuse to take away the last account of a kind of administrator.

    Raises:
        LastAdministrator.
    """
    others = User.objects.filter(role=user.role, is_active=True).exclude(pk=user.pk)
    if user.role in ADMINISTRATORS and not others.exists():
        raise LastAdministrator(
            f"{user.username} 是最后一名{user.get_role_display()}；请先另授一人。", role=user.role
        )


def _refuse_other_administrator(user: User, actor: User) -> None:
    """Who keeps accounts does not open those of the two who watch over them."""
    watches = user.role in ADMINISTRATORS and user.role != User.Role.SYSADMIN
    if watches and not allowed(actor, Right.GUARD_ACCOUNTS):
        raise OtherAdministrator(
            f"{user.get_role_display()}的密码由安全管理员重置；请联系安全管理员。", role=user.role
        )


def _give_new_password(user: User) -> str:
    password = new_one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    sessions.end_all_of(user)
    AuthToken.objects.filter(user=user).delete()
    return password


@transaction.atomic
def issue_token(*, user: User) -> str:
    """A new API token for a person who has just proved who they are; told once, stored as a digest.

    Raises:
        PasswordMustChange: the one-time password has not been changed in the browser.
        TooManyTokens: the account already holds as many as it may.
    """
    if user.must_change_password:
        raise PasswordMustChange("一次性密码尚未修改；请先在网页登录并修改密码。")
    if AuthToken.objects.filter(user=user).count() >= (knox_settings.TOKEN_LIMIT_PER_USER or 1):
        raise TooManyTokens("该账号的接口令牌已达上限；请先注销不用的令牌。")
    _, token = AuthToken.objects.create(user=user)
    _record_user(user, "token.issued", user, {})
    return str(token)


def refuse_unfit(person: Person) -> None:
    """Refuse a role in an organisation where nobody of that role works.

    County officers belong to a county or park, dispatch and section officers to the
    prefecture's bureau, department officers to a department; leaders and administrators
    anywhere.

    Raises:
        RoleDoesNotFit.
    """
    probe = User(organisation=person.organisation, role=person.role)
    kinds = set(
        Organisation.objects.filter(code__in=person.organisation.ancestor_codes).values_list(
            "kind", flat=True
        )
    )
    in_county = probe.reporting_unit is not None
    role = User.Role(person.role)
    fits = {
        User.Role.COUNTY: in_county,
        User.Role.DISPATCH: not in_county and Organisation.Kind.BUREAU in kinds,
        User.Role.SECTION: not in_county and Organisation.Kind.BUREAU in kinds,
        User.Role.DEPARTMENT: Organisation.Kind.DEPARTMENT in kinds,
    }.get(role, True)
    if not fits:
        raise RoleDoesNotFit(
            f"{person.organisation}没有“{role.label}”这一岗位；请改选单位或岗位。",
            role=role.value,
            organisation=person.organisation.code,
        )


def new_one_time_password() -> str:
    """Sixteen readable characters in four groups, of all kinds, enough for any password rule."""
    while True:
        parts = [
            "".join(secrets.choice(READABLE) for _ in range(ONE_TIME_PART_LENGTH))
            for _ in range(ONE_TIME_PARTS)
        ]
        password = "-".join(parts)
        if kinds_in(password) == 4:
            return password


def _locked(user_id: int, actor: User) -> User:
    return User.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=user_id)


def _record_user(actor: User | None, verb: str, user: User, facts: dict[str, object]) -> None:
    path = user.organisation.path if user.organisation else ""
    record(actor=actor, verb=verb, subject=user, facts=facts, scope_path=path)
