from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, transaction

from accounts.models import User
from audit.models import Entry
from notifications.models import Message
from projects.models import AnnualListChange, AnnualListEntry, AnnualListVersion, LandUse, Project, QuotaRoute
from projects.refusals import ListDayOutOfOrder, NothingToPublish, ProjectNotListed, ReasonMissing
from projects.selectors.annual import draft_difference, draft_size, list_as_of, version_difference
from projects.services.annual_list import publish_version, reinstate, remove_from_list
from projects.services.annual_plan import settle_route
from projects.services.screening import Adoption, adopt_many
from tests.factories import ProjectFactory, UserFactory, organisation

pytestmark = pytest.mark.django_db
MARCH, JUNE, TODAY = date(2026, 3, 20), date(2026, 6, 30), date(2026, 11, 23)


@pytest.fixture
def dispatch() -> User:
    return UserFactory(role=User.Role.DISPATCH, organisation=organisation("522700-ZRZY-YTGZ"))


@pytest.fixture
def county() -> User:
    return UserFactory(role=User.Role.COUNTY, organisation=organisation("522701-ZRZY"))


def adopted(
    dispatch: User, *names: str, unit: str = "522701", today: date = MARCH, **land: int
) -> list[Project]:
    land = land or {"total_m2": 100_000, "arable_m2": 20_000, "new_construction_m2": 80_000}
    waiting = [
        ProjectFactory(submitted=True, name=name, organisation=organisation(unit), land=land)
        for name in names
    ]
    adoptions = [Adoption(project.pk, Project.Track.BATCH) for project in waiting]
    return adopt_many(actor=dispatch, adoptions=adoptions, today=today)


def publish(dispatch: User, on: date, reason: str = "年度清单") -> AnnualListVersion:
    return publish_version(actor=dispatch, year=2026, published_on=on, reason=reason, today=TODAY)


def names(actor: User, on: date) -> list[str]:
    return [entry.name for entry in list_as_of(year=2026, on=on, actor=actor).entries.order_by("number")]


def test_adopted_projects_collect_until_a_version_is_published(dispatch):
    adopted(dispatch, "甲", "乙")

    before = list_as_of(year=2026, on=TODAY, actor=dispatch)
    version = publish(dispatch, MARCH)

    after = list_as_of(year=2026, on=TODAY, actor=dispatch)
    assert (before.version, before.sums.projects) == (None, 0)
    assert (version.number, after.version, after.sums.projects) == (1, version, 2)
    assert (after.sums.total_m2, after.sums.demand_m2) == (200_000, 160_000)
    assert AnnualListEntry.objects.first().join_reason == "审核采纳"
    assert not AnnualListChange.objects.unpublished().exists()
    entry = Entry.objects.get(verb="annual_list.published")
    assert (entry.occurred_on, entry.facts["joined"]) == (MARCH, 2)


def test_the_list_and_its_sums_are_those_of_the_day_that_is_asked_for(dispatch):
    first, second = adopted(dispatch, "甲", "乙")
    publish(dispatch, MARCH)
    remove_from_list(actor=dispatch, project_id=first.pk, reason="业主放弃", today=JUNE)
    adopted(dispatch, "丙", total_m2=5_000, new_construction_m2=5_000, today=JUNE)
    LandUse.objects.filter(project=second).update(total_m2=300_000)
    publish(dispatch, JUNE, "年中调整")

    assert names(dispatch, date(2026, 3, 19)) == []
    assert names(dispatch, date(2026, 6, 29)) == ["甲", "乙"]
    assert names(dispatch, JUNE) == ["乙", "丙"]
    assert list_as_of(year=2026, on=date(2026, 6, 29), actor=dispatch).sums.total_m2 == 200_000
    assert list_as_of(year=2026, on=JUNE, actor=dispatch).sums.total_m2 == 305_000


def test_the_difference_of_two_versions_tells_who_came_who_went_and_which_cells_changed(dispatch):
    first, second = adopted(dispatch, "甲", "乙")
    march = publish(dispatch, MARCH)
    remove_from_list(actor=dispatch, project_id=first.pk, reason="业主放弃", today=JUNE)
    adopted(dispatch, "丙", today=JUNE)
    LandUse.objects.filter(project=second).update(total_m2=300_000)
    Project.objects.filter(pk=second.pk).update(investment_yuan=Decimal(50_000_000))
    june = publish(dispatch, JUNE, "年中调整")

    found = version_difference(march, june, actor=dispatch)

    assert [(r.row.label, r.reason) for r in found.joined] == [("丙", "审核采纳")]
    assert [(r.row.label, r.reason) for r in found.left] == [("甲", "业主放弃")]
    [changed] = found.changed
    assert [(c.field, c.old, c.new) for c in changed.row.cells] == [
        ("investment_yuan", "", "5,000.00"),
        ("total_m2", "10.0000", "30.0000"),
    ]


def test_backwards_the_difference_is_the_mirror(dispatch):
    [first] = adopted(dispatch, "甲")
    march = publish(dispatch, MARCH)
    adopted(dispatch, "乙", today=JUNE)
    june = publish(dispatch, JUNE)

    found = version_difference(june, march, actor=dispatch)

    assert ([r.row.label for r in found.left], found.joined) == (["乙"], ())
    assert first.name == "甲"


def test_a_removed_project_keeps_its_number_and_the_unit_reads_the_reason(dispatch, county):
    [project] = adopted(dispatch, "甲")

    remove_from_list(actor=dispatch, project_id=project.pk, reason="规划调整", today=JUNE)

    project.refresh_from_db()
    assert (project.status, project.screening_reason) == (Project.Status.DROPPED, "规划调整")
    assert project.number
    assert Message.objects.filter(recipient=county, title="“甲”已调出年度清单").exists()


