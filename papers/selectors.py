"""Which papers there are, and their versions.

Numbers of queries are those of the bureau; people of a county or park take one more, for what
they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from papers.models import Paper, PaperQuerySet


@dataclass(frozen=True, slots=True)
class PaperSeries:
    """One paper with all its versions, newest first; `head` is the newest."""

    head: Paper
    earlier: Sequence[Paper]

    @property
    def is_withdrawn(self) -> bool:
        return self.head.is_withdrawn


def paper_list(*, actor: User) -> PaperQuerySet:
    """Every version of every paper the actor may read, with what a list shows. One query."""
    return Paper.objects.visible_to(actor).select_related(
        "uploaded_by__organisation",
        "scope_organisation",
        "department",
        "withdrawal__withdrawn_by",
        "replaced_by",
    )


def papers_of(*, actor: User, subject_kind: str, subject_id: int) -> list[Paper]:
    """The current papers of one thing, newest first. One query."""
    return list(paper_list(actor=actor).current().about(subject_kind, subject_id).order_by("-id"))


def papers_of_project(*, actor: User, project_id: int) -> list[PaperSeries]:
    """All papers in a project's dossier with their versions, the last touched first. One query."""
    return series(paper_list(actor=actor).filter(project_id=project_id).order_by("-id"))


def count_of_project(*, actor: User, project_id: int) -> int:
    """How many current papers a project's dossier holds. One query."""
    return Paper.objects.visible_to(actor).current().filter(project_id=project_id).count()


def series(papers: Iterable[Paper]) -> list[PaperSeries]:
    """Versions gathered by paper; `papers` come newest first."""
    chains: dict[int, list[Paper]] = {}
    for paper in papers:
        chains.setdefault(paper.chain, []).append(paper)
    return [PaperSeries(head=versions[0], earlier=versions[1:]) for versions in chains.values()]
