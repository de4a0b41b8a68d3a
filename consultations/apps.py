from __future__ import annotations

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = "会商"

    def ready(self) -> None:
        """Tasks and problems, a floor below, tell how what was resolved ended and what goes up."""
        from consultations.services.from_problems import take_escalated
        from consultations.services.task_ends import follow_tasks

        follow_tasks()
        take_escalated()
