"""What-ifs: which instrument runs out, at which project, at what price; two policies side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from quotas import rules
from quotas.models import Account, Movement, Proposal, Reservation
from quotas.rules import DrawingRules
from quotas.selectors.what_if import try_projects
from tests.queries import queries_of
from tests.quotas.scenes import AREA, SCALE, STATE, TODAY, price, provincial_project, stock

pytestmark = pytest.mark.django_db
DEFAULT = DrawingRules()


def needing(amount: int, start: date | None, **more: object):
    land = {"total_m2": 200_000, "arable_m2": amount}
    return provincial_project(land=land, planned_start_on=start, **more)


def attempt(section: User, *projects, policies=(DEFAULT,)):
    ids = [project.pk for project in projects]
    return try_projects(actor=section, project_ids=ids, year=2026, policies=policies, today=TODAY)


def test_earlier_starts_are_served_first_and_the_first_unserved_is_named(section: User) -> None:
    stock(STATE, 60_000)
    price(AREA, date(2026, 10, 1), "100000", "G-1", by=section)
    late, early = needing(50_000, date(2026, 12, 1)), needing(40_000, date(2026, 11, 1))

    [trial] = attempt(section, late, early)

    assert [(row.project, row.is_met) for row in trial.rows] == [(early, True), (late, False)]
    [area] = trial.balances
    assert (area.before, area.drawn, area.left, area.shortfall) == (60_000, 60_000, 0, 30_000)
    assert (area.runs_out, area.yuan, trial.yuan) == (late, Decimal("9000000.00"), Decimal("9000000.00"))


def test_own_quota_is_used_before_the_pool_and_costs_nothing(section: User) -> None:
    stock("522701", 30_000, holder="522701")
    stock(STATE, 60_000)
    price(AREA, date(2026, 10, 1), "100000", "G-1", by=section)

    [trial] = attempt(section, needing(40_000, None))

    assert trial.balances[0].own == 30_000
    assert (trial.balances[0].drawn, trial.yuan) == (10_000, Decimal("1500000.00"))


def test_two_policies_stand_side_by_side(section: User) -> None:
    stock("522730", 500, SCALE)
    stock("522702", 250, SCALE)
    land = {"total_m2": 9_000, "arable_m2": 0, "out_ugb_m2": 280}
    project = provincial_project(track="batch", land=land)
    idle = DrawingRules(scale_order=rules.ScaleOrder.UTILISATION_FIRST)
    used = stock("522730", 700, SCALE, holder="522730")
    target = Account.objects.create(
        instrument=SCALE, place="USED", holder=used.holder, owner=used.owner, period=0
    )
    Movement.objects.bulk_create(
        [
            Movement(
                kind="POST",
                instrument=SCALE,
                source=used,
                target=target,
                amount=700,
                reason="已用",
                occurred_on=TODAY,
            )
        ]
    )

    left, right = attempt(section, project, policies=(DEFAULT, idle))

    assert (left.givers, right.givers) == (1, 2)
    assert (left.met, right.met) == (1, 1)


def test_what_is_reserved_already_is_not_needed_again(officer: User, section: User) -> None:
    from tests.quotas.scenes import committed

    proposal = committed(officer, section)

    [trial] = attempt(section, proposal.application.project)

    assert trial.balances == ()


@time_machine.travel(f"{TODAY}T10:00+08:00", tick=False)
def test_a_what_if_writes_nothing(section: User, client: Client) -> None:
    stock(STATE, 60_000)
    project = needing(50_000, date(2026, 12, 1))
    before = Movement.objects.count()
    client.force_login(section)

    page = client.get("/quota/what-if/", {"project": project.pk, "price_method": "volume_weighted"})

    assert page.status_code == 200
    assert "方案二" in page.content.decode()
    assert (Movement.objects.count(), Proposal.objects.count(), Reservation.objects.count()) == (before, 0, 0)


def test_many_projects_cost_as_many_queries_as_one(section: User) -> None:
    stock(STATE, 60_000)
    projects = [needing(1_000, None) for _ in range(20)]

    one = queries_of(lambda: attempt(section, projects[0]))

    assert queries_of(lambda: attempt(section, *projects)) == one
