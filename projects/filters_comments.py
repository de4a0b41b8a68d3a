"""How comments are narrowed down in the API."""

from __future__ import annotations

import django_filters

from projects.models import Comment
from ui.filters import FilterSet


class CommentFilter(FilterSet):
    project = django_filters.NumberFilter(field_name="project_id", label="项目")
    is_directive = django_filters.BooleanFilter(label="只列批示")

    class Meta:
        model = Comment
        fields = ["project", "is_directive"]
