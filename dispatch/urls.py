from __future__ import annotations

from django.urls import path

from dispatch import round_rule_views, round_views, target_views, views

app_name = "dispatch"
urlpatterns = [
    path("rounds/", round_views.round_list, name="rounds"),
    path("rounds/compare/", round_views.compare, name="compare"),
    path("rounds/<int:pk>/", round_views.round_page, name="round"),
    path("rounds/<int:pk>/reopen/", round_views.reopen, name="round-reopen"),
    path("reports/", round_views.reports, name="reports"),
    path("reports/<int:pk>/", round_views.report, name="report"),
    path("settings/rounds/", round_rule_views.settings_page, name="round-rules"),
    path("settings/rounds/new/", round_rule_views.new_rule, name="round-rule-new"),
    path("settings/rounds/units/", round_rule_views.edit_duties, name="round-duties"),
    path("targets/", target_views.target_list, name="targets"),
    path("targets/new/", target_views.target_new, name="target-new"),
    path("targets/<int:pk>/", target_views.target, name="target"),
    path("targets/<int:pk>/edit/", target_views.target_edit, name="target-edit"),
    path("targets/preview/<int:pk>/", target_views.target_preview, name="target-preview"),
    path("settings/targets/", target_views.target_settings, name="target-settings"),
    path("ledgers/", views.ledgers, name="ledgers"),
    path("ledgers/freeze/", views.freeze, name="freeze"),
    path("ledgers/request/", views.request_ledger, name="request"),
    path("ledgers/<int:pk>/", views.ledger, name="ledger"),
    path("ledgers/<int:pk>/file/", views.ledger_file, name="ledger-file"),
]
