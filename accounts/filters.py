"""Filters of the lists of units and people, for pages and API alike."""

from __future__ import annotations

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from ui.filters import FilterSet


class OrganisationFilter(FilterSet):
    q = django_filters.CharFilter(label="名称、代码或别名", method="search")
    kind = django_filters.ChoiceFilter(label="类型", choices=Organisation.Kind, empty_label="全部")
    within = django_filters.ChoiceFilter(
        label="范围", choices=[("own", "本州（市）")], empty_label="全部", method="inside"
    )

    class Meta:
        model = Organisation
        fields = ("q", "kind", "within")

    def inside(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """The prefecture that this installation serves, with its counties, departments and offices."""
        return rows.filter(path__contains=f"/{settings.PREFECTURE_CODE}/")

    def search(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        # A subquery, not a join: a second alias would count the unit's people twice.
        named = Organisation.objects.filter(
            Q(name__icontains=value)
            | Q(short_name__icontains=value)
            | Q(code__istartswith=value)
            | Q(aliases__alias__icontains=value)
        )
        return rows.filter(pk__in=named.values("pk"))


class UserFilter(FilterSet):
    q = django_filters.CharFilter(label="用户名或职务", method="search")
    role = django_filters.ChoiceFilter(label="岗位", choices=User.Role, empty_label="全部")
    organisation = django_filters.CharFilter(label="单位代码", field_name="organisation__code")
    is_active = django_filters.ChoiceFilter(
        label="状态",
        choices=[("true", "在用"), ("asked", "待授权"), ("false", "已停用")],
        empty_label="全部",
        method="by_state",
    )

    class Meta:
        model = User
        fields = ("q", "role", "organisation", "is_active")

    def search(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(Q(username__icontains=value) | Q(title__icontains=value))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "asked":
            return rows.filter(is_active=True).exclude(asked_role="")
        return rows.filter(is_active=value == "true")
