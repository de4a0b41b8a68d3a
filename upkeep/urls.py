"""Addresses of the system's upkeep."""

from __future__ import annotations

from django.urls import path

from upkeep import views

app_name = "upkeep"

urlpatterns = [
    path("health/", views.health, name="health"),
    path("settings/upkeep/", views.setting, name="setting"),
    path("settings/maintenance/", views.maintenance, name="maintenance"),
    path("settings/maintenance/<int:pk>/withdraw/", views.withdraw_maintenance, name="maintenance-withdraw"),
]
