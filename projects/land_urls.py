"""Addresses of a project's land and of the table of approval levels; part of `projects`."""

from __future__ import annotations

from django.urls import path

from projects.views import land, levels

urlpatterns = [
    path("projects/<int:pk>/land/", land.land_edit, name="land"),
    path("projects/<int:pk>/land/split/", land.land_split, name="land-split"),
    path("rules/levels/", levels.rules, name="level-rules"),
    path("rules/levels/new/", levels.add, name="level-rule-add"),
    path("rules/levels/<slug:key>/", levels.revise, name="level-rule"),
    path("rules/levels/<slug:key>/end/", levels.end, name="level-rule-end"),
]
