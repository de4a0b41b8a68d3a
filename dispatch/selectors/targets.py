"""Goals on a day: what was approved in their period, by area, beside the time gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from approvals.models import LandDocumentArea
from approvals.rules import COUNTS_AS_LAND
from dispatch.models import Campaign, TargetRow, TargetSetting, TargetTable
from dispatch.rules.targets import (
    Lag,
    Progress,
    SumCheck,
    check_columns,
    check_rows,
    elapsed_on,
    read_progress,
)
from projects.models import PROVINCIAL_UP, ListKind

_DEFAULT = TargetSetting(effective_from=date.min, amber_points=10, red_points=30, tolerance=Decimal(0))


def setting_on(day: date) -> TargetSetting:
    """The thresholds in force on a day. One query."""
    rows = TargetSetting.objects.filter(effective_from__lte=day).order_by("-effective_from")
    return rows.first() or _DEFAULT


def lag_of(setting: TargetSetting) -> Lag:
    return Lag(setting.amber_points, setting.red_points)


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A goal with its progress; `done` is in m² or pieces."""

    campaign: Campaign
    progress: Progress


def campaign_list(*, actor: User) -> QuerySet[Campaign]:
    """Goals the actor may read, the latest end first. One query."""
    return Campaign.objects.visible_to(actor).select_related("prefecture").order_by("-last_on", "-pk")


def campaign_rows(*, actor: User, campaigns: Sequence[Campaign], today: date) -> list[CampaignRow]:
    """Each goal as it stands: what the whole prefecture has brought. Two queries, however many goals."""
    lag = lag_of(setting_on(today))
    totals = _totals(campaigns, today)
    return [
        CampaignRow(
            campaign,
            read_progress(
                done=totals[f"c{campaign.pk}"] or 0,
                floor=campaign.floor,
                stretch=campaign.stretch,
                elapsed=elapsed_on(today, first=campaign.first_on, last=campaign.last_on),
                lag=lag,
            ),
        )
        for campaign in campaigns
    ]


def _totals(campaigns: Sequence[Campaign], today: date) -> dict[str, int | None]:
    """What counts for each goal, in one pass over the approvals since the first of them began."""
    if not campaigns:
        return {}
    whole = LandDocumentArea.objects.filter(
        document__kind__in=COUNTS_AS_LAND,
        document__decided_on__gte=min(campaign.first_on for campaign in campaigns),
    )
    measured: dict[str, Sum | Count] = {
        f"c{campaign.pk}": Sum("approved_total_m2", filter=_counted(campaign, today))
        if campaign.is_area
        else Count("project", filter=_counted(campaign, today), distinct=True)
        for campaign in campaigns
    }
    return whole.aggregate(**measured)


def _counted(campaign: Campaign, today: date) -> Q:
    """Approvals of land in the period up to today that stand. As S0-24 counts."""
    last = min(today, campaign.last_on)
    counted = (
        (Q(document__revoked_on__isnull=True) | Q(document__revoked_on__gt=last))
        & Q(document__kind__in=COUNTS_AS_LAND)
        & Q(document__decided_on__range=(campaign.first_on, last))
        & Q(project__organisation__path__startswith=campaign.prefecture.path)
    )
    if campaign.list_category:
        counted &= Q(project__list_category=campaign.list_category)
    return counted


def running_campaigns(*, actor: User, today: date) -> list[CampaignRow]:
    """The goals whose period holds today, soonest end first."""
    running = campaign_list(actor=actor).filter(first_on__lte=today, last_on__gte=today)
    return campaign_rows(actor=actor, campaigns=list(running.order_by("last_on", "pk")), today=today)


@dataclass(frozen=True, slots=True)
class Done:
    """What an area has brought in a period."""

    m2: int = 0
    count: int = 0
    key_m2: int = 0
    key_count: int = 0


def _done(campaign: Campaign, today: date) -> dict[str, Done]:
    """Approved land in the period up to today, by county's code. One query."""
    rows = LandDocumentArea.objects.filter(_counted(campaign, today))
    key = Q(project__list_category__in=ListKind.objects.filter(counts_as__in=PROVINCIAL_UP).values("code"))
    found: Any = (
        rows.order_by()
        .values_list("project__organisation__code")
        .annotate(
            m2=Sum("approved_total_m2"),
            number=Count("project", distinct=True),
            key_m2=Sum("approved_total_m2", filter=key),
            key_number=Count("project", filter=key, distinct=True),
        )
    )
    return {code: Done(m2 or 0, number, key_m2 or 0, keys) for code, m2, number, key_m2, keys in found}


@dataclass(frozen=True, slots=True)
class Ranked:
    """An area's row: what it is to bring (m²), what it brought, its place among all; None: not ours."""

    row: TargetRow
    target_m2: int
    reported_m2: int
    key_m2: int
    done: Done
    progress: Progress | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign's table on a day, with every printed sum beside the computed one."""

    table: TargetTable
    ranked: Sequence[Ranked]
    sums: Sequence[SumCheck]
    rows_off: Sequence[SumCheck]


def standing_of(*, actor: User, campaign: Campaign, today: date) -> Standing | None:
    """The newest table of a campaign, its rows by place; None before one was taken in. Four queries.

    A county sees its own row with its place among all; sums are shown to those who see every row.
    """
    table = campaign.tables.order_by("-pk").first()
    if table is None:
        return None
    setting = setting_on(today)
    rows = list(TargetRow.objects.filter(table=table).select_related("organisation", "table"))
    seen = set(TargetRow.objects.visible_to(actor).filter(table=table).values_list("pk", flat=True))
    ranked = _ranked(rows, _done(campaign, today), campaign, today, lag_of(setting))
    figures = [(row.area_name, _figures(row)) for row in rows]
    printed = {key: Decimal(value) for key, value in table.printed.items()}
    sees_all = len(seen) == len(rows)
    return Standing(
        table=table,
        ranked=[row for row in ranked if row.row.pk in seen],
        sums=check_columns([row for _, row in figures], printed, tolerance=setting.tolerance)
        if sees_all
        else [],
        rows_off=check_rows(figures, tolerance=setting.tolerance) if sees_all else [],
    )


def _figures(row: TargetRow) -> dict[str, Decimal]:
    return {
        "reported_count": Decimal(row.reported_count),
        "reported_area": row.reported_area.normalize(),
        "key_count": Decimal(row.key_count),
        "key_area": row.key_area.normalize(),
        "total_area": row.total_area.normalize(),
    }


def _ranked(
    rows: Sequence[TargetRow], done: Mapping[str, Done], campaign: Campaign, today: date, lag: Lag
) -> list[Ranked]:
    elapsed = elapsed_on(today, first=campaign.first_on, last=campaign.last_on)
    found = []
    for row in rows:
        target = row.m2(row.total_area)
        brought = done.get(row.organisation.code, Done()) if row.organisation else Done()
        progress = (
            read_progress(done=brought.m2, floor=target, stretch=target, elapsed=elapsed, lag=lag)
            if row.organisation and target
            else None
        )
        key, reported = row.m2(row.key_area), row.m2(row.reported_area)
        found.append(Ranked(row, target, reported, key, brought, progress, None))
    placed = sorted((row for row in found if row.progress), key=_order)
    places = {row.row.pk: place for place, row in enumerate(placed, start=1)}
    ordered = [*placed, *(row for row in found if row.progress is None)]
    return [replace(row, place=places.get(row.row.pk)) for row in ordered]


def _order(row: Ranked) -> tuple[Decimal, int]:
    assert row.progress is not None
    return -row.progress.floor_percent, row.row.position
