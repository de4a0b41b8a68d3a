"""Addresses of lists that are taken along and come back. Included by projects.urls."""

from __future__ import annotations

from django.urls import path

from projects.views import round_trip

urlpatterns = [
    path("projects/take/", round_trip.take, name="take"),
    path("lists/downloads/", round_trip.downloads, name="downloads"),
    path("lists/downloads/<int:pk>/file/", round_trip.download_file, name="download-file"),
    path("lists/drafts/<int:pk>/choose/", round_trip.choose, name="choose"),
    path("lists/drafts/<int:pk>/headings/", round_trip.headings, name="headings"),
    path("lists/drafts/<int:pk>/look-again/", round_trip.look_again, name="look-again"),
]
