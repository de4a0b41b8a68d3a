from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目清单"

    def ready(self) -> None:
        from audit.services import ask_before_writing
        from jobs import registry
        from papers import handing_out, sharing
        from projects import bulk, bulk_actions, kept_lists, list_export
        from projects.models.sharing import shared_with
        from projects.selectors.shown import PREVIEW_JOB
        from projects.services import archiving, bulk_runs, duplicates, map_shares
        from projects.services import large_uploads as large

        sharing.register(shared_with)
        handing_out.register(map_shares.note_download)
        ask_before_writing(archiving.refuse_archived)
        projects = list_export.PROJECTS
        kept_lists.register(projects)
        write = list_export.export_handler(projects, title="项目清单", write=list_export.write_projects)
        registry.register(projects.kind, label=list_export.LABEL, handler=write)
        bulk_actions.register_all()
        registry.register(bulk_runs.KIND, label=bulk.LABEL, handler=bulk.run_job)
        registry.register(duplicates.KIND, label=duplicates.LABEL, handler=duplicates.find_duplicates)
        registry.register(PREVIEW_JOB, label=large.PREVIEW_LABEL, handler=large.make_preview)
        registry.register(large.IMPORT_JOB, label=large.IMPORT_LABEL, handler=large.make_import)
