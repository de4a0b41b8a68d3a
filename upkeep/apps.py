from __future__ import annotations

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "upkeep"
    verbose_name = "系统维护"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from upkeep.system_checks import administrators_there

        register(administrators_there, Tags.database)
