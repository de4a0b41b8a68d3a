"""What stands in the counties' books."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum

from accounts.models import Organisation, User
from quotas.models import CountyEntry, CountyEntryQuerySet

Book = CountyEntry.Book


def book_balance(*, book: str, county: Organisation) -> int:
    """The sum of a county's book, m² or 分. One query."""
    rows = CountyEntry.objects.filter(book=book, county=county)
    return int(rows.aggregate(total=Sum("amount"))["total"] or 0)


def book_entries(*, actor: User) -> CountyEntryQuerySet:
    """Every entry that the actor sees, newest first. One query."""
    return (
        CountyEntry.objects.visible_to(actor)
        .select_related("county", "consolidation", "project", "entered_by", "reversed_by")
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class BookSum:
    """One county's book: what came in, what went out (reversals taken off), what is left."""

    county: Organisation
    book: str
    label: str
    came: int
    went: int

    @property
    def left(self) -> int:
        return self.came - self.went


def book_sums(*, actor: User) -> list[BookSum]:
    """The books that have entries, by book and county. Two queries."""
    outward = Q(act__in=CountyEntry.OUTWARD) | Q(reverses__act__in=CountyEntry.OUTWARD)
    found = (
        CountyEntry.objects.visible_to(actor)
        .order_by()
        .values("book", "county_id")
        .annotate(total=Sum("amount"), out=Sum("amount", filter=outward))
    )
    counties = Organisation.objects.in_bulk({row["county_id"] for row in found})
    sums = [
        BookSum(
            county=counties[row["county_id"]],
            book=row["book"],
            label=Book(row["book"]).label,
            came=row["total"] - (row["out"] or 0),
            went=-(row["out"] or 0),
        )
        for row in found
    ]
    order = [value for value, _ in Book.choices]
    return sorted(sums, key=lambda row: (order.index(row.book), row.county.path))
