"""The component gallery; the root urlconf mounts it in DEBUG alone, tests mount it themselves."""

from __future__ import annotations

from django.urls import path

from ui import views

app_name = "ui"

urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
]
