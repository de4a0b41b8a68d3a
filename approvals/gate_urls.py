"""Addresses of the gates, the targets and the cases."""

from __future__ import annotations

from django.urls import path

from approvals import gate_views, violation_views

urlpatterns = [
    path("gates/", gate_views.gate_list, name="gates"),
    path("gates/export/", gate_views.gate_export, name="gates-export"),
    path("steps/<int:pk>/gates/", gate_views.step_gates, name="step-gates"),
    path("steps/<int:pk>/gates/override/", gate_views.override, name="gate-override"),
    path("projects/<int:pk>/gates/<slug:gate>/", gate_views.state, name="gate-state"),
    path("settings/gates/", gate_views.gate_rules, name="gate-rules"),
    path("settings/gates/<slug:gate>/", gate_views.gate_rule_edit, name="gate-rule-edit"),
    path("stock-targets/", gate_views.stock_targets, name="stock-targets"),
    path("stock-targets/new/", gate_views.stock_target_new, name="stock-target-new"),
    path("violations/", violation_views.violation_list, name="violations"),
    path("violations/export/", violation_views.violation_export, name="violations-export"),
    path("violations/new/", violation_views.violation_new, name="violation-new"),
    path("violations/<int:pk>/", violation_views.violation, name="violation"),
    path("violations/<int:pk>/<slug:move>/", violation_views.violation_move, name="violation-move"),
]
