"""Every address of the product. Business code lives in the apps; this file only mounts it."""

from __future__ import annotations

from contextlib import suppress

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from landguard import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Of allauth's pages those that an office needs; accounts are made by the administrator.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("api/", include("landguard.api_urls")),
    path("", include("desk.urls")),
]
for app in ("accounts", "deadlines", "projects", "approvals", "dispatch", "jobs", "notifications"):
    # While the apps are being built side by side, one without addresses does not take the others down.
    with suppress(ImportError):
        urlpatterns.append(path("", include(f"{app}.urls")))
if settings.DEBUG:
    urlpatterns.append(path("ui/", include("ui.urls")))
