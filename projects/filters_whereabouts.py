"""How stops of files are narrowed down over the API."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet

from projects.models import FileLevel, FileStop
from ui.filters import FilterSet


class FileStopFilter(FilterSet):
    """Parameters: project, level, now (only where files lie still)."""

    project = django_filters.NumberFilter(label="项目")
    level = django_filters.ChoiceFilter(label="层级", choices=FileLevel.choices)
    now = django_filters.BooleanFilter(label="只看现在", method="by_now")

    class Meta:
        model = FileStop
        fields: ClassVar[list[str]] = []

    def by_now(self, rows: QuerySet[FileStop], name: str, value: bool) -> QuerySet[FileStop]:
        return rows.filter(until_on__isnull=True) if value else rows
