"""The dossier's tab 批复: documents, batches, and what still has to be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from approvals.document_selectors import project_documents
from approvals.services.records import may_record
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. Four queries."""
    return {
        "papers": project_documents(project, actor=actor),
        "may_record": may_record(actor, project),
    }
