"""What the land of a project says: problems, proposals by rule, its split among counties."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, User
from projects.models import ApprovalRule, Confirmation, LandShare, Project
from projects.rules.facts import LandAreas
from projects.rules.land_checks import LandProblem, land_problems, land_refusals
from projects.rules.land_shares import Share, share_problems
from projects.rules.levels import LevelFacts, LevelProposal, LevelRule, level_facts, propose_level
from projects.rules.tracks import TrackProposal, propose_track
from projects.selectors.stored_projects import land_areas

LEVELS = dict(Project.ApprovalLevel.choices)
TRACKS = dict(Project.Track.choices)


@dataclass(frozen=True, slots=True)
class ProposedLevel:
    """The level by rule, and what the rule was asked; `proposal` is None where nothing can be said."""

    facts: LevelFacts | None
    proposal: LevelProposal | None

    @property
    def level(self) -> str:
        return self.proposal.level if self.proposal else ""

    @property
    def label(self) -> str:
        return str(LEVELS.get(self.level, ""))


@dataclass(frozen=True, slots=True)
class LandReading:
    """A project's land as a reader meets it.

    Attributes:
        refusals: what contradicts itself; a form would not take it.
        warnings: what is odd.
        confirmed: the newest confirmation of level and track, by kind.
    """

    refusals: Sequence[LandProblem]
    warnings: Sequence[LandProblem]
    level: ProposedLevel
    track: TrackProposal
    shares: Sequence[LandShare]
    confirmed: dict[str, Confirmation]

    @property
    def track_label(self) -> str:
        return str(TRACKS[self.track.track])


def read_land(*, project: Project, today: date) -> LandReading:
    """Everything the tab 用地 says besides the figures. Three queries.

    Args:
        project: with `organisation` and `land`; the caller has found it among the visible ones.
    """
    areas = land_areas(getattr(project, "land", None))
    return read_areas(project=project, areas=areas, changed=(), today=today)


def read_areas(*, project: Project, areas: LandAreas, changed: Collection[str], today: date) -> LandReading:
    """As `read_land`, for areas that are being typed; `changed` names what differs from what is stored."""
    shares = share_list(project)
    refusals = [*land_refusals(areas, changed=changed), *problems_of_shares(areas, shares)]
    said = {(problem.key, problem.message) for problem in refusals}
    return LandReading(
        refusals=refusals,
        warnings=[p for p in land_problems(areas) if (p.key, p.message) not in said],
        level=proposed_level(project, areas, today=today),
        track=proposed_track_for(project, areas),
        shares=shares,
        confirmed=newest_confirmations(project),
    )


def share_list(project: Project) -> list[LandShare]:
    """The counties' parts of a project, by county. One query."""
    return list(
        LandShare.objects.filter(project=project)
        .select_related("organisation")
        .order_by("organisation__code")
    )


def problems_of_shares(areas: LandAreas, shares: Sequence[LandShare]) -> list[LandProblem]:
    """Where the stored shares no longer add up to the project's figures. No query."""
    whole = {name: areas.get(name) for name in LandShare.AREA_FIELDS}
    parts = [
        Share(row.organisation.short_name, {name: getattr(row, name) for name in LandShare.AREA_FIELDS})
        for row in shares
    ]
    return share_problems(whole, parts)


def proposed_level(project: Project, areas: LandAreas, *, today: date) -> ProposedLevel:
    """The level by the table in force today; reads `organisation`. One query.

    The confirmed or reported track decides, else the one that the facts point to.
    """
    track = project.track or proposed_track_for(project, areas).track
    facts = level_facts(areas, track=track, regions=project.organisation.path.strip("/").split("/"))
    if facts is None:
        return ProposedLevel(None, None)
    return ProposedLevel(facts, propose_level(facts, rules=level_rules(today), on=today))


def proposed_track_for(project: Project, areas: LandAreas) -> TrackProposal:
    """The track by rule from these areas; reads `organisation`."""
    return propose_track(
        name=project.name,
        industry=project.industry,
        is_in_park=project.organisation.kind == Organisation.Kind.PARK,
        total_m2=areas.total_m2,
        construction_m2=areas.construction_m2,
        new_construction_m2=areas.new_construction_m2,
        requisition_m2=areas.requisition_m2,
    )


def level_rules(on: date) -> list[LevelRule]:
    """The rows of the table in force on a day, in their order. One query."""
    rows = ApprovalRule.objects.in_force(on).select_related("region")
    return [as_rule(row) for row in rows]


def as_rule(row: ApprovalRule) -> LevelRule:
    return LevelRule(
        key=row.key,
        position=row.position,
        level=row.level,
        clause=row.clause,
        track=row.track,
        region=row.region.code if row.region else "",
        figure=row.figure,
        over_m2=row.over_m2,
        note=row.note,
        version=row.version,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )


def newest_confirmations(project: Project) -> dict[str, Confirmation]:
    """The newest confirmation of each kind, with who gave it. One query."""
    rows = Confirmation.objects.filter(project=project).select_related("confirmed_by", "rule").order_by("id")
    return {row.kind: row for row in rows}


def rule_list(*, actor: User) -> list[ApprovalRule]:
    """All rows of the table with their earlier versions, in order. One query.

    The table is public; `actor` is asked for by every list of the product.
    """
    rows = ApprovalRule.objects.select_related("region").order_by("position", "key", "-version")
    return list(rows) if actor.is_active else []
