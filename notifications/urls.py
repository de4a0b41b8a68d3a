from __future__ import annotations

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("messages/", views.message_list, name="list"),
    path("messages/channels/", views.channels, name="channels"),
    path("messages/read-all/", views.read_all, name="read-all"),
    path("messages/unsent/", views.unsent, name="unsent"),
    path("messages/unsent/<int:pk>/resend/", views.resend, name="resend"),
    path("messages/<int:pk>/read/", views.read, name="read"),
]
