"""Pages that combine apps."""

from __future__ import annotations

from contextlib import suppress

from django.urls import URLPattern, URLResolver, include, path

from desk import dossier_views, views

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
    path("projects/<int:pk>/", dossier_views.dossier, name="dossier"),
    path("projects/<int:pk>/steps/", dossier_views.generate_steps, name="dossier-steps"),
    path("work/deadlines/", views.deadline_list, name="deadlines"),
    path("audit/", views.audit_log, name="audit"),
    path("calculator/", views.calculator, name="calculator"),
]
with suppress(ImportError):
    urlpatterns.append(path("screening/", include("desk.screening_urls")))
