"""Addresses of the preparation for use."""

from __future__ import annotations

from django.urls import path

from onboarding import people_views, rollout_views, views

app_name = "onboarding"

urlpatterns = [
    path("onboarding/", views.home, name="home"),
    path("onboarding/people/", people_views.people, name="people"),
    path("onboarding/rollout/", rollout_views.rollout, name="rollout"),
    path("onboarding/rollout/<slug:code>/", rollout_views.rollout_edit, name="rollout-edit"),
    path("onboarding/ledgers/new/", views.upload, name="upload"),
    path("onboarding/ledgers/<int:pk>/", views.ledger, name="ledger"),
    path("onboarding/ledgers/<int:pk>/rows/", views.rows, name="rows"),
    path("onboarding/ledgers/<int:pk>/file/", views.ledger_file, name="file"),
    path("onboarding/ledgers/<int:pk>/take/", views.take, name="take"),
    path("onboarding/ledgers/<int:pk>/undo/", views.undo, name="undo"),
    path("onboarding/ledgers/<int:pk>/discard/", views.discard, name="discard"),
    path("onboarding/ledgers/<int:pk>/sign/", views.sign, name="sign"),
]
