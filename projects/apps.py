from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目清单"

    def ready(self) -> None:
        from jobs import registry
        from projects.services import duplicates

        registry.register(duplicates.KIND, label=duplicates.LABEL, handler=duplicates.find_duplicates)
