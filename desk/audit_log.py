"""The log as its readers see it: who did what, to what, when."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from accounts.models import User
from audit.models import Entry
from audit.verbs import VERBS
from ui.forms import DateInput


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="对象或操作人", method="by_words")
    verb = django_filters.ChoiceFilter(label="动作", choices=list(VERBS.items()), empty_label="全部")
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
