"""The turn of the year: a new list, what goes over to it, and the old year read-only.

Every service that changes something of a project writes an entry of the log in the same
transaction. There, and nowhere else, a write to an archived year is refused (`refuse_archived`,
registered with the log in `projects.apps`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import Act, Actor, record, record_all
from audit.verbs import is_business
from projects.models import (
    AnnualList,
    AnnualListChange,
    AnnualListVersion,
    PlanQuota,
    PlanVersion,
    Project,
    YearArchive,
)
from projects.refusals import ReasonMissing, YearArchived, YearNotReady

Kind = AnnualListChange.Kind
# Entries about the year itself, which open and close it.
OF_THE_YEAR = "year."
_PAPERS = (AnnualListVersion, PlanVersion, PlanQuota)


@transaction.atomic
def open_list(*, actor: User, year: int) -> AnnualList:
    """Make the year's list, so that it hands out numbers. Safe to repeat."""
    require(actor, Right.TURN_YEAR)
    row, is_new = AnnualList.objects.get_or_create(year=year)
    if is_new:
        record(
            actor=actor, verb="year.list_opened", subject=row, facts={"year": year}, scope_path=_path(actor)
        )
    return row


@transaction.atomic
def drop_list(*, actor: User, year: int) -> None:
    """Take back an opened list on which nothing stands yet. Safe to repeat.

    Raises:
        YearNotReady: it has handed out a number, was published, or projects went over to it.
    """
    require(actor, Right.TURN_YEAR)
    row = AnnualList.objects.select_for_update().filter(year=year).first()
    if row is None:
        return
    if row.last_number or row.projects.exists() or row.versions.exists() or row.changes.exists():
        raise YearNotReady(f"{year} 年度清单已有项目或记录，不能撤销。", year=year)
    record(actor=actor, verb="year.list_dropped", subject=row, facts={"year": year}, scope_path=_path(actor))
    row.delete()


def _reason(year: int) -> str:
    return f"由 {year} 年度清单结转"


@transaction.atomic
def carry_over(*, actor: User, year: int, project_ids: Sequence[int], today: date) -> int:
    """Put projects of a year's list on the next one; they keep their numbers. How many that were.

    What is not on the list any more is left out, so that it is safe to repeat. Projects are locked
    in pk order.

    Raises:
        YearNotReady: the next list is not open.
        YearArchived: the year is archived.
    """
    require(actor, Right.TURN_YEAR)
    old, new = _lists(actor, year)
    projects = _locked(actor, old, project_ids)
    return _move(projects, old, new, _reason(year), "year.carried_over", actor=actor, today=today)


@transaction.atomic
def take_back(*, actor: User, year: int, today: date) -> int:
    """Put what went over from a year's list back on it; how many. Safe to repeat.

    Raises:
        YearNotReady: the next list is not open.
        YearArchived: one of the two years is archived.
    """
    require(actor, Right.TURN_YEAR)
    old, new = _lists(actor, year)
    came = AnnualListChange.objects.filter(annual_list=new, kind=Kind.JOINED, reason=_reason(year))
    projects = _locked(actor, new, list(came.values_list("project_id", flat=True)))
    return _move(
        projects, new, old, f"撤销结转，回到 {year} 年度清单", "year.taken_back", actor=actor, today=today
    )


def carried(*, actor: User, year: int) -> int:
    """How many projects stand on the next list because they went over from this one. One query."""
    came = AnnualListChange.objects.filter(
        annual_list__year=year + 1,
        kind=Kind.JOINED,
        reason=_reason(year),
        project__annual_list__year=year + 1,
    )
    return came.filter(project__in=Project.objects.visible_to(actor)).values("project").distinct().count()


def _lists(actor: User, year: int) -> tuple[AnnualList, AnnualList]:
    for one in (year, year + 1):
        if is_archived(path=_path(actor), year=one):
            raise _archived(one)
    rows = {row.year: row for row in AnnualList.objects.filter(year__in=(year, year + 1))}
    if year not in rows or year + 1 not in rows:
        raise YearNotReady(f"{year + 1} 年度清单还没有建立，请先建立新年度清单。", year=year + 1)
    return rows[year], rows[year + 1]


def _locked(actor: User, on_list: AnnualList, ids: Sequence[int]) -> list[Project]:
    rows = Project.objects.visible_to(actor).adopted().filter(pk__in=ids, annual_list=on_list)
    return list(rows.order_by("pk").select_related("organisation").select_for_update(of=("self",)))


def _move(
    projects: list[Project],
    old: AnnualList,
    new: AnnualList,
    reason: str,
    verb: str,
    *,
    actor: User,
    today: date,
) -> int:
    AnnualListChange.objects.bulk_create(
        AnnualListChange(
            annual_list=annual_list,
            project=project,
            kind=kind,
            reason=reason,
            decided_on=today,
            decided_by=actor,
        )
        for project in projects
        for annual_list, kind in ((old, Kind.LEFT), (new, Kind.JOINED))
    )
    Project.objects.filter(pk__in=[project.pk for project in projects]).update(annual_list=new)
    acts = [
        Act(verb, project, {"from": old.year, "to": new.year}, project.pk, project.organisation.path)
        for project in projects
    ]
    record_all(actor=actor, acts=acts, occurred_on=today)
    return len(projects)


