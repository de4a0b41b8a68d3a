"""Addresses of the regulating pool, one list per noun."""

from __future__ import annotations

from quotas.application_urls import urlpatterns as applications
from quotas.ledger_urls import urlpatterns as ledgers
from quotas.price_urls import urlpatterns as prices
from quotas.proposal_urls import urlpatterns as proposals

app_name = "quotas"

urlpatterns = [*ledgers, *applications, *prices, *proposals]
