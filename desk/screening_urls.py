"""Mounted by desk.urls under /screening/."""

from __future__ import annotations

from django.urls import path

from desk import screening_views

urlpatterns = [
    path("", screening_views.screening, name="screening"),
    path("adopt/", screening_views.adopt, name="screening-adopt"),
    path("screen/", screening_views.screen, name="screening-screen"),
    path("class/", screening_views.confirm_classes, name="screening-class"),
    path("<int:pk>/drop/", screening_views.drop, name="screening-drop"),
    path("<int:pk>/return/", screening_views.return_project, name="screening-return"),
    path("<int:pk>/merge/", screening_views.merge, name="screening-merge"),
]
