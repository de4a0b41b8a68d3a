from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目清单"

    def ready(self) -> None:
        from jobs import registry
        from projects import bulk, list_export
        from projects.services import bulk_runs, duplicates

        registry.register(list_export.KIND, label=list_export.LABEL, handler=list_export.make_export)
        registry.register(bulk_runs.KIND, label=bulk.LABEL, handler=bulk.run_job)
        registry.register(duplicates.KIND, label=duplicates.LABEL, handler=duplicates.find_duplicates)
