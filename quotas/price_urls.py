"""Addresses of published prices and fiscal accounts."""

from __future__ import annotations

from django.urls import path

from quotas.views import prices

urlpatterns = [
    path("quota/prices/", prices.price_page, name="prices"),
    path("quota/prices/template/", prices.price_template, name="price-template"),
    path("quota/prices/import/<int:pk>/", prices.price_preview, name="price-preview"),
    path("quota/prices/<int:pk>/strike/", prices.price_strike, name="price-strike"),
    path("settings/quota-accounts/", prices.fiscal_accounts, name="fiscal-accounts"),
]
