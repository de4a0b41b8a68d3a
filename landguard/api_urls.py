"""The API: every app's viewsets under /api/v1/, its description and its browser page."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
v1: list[URLPattern | URLResolver] = []
for module in (
    "accounts.api",
    "deadlines.api_calendar",
    "deadlines.api",
    "projects.api",
    "approvals.api",
    "dispatch.api",
    "jobs.api",
    "notifications.api",
):
    if find_spec(module):
        registered = getattr(import_module(module), "register", None)
        if registered is not None:
            registered(router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
