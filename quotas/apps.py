"""The regulating pool: three quotas in a ledger."""

from __future__ import annotations

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    name = "quotas"
    verbose_name = "指标调节池"
