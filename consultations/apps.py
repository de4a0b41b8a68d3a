from __future__ import annotations

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = "会商"

    def ready(self) -> None:
        """Tasks, a floor below, tell how what was resolved came to its end."""
        from consultations.services.task_ends import follow_tasks

        follow_tasks()
