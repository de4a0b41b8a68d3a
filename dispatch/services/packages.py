"""The package of a frozen round: ledgers, lists, differences, who reported, a brief. One button, one job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.clock import day_of
from dispatch.documents import brief
from dispatch.errors import RoundNotFrozen
from dispatch.models import LedgerSnapshot, Package, PackageFile, Round
from dispatch.package_sheets import difference_workbook, reporting_workbook
from dispatch.presentation import Changed, changes_of
from dispatch.rules.ledger import Row, renumbered
from dispatch.selectors.differences import Edition
from dispatch.selectors.packages import package_key, reports_inside, round_figures
from dispatch.services.ledgers import rows_inside_unit, stored_rows
from dispatch.workbook import LedgerHead, ledger_workbook
from duties.export import lists_of_json, lists_workbook, three_lists
from duties.selectors import problem_list, task_list
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome, Write
from jobs.services import enqueue

KIND = "dispatch.package"
LABEL = "报送材料包"


@transaction.atomic
def request_package(*, round_id: int, organisation_code: str, actor: User, now: datetime) -> Job:
    """Have the package of a frozen round made for a unit: the prefecture, or one county or park.

    Safe to repeat: one package a version.

    Raises:
        Round.DoesNotExist, Organisation.DoesNotExist: unknown, or not the actor's to see.
        RoundNotFrozen.
    """
    require(actor, Right.READ_LEDGERS)
    found = Round.objects.get(pk=round_id)
    organisation = Organisation.objects.visible_to(actor).get(code=organisation_code)
    if not found.is_frozen:
        raise RoundNotFrozen(
            f"{found.period.label}尚未定稿，定稿后才能生成报送材料包。", period=str(found.period)
        )
    key = package_key(found, organisation)
    is_known = Job.objects.filter(key=key).exclude(state__in=Job.RESTARTABLE_STATES).exists()
    job = enqueue(
        kind=KIND,
        key=key,
        title=f"{organisation.short_name}{found.period.label}报送材料包",
        payload={"round": found.pk, "version": found.version, "organisation": organisation.code},
        actor=actor,
        organisation=organisation,
        now=now,
    )
    if not is_known:
        record(
            actor=actor,
            verb="package.requested",
            subject=job,
            facts={"round": str(found.period), "organisation": organisation.code, "version": found.version},
            scope_path=organisation.path,
        )
    return job


@dataclass(frozen=True, slots=True)
class _Part:
    kind: PackageFile.Kind
    filename: str
    content: bytes


def make_package(job: Job, progress: Progress) -> Write:
    """The handler of package jobs: every file from the frozen ledger, kept whole with the package."""
    unit = Organisation.objects.get(code=job.payload["organisation"])
    whole = LedgerSnapshot.objects.select_related("round", "organisation").get(
        round=int(str(job.payload["round"])),
        version=int(str(job.payload["version"])),
        organisation__code=settings.PREFECTURE_CODE,
    )
    existing = _existing(whole, unit)
    if existing is not None:
        return lambda: _outcome(existing)
    assert job.requested_by is not None  # packages are asked for by people, whose lists they read
    parts = list(_parts(whole, unit, actor=job.requested_by, progress=progress))
    return lambda: _outcome(_keep(job, whole, unit, parts, now=progress.clock()))


def _existing(whole: LedgerSnapshot, unit: Organisation) -> Package | None:
    return Package.objects.filter(round=whole.round, version=whole.version, organisation=unit).first()


def _parts(whole: LedgerSnapshot, unit: Organisation, *, actor: User, progress: Progress) -> Iterator[_Part]:
    period, taken_on = whole.round.period, whole.taken_on
    rows = renumbered(rows_inside_unit(stored_rows(whole), unit))
    is_whole = unit.code == settings.PREFECTURE_CODE
    below = _reporting_units(rows) if is_whole else []
    steps = 5 + len(below)

    def say(done: int, what: str) -> None:
        progress.report(done, steps, f"正在生成{what}")

    def name(what: str, ending: str, of: str = unit.short_name) -> str:
        later = f"_第{whole.version}版" if whole.version > 1 else ""
        return f"{of}_{what}_{period.label}_{taken_on:%Y%m%d}{later}.{ending}"

    say(0, "台账")
    if is_whole:
        yield _Part(PackageFile.Kind.LEDGER, whole.filename, bytes(whole.content))
    else:
        yield _ledger(whole, unit, rows)
    for place, county in enumerate(below, 1):
        say(place, f"{county.short_name}台账")
        yield _ledger(whole, county, renumbered(rows_inside_unit(rows, county)))
    edition = Edition(whole.pk, whole.round, whole.version, whole.organisation)
    figures = round_figures(edition=edition, unit=unit, rows=rows, taken_on=taken_on, on=taken_on)
    heading = f"{unit.short_name}{period.label}"
    subtitle = f"数据日期：{taken_on}"
    say(steps - 4, "三项清单")
    lists = _lists(whole, unit, actor=actor, on=day_of(progress.clock()))
    yield _Part(PackageFile.Kind.LISTS, name("三项清单", "xlsx"), lists)
    say(steps - 3, "与上期差异")
    changes = changes_of(figures.change) if figures.change else Changed()
    before = f"　　前一期：{figures.before.label}" if figures.before else "　　没有上一期"
    content = difference_workbook(changes, title=f"{heading}与上期差异", subtitle=subtitle + before)
    yield _Part(PackageFile.Kind.DIFFERENCE, name("与上期差异", "xlsx"), content)
    say(steps - 2, "报送情况")
    reports = reports_inside(whole.round, unit, on=taken_on)
    content = reporting_workbook(reports, title=f"{heading}报送情况", subtitle=subtitle)
    yield _Part(PackageFile.Kind.REPORTING, name("报送情况", "xlsx"), content)
    say(steps - 1, "简报")
    yield _Part(PackageFile.Kind.BRIEF, name(f"{period.adjective}调度简报", "docx"), brief(figures))


def _lists(whole: LedgerSnapshot, unit: Organisation, *, actor: User, on: date) -> bytes:
    """The three lists as frozen with the ledger; of a ledger that is older than that as they are on `on`."""
    if whole.lists is not None:
        subtitle = f"{unit.short_name}　　数据日期：{whole.taken_on:%Y年%m月%d日}"
        return lists_workbook(lists_of_json(whole.lists, inside=unit.path), subtitle=subtitle)
    found = three_lists(
        problem_list(actor=actor).filter(area__path__startswith=unit.path).order_by("pk"),
        task_list(actor=actor).filter(holder__path__startswith=unit.path).order_by("pk"),
        actor=actor,
        today=on,
    )
    return lists_workbook(found, subtitle=f"{unit.short_name}　　导出日期：{on:%Y年%m月%d日}")


def _reporting_units(rows: list[Row]) -> list[Organisation]:
    codes = {row.unit_code for row in rows}
    return list(Organisation.objects.reporting_units().filter(code__in=codes))


def _ledger(whole: LedgerSnapshot, unit: Organisation, rows: list[Row]) -> _Part:
    head = LedgerHead(whole.round.period, unit.short_name, whole.taken_on, whole.version)
    names = {unit.code: unit.short_name}
    content = ledger_workbook(head=head, rows=rows, unit_names=names, written=lambda _: None)
    return _Part(PackageFile.Kind.LEDGER, head.filename, content)


def _keep(
    job: Job, whole: LedgerSnapshot, unit: Organisation, parts: list[_Part], *, now: datetime
) -> Package:
    """Write the package. Runs in the transaction that ends the job; the round's row is the lock."""
    Round.objects.select_for_update().get(pk=whole.round_id)
    existing = _existing(whole, unit)
    if existing is not None:
        return existing
    package = Package.objects.create(
        round=whole.round, version=whole.version, organisation=unit, made_by=job.requested_by, made_at=now
    )
    PackageFile.objects.bulk_create(
        PackageFile(
            package=package,
            kind=part.kind,
            filename=part.filename,
            content=part.content,
            size=len(part.content),
            sha256=sha256(part.content).hexdigest(),
        )
        for part in parts
    )
    record(
        actor=job.requested_by,
        verb="package.made",
        subject=package,
        facts={"round": str(whole.round), "version": whole.version, "files": len(parts)},
        scope_path=unit.path,
        occurred_on=day_of(now),
    )
    return package


def _outcome(package: Package) -> Outcome:
    return Outcome(url=reverse("dispatch:package", args=[package.pk]), facts={"package": package.pk})
