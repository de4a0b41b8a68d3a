"""Reading a project's expropriation: its course, who has signed, whether the money lies ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, Sum

from accounts.models import User
from approvals import rules
from approvals.models import (
    CompensationRate,
    CompensationRateQuerySet,
    Expropriation,
    ExpropriationAct,
    ExpropriationCount,
    ExpropriationQuerySet,
    FundEntry,
    FundItem,
)
from deadlines.rules import WorkingCalendar

FUND_LABELS = dict(FundItem.choices)
ACT_LABELS = dict(ExpropriationAct.Kind.choices)


@dataclass(frozen=True, slots=True)
class ProjectFunds:
    """Whether 足额预存 holds for a project. Without a record nothing is known, so it does not hold.

    `reading.problems` are sentences; `records` counts the collectives they are summed over.
    """

    records: int
    reading: rules.FundReading
    problems: tuple[str, ...]

    @property
    def is_sufficient(self) -> bool:
        return not self.problems


def expropriation_funds(project_id: int) -> ProjectFunds:
    """The pre-deposit of a project: every collective's fees are deposited in full and apart.

    A collective whose fees are short is named; one's surplus covers no other's want. Two queries. The
    caller answers for the scope. Source: 条例 32; S4-19.
    """
    return expropriation_funds_of([project_id])[project_id]


def expropriation_funds_of(project_ids: Sequence[int]) -> dict[int, ProjectFunds]:
    """The same for many projects, by id. Two queries."""
    records: dict[int, list[Expropriation]] = {pk: [] for pk in project_ids}
    for row in Expropriation.objects.filter(project__in=project_ids).order_by("pk"):
        records[row.project_id].append(row)
    sums = _sums_of(FundEntry.objects.filter(expropriation__project__in=project_ids))
    return {pk: _funds(rows, sums) for pk, rows in records.items()}


def _funds(records: Sequence[Expropriation], sums: Mapping[int, Sequence[rules.FundSums]]) -> ProjectFunds:
    problems: list[str] = []
    for row in records:
        reading = rules.read_funds(sums.get(row.pk, ()), FUND_LABELS)
        problems += [f"{row.collective}：{problem}" for problem in reading.problems]
    if not records:
        problems = ["没有登记征收记录，无法判断资金是否足额预存"]
    own = [sums[row.pk] for row in records if row.pk in sums]
    whole = rules.read_funds(_added(own), FUND_LABELS)
    return ProjectFunds(len(records), whole, tuple(problems))


def _sums_of(entries: QuerySet[FundEntry]) -> dict[int, list[rules.FundSums]]:
    grouped = (
        entries.order_by()
        .values("expropriation_id", "item", "kind", "is_separate")
        .annotate(sum=Sum("amount_yuan"))
    )
    table: dict[tuple[int, str], dict[str, Decimal]] = {}
    for row in grouped:
        cell = table.setdefault((row["expropriation_id"], row["item"]), {})
        cell[row["kind"]] = cell.get(row["kind"], Decimal(0)) + row["sum"]
        if row["kind"] == FundEntry.Kind.DEPOSIT and row["is_separate"]:
            cell["separate"] = cell.get("separate", Decimal(0)) + row["sum"]
    sums: dict[int, list[rules.FundSums]] = {}
    for item in FundItem.values:
        for (record, fee), cell in table.items():
            if fee == item:
                sums.setdefault(record, []).append(_sum(item, cell))
    return sums


def _sum(item: str, cell: dict[str, Decimal]) -> rules.FundSums:
    zero = Decimal(0)
    return rules.FundSums(
        item=item,
        due_yuan=cell.get(FundEntry.Kind.DUE, zero),
        deposited_yuan=cell.get(FundEntry.Kind.DEPOSIT, zero),
        paid_yuan=cell.get(FundEntry.Kind.PAYOUT, zero),
        separate_yuan=cell.get("separate", zero),
    )


def _added(rows: Iterable[Sequence[rules.FundSums]]) -> list[rules.FundSums]:
    every = [row for group in rows for row in group]
    return [
        rules.FundSums(
            item,
            sum((row.due_yuan for row in every if row.item == item), Decimal(0)),
            sum((row.deposited_yuan for row in every if row.item == item), Decimal(0)),
            sum((row.paid_yuan for row in every if row.item == item), Decimal(0)),
            sum((row.separate_yuan for row in every if row.item == item), Decimal(0)),
        )
        for item in FundItem.values
        if any(row.item == item for row in every)
    ]


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One point of the order: what happened, or whether it can happen now; its period of publication."""

    kind: str
    label: str
    act: ExpropriationAct | None
    period: rules.Period | None
    is_next: bool


