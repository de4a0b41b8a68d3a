"""Addresses of the project list: its page, views, bulk actions, exports."""

from __future__ import annotations

from django.urls import path

from projects.views import bulk, exports, habits, listing

urlpatterns = [
    path("projects/", listing.project_list, name="list"),
    path("projects/counts/", listing.counts, name="counts"),
    path("projects/totals/", listing.totals, name="totals"),
    path("projects/export/", exports.export, name="export"),
    path("settings/exports/", exports.keep_days, name="export-setting"),
    path("exports/<int:pk>/", exports.export_file, name="export-file"),
    path("projects/bulk/", bulk.bulk_action, name="bulk"),
    path("projects/bulk/<int:pk>/", bulk.bulk_run, name="bulk-run"),
    path("views/<slug:list_name>/save/", habits.save, name="view-save"),
    path("views/<slug:list_name>/default/", habits.default, name="view-default"),
    path("views/<slug:list_name>/density/", habits.density, name="density"),
    path("views/<int:pk>/delete/", habits.delete, name="view-delete"),
]
