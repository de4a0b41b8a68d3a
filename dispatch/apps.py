from __future__ import annotations

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = "调度与台账"

    def ready(self) -> None:
        from dispatch.services import ledgers
        from jobs import registry

        registry.register(ledgers.KIND, label=ledgers.LABEL, handler=ledgers.make_ledger)
