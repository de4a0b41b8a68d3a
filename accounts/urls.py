"""Addresses of units and accounts."""

from __future__ import annotations

from django.urls import path

from accounts import factor_views, own_views, security_views, views

app_name = "accounts"

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/new/", views.organisation_create, name="organisation-create"),
    path("organisations/<str:code>/", views.organisation_edit, name="organisation-edit"),
    path("users/", views.users, name="users"),
    path("users/new/", views.user_create, name="user-create"),
    path("users/<int:pk>/", views.user_edit, name="user-edit"),
    path("users/<int:pk>/deactivate/", views.user_deactivate, name="user-deactivate"),
    path("users/<int:pk>/reactivate/", views.user_reactivate, name="user-reactivate"),
    path("users/<int:pk>/reset/", views.user_reset, name="user-reset"),
    path("users/<int:pk>/security/", security_views.user_security, name="user-security"),
    path("users/<int:pk>/grant/", security_views.user_grant, name="user-grant"),
    path("users/<int:pk>/unlock/", security_views.user_unlock, name="user-unlock"),
    path("users/<int:pk>/invite/", views.user_invite, name="user-invite"),
    path("settings/sign-in/", security_views.sign_in_rules, name="sign-in-rules"),
    path("invitation/<str:token>/", own_views.invitation, name="invitation"),
    path("accounts/second-factor/", factor_views.own_factor, name="own-factor"),
    path("users/<int:pk>/reset-factor/", security_views.user_reset_factor, name="user-reset-factor"),
    path("accounts/sessions/", own_views.own_sessions, name="own-sessions"),
    path("accounts/sessions/end/", own_views.own_sessions_end, name="own-sessions-end"),
    path("accounts/sessions/<int:pk>/end/", own_views.own_session_end, name="own-session-end"),
    path("accounts/waiting/", security_views.waiting, name="waiting"),
]
