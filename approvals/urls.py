"""Pages of the step catalogue and of one step."""

from __future__ import annotations

from django.urls import path

from approvals import catalogue_views, pause_views, setting_views, views
from approvals.rules import Verb

app_name = "approvals"

urlpatterns = [
    path("settings/handling/", setting_views.handling_setting, name="handling-setting"),
    path("catalogue/", catalogue_views.catalogue, name="catalogue"),
    path("catalogue/<slug:code>/", catalogue_views.step_type, name="step-type"),
    path("catalogue/<slug:code>/edit/", catalogue_views.revise, name="step-type-edit"),
    path("pauses/", pause_views.pause_list, name="pauses"),
    path("pauses/export/", pause_views.pause_export, name="pauses-export"),
    path("pauses/<int:pk>/", pause_views.pause, name="pause"),
    path("pauses/<int:pk>/plan/", pause_views.pause_plan, name="pause-plan"),
    path("pauses/<int:pk>/proof/", pause_views.pause_proof, name="pause-proof"),
    path("steps/<int:pk>/", views.step, name="step"),
    path("steps/<int:pk>/what-if/", views.what_if, name="step-what-if"),
    *(
        path(f"steps/<int:pk>/{verb.value}/", views.act, {"verb": verb}, name=f"step-{verb.value}")
        for verb in Verb
    ),
]
