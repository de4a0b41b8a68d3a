from __future__ import annotations

from django.urls import path

from dispatch import (
    circular_views,
    ladder_views,
    package_views,
    round_rule_views,
    round_views,
    target_views,
    views,
)

app_name = "dispatch"
urlpatterns = [
    path("rounds/", round_views.round_list, name="rounds"),
    path("rounds/compare/", round_views.compare, name="compare"),
    path("rounds/<int:pk>/", round_views.round_page, name="round"),
    path("rounds/<int:pk>/reopen/", round_views.reopen, name="round-reopen"),
    path("rounds/<int:pk>/circular/", circular_views.draft, name="circular-draft"),
    path("circulars/", circular_views.circular_list, name="circulars"),
    path("circulars/<int:pk>/", circular_views.circular, name="circular"),
    path("circulars/<int:pk>/approve/", circular_views.approve, name="circular-approve"),
    path("circulars/<int:pk>/issue/", circular_views.issue, name="circular-issue"),
    path("circulars/<int:pk>/file/", circular_views.circular_file, name="circular-file"),
    path("packages/", package_views.package_list, name="packages"),
    path("packages/request/", package_views.ask, name="package-request"),
    path("packages/<int:pk>/", package_views.package, name="package"),
    path("packages/<int:pk>/zip/", package_views.package_zip, name="package-zip"),
    path("packages/files/<int:pk>/", package_views.package_file, name="package-file"),
    path("reports/", round_views.reports, name="reports"),
    path("reports/<int:pk>/", round_views.report, name="report"),
    path("reminders/", ladder_views.log, name="reminders"),
    path("settings/ladder/", ladder_views.ladder, name="ladder"),
    path("settings/ladder/new/", ladder_views.new_ladder, name="ladder-new"),
    path("settings/ladder/offices/", ladder_views.office_digest, name="office-digest"),
    path("absences/", ladder_views.absences, name="absences"),
    path("absences/new/", ladder_views.new_absence, name="absence-new"),
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
