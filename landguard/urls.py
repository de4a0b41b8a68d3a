"""Every address of the product. Business code lives in the apps; this file only mounts it."""

from __future__ import annotations

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from accounts import factor_views
from landguard import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Of allauth's pages those that an office needs; accounts are made by the administrator.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/factor/", factor_views.sign_in, name="account_factor"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("api/", include("landguard.api_urls")),
    path("", include("desk.urls")),
    path("", include("projects.urls")),
    path("", include("duties.urls")),
    path("", include("opinions.urls")),
    path("", include("approvals.urls")),
    path("", include("consultations.urls")),
    path("", include("onboarding.urls")),
    path("", include("quotas.urls")),
    path("", include("deadlines.urls")),
    path("", include("dispatch.urls")),
    path("", include("notifications.urls")),
    path("", include("papers.urls")),
    path("", include("jobs.urls")),
    path("", include("upkeep.urls")),
    path("", include("accounts.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("ui/", include("ui.urls")))

handler404 = "ui.api.address_unknown"
handler500 = "ui.outage.server_error"
