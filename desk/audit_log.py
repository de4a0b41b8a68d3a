"""The log as its readers see it: who did what, to what, when."""

from __future__ import annotations

import io
from collections.abc import Iterator

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.rights import Right, require
from audit.models import Entry
from audit.services import Event, record_event
from audit.verbs import VERBS, words
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from ui.filters import FilterSet
from ui.forms import DateInput

EXPORT_LIMIT = 20_000
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 7),
    LedgerColumn(("录入时间",), CellKind.CENTRED, 20),
    LedgerColumn(("操作人",), CellKind.TEXT, 18),
    LedgerColumn(("来源地址",), CellKind.CENTRED, 16),
    LedgerColumn(("动作",), CellKind.TEXT, 18),
    LedgerColumn(("对象",), CellKind.TEXT, 36),
    LedgerColumn(("结果",), CellKind.CENTRED, 9),
    LedgerColumn(("发生日期",), CellKind.DATE),
    LedgerColumn(("内容",), CellKind.TEXT, 50),
)


class EntryFilter(FilterSet):
    q = django_filters.CharFilter(label="对象或操作人", method="by_words")
    verb = django_filters.ChoiceFilter(label="动作", choices=list(VERBS.items()), empty_label="全部")
    outcome = django_filters.ChoiceFilter(label="结果", choices=Entry.Outcome, empty_label="全部")
    address = django_filters.CharFilter(label="来源地址", lookup_expr="exact", field_name="address")
    first = django_filters.DateFilter(
        label="自", field_name="entered_at", lookup_expr="date__gte", widget=DateInput
    )
    last = django_filters.DateFilter(
        label="至", field_name="entered_at", lookup_expr="date__lte", widget=DateInput
    )

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return rows.filter(Q(subject_label__icontains=value) | Q(actor_label__icontains=value))


def entries(*, actor: User) -> QuerySet[Entry]:
    """The entries about the actor's part of the tree, newest first. One query.

    Entries of the system as a whole (the calendar, the catalogue) belong to no unit and are
    shown to everybody who may read the log.
    """
    scope = actor.scope
    if scope is None:
        return Entry.objects.none()
    return Entry.objects.filter(Q(scope_path__startswith=scope.path) | Q(scope_path="")).order_by("-id")


def export_entries(*, rows: QuerySet[Entry], actor: User) -> bytes:
    """The rows as a workbook, the newest first, at most twenty thousand; the export is an entry itself.

    Raises:
        PermissionDenied: the role does not read the log.
    """
    require(actor, Right.READ_AUDIT)
    kept = rows[:EXPORT_LIMIT]
    layout = LedgerLayout(
        title="操作日志",
        subtitle=f"由{actor.label}导出",
        columns=COLUMNS,
        sheet_name="操作日志",
        freeze_columns=2,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_cells(kept))
    event = Event(
        verb="trail.exported",
        outcome=Entry.Outcome.DONE,
        label="操作日志",
        scope_path=actor.organisation.path if actor.organisation else "",
        facts={"条数": kept.count()},
    )
    record_event(actor=actor, event=event)
    return file.getvalue()


def _cells(rows: QuerySet[Entry]) -> Iterator[tuple[LedgerValue, ...]]:
    for number, row in enumerate(rows.iterator(chunk_size=1_000), start=1):
        yield (
            number,
            f"{timezone.localtime(row.entered_at):%Y-%m-%d %H:%M:%S}",
            row.actor_label,
            row.address or "",
            words(row.verb),
            row.subject_label,
            row.get_outcome_display(),
            row.occurred_on,
            "；".join(f"{name}：{value}" for name, value in row.facts.items())[:2_000],
        )
