"""People come in from a sheet, all or none."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Organisation, User
from accounts.organisation_tree import path_of
from onboarding.errors import PeopleRefused
from onboarding.services.people import MOST, check_people, create_people

pytestmark = pytest.mark.django_db
HEAD = "用户名,职务,单位,岗位,邮箱\n"


def sheet(*rows: str) -> bytes:
    return (HEAD + "\n".join(rows)).encode()


def test_a_sheet_of_people_is_checked_row_by_row_and_made_whole(sysadmin: User, officer: User) -> None:
    wrong = check_people(
        actor=sysadmin,
        filename="人员.csv",
        content=sheet(
            "du yun,经办,522701-ZRZY,县级经办,",
            f"{officer.username},经办,522701-ZRZY,县级经办,不是邮箱",
            "zhou-1,经办,522701-ZRZY,调度办,",
            "same,,自然局,县级经办,",
            "same,经办,522725-ZRZY,县令,",
        ),
    )
    with pytest.raises(PeopleRefused) as refused:
        create_people(actor=sysadmin, lines=wrong)
    good = check_people(
        actor=sysadmin,
        filename="人员.csv",
        content=sheet(
            "duyun-2,综合经办,522701-ZRZY,县级经办,a@example.invalid", "wa-1,经办,522725-ZRZY,COUNTY,"
        ),
    )
    made = create_people(actor=sysadmin, lines=good)

    assert [len(line.problems) for line in wrong] == [1, 2, 1, 3, 2]
    assert refused.value.facts["rows"] == [2, 3, 4, 5, 6]
    assert [one.user.username for one in made] == ["duyun-2", "wa-1"]
    assert all(one.user.check_password(one.password) and one.user.must_change_password for one in made)
    assert User.objects.filter(username__in=["zhou-1", "same"]).count() == 0
    with pytest.raises(PermissionDenied):
        check_people(actor=officer, filename="人员.csv", content=sheet("a,经办,522701-ZRZY,县级经办,"))
    with pytest.raises(PermissionDenied):
        create_people(actor=officer, lines=good)
    with pytest.raises(PeopleRefused, match="表中没有人员"):
        check_people(actor=sysadmin, filename="人员.csv", content=sheet())
    # A unit out of use is none; a name that two units bear is neither of them.
    parent = Organisation.objects.get(code="522701")
    for code in ("522701-A", "522701-B"):
        Organisation.objects.create(
            code=code,
            name="林业站",
            short_name="林业站",
            kind="department",
            parent=parent,
            path=path_of(code, parent.path),
        )
    Organisation.objects.filter(code="522725-ZRZY").update(is_active=False)
    [two, closed] = check_people(
        actor=sysadmin,
        filename="人员.csv",
        content=sheet("lin,经办,林业站,县级经办,", "wa-2,经办,522725-ZRZY,县级经办,"),
    )
    assert two.problems == ("有 2 个单位叫“林业站”。请填写全称或代码。",)
    assert closed.problems[0].startswith("没有“522725-ZRZY”这个单位")
    with pytest.raises(PeopleRefused, match=f"一次最多 {MOST} 人"):
        check_people(
            actor=sysadmin,
            filename="人员.csv",
            content=sheet(*(f"u{n},经办,522701-ZRZY,县级经办," for n in range(MOST + 1))),
        )
