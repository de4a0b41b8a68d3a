"""Packages and circulars for pages, and the figures from which they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import Organisation, User
from dispatch.documents import RoundFigures, UnitFigures
from dispatch.models import Circular, Package, PackageFile, Report, Round
from dispatch.rules.ledger import Row, Sums, sums_of
from dispatch.rules.reporting import Standing
from dispatch.selectors import differences
from dispatch.selectors.rounds import ReportRow, standing_in


def package_list(*, actor: User) -> QuerySet[Package]:
    """Packages the actor may see, newest first, with how many files each has. One query."""
    return (
        Package.objects.visible_to(actor)
        .select_related("round", "organisation", "made_by")
        .annotate(file_count=Count("files"))
        .order_by("-id")
    )


def files_of(package: Package) -> list[PackageFile]:
    """The files of a package without their content. One query."""
    return list(package.files.defer("content").order_by("id"))


def package_key(found: Round, organisation: Organisation) -> str:
    """The key of the job that makes this package: one a version, whoever asks how often."""
    return f"package:{found.period}:{organisation.code}:v{found.version}"


def circular_list(*, actor: User) -> QuerySet[Circular]:
    """Circulars the actor may see, newest first, without files, with copies sent and read. One query."""
    return (
        Circular.objects.visible_to(actor)
        .select_related("round", "organisation", "drafted_by")
        .defer("content")
        .annotate(sent=Count("copies"), read=Count("copies", filter=Q(copies__read_at__isnull=False)))
        .order_by("-id")
    )


def reports_inside(found: Round, unit: Organisation, *, on: date) -> list[ReportRow]:
    """What the units inside a subtree said in a round, as it stood on a day. One query."""
    rows = Report.objects.filter(round=found, organisation__path__startswith=unit.path)
    rows = rows.select_related("organisation", "reported_by").order_by("organisation__path")
    return [ReportRow(row, standing_in(row, found, on)) for row in rows]


def round_figures(
    *, edition: differences.Edition, unit: Organisation, rows: Sequence[Row], taken_on: date, on: date
) -> RoundFigures:
    """All that a brief says of a frozen version for a unit, its rows already cut out. Six queries."""
    names = dict(Organisation.objects.filter(path__startswith=unit.path).values_list("code", "short_name"))
    by_unit: dict[str, list[Row]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_code, []).append(row)
    reports = reports_inside(edition.round, unit, on=on)
    before = differences.edition_before(edition)
    return RoundFigures(
        period=edition.round.period,
        unit=unit.short_name,
        taken_on=taken_on,
        total=_unit_figures(unit.short_name, sums_of(rows)),
        units=[_unit_figures(names.get(code, code), sums_of(part)) for code, part in by_unit.items()],
        missing=_named(reports, Standing.MISSING) + _named(reports, Standing.WAITING),
        late=_named(reports, Standing.LATE),
        asked=len(reports),
        change=differences.difference_of(before, edition, unit=unit, actor=None),
        before=before.round.period if before else None,
    )


def _named(reports: Sequence[ReportRow], standing: Standing) -> list[str]:
    return [row.report.organisation.short_name for row in reports if row.standing is standing]


def _unit_figures(name: str, sums: Sums) -> UnitFigures:
    lamps = sums.lamps
    return UnitFigures(name, sums.count, sums.areas["total_m2"], lamps["red"], lamps["amber"], lamps["pause"])
