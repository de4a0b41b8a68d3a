"""What the library offers on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from approvals.models import LibraryDownload, LibraryItem, LibraryVersion
from duties.models import Task
from duties.selectors import tasks_of_sources

# Under this name the tasks that carry an item out remember it.
SOURCE_KIND = "approvals.libraryitem"


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """An item with the version in force; None where none is yet, or it was retired."""

    item: LibraryItem
    current: LibraryVersion | None
    downloads: int
    is_trial: bool

    @property
    def steps(self) -> str:
        return "、".join(self.item.step_codes)


def library(*, today: date) -> QuerySet[LibraryItem]:
    """Items on offer, with the pk of the version in force (`current_id`) and the count of downloads."""
    return with_current(LibraryItem.objects.filter(retired_on__isnull=True), today=today)


def with_current(items: QuerySet[LibraryItem], *, today: date) -> QuerySet[LibraryItem]:
    """Items annotated with `current_id` and `taken`."""
    in_force = LibraryVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=today),
        item=OuterRef("pk"),
        effective_from__lte=today,
    )
    taken = (
        LibraryDownload.objects.filter(version__item=OuterRef("pk"))
        .order_by()
        .values("version__item")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return items.annotate(
        current_id=Subquery(in_force.order_by("-number").values("pk")[:1]),
        taken=Coalesce(Subquery(taken, output_field=IntegerField()), 0),
    )


def rows_of(items: Iterable[LibraryItem], *, today: date) -> list[LibraryRow]:
    """The annotated items with their versions in force. One query."""
    found = list(items)
    versions = LibraryVersion.objects.select_related("uploaded_by").in_bulk(
        [item.current_id for item in found if item.current_id]  # type: ignore[attr-defined]
    )
    rows = []
    for item in found:
        current = versions.get(item.current_id)  # type: ignore[attr-defined]
        trial = current.trial_until if current else None
        is_trial = trial is not None and trial >= today
        rows.append(LibraryRow(item, current, item.taken, is_trial))  # type: ignore[attr-defined]
    return rows


def for_step(code: str, *, today: date) -> Sequence[LibraryRow]:
    """What serves a step: guides, templates, rules. Two queries."""
    items = library(today=today).filter(step_codes__contains=[code]).order_by("kind", "title")
    return rows_of(items, today=today)


def with_versions(items: QuerySet[LibraryItem]) -> QuerySet[LibraryItem]:
    """Items with all their versions, newest first, as `shown_versions`. One query more."""
    rows = LibraryVersion.objects.annotate(taken=Count("downloads")).order_by("-number")
    return items.prefetch_related(Prefetch("versions", queryset=rows, to_attr="shown_versions"))


def versions_of(item: LibraryItem) -> QuerySet[LibraryVersion]:
    """Every version, newest first, with its count (`taken`). One query."""
    return item.versions.select_related("uploaded_by").annotate(taken=Count("downloads")).order_by("-number")


def follow_ups(item: LibraryItem, *, actor: User) -> list[Task]:
    """The tasks that carry an item out, as far as the actor may see them. Two queries."""
    return tasks_of_sources(SOURCE_KIND, [item.pk], actor=actor)
