"""Rounds and ledgers for pages, and the facts from which a ledger is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Func, JSONField, Q, QuerySet, Subquery, Value

from accounts.models import Organisation, User
from approvals.models import Step
from deadlines.models import Deadline
from deadlines.rules import Unit, WorkingCalendar
from deadlines.selectors import lamp_of, reading_of, with_pauses
from dispatch.models import LedgerSnapshot, LedgerSnapshotQuerySet, Round
from dispatch.rules.ledger import AREA_KEYS, OpenDeadline, ProjectFacts, StepFacts
from dispatch.rules.periods import Period
from jobs.models import Job
from projects.models import LandShare, Project
from projects.selectors.list_kinds import list_names

ROWS_A_PAGE = 200


# --- pages ------------------------------------------------------------------------------------


def round_list() -> QuerySet[Round]:
    """All rounds, newest first, with who froze them. One query."""
    return Round.objects.select_related("frozen_by").order_by("-year", "-number", "-id")


def ledger_list(*, actor: User) -> LedgerSnapshotQuerySet:
    """Ledgers the actor may see, newest first, without their rows and files. One query."""
    return (
        LedgerSnapshot.objects.visible_to(actor)
        .select_related("round__frozen_by", "organisation")
        .defer("rows", "columns", "content", "lists")
        .order_by("-id")
    )


def ledger_rows(*, ledger: LedgerSnapshot, first: int) -> list[dict[str, object]]:
    """At most `ROWS_A_PAGE` frozen rows from the `first` (counted from 0). The database cuts. One query."""
    wanted = f"$[{first} to {first + ROWS_A_PAGE - 1}]"
    part = Func(
        "rows",
        Value(wanted),
        function="jsonb_path_query_array",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )
    found = LedgerSnapshot.objects.filter(pk=ledger.pk).values_list(part, flat=True).get()
    return list(found)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A week on the page: its round, the reader's ledger of it, the job that makes it."""

    week: Period
    round: Round | None
    ledger: LedgerSnapshot | None
    job: Job | None
    due_on: date | None


def round_rows(*, actor: User, rounds: Sequence[Round], organisation: Organisation) -> list[RoundRow]:
    """The rounds with `organisation`'s ledgers and unfinished or failed jobs. Two queries."""
    found_ledgers = ledger_list(actor=actor).filter(round__in=rounds, organisation=organisation)
    ledgers = {(ledger.round_id, ledger.version): ledger for ledger in found_ledgers}
    keys = {ledger_key(found.period, organisation, version=found.version): found for found in rounds}
    jobs = {job.key: job for job in Job.objects.visible_to(actor).filter(key__in=keys)}
    return [
        RoundRow(
            week=found.period,
            round=found,
            ledger=ledgers.get((found.pk, found.version)),
            job=jobs.get(ledger_key(found.period, organisation, version=found.version)),
            due_on=found.due_on,
        )
        for found in rounds
    ]


def ledger_key(week: Period, organisation: Organisation, *, version: int = 1) -> str:
    """The key of the job that makes this ledger: one a version, whoever asks how often."""
    key = f"ledger:{week}:{organisation.code}"
    return key if version == 1 else f"{key}:v{version}"


def ledger_units(*, actor: User, prefecture_code: str) -> list[Organisation]:
    """Whose ledgers the actor may open: the prefecture's first, then the counties and parks. One query."""
    units = Organisation.objects.visible_to(actor)
    kinds = (Organisation.Kind.PREFECTURE, *Organisation.REPORTING_KINDS)
    found = units.filter(kind__in=kinds, is_active=True).order_by("path")
    return sorted(found, key=lambda unit: unit.code != prefecture_code)


def codes_inside(unit: Organisation) -> set[str]:
    """The codes of the units in a subtree, as frozen rows name them. One query."""
    return set(Organisation.objects.filter(path__startswith=unit.path).values_list("code", flat=True))


# --- facts ------------------------------------------------------------------------------------


def project_facts(
    *, organisation: Organisation, today: date, calendar: WorkingCalendar
) -> list[ProjectFacts]:
    """All adopted projects of a subtree with what the ledger says of them, by unit and number.

    A project across counties stands once for each of its counties in the subtree, with that
    county's areas. Seven queries, however many projects. Call it in one repeatable-read
    transaction, so that the whole ledger shows one moment.
    """
    shares = _shares_in(organisation)
    own = Q(organisation__path__startswith=organisation.path)
    projects = Project.objects.adopted().filter(own | Q(pk__in=list(shares)) if shares else own)
    steps = _steps_of(projects)
    deadlines = _deadlines_of(projects, today=today, calendar=calendar)
    rows = projects.select_related("organisation", "land").order_by("organisation__code", "number")
    lists = list_names()
    facts = [
        ProjectFacts(
            pk=project.pk,
            unit_code=project.organisation.code,
            unit=project.organisation.short_name,
            name=project.name,
            code=project.code or project.number or "",
            list_category=lists.get(project.list_category, ""),
            priority_class=project.get_priority_class_display() if project.priority_class else "",
            track=project.get_track_display() if project.track else "",
            owner_unit=project.owner_unit,
            investment_yuan=project.investment_yuan,
            areas=_areas_of(project),
            remark=project.remark,
            steps=steps.get(project.pk, {}),
            deadlines=deadlines.get(project.pk, []),
        )
        for project in rows.iterator(chunk_size=2000)
    ]
    return _by_county(facts, shares) if shares else facts