@transaction.atomic
def archive_year(
    *, actor: User, prefecture: Organisation, year: int, reason: str, today: date
) -> YearArchive:
    """Make every project on a past year's list read-only.

    Raises:
        ReasonMissing: nothing stated.
        YearNotReady: the year is not over.
        YearArchived: it stands archived already.
    """
    require(actor, Right.TURN_YEAR)
    if not reason.strip():
        raise ReasonMissing("没有写明归档说明，请填写后再归档。")
    if year >= today.year:
        raise YearNotReady(f"{year} 年还没有结束，不能归档。", year=year)
    if is_archived(path=prefecture.path, year=year):
        raise _archived(year)
    row = YearArchive.objects.create(
        prefecture=prefecture, year=year, reason=reason.strip()[:300], archived_on=today, archived_by=actor
    )
    _note(row, "year.archived", row.reason, actor=actor, today=today)
    return row


@transaction.atomic
def restore_year(
    *, actor: User, prefecture: Organisation, year: int, reason: str, today: date
) -> YearArchive:
    """Let an archived year be written again.

    Raises:
        ReasonMissing: nothing stated.
        YearNotReady: it is not archived.
    """
    require(actor, Right.TURN_YEAR)
    if not reason.strip():
        raise ReasonMissing("没有写明恢复理由，请填写后再恢复。")
    row = YearArchive.objects.standing().select_for_update().filter(prefecture=prefecture, year=year).first()
    if row is None:
        raise YearNotReady(f"{year} 年度没有归档，不需要恢复。", year=year)
    row.restored_on, row.restored_by, row.restore_reason = today, actor, reason.strip()[:300]
    row.save(update_fields=["restored_on", "restored_by", "restore_reason"])
    _note(row, "year.restored", row.restore_reason, actor=actor, today=today)
    return row


def is_archived(*, path: str, year: int) -> bool:
    """Whether a year of the prefecture in which an organisation's `path` lies is archived. One query."""
    standing = YearArchive.objects.standing().filter(year=year)
    return any(path.startswith(place) for place in standing.values_list("prefecture__path", flat=True))


def archived_year_of(project: Project) -> int | None:
    """The archived year on whose list a project stands; None while it may be written. One query."""
    if project.annual_list_id is None:
        return None
    lists = AnnualList.objects.filter(pk=project.annual_list_id).values("year")
    standing = YearArchive.objects.standing().filter(year__in=lists)
    path = project.organisation.path
    places = standing.values_list("year", "prefecture__path")
    return next((year for year, place in places if path.startswith(place)), None)


def refuse_archived(actor: Actor | None, acts: Sequence[Act]) -> None:
    """Refuse what a person is about to write about an archived year; the log asks before each entry.

    What the system does by itself (a lapse, a sweep), what is taken out (files, lists) and the acts
    about the year itself pass. One query where a project or a year's paper is concerned; a second
    where any year is archived.

    The query is asked anew for each write on purpose. What a process remembers may be out of date: a
    year is archived by another one, and from its commit on nothing may be written. A trigger on the log
    would save the way there, not the reading; it would have to know which verbs are business and which
    year a subject belongs to, and could refuse only as a database error at the end of the act. The table
    holds a row a year, so that the answer is one page in memory.

    Raises:
        YearArchived: facts: year.
    """
    if actor is None:
        return
    asked = [
        act
        for act in acts
        if (act.project_id is not None or isinstance(act.subject, _PAPERS))
        and is_business(act.verb)
        and not act.verb.startswith(OF_THE_YEAR)
    ]
    if not asked:
        return
    ids = {act.project_id for act in asked if act.project_id is not None}
    papers = [(year, act.scope_path) for act in asked if (year := _year_of(act)) is not None]
    standing = list(YearArchive.objects.standing().values_list("year", "prefecture__path"))
    if not standing:
        return
    listed = Project.objects.filter(pk__in=ids, annual_list__year__in={year for year, _ in standing})
    found = [*papers, *listed.values_list("annual_list__year", "organisation__path")]
    for year, path in found:
        if any(year == closed and path.startswith(place) for closed, place in standing):
            raise _archived(year)


def _year_of(act: Act) -> int | None:
    if isinstance(act.subject, AnnualListVersion):
        return act.subject.annual_list.year
    if isinstance(act.subject, PlanVersion | PlanQuota):
        return act.subject.year
    return None


def _archived(year: int) -> YearArchived:
    return YearArchived(f"{year} 年度已归档，只能查阅。确需修改，请调度办先恢复该年度。", year=year)


def _path(actor: User) -> str:
    return actor.organisation.path if actor.organisation else ""


def _note(row: YearArchive, verb: str, reason: str, *, actor: User, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=row,
        facts={"year": row.year, "reason": reason},
        scope_path=row.prefecture.path,
        occurred_on=today,
    )
