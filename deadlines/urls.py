"""The sheet behind a date, and the working-day calendar."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from deadlines import views

app_name = "deadlines"

urlpatterns: list[URLPattern | URLResolver] = [
    path("deadlines/<int:pk>/", views.sheet, name="sheet"),
]
if find_spec("deadlines.calendar_urls"):
    urlpatterns += import_module("deadlines.calendar_urls").urlpatterns
