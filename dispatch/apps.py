from __future__ import annotations

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = "调度与台账"

    def ready(self) -> None:
        from dispatch.models import Reminder
        from dispatch.services import ledgers, packages
        from jobs import registry
        from onboarding.services.undoing import goes_with_deadlines

        registry.register(ledgers.KIND, label=ledgers.LABEL, handler=ledgers.make_ledger)
        registry.register(packages.KIND, label=packages.LABEL, handler=packages.make_package)
        # What the schedule reminded of before a ledger was signed off goes when the ledger is undone.
        goes_with_deadlines(Reminder)
