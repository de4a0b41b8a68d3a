"""Pages that combine apps."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from desk import views

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
    path("work/deadlines/", views.deadline_list, name="deadlines"),
    path("audit/", views.audit_log, name="audit"),
    path("calculator/", views.calculator, name="calculator"),
]
if find_spec("desk.screening_urls"):
    urlpatterns.append(path("screening/", include("desk.screening_urls")))
