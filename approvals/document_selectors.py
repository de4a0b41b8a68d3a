"""Reading approvals and certificates: the list, one document, a project's, a batch's, a year's figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from accounts.models import Organisation, User
from approvals import rules
from approvals.models import (
    Batch,
    BatchProject,
    BatchQuerySet,
    Decision,
    DocumentKind,
    LandDocument,
    LandDocumentArea,
    LandDocumentQuerySet,
)
from projects.models import Project
from projects.rules.land_checks import LABELS

# 先行 and 临时用地 batches end in a document of their mode's own code, the others in land approved.
ENDS_A_BATCH = Q(batch__isnull=False) & (Q(kind__in=rules.COUNTS_AS_LAND) | Q(kind=F("batch__mode")))
LAND_LABELS = {name: LABELS[f"{name}_m2"] for name in LandDocumentArea.CLASSES}


def _summed(column: str) -> Subquery:
    rows = LandDocumentArea.objects.filter(document=OuterRef("pk")).order_by().values("document")
    return Subquery(rows.annotate(sum=Sum(column)).values("sum"), output_field=BigIntegerField())


def document_list(*, actor: User) -> LandDocumentQuerySet:
    """Documents the actor may see, with their projects, clocks and `applied_m2`, `approved_m2` (sums of
    their projects' total areas). Two queries, however many rows.
    """
    areas = LandDocumentArea.objects.select_related("project__organisation").order_by("pk")
    return (
        LandDocument.objects.visible_to(actor)
        .select_related("organisation", "batch__organisation", "validity", "restoration", "term", "paper")
        .select_related("entered_by")
        .annotate(applied_m2=_summed("applied_total_m2"), approved_m2=_summed("approved_total_m2"))
        .prefetch_related(Prefetch("areas", queryset=areas))
    )


def differences_of(row: LandDocumentArea) -> list[rules.AreaDifference]:
    """What was applied for and approved, class by class, named as a reader knows it. No query."""
    found = rules.area_differences(
        LandDocumentArea.CLASSES,
        applied={name: getattr(row, f"applied_{name}_m2") for name in LandDocumentArea.CLASSES},
        approved={name: getattr(row, f"approved_{name}_m2") for name in LandDocumentArea.CLASSES},
    )
    return [
        rules.AreaDifference(LAND_LABELS[entry.name], entry.applied_m2, entry.approved_m2) for entry in found
    ]


@dataclass(frozen=True, slots=True)
class KindSums:
    """The listed documents of one kind; areas in m². The difference is of those that state both."""

    kind: str
    label: str
    number: int
    applied_m2: int
    approved_m2: int
    difference_m2: int
    floor_m2: Decimal | None


@dataclass(frozen=True, slots=True)
class DocumentSums:
    """How many documents are listed, what they gave kind by kind, and the land they approve."""

    kinds: Sequence[KindSums]

    @property
    def number(self) -> int:
        return sum(row.number for row in self.kinds)

    @property
    def land_m2(self) -> int:
        """获批建设用地. Areas of different kinds are the same land seen again (a siting opinion, its
        conversion, its expropriation): only the kinds of `rules.COUNTS_AS_LAND` add up.
        """
        return sum(row.approved_m2 for row in self.kinds if row.kind in rules.COUNTS_AS_LAND)


def sums_of(rows: QuerySet[LandDocument], *, unit: str = "", priority: str | None = None) -> DocumentSums:
    """Areas and floor area of listed documents kind by kind; with a county or class only that part.

    What was revoked is counted among the documents and gives no area. Two queries.

    Args:
        priority: a class of projects; "" is those without one, None all.
    """
    listed = rows.order_by().values("pk")
    areas = LandDocumentArea.objects.filter(document__in=listed, document__revoked_on__isnull=True)
    if unit:
        areas = areas.filter(project__organisation__code=unit)
    if priority is not None:
        areas = areas.filter(project__priority_class=priority)
    given = {
        row["document__kind"]: row
        for row in areas.order_by()
        .values("document__kind")
        .annotate(
            applied=Sum("applied_total_m2"),
            approved=Sum("approved_total_m2"),
            difference=Sum(F("approved_total_m2") - F("applied_total_m2")),
        )
    }
    in_force = Q(revoked_on__isnull=True)
    counted = LandDocument.objects.filter(pk__in=listed).order_by().values("kind")
    found = {
        row["kind"]: row
        for row in counted.annotate(number=Count("pk"), floor=Sum("floor_area_m2", filter=in_force))
    }
    return DocumentSums(
        [
            _kind_sums(kind, found[kind]["number"], found[kind]["floor"], given.get(kind.value, {}))
            for kind in DocumentKind
            if kind in found
        ]
    )


def _kind_sums(kind: DocumentKind, number: int, floor: Decimal | None, areas: Mapping[str, Any]) -> KindSums:
    applied, approved, difference = (areas.get(name) or 0 for name in ("applied", "approved", "difference"))
    return KindSums(kind.value, kind.label, number, applied, approved, difference, floor)


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A step that ended with a document of which no record exists yet."""

    kind: str
    label: str
    code: str
    number: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class ProjectDocuments:
    """A project's documents, its batches, and what still has to be recorded."""

    documents: Sequence[LandDocument]
    batches: Sequence[BatchProject]
    unrecorded: Sequence[Unrecorded]
    whole_m2: int | None

    @property
    def left_m2(self) -> int | None:
        """What of the land no batch applies for; None while the whole is not stated."""
        if self.whole_m2 is None or not self.batches:
            return None
        for_good = (row for row in self.batches if row.batch.mode not in rules.FOR_A_TIME)
        return self.whole_m2 - sum(row.area_m2 for row in for_good)


def project_documents(project: Project, *, actor: User) -> ProjectDocuments:
    """What the dossier shows of a project's documents. Four queries; the caller answers for the scope."""
    documents = list(document_list(actor=actor).filter(areas__project=project).order_by("-decided_on", "-id"))
    known = {(row.kind, row.number) for row in documents}
    decisions = Decision.objects.filter(step__project=project, step__code__in=rules.KIND_OF_STEP).exclude(
        doc_no=""
    )
    unrecorded = [
        Unrecorded(kind, DocumentKind(kind).label, row.step.code, row.doc_no, row.decided_on)
        for row in decisions.select_related("step").order_by("decided_on", "pk")
        if ((kind := rules.KIND_OF_STEP[row.step.code]), row.doc_no) not in known
    ]
    land = getattr(project, "land", None)
    return ProjectDocuments(
        documents=documents,
        batches=list(
            BatchProject.objects.filter(project=project)
            .select_related("batch__organisation")
            .order_by("batch__year", "batch__number")
        ),
        unrecorded=unrecorded,
        whole_m2=land.total_m2 if land is not None else None,
    )


def forest_consents(project_ids: Collection[int]) -> dict[int, LandDocument]:
    """The newest consent to use forest land in force (not revoked), by project. One query.

    The caller answers for the scope. How long it is good is the reader's to say.
    """
    rows = LandDocumentArea.objects.filter(
        project__in=project_ids, document__kind=DocumentKind.FOREST, document__revoked_on__isnull=True
    )
    newest = rows.select_related("document__validity").order_by(
        "project_id", "-document__decided_on", "-document_id"
    )
    return {row.project_id: row.document for row in newest.distinct("project_id")}


def batch_list(*, actor: User) -> BatchQuerySet:
    """Batches of the actor's counties with `area_m2` and `projects` of each. Two queries."""
    members = BatchProject.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    approvals = LandDocument.objects.in_force().filter(ENDS_A_BATCH)
    return (
        Batch.objects.visible_to(actor)
        .select_related("organisation")
        .annotate(
            area_m2=Subquery(members.annotate(sum=Sum("area_m2")).values("sum"), BigIntegerField()),
            projects=Subquery(members.annotate(number=Count("pk")).values("number"), BigIntegerField()),
        )
        .prefetch_related(Prefetch("documents", queryset=approvals, to_attr="approvals"))
    )


def batch_members(batch: Batch) -> list[BatchProject]:
    """The projects of a batch with their land. One query; the caller answers for the scope."""
    return list(batch.members.select_related("project__organisation", "project__land").order_by("pk"))


@dataclass(frozen=True, slots=True)
class YearRow:
    """Figures of one county, class or kind; areas in m². `key` is the filter's word."""

    key: str
    label: str
    land_m2: int = 0
    land_projects: int = 0
    land_permits: int = 0
    works_permits: int = 0
    floor_m2: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What was approved in a year up to a day, three ways; each way sums to `whole`."""

    year: int
    first: date
    last: date
    whole: YearRow
    by_county: Sequence[YearRow]
    by_class: Sequence[YearRow]
    by_kind: Sequence[YearRow]


def year_figures(*, actor: User, year: int, as_of: date) -> YearFigures:
    """获批建设用地, 规划许可证 and their 建筑面积 in a year, as they stood on a day.

    Counted by the day of approval, up to and including `as_of`; what had been revoked by then does
    not count. Land counts once, by the approval of its conversion: an expropriation approved by
    itself covers land that was counted. Sums are exact; rounding is the page's. Two queries.

    Source: S0-24.
    """
    first, last = date(year, 1, 1), min(as_of, date(year, 12, 31))
    valid = Q(document__revoked_on__isnull=True) | Q(document__revoked_on__gt=last)
    areas = LandDocumentArea.objects.visible_to(actor).filter(
        valid, document__decided_on__gte=first, document__decided_on__lte=last
    )
    groups = ("project__organisation_id", "project__priority_class", "document__kind")
    counted = (*rules.COUNTS_AS_LAND, DocumentKind.LAND_PERMIT, DocumentKind.WORKS_PERMIT)
    found = list(
        areas.filter(document__kind__in=counted)
        .order_by()
        .values(*groups)
        .annotate(
            m2=Sum("approved_total_m2"),
            projects=Count("pk"),
            floor=Sum("document__floor_area_m2"),
        )
    )
    names = dict(
        Organisation.objects.filter(pk__in={row["project__organisation_id"] for row in found}).values_list(
            "pk", "short_name"
        )
    )
    codes = dict(Organisation.objects.filter(pk__in=names).values_list("pk", "code"))
    return YearFigures(
        year=year,
        first=first,
        last=last,
        whole=_row("", "合计", found),
        by_county=[
            _row(codes[pk], names[pk], [row for row in found if row["project__organisation_id"] == pk])
            for pk in sorted(names, key=lambda pk: codes[pk])
        ],
        by_class=[
            _row(key or "NONE", label, rows)
            for key, label in [*Project.PriorityClass.choices, ("", "未分类")]
            if (rows := [row for row in found if row["project__priority_class"] == key])
        ],
        by_kind=[
            _row(kind, DocumentKind(kind).label, rows)
            for kind in DocumentKind.values
            if (rows := [row for row in found if row["document__kind"] == kind])
        ],
    )


def _row(key: str, label: str, rows: Sequence[Mapping[str, Any]]) -> YearRow:
    def total(name: str, kinds: Collection[str]) -> int:
        return sum(row[name] or 0 for row in rows if row["document__kind"] in kinds)

    works = [row for row in rows if row["document__kind"] == DocumentKind.WORKS_PERMIT]
    return YearRow(
        key=key,
        label=label,
        land_m2=total("m2", rules.COUNTS_AS_LAND),
        land_projects=total("projects", rules.COUNTS_AS_LAND),
        land_permits=total("projects", {DocumentKind.LAND_PERMIT}),
        works_permits=total("projects", {DocumentKind.WORKS_PERMIT}),
        floor_m2=sum((row["floor"] or Decimal(0) for row in works), Decimal(0)),
    )
