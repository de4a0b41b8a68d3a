"""The demo's year: two published lists, the quota handed out, and a guarantee plan."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from core.units import AreaUnit
from projects.models import LandClass, Project
from projects.refusals import NothingToPublish
from projects.services.annual_list import publish_version
from projects.services.annual_plan import (
    ItemFacts,
    QuotaIssue,
    add_item,
    enter_quota,
    proposals_for,
    publish_plan,
)

# S3-02: 6600 亩 for the year, spread over the units that hand in lists.
QUOTA_MU = Decimal(6_600)
PLANNED = 24


def publish(*, dispatcher: User, on: date, reason: str) -> None:
    """Publish what has collected by `on`; nothing where nothing has."""
    with suppress(NothingToPublish):
        publish_version(actor=dispatcher, year=on.year, published_on=on, reason=reason, today=on)


def finish(*, dispatcher: User, units: list[str], today: date) -> None:
    """Hand out the quota, publish the second list, and settle a plan for the most urgent projects."""
    _hand_out(dispatcher, units, today)
    publish(dispatcher=dispatcher, on=today, reason="增补下半年新增的重大项目")
    urgent = (
        Project.objects.adopted()
        .filter(annual_list__year=today.year, priority_class__in=["URGENT", "KEY"])
        .select_related("organisation", "land", "course")
        .order_by("number")
    )
    for place, project in enumerate(urgent[:PLANNED]):
        _plan(project, dispatcher, limit_on=today + timedelta(days=20 + 5 * place), today=today)
    with suppress(NothingToPublish):
        publish_plan(actor=dispatcher, year=today.year, reason="年度方案初稿", today=today)


def _hand_out(dispatcher: User, units: list[str], today: date) -> None:
    each, rest = divmod(QUOTA_MU, len(units))
    for place, unit in enumerate(Organisation.objects.filter(code__in=units).order_by("code")):
        issue = QuotaIssue(
            year=today.year,
            organisation=unit,
            land_class=LandClass.NEW_CONSTRUCTION.value,
            value=each if place else each + rest,
            unit=AreaUnit.MU,
            issued_on=date(today.year, 1, 1),
            doc_no=f"示例自然资函〔{today.year}〕6号",
        )
        enter_quota(actor=dispatcher, issue=issue, today=today)


def _plan(project: Project, dispatcher: User, *, limit_on: date, today: date) -> None:
    for obstacle in proposals_for(project)[:1]:
        facts = ItemFacts(
            problem=obstacle.problem,
            measure=obstacle.measure,
            responsible=project.organisation,
            limit_on=limit_on,
        )
        add_item(actor=dispatcher, year=today.year, project_id=project.pk, facts=facts, today=today)
