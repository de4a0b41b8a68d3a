"""By what else a project is found than by its own row."""

from __future__ import annotations

from projects.models import DocumentNumber


def name_document(*, project_id: int, number: str) -> None:
    """Let the project be found by a document's number. Called by whoever records the document.

    Safe to repeat; an empty number is none.
    """
    if number:
        DocumentNumber.objects.get_or_create(project_id=project_id, number=number)
