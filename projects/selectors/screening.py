"""What waits for the bureau's answer, with what the product proposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import OuterRef

from accounts.models import Organisation, User
from projects.models import LandUse, Project, ProjectQuerySet
from projects.rules.tracks import TrackProposal, propose_track

# Two names as alike as 瓮安县标准厂房三期 and 瓮安标准厂房三期; measured on the samples.
ALIKE_FROM = 0.45


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project on the list that may be the same one. `alike`: percent by trigrams of the name."""

    project: Project
    alike: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A project that waits for the bureau's answer, with what the product proposes."""

    project: Project
    proposal: TrackProposal
    candidates: Sequence[Candidate]


def waiting_list(*, actor: User) -> ProjectQuerySet:
    """Projects to be screened, with unit and land loaded. One query."""
    return Project.objects.visible_to(actor).waiting().select_related("organisation", "submitted_by", "land")


def with_proposals(projects: Iterable[Project]) -> list[WaitingRow]:
    """Each waiting project with a track by rule and the projects it may duplicate. Two queries.

    Alike is: in the same county or park, adopted or waiting, with a similar name.
    """
    rows = list(projects)
    found = _alike([project.pk for project in rows])
    return [WaitingRow(project, proposed_track(project), found.get(project.pk, ())) for project in rows]


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


def _alike(project_ids: Sequence[int]) -> dict[int, list[Candidate]]:
    others = (
        Project.objects.filter(
            organisation=OuterRef("organisation"),
            status__in=[Project.Status.ADOPTED, Project.Status.SUBMITTED],
        )
        .exclude(pk=OuterRef("pk"))
        .annotate(alike=TrigramSimilarity("name", OuterRef("name")))  # type: ignore[arg-type]  # any expression
        .filter(alike__gte=ALIKE_FROM)
        .order_by("-alike", "pk")
    )
    pairs = Project.objects.filter(pk__in=project_ids).annotate(
        alike_ids=ArraySubquery(others.values("pk")[:3]),
        alike_shares=ArraySubquery(others.values("alike")[:3]),
    )
    found = list(pairs.values_list("pk", "alike_ids", "alike_shares"))
    targets = Project.objects.select_related("organisation", "submitted_by", "land").in_bulk(
        {pk for _, ids, _ in found for pk in ids}
    )
    return {
        pk: [Candidate(targets[other], round(share * 100)) for other, share in zip(ids, shares, strict=True)]
        for pk, ids, shares in found
    }
