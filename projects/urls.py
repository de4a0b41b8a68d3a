from __future__ import annotations

from django.urls import include, path

from projects.views import exports, imports, lists, submissions

app_name = "projects"
urlpatterns = [
    path("", include("projects.list_urls")),
    path("projects/<int:pk>/edit/", lists.project_edit, name="edit"),
    path("", include("projects.dossier_urls")),
    path("lists/", submissions.submission_list, name="submissions"),
    path("lists/<int:pk>/", submissions.submission, name="submission"),
    path("lists/<int:pk>/file/", submissions.submission_file, name="submission-file"),
    path("lists/<int:pk>/undo/", submissions.undo, name="undo"),
    path("lists/template/", exports.template, name="template"),
    path("lists/upload/", imports.upload, name="upload"),
    path("lists/drafts/<int:pk>/", imports.preview, name="preview"),
    path("lists/drafts/<int:pk>/marked/", imports.marked, name="marked"),
    path("lists/drafts/<int:pk>/confirm/", imports.confirm, name="confirm"),
    path("lists/drafts/<int:pk>/discard/", imports.discard, name="discard"),
    path("", include("projects.people_urls")),
    path("", include("projects.annual_urls")),
    path("", include("projects.round_trip_urls")),
    path("", include("projects.land_urls")),
    path("", include("projects.collecting_urls")),
]