def _shares_in(organisation: Organisation) -> dict[int, list[LandShare]]:
    """The shares that lie in a subtree, by project. One query."""
    found: dict[int, list[LandShare]] = {}
    rows = LandShare.objects.filter(organisation__path__startswith=organisation.path)
    for row in rows.select_related("organisation", "project").order_by("organisation__code"):
        found.setdefault(row.project_id, []).append(row)
    return found


def _by_county(
    facts: Sequence[ProjectFacts], shares: Mapping[int, Sequence[LandShare]]
) -> list[ProjectFacts]:
    """Each project once for each of its counties, by county; within one in the order of `facts`."""
    rows = [row for one in facts for row in (_shared(one, shares[one.pk]) if one.pk in shares else [one])]
    return sorted(rows, key=lambda row: row.unit_code)


def _shared(facts: ProjectFacts, shares: Sequence[LandShare]) -> list[ProjectFacts]:
    """The counties' rows of one project. A class that is not split stands with the leading county."""
    split = {key for key in AREA_KEYS if any(getattr(share, key, None) is not None for share in shares)}
    return [
        replace(
            facts,
            unit_code=share.organisation.code,
            unit=share.organisation.short_name,
            areas={
                key: getattr(share, key)
                if key in split
                else (
                    facts.areas.get(key) if share.organisation_id == share.project.organisation_id else None
                )
                for key in AREA_KEYS
            },
        )
        for share in shares
    ]


def _areas_of(project: Project) -> dict[str, int | None]:
    land = getattr(project, "land", None)
    return {key: getattr(land, key) if land else None for key in AREA_KEYS}


_STATUS_LABELS = dict(Step.Status.choices)


def _steps_of(projects: QuerySet[Project]) -> dict[int, dict[str, StepFacts]]:
    """Each project's steps by code, the latest round of each. One query of plain values."""
    steps = (
        Step.objects.filter(project__in=Subquery(projects.order_by().values("pk")))
        .order_by("project_id", "code", "round")
        .values_list(
            "project_id", "code", "step_type__short", "status", "accepted_on", "closed_on", "decision__doc_no"
        )
    )
    found: dict[int, dict[str, StepFacts]] = {}
    for project_id, code, short, status, accepted_on, closed_on, doc_no in steps.iterator(chunk_size=5000):
        found.setdefault(project_id, {})[code] = StepFacts(
            code, short, status, _STATUS_LABELS[status], accepted_on, closed_on, doc_no or ""
        )
    return found


def _deadlines_of(
    projects: QuerySet[Project], *, today: date, calendar: WorkingCalendar
) -> dict[int, list[OpenDeadline]]:
    """Each project's open promises as they read on `today`. Two queries, pauses with kinds included."""
    rows = with_pauses(
        Deadline.objects.open()
        .filter(project_id__in=Subquery(projects.order_by().values("pk")))
        .select_related("holder_organisation", "holder")
        .order_by("project_id", "due_on", "id")
    )
    found: dict[int, list[OpenDeadline]] = {}
    for row in rows:
        if row.project_id is not None:
            found.setdefault(row.project_id, []).append(_read(row, today=today, calendar=calendar))
    return found


def _read(row: Deadline, *, today: date, calendar: WorkingCalendar) -> OpenDeadline:
    reading = reading_of(row, today=today, calendar=calendar).governing
    pause = next((pause for pause in row.pauses.all() if pause.last_on is None), None)
    is_counting = reading is not None and reading.due is not None
    return OpenDeadline(
        label=row.subject_label,
        stage=row.stage,
        lamp=lamp_of(row, today),
        is_validity=row.role == Deadline.Role.VALIDITY,
        due_on=reading.due if reading else None,
        remaining=reading.remaining if reading and is_counting else None,
        overdue=reading.overdue if reading else 0,
        unit="个工作日" if reading is None or reading.counted_in is Unit.WORKING_DAY else "天",
        holder_unit=row.holder_organisation.written_name,
        holder=row.holder.label if row.holder else "",
        pause_kind=pause.kind.label if pause else "",
        paused_from=pause.first_on if pause else None,
        next_step=pause.next_step if pause else "",
        expected_end_on=pause.expected_end_on if pause else None,
    )