def test_a_project_taken_off_and_put_back_before_publication_changes_nothing(dispatch):
    [project] = adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    remove_from_list(actor=dispatch, project_id=project.pk, reason="误报", today=JUNE)

    reinstate(actor=dispatch, project_id=project.pk, reason="核实无误", today=JUNE)

    assert draft_difference(actor=dispatch, year=2026).is_empty
    with pytest.raises(NothingToPublish):
        publish(dispatch, JUNE)


def test_a_project_may_leave_and_return_in_later_versions(dispatch):
    [project] = adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    remove_from_list(actor=dispatch, project_id=project.pk, reason="暂缓", today=date(2026, 5, 6))
    publish(dispatch, date(2026, 5, 6))
    reinstate(actor=dispatch, project_id=project.pk, reason="重启", today=JUNE)
    third = publish(dispatch, JUNE)

    assert [names(dispatch, on) for on in (MARCH, date(2026, 5, 6), JUNE)] == [["甲"], [], ["甲"]]
    assert list_as_of(year=2026, on=JUNE, actor=dispatch).entries.get().join_reason == "重启"
    assert third.number == 3


def test_a_settled_route_is_part_of_the_list_and_of_its_demand(dispatch):
    [project] = adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    settle_route(
        actor=dispatch, project_id=project.pk, route=QuotaRoute.STOCK, reason="使用闲置地块", today=JUNE
    )
    publish(dispatch, JUNE)

    assert list_as_of(year=2026, on=MARCH, actor=dispatch).sums.demand_m2 == 80_000
    assert list_as_of(year=2026, on=JUNE, actor=dispatch).sums.demand_m2 == 0


def test_a_county_sees_the_versions_and_of_the_entries_its_own(dispatch, county):
    adopted(dispatch, "甲")
    adopted(dispatch, "瓮安的", unit="522725")
    version = publish(dispatch, MARCH)

    found = list_as_of(year=2026, on=TODAY, actor=county)

    assert (found.version, [entry.name for entry in found.entries]) == (version, ["甲"])
    assert found.sums.projects == 1


def test_another_prefecture_sees_no_version(dispatch):
    adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    stranger = UserFactory(role=User.Role.LEADER, organisation=organisation("540100"))

    assert list_as_of(year=2026, on=TODAY, actor=stranger).version is None


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 3, 19)], ids=["tomorrow", "before the last"])
def test_a_version_is_published_neither_tomorrow_nor_before_the_last_one(dispatch, day):
    adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    adopted(dispatch, "乙", today=JUNE)

    with pytest.raises(ListDayOutOfOrder):
        publish(dispatch, day)


@pytest.mark.parametrize("act", ["publish", "remove", "reinstate"])
def test_every_act_on_the_list_says_why(dispatch, act):
    [project] = adopted(dispatch, "甲")
    acts = {
        "publish": lambda: publish(dispatch, MARCH, "  "),
        "remove": lambda: remove_from_list(actor=dispatch, project_id=project.pk, reason=" ", today=JUNE),
        "reinstate": lambda: reinstate(actor=dispatch, project_id=project.pk, reason="", today=JUNE),
    }

    with pytest.raises(ReasonMissing):
        acts[act]()


def test_only_a_listed_project_is_taken_off_and_only_a_removed_one_put_back(dispatch):
    waiting = ProjectFactory(submitted=True)
    [listed] = adopted(dispatch, "甲")

    with pytest.raises(ProjectNotListed) as refused:
        remove_from_list(actor=dispatch, project_id=waiting.pk, reason="无", today=JUNE)
    with pytest.raises(ProjectNotListed):
        reinstate(actor=dispatch, project_id=listed.pk, reason="无", today=JUNE)

    assert refused.value.facts == {"status": "SUBMITTED"}


def test_sections_screen_but_do_not_publish_and_counties_do_neither(dispatch, county):
    [project] = adopted(dispatch, "甲")
    section = UserFactory(role=User.Role.SECTION)

    for actor in (section, county):
        with pytest.raises(PermissionDenied):
            publish(actor, MARCH)
    with pytest.raises(PermissionDenied):
        remove_from_list(actor=county, project_id=project.pk, reason="无", today=JUNE)


@pytest.mark.parametrize(
    "change",
    [
        lambda: AnnualListVersion.objects.update(reason="改"),
        lambda: AnnualListVersion.objects.all().delete(),
        lambda: AnnualListEntry.objects.filter(left_in__isnull=False).update(name="改"),
        lambda: AnnualListEntry.objects.all().delete(),
    ],
    ids=["version changed", "version deleted", "ended entry changed", "entry deleted"],
)
def test_what_was_published_cannot_be_rewritten(dispatch, change):
    [project] = adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    remove_from_list(actor=dispatch, project_id=project.pk, reason="放弃", today=JUNE)
    publish(dispatch, JUNE)

    with pytest.raises(Error), transaction.atomic():
        change()


def test_a_project_has_one_current_entry(dispatch):
    adopted(dispatch, "甲")
    publish(dispatch, MARCH)
    entry = AnnualListEntry.objects.get()
    entry.pk = None

    with pytest.raises(IntegrityError, match="annual_entry_one_current"), transaction.atomic():
        entry.save(force_insert=True)


def test_the_number_beside_the_button_counts_who_came_and_who_went(dispatch):
    first, _ = adopted(dispatch, "甲", "乙")
    before = draft_size(actor=dispatch, year=2026)
    publish(dispatch, MARCH)
    after = draft_size(actor=dispatch, year=2026)
    remove_from_list(actor=dispatch, project_id=first.pk, reason="放弃", today=JUNE)

    assert (before, after, draft_size(actor=dispatch, year=2026)) == (2, 0, 1)
