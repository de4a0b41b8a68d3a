from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "报批步骤"

    def ready(self) -> None:
        """Rounds of opinions, a floor below, stop and start the clocks of steps."""
        from approvals.services.consulting import follow_rounds

        follow_rounds()
