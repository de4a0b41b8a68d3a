"""Addresses of the posts; included by desk.urls."""

from __future__ import annotations

from django.urls import path

from desk import posts_views as views

urlpatterns = [
    path("", views.post_list, name="posts"),
    path("new/", views.post_create, name="post-create"),
    path("<int:pk>/", views.post, name="post"),
    path("<int:pk>/edit/", views.post_edit, name="post-edit"),
    path("<int:pk>/succeed/", views.post_succeed, name="post-succeed"),
    path("<int:pk>/leave/", views.post_leave, name="post-leave"),
]
