"""The responsibility matrix, and the names by which a sheet may speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accounts.models import Organisation, OrganisationAlias, Post, Tenure, User
from accounts.posts import holders_on
from projects.models import AreaLink, AreaLinkQuerySet
from projects.rules.matrix import MatrixNames, Names

# What sections are called at hand, whatever their short name leaves away.
OFFICE_ENDINGS = ("科", "处", "室")
_PARENT_KINDS = (Organisation.Kind.PREFECTURE, *Organisation.REPORTING_KINDS)


def area_links(*, actor: User) -> AreaLinkQuerySet:
    """Who answers for which area now; one query."""
    return (
        AreaLink.objects.visible_to(actor)
        .active()
        .select_related("leader_post__organisation", "office", "area")
    )


@dataclass(frozen=True, slots=True)
class LeaderBlock:
    """A leader with the areas they answer for, as the sheet merges them."""

    post: Post
    holder: Tenure | None
    links: Sequence[AreaLink]


def matrix(*, actor: User, on: date) -> list[LeaderBlock]:
    """The whole matrix by leader, with who holds each post. Two queries."""
    links = sorted(area_links(actor=actor), key=_place)
    holding = holders_on([link.leader_post_id for link in links], on=on)
    return [
        LeaderBlock(rows[0].leader_post, holding.get(pk), rows)
        for pk, group in groupby(links, key=lambda link: link.leader_post_id)
        if (rows := list(group))
    ]


def _place(link: AreaLink) -> tuple[str, str, int, str]:
    post = link.leader_post
    return post.organisation.path, post.title, post.pk, link.area.path


def areas_without_leader(*, actor: User) -> Iterable[Organisation]:
    """Counties and parks that nobody answers for. One query."""
    units = Organisation.objects.visible_to(actor).reporting_units()
    return units.exclude(area_links__in=AreaLink.objects.active())


def matrix_names(*, actor: User, leaders_of: Organisation, on: date) -> MatrixNames:
    """What the texts of a sheet may mean: leaders by name or title, offices, areas. Five queries.

    Areas: the prefectures, counties and parks beside the bureau, below the same government.
    """
    posts = Post.objects.filter(organisation=leaders_of, duty=Post.Duty.LEADER, is_active=True)
    leaders = [(post.title, post.pk, post.title) for post in posts]
    # Who holds a post on the day or will: a sheet that comes late names people of today.
    held = Tenure.objects.filter(post__in=posts).exclude(ends_on__lte=on).select_related("user")
    leaders += [(row.label, row.post_id, row.label) for row in held.order_by("starts_on")]
    own = Organisation.objects.filter(path__startswith=leaders_of.path).exclude(pk=leaders_of.pk)
    parent = leaders_of.path.removesuffix(f"{leaders_of.code}/")
    areas = Organisation.objects.filter(path__startswith=parent, kind__in=_PARENT_KINDS).exclude(path=parent)
    aliases = OrganisationAlias.objects.filter(organisation__path__startswith=parent)
    other = list(aliases.values_list("alias", "organisation_id"))
    return MatrixNames(leaders=Names.of(leaders), offices=_names(own, other), areas=_names(areas, other))


def _names(rows: Iterable[Organisation], aliases: Sequence[tuple[str, int]]) -> Names:
    units = {row.pk: row for row in rows}
    spellings = [
        (text, row.pk, row.short_name)
        for row in units.values()
        for text in (row.short_name, row.name, row.name.removesuffix("人民政府"))
    ]
    spellings += [
        (f"{row.short_name}{ending}", row.pk, row.short_name)
        for row in units.values()
        if row.kind == Organisation.Kind.OFFICE
        for ending in OFFICE_ENDINGS
        if not row.short_name.endswith(ending)
    ]
    spellings += [(alias, pk, units[pk].short_name) for alias, pk in aliases if pk in units]
    return Names.of(spellings)
