from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        from accounts.services import asked_before_closing
        from desk import deadline_export
        from desk.leaving import refuse_open_duties
        from jobs import registry
        from projects import kept_lists
        from projects.list_export import export_handler

        asked_before_closing(refuse_open_duties)
        deadlines = deadline_export.DEADLINES
        kept_lists.register(deadlines)
        write = export_handler(deadlines, title="期限清单", write=deadline_export.write_deadlines)
        registry.register(deadlines.kind, label="导出期限清单", handler=write)
