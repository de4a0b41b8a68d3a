"""The API: every app's viewsets under /api/v1/, its description and its browser page."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from accounts import api as accounts
from deadlines import api_calendar

router = DefaultRouter()
router.register("organisations", accounts.OrganisationViewSet, basename="organisation")
router.register("users", accounts.UserViewSet, basename="user")
router.register("calendar-days", api_calendar.CalendarDayViewSet, basename="calendar-day")
router.register("calendar-years", api_calendar.CalendarYearViewSet, basename="calendar-year")
for module in (
    "deadlines.api",
    "projects.api",
    "approvals.api",
    "dispatch.api",
    "jobs.api",
    "notifications.api",
    "desk.api_screening",
):
    with suppress(ImportError, AttributeError):
        import_module(module).register(router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/auth/token/", accounts.TokenView.as_view(), name="api-token"),
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
