"""Addresses of the system's upkeep."""

from __future__ import annotations

from django.urls import path

from upkeep import views

app_name = "upkeep"

urlpatterns = [
    path("health/", views.health, name="health"),
    path("settings/upkeep/", views.setting, name="setting"),
]
