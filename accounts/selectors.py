"""Units and people, as the pages and the API show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q

from accounts.models import (
    Organisation,
    OrganisationAlias,
    OrganisationQuerySet,
    User,
    UserQuerySet,
    line_to,
    organisation_tree,
)
from accounts.organisation_tree import AliasRow, UnitRow, read_aliases, read_units
from accounts.rights import ADMINISTRATORS


def organisation_list() -> OrganisationQuerySet:
    """The whole tree from the top down, with the number of people that can sign in. One query."""
    people = Count("users", filter=Q(users__is_active=True))
    return Organisation.objects.select_related("parent").annotate(people=people).order_by("path")


def prefecture_of(organisation: Organisation) -> Organisation:
    """The prefecture in which `organisation` lies; without one the top of its branch."""
    line = line_to(organisation)
    return next((o for o in line if o.kind == Organisation.Kind.PREFECTURE), line[0])


def home_prefecture() -> Organisation:
    """The prefecture whose bureau runs this house (LANDGUARD_PREFECTURE_CODE). One query."""
    return Organisation.objects.get(code=settings.PREFECTURE_CODE)


def reporting_units_in(path: str) -> list[Organisation]:
    """Counties and parks in use below `path`, by code."""
    return sorted(
        (
            unit
            for unit in organisation_tree().by_pk.values()
            if unit.is_active and unit.kind in Organisation.REPORTING_KINDS and unit.path.startswith(path)
        ),
        key=lambda unit: unit.code,
    )


def unit_ids_in(path: str) -> list[int]:
    """Every organisation at or below `path`, by its key."""
    return [unit.pk for unit in organisation_tree().by_pk.values() if unit.path.startswith(path)]


def own_prefecture(actor: User) -> Organisation:
    """The prefecture in which the actor works; the own unit where it lies in none. At most one query."""
    assert actor.organisation is not None
    return actor.prefecture or actor.organisation


def user_list(*, actor: User) -> UserQuerySet:
    """The accounts that the actor may see, with their units, by name. One query."""
    return User.objects.visible_to(actor).select_related("organisation").order_by("username")


def missing_administrators() -> list[User.Role]:
    """The kinds of administrator that no open account is. One query."""
    held = User.objects.filter(is_active=True, role__in=ADMINISTRATORS).order_by()
    there = set(held.values_list("role", flat=True).distinct())
    return [role for role in User.Role if role in ADMINISTRATORS and role not in there]


@dataclass(frozen=True, slots=True)
class TreePlan:
    """What loading the shipped tree would change: nothing where the database already agrees."""

    created: list[UnitRow]
    changed: list[UnitRow]
    aliases: list[AliasRow]

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.aliases)


def tree_plan() -> TreePlan:
    """Compare the shipped tree with the stored one. Two queries.

    Names and places in the tree follow the files; whether a unit is in use is the
    administrator's word and stays, and so do units and aliases that the files do not know.
    """
    stored = {row.code: row for row in Organisation.objects.select_related("parent")}
    aliases = set(OrganisationAlias.objects.values_list("alias", flat=True))
    units = read_units()
    return TreePlan(
        created=[unit for unit in units if unit.code not in stored],
        changed=[unit for unit in units if unit.code in stored and _differs(unit, stored[unit.code])],
        aliases=[row for row in read_aliases() if row.alias not in aliases],
    )


def _differs(unit: UnitRow, row: Organisation) -> bool:
    return (unit.name, unit.short_name, unit.kind, unit.path) != (
        row.name,
        row.short_name,
        row.kind,
        row.path,
    )
