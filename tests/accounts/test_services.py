from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from knox.models import AuthToken

from accounts import selectors, services
from accounts.errors import (
    CodeTaken,
    OrganisationInUse,
    OwnAccount,
    PasswordMustChange,
    RoleDoesNotFit,
    TooManyTokens,
    UsernameTaken,
)
from accounts.models import Organisation, OrganisationAlias, User
from audit.models import Entry
from tests.factories import PASSWORD, OrganisationFactory, UserFactory, organisation

pytestmark = pytest.mark.django_db


def person(**changes: object) -> services.Person:
    stated: dict[str, object] = {
        "username": "duyun02",
        "title": "都匀市经办二",
        "email": "",
        "role": User.Role.COUNTY,
        "organisation": organisation("522701-ZRZY"),
    }
    return services.Person(**(stated | changes))  # type: ignore[arg-type]


# --- the tree -----------------------------------------------------------------------------------


def test_a_fresh_database_has_the_whole_tree_and_loading_it_again_does_nothing() -> None:
    assert Organisation.objects.get(code="522732-ZRZY").path == "520000/522700/522732/522732-ZRZY/"
    assert OrganisationAlias.objects.get(alias="三都县").organisation.code == "522732"
    assert not selectors.tree_plan()
    assert not services.load_organisations()


def test_loading_mends_names_and_keeps_what_the_administrator_closed() -> None:
    row = organisation("522732")
    Organisation.objects.filter(pk=row.pk).update(name="三都", is_active=False)

    plan = services.load_organisations()

    row.refresh_from_db()
    assert [unit.code for unit in plan.changed] == ["522732"]
    assert row.name == "三都水族自治县人民政府"
    assert not row.is_active


def test_a_dry_run_of_the_tree_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    OrganisationAlias.objects.all().delete()

    call_command("load_organisations", "--dry-run")

    assert "黔南州" in capsys.readouterr().out
    assert not OrganisationAlias.objects.exists()


def test_a_path_that_does_not_end_with_the_units_own_code_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="organisation_path_ends_with_own_code"), transaction.atomic():
        OrganisationFactory(code="X1", path="520000/")


# --- units --------------------------------------------------------------------------------------


def test_a_new_unit_stands_below_its_parent_and_in_the_log(sysadmin: User) -> None:
    made = services.create_organisation(
        code="522701-P01",
        name="都匀茶产业园",
        short_name="茶产业园",
        kind=Organisation.Kind.PARK,
        parent=organisation("522701"),
        actor=sysadmin,
    )

    assert made.path == "520000/522700/522701/522701-P01/"
    assert Entry.objects.get(verb="organisation.created").scope_path == made.path


def test_a_code_that_is_taken_is_refused(sysadmin: User) -> None:
    with pytest.raises(CodeTaken) as refusal:
        services.create_organisation(
            code="522701",
            name="又一个",
            short_name="又一个",
            kind=Organisation.Kind.COUNTY,
            parent=organisation("522700"),
            actor=sysadmin,
        )

    assert refusal.value.facts == {"value": "522701"}


def test_an_alias_of_another_unit_is_refused(sysadmin: User) -> None:
    row = organisation("522701")

    with pytest.raises(CodeTaken) as refusal:
        services.change_organisation(
            organisation_id=row.pk,
            name=row.name,
            short_name=row.short_name,
            is_active=True,
            aliases=["都匀", "三都县"],
            actor=sysadmin,
        )

    assert refusal.value.facts == {"value": "三都县"}


def test_aliases_are_replaced_as_a_whole(sysadmin: User) -> None:
    row = organisation("522701")

    services.change_organisation(
        organisation_id=row.pk,
        name=row.name,
        short_name="都匀",
        is_active=True,
        aliases=["匀城"],
        actor=sysadmin,
    )

    assert list(row.aliases.values_list("alias", flat=True)) == ["匀城"]
    assert Entry.objects.get(verb="organisation.changed").facts["before"]["short_name"] == "都匀市"


def test_a_unit_with_people_stays_in_use(sysadmin: User, officer: User) -> None:
    row = organisation("522701")

    with pytest.raises(OrganisationInUse) as refusal:
        services.change_organisation(
            organisation_id=row.pk,
            name=row.name,
            short_name=row.short_name,
            is_active=False,
            aliases=[],
            actor=sysadmin,
        )

    assert refusal.value.facts == {"units": 1, "people": 1}


# --- accounts -----------------------------------------------------------------------------------


def test_a_new_account_has_a_one_time_password_and_an_entry_without_it(sysadmin: User) -> None:
    made = services.create_user(person=person(), actor=sysadmin)

    assert made.user.check_password(made.password)
    assert made.user.must_change_password
    entry = Entry.objects.get(verb="user.created")
    assert made.password not in str(entry.facts)


def test_one_time_passwords_meet_the_rule_and_differ() -> None:
    made = {services.new_one_time_password() for _ in range(50)}

    assert len(made) == 50
    assert all(len(password) >= 12 and not set(password) & set("0Oo1lI") for password in made)


