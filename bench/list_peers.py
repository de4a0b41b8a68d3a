"""The peers of `list_pages.py` on the product's own table: Django's admin, and ListView + django-filter.

Both as a careful developer sets them up: the same columns, fifty rows, related rows joined. They show
no lamp and no clock, which the product's list does.

The bare page is no peer but a measure of the aims: the same fifty rows by key in a table and nothing
else, no count, no filters, no frame. What it does not reach, no page of this framework does here.
"""

# ruff: noqa: E402  # settings come before the applications they load

from __future__ import annotations

import gc

from django.conf import settings
from django.core.wsgi import get_wsgi_application

# The product's own settings, its addresses and two more.
settings.INSTALLED_APPS = list(dict.fromkeys([*settings.INSTALLED_APPS, "django.contrib.admin"]))
settings.ROOT_URLCONF = "list_peers"
application = get_wsgi_application()

import django_filters
from django.contrib import admin
from django.template import engines
from django.urls import include, path
from django.views.generic import ListView
from django_filters.views import FilterView

from projects.models import Project

FIELDS = ("number", "name", "organisation", "list_category", "industry", "track", "updated_at")


class ProjectAdmin(admin.ModelAdmin):
    list_display = FIELDS
    list_select_related = ("organisation",)
    list_filter = ("list_category", "priority_class", "track")
    search_fields = ("name", "code")
    list_per_page = 50


site = admin.AdminSite()
site.register(Project, ProjectAdmin)


class ProjectFilter(django_filters.FilterSet):
    class Meta:
        model = Project
        fields = ("list_category", "priority_class", "track")


PAGE = engines["django"].from_string(
    "<!doctype html><title>list</title>{{ filter.form.as_p }}<table>{% for p in object_list %}<tr>"
    '<td>{{ p.number }}<td><a href="/projects/{{ p.pk }}/">{{ p.name }}</a>'
    "<td>{{ p.organisation.short_name }}"
    "<td>{{ p.list_category }}<td>{{ p.industry }}<td>{{ p.get_track_display }}"
    "<td>{{ p.land.total_m2 }}<td>{{ p.updated_at }}</tr>{% endfor %}</table>"
    "{{ page_obj.number }} / {{ paginator.num_pages }}, {{ paginator.count }}"
)


class PlainList(FilterView):
    filterset_class = ProjectFilter
    queryset = Project.objects.select_related("organisation", "land").order_by("-id")
    paginate_by = 50

    def get_template_names(self) -> object:
        return PAGE


BARE = engines["django"].from_string(
    "<!doctype html><title>list</title><table>{% for p in object_list %}<tr>"
    '<td>{{ p.number }}<td><a href="/projects/{{ p.pk }}/">{{ p.name }}</a>'
    "<td>{{ p.organisation.short_name }}"
    "<td>{{ p.list_category }}<td>{{ p.industry }}<td>{{ p.get_track_display }}"
    "<td>{{ p.land.total_m2 }}<td>{{ p.updated_at }}</tr>{% endfor %}</table>"
)


class BarePage(ListView):
    queryset = Project.objects.select_related("organisation", "land").order_by("-id")

    def get_queryset(self) -> object:
        return super().get_queryset().filter(pk__lt=int(self.request.GET["before"]))[:50]

    def get_template_names(self) -> object:
        return BARE


urlpatterns = [
    path("peer-admin/", site.urls),
    path("peer-list/", PlainList.as_view()),
    path("peer-bare/", BarePage.as_view()),
    path("", include("landguard.urls")),
]

# As the product's own entry point does; the peers gain by it too.
gc.collect()
gc.freeze()
