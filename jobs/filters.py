"""How jobs are narrowed down, on the page and in the API alike."""

from __future__ import annotations

import django_filters

from jobs import registry
from jobs.models import Job
from ui.filters import FilterSet


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind.slug, kind.label) for kind in registry.kinds()]


class JobFilter(FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="名称")
    kind = django_filters.ChoiceFilter(choices=_kind_choices, label="类型", empty_label="全部")
    state = django_filters.ChoiceFilter(choices=Job.State.choices, label="状态", empty_label="全部")

    class Meta:
        model = Job
        fields = ["q", "kind", "state"]