def test_a_username_that_exists_is_refused_and_nothing_is_written(sysadmin: User, officer: User) -> None:
    with pytest.raises(UsernameTaken) as refusal:
        services.create_user(person=person(username=officer.username), actor=sysadmin)

    assert refusal.value.facts == {"username": officer.username}
    assert not Entry.objects.filter(verb="user.created").exists()


@pytest.mark.parametrize(
    ("role", "code", "fits"),
    [
        (User.Role.COUNTY, "522701-ZRZY", True),
        (User.Role.COUNTY, "522700-P01-ZRZY", True),
        (User.Role.COUNTY, "522700-ZRZY-YTGZ", False),
        (User.Role.SECTION, "522700-ZRZY-YTGZ", True),
        (User.Role.SECTION, "522701-ZRZY", False),
        (User.Role.DISPATCH, "522700-ZRZY-BZ", True),
        (User.Role.DISPATCH, "522700-SWJ", False),
        (User.Role.DEPARTMENT, "522700-SWJ", True),
        (User.Role.DEPARTMENT, "522700-ZRZY", False),
        (User.Role.LEADER, "522700", True),
        (User.Role.SYSADMIN, "522700-ZRZY", True),
    ],
)
def test_roles_work_where_they_belong(role: User.Role, code: str, fits: bool) -> None:
    stated = person(role=role, organisation=organisation(code))

    if fits:
        services.refuse_unfit(stated)
    else:
        with pytest.raises(RoleDoesNotFit) as refusal:
            services.refuse_unfit(stated)
        assert refusal.value.facts == {"role": role.value, "organisation": code}


def test_a_closed_account_cannot_use_its_tokens(sysadmin: User, officer: User) -> None:
    services.issue_token(user=officer)

    services.deactivate_user(user_id=officer.pk, actor=sysadmin, today=date(2026, 11, 23))

    officer.refresh_from_db()
    assert not officer.is_active
    assert not AuthToken.objects.filter(user=officer).exists()


def test_nobody_closes_their_own_account_or_leaves_their_own_role(sysadmin: User) -> None:
    with pytest.raises(OwnAccount):
        services.deactivate_user(user_id=sysadmin.pk, actor=sysadmin, today=date(2026, 11, 23))
    with pytest.raises(OwnAccount):
        services.change_user(
            user_id=sysadmin.pk,
            person=person(role=User.Role.LEADER, organisation=organisation("522700-ZRZY")),
            actor=sysadmin,
        )


def test_a_reset_replaces_the_password_and_ends_tokens(sysadmin: User, officer: User) -> None:
    services.issue_token(user=officer)

    made = services.reset_password(user_id=officer.pk, actor=sysadmin)

    officer.refresh_from_db()
    assert officer.check_password(made.password)
    assert not officer.check_password(PASSWORD)
    assert officer.must_change_password
    assert not AuthToken.objects.filter(user=officer).exists()


def test_a_closed_account_opens_again_with_a_new_password(sysadmin: User, officer: User) -> None:
    services.deactivate_user(user_id=officer.pk, actor=sysadmin, today=date(2026, 11, 23))

    made = services.reactivate_user(user_id=officer.pk, actor=sysadmin)

    officer.refresh_from_db()
    assert officer.is_active
    assert officer.check_password(made.password)


def test_no_token_before_the_one_time_password_is_changed(officer: User) -> None:
    officer.must_change_password = True

    with pytest.raises(PasswordMustChange):
        services.issue_token(user=officer)


def test_tokens_are_limited_per_account(officer: User) -> None:
    for _ in range(10):
        services.issue_token(user=officer)

    with pytest.raises(TooManyTokens):
        services.issue_token(user=officer)


def test_only_administrators_keep_accounts(officer: User, dispatcher: User) -> None:
    for verb in (services.reactivate_user, services.reset_password):
        with pytest.raises(PermissionDenied):
            verb(user_id=officer.pk, actor=dispatcher)
    with pytest.raises(PermissionDenied):
        services.deactivate_user(user_id=officer.pk, actor=dispatcher, today=date(2026, 11, 23))
    with pytest.raises(PermissionDenied):
        services.create_user(person=person(), actor=dispatcher)


def test_an_administrator_of_another_prefecture_does_not_find_the_account(officer: User) -> None:
    elsewhere = UserFactory(role=User.Role.SYSADMIN, organisation=organisation("540100"))

    with pytest.raises(User.DoesNotExist):
        services.reset_password(user_id=officer.pk, actor=elsewhere)


def test_the_first_administrator_comes_from_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_user", "admin", "--organisation", "522700-ZRZY", "--role", "SYSADMIN")

    made = User.objects.get(username="admin")
    assert made.check_password(capsys.readouterr().out.strip().rpartition("：")[2])


def test_the_console_refuses_in_words_and_a_dry_run_writes_nothing() -> None:
    call_command("create_user", "x", "--organisation", "522700-ZRZY", "--role", "SYSADMIN", "--dry-run")
    assert not User.objects.filter(username="x").exists()

    with pytest.raises(CommandError, match="没有代码为"):
        call_command("create_user", "x", "--organisation", "nowhere", "--role", "SYSADMIN")
    with pytest.raises(CommandError, match="没有“县级经办”"):
        call_command("create_user", "x", "--organisation", "522700-ZRZY", "--role", "COUNTY")
