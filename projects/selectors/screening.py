"""What waits for the bureau's answer, with what the product proposes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, User
from projects.models import DuplicatePair, LandUse, Project, ProjectQuerySet
from projects.rules.ordering import ClassProposal
from projects.rules.tracks import TrackProposal, propose_track
from projects.selectors.duplicates import proposed_for
from projects.selectors.ordering import proposed_classes


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that may be the same one, why, and the proposal that says so.

    `alike`: percent by trigrams of the names.
    """

    project: Project
    alike: int
    reasons: Sequence[str]
    pair: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A project that waits for the bureau's answer, with what the product proposes."""

    project: Project
    proposal: TrackProposal
    class_proposal: ClassProposal
    candidates: Sequence[Candidate]

    @property
    def has_other_class(self) -> bool:
        """Whether the criteria propose a class that does not stand already."""
        proposed = self.class_proposal.priority_class
        return bool(proposed) and proposed != self.project.priority_class

    @property
    def class_words(self) -> str:
        """The proposed class as people call it; "" where no criterion holds."""
        code = self.class_proposal.priority_class
        return str(Project.PriorityClass(code).label) if code else ""


def waiting_list(*, actor: User) -> ProjectQuerySet:
    """Projects to be screened or, screened, to be adopted, with unit, land and standing loaded. One query."""
    waiting = Project.objects.visible_to(actor).waiting()
    return waiting.select_related("organisation", "submitted_by", "land", "standing")


def with_proposals(projects: Iterable[Project], *, today: date) -> list[WaitingRow]:
    """Each waiting project with track and class by rule and the projects it may duplicate. Three queries.

    Reads what `waiting_list` loads.
    """
    rows = list(projects)
    found = proposed_for(project.pk for project in rows)
    classes = proposed_classes(rows, today=today)
    return [
        WaitingRow(
            project=project,
            proposal=proposed_track(project),
            class_proposal=classes[project.pk],
            candidates=_candidates(project, found),
        )
        for project in rows
    ]


def _candidates(project: Project, found: Mapping[int, Sequence[DuplicatePair]]) -> list[Candidate]:
    return [
        Candidate(
            project=pair.second if pair.first_id == project.pk else pair.first,
            alike=pair.alike,
            reasons=pair.reasons,
            pair=pair.pk,
        )
        for pair in found.get(project.pk, ())
    ]


def proposed_track(project: Project) -> TrackProposal:
    """The track by rule from the project's stored facts; reads `organisation` and `land`."""
    land: LandUse | None = getattr(project, "land", None)
    return propose_track(
        name=project.name,
        industry=project.industry,
        is_in_park=project.organisation.kind == Organisation.Kind.PARK,
        total_m2=land.total_m2 if land else None,
        construction_m2=land.construction_m2 if land else None,
        new_construction_m2=land.new_construction_m2 if land else None,
        requisition_m2=land.requisition_m2 if land else None,
    )
