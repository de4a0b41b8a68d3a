"""Addresses of a project's land and site and of the rules for both; part of `projects`."""

from __future__ import annotations

from django.urls import path

from projects.views import creating, land, levels, map_shares, siting, siting_rules

urlpatterns = [
    path("projects/new/", creating.project_new, name="new"),
    path("projects/<int:pk>/land/", land.land_edit, name="land"),
    path("projects/<int:pk>/land/split/", land.land_split, name="land-split"),
    path("rules/levels/", levels.rules, name="level-rules"),
    path("rules/levels/new/", levels.add, name="level-rule-add"),
    path("rules/levels/<slug:key>/", levels.revise, name="level-rule"),
    path("rules/levels/<slug:key>/end/", levels.end, name="level-rule-end"),
    path("rules/siting/", siting_rules.rules, name="siting-rules"),
    path("rules/siting/new/", siting_rules.add, name="siting-rule-add"),
    path("rules/siting/setting/", siting_rules.setting, name="siting-setting"),
    path("rules/siting/boundaries/", siting_rules.boundary_setting, name="boundary-setting"),
    path("map-shares/", map_shares.map_shares, name="map-shares"),
    path("map-shares/export/", map_shares.map_shares_sheet, name="map-shares-export"),
    path("rules/siting/items/<slug:code>/", siting_rules.revise, name="siting-rule"),
    path("rules/siting/items/<slug:code>/end/", siting_rules.end, name="siting-rule-end"),
    *(
        path(f"projects/<int:pk>/site/{verb}/", siting.act, {"verb": verb}, name=f"site-{verb}")
        for verb in siting.ACTS
    ),
]