@dataclass(frozen=True, slots=True)
class ExpropriationReading:
    """One record with all that its page and the dossier show."""

    record: Expropriation
    course: Sequence[CourseRow]
    counts: Sequence[ExpropriationCount]
    signing_rate: Decimal | None
    paid_rate: Decimal | None
    funds: rules.FundReading
    entries: Sequence[FundEntry]

    @property
    def last_count(self) -> ExpropriationCount | None:
        return self.counts[-1] if self.counts else None

    @property
    def latest(self) -> CourseRow | None:
        """The furthest point that was reached."""
        reached = [row for row in self.course if row.act is not None]
        return reached[-1] if reached else None


def expropriation_list(*, actor: User) -> ExpropriationQuerySet:
    """Records the actor may see with what a list shows. Four queries, however many rows."""
    return (
        Expropriation.objects.visible_to(actor)
        .select_related("project__organisation", "reason", "created_by")
        .prefetch_related(
            Prefetch("acts", queryset=ExpropriationAct.objects.select_related("paper", "entered_by"))
        )
        .prefetch_related(
            Prefetch("counts", queryset=ExpropriationCount.objects.order_by("counted_on", "pk"))
        )
        .prefetch_related(Prefetch("funds", queryset=FundEntry.objects.select_related("paper", "entered_by")))
    )


def read_expropriation(
    record: Expropriation, *, calendar: WorkingCalendar, today: date
) -> ExpropriationReading:
    """A record of `expropriation_list` as it stands on a day. No query."""
    acts = {act.kind: act for act in record.acts.all()}
    possible = rules.next_kinds(acts)
    counts = list(record.counts.all())
    entries = list(record.funds.all())
    last = counts[-1] if counts else None
    households = last.households if last else 0
    return ExpropriationReading(
        record=record,
        course=[
            CourseRow(
                kind,
                label,
                acts.get(kind),
                rules.publication_period(kind, acts[kind].occurred_on, calendar) if kind in acts else None,
                kind in possible,
            )
            for kind, label in ACT_LABELS.items()
        ],
        counts=counts,
        signing_rate=rules.signing_rate(last.signed, households) if last else None,
        paid_rate=rules.signing_rate(last.paid, households) if last else None,
        funds=rules.read_funds(_sums_of_rows(entries), FUND_LABELS),
        entries=entries,
    )


def _sums_of_rows(entries: Sequence[FundEntry]) -> list[rules.FundSums]:
    sums = []
    for item in FundItem.values:
        mine = [row for row in entries if row.item == item]
        if not mine:
            continue
        cell: dict[str, Decimal] = {}
        for row in mine:
            cell[row.kind] = cell.get(row.kind, Decimal(0)) + row.amount_yuan
            if row.kind == FundEntry.Kind.DEPOSIT and row.is_separate:
                cell["separate"] = cell.get("separate", Decimal(0)) + row.amount_yuan
        sums.append(_sum(item, cell))
    return sums


def rate_list(*, actor: User) -> CompensationRateQuerySet:
    """The three standards of the actor's counties, every version. One query."""
    return CompensationRate.objects.visible_to(actor).select_related("organisation", "entered_by")
