"""Addresses of the regulating pool, one list per noun."""

from __future__ import annotations

from quotas.application_urls import urlpatterns as applications

app_name = "quotas"

urlpatterns = [*applications]
