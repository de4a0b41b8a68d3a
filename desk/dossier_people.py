"""The dossier's tab 人员: who answers for the project, what is missing, its class and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.posts import holders_on
from accounts.rights import Right, allowed
from projects.models import AreaLink, Link, PlanItem, Project, QueueJump, Standing
from projects.selectors.people import GAPS, Person, gap_counts, links_of, past_links, terms_on
from projects.services.people import COUNTY_KINDS


@dataclass(frozen=True, slots=True)
class Seat:
    """One kind of link: who fills it, whether it is missing, whether the reader may name somebody."""

    kind: Link.Kind
    person: Person | None
    is_missing: bool
    may_assign: bool


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """What the tab shows. At most eleven queries, however many links there were."""
    counts = gap_counts(actor=actor, terms=terms_on(today), project_id=project.pk)
    lacking = {slug for slug, number in counts.items() if number}
    area = AreaLink.objects.active().filter(area=project.organisation_id)
    area_link = area.select_related("leader_post__organisation", "office").first()
    return {
        "seats": _seats(project, actor, today, lacking),
        "no_plan": "plan" in lacking,
        "plan_items": PlanItem.objects.filter(project=project, year=today.year).count(),
        "past": list(past_links(project_id=project.pk)[:20]),
        "standing": Standing.objects.filter(project=project).select_related("class_confirmed_by").first(),
        "jump": QueueJump.objects.filter(project=project, ended_on__isnull=True)
        .select_related("entered_by")
        .first(),
        "area_link": area_link,
        "area_holder": holders_on([area_link.leader_post_id], on=today).get(area_link.leader_post_id)
        if area_link
        else None,
        "may_rank": allowed(actor, Right.RANK_PROJECTS),
        "may_plan": allowed(actor, Right.EDIT_PLAN) and project.status == Project.Status.ADOPTED,
    }


def _seats(project: Project, actor: User, today: date, lacking: set[str]) -> Sequence[Seat]:
    persons = {person.link.kind: person for person in links_of([project.pk], on=today).get(project.pk, ())}
    missing = {GAPS[slug].kind for slug in lacking}
    may = allowed(actor, Right.ASSIGN_LINKS)
    own = COUNTY_KINDS if actor.role == User.Role.COUNTY else tuple(Link.Kind)
    return [Seat(kind, persons.get(kind), kind.value in missing, may and kind in own) for kind in Link.Kind]


def count(project: Project, actor: User) -> int:
    """How many answer for the project. One query."""
    return Link.objects.active().filter(project=project).count()
