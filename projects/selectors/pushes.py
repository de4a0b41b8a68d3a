"""Pushed projects: to whom, received by whom when, and what the rules would push."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.models import Organisation, User
from projects.models import LandUse, Project, ProjectQuerySet, Push, PushQuerySet, PushRule, list_name
from projects.rules.pushing import Condition, PushFacts, Rule


def push_list(*, actor: User) -> PushQuerySet:
    """Pushes the actor may see: of its area, or to its department. One query."""
    return Push.objects.visible_to(actor).select_related(
        "project__organisation", "project__land", "recipient", "pushed_by", "received_by", "deadline"
    )


def unpushed(*, actor: User) -> ProjectQuerySet:
    """Adopted projects that were pushed to nobody. One query."""
    standing = Push.objects.filter(project=OuterRef("pk")).standing()
    return (
        Project.objects.visible_to(actor)
        .adopted()
        .filter(~Exists(standing))
        .select_related("organisation", "land")
        .annotate(list_name=list_name())
    )


def rules_in_force(*, organisation: Organisation, on: date) -> list[PushRule]:
    """The table of recipients for `organisation`: its own, else the nearest above. One query."""
    rows = list(
        PushRule.objects.filter(organisation__code__in=organisation.ancestor_codes)
        .filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)
        .select_related("organisation", "recipient")
        .order_by("recipient__path", "pk")
    )
    deepest = max((row.organisation.path for row in rows), key=len, default="")
    return [row for row in rows if row.organisation.path == deepest]


def rule_list() -> list[PushRule]:
    """All rules, those in force and those that were. One query."""
    return list(
        PushRule.objects.select_related("organisation", "recipient").order_by(
            "organisation__path", "recipient__path", "-effective_from"
        )
    )


def as_rules(rows: Iterable[PushRule]) -> list[Rule]:
    return [
        Rule(
            key=row.pk,
            recipient=row.recipient_id,
            condition=Condition(row.condition),
            keywords=[word.strip() for word in row.keywords.split("、") if word.strip()],
        )
        for row in rows
    ]


def push_facts(project: Project) -> PushFacts:
    """What the rules look at; reads `land`."""
    land: LandUse | None = getattr(project, "land", None)
    return PushFacts(
        words=f"{project.name} {project.industry}",
        forest_m2=land.forest_m2 if land else None,
        eco_redline_m2=land.eco_redline_m2 if land else None,
        reserve_m2=land.reserve_m2 if land else None,
        arable_m2=land.arable_m2 if land else None,
        new_construction_m2=land.new_construction_m2 if land else None,
    )
