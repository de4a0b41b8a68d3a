"""A leader's page, made for the phone: my counties, my projects, my visits. By the posts that one holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from accounts.models import Tenure, User
from desk.deadline_groups import unit_groups
from desk.overview import rows_at
from dispatch.selectors.tallies import read_tallies
from dispatch.selectors.targets import campaign_list
from duties.models import Visit
from duties.selectors import visits_of_leaders
from projects.models import AreaLink, Link
from projects.selectors import lists
from projects.selectors.lists import ProjectRow

PROJECTS_SHOWN = 30
VISITS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class County:
    """An area one answers for: its open obligations by lamp, each with its rows."""

    name: str
    office: str
    open: int
    red: int
    amber: int
    url: str
    red_url: str
    amber_url: str


@dataclass(frozen=True, slots=True)
class LeaderPage:
    posts: Sequence[str]
    counties: Sequence[County]
    projects: Sequence[ProjectRow]
    projects_number: int
    visits: Sequence[Visit]
    visited: int
    visits_due: int
    services: int
    services_due: int
    services_lamp: str  # done, amber while the year lasts, red near its end


def leader_page(*, actor: User, today: date) -> LeaderPage:
    """What the holder of a post answers for; a fixed number of queries. Without a post: nothing."""
    held = list(Tenure.objects.on(today).filter(user=actor).select_related("post__organisation"))
    posts = [tenure.post_id for tenure in held]
    links = Link.objects.visible_to(actor).active().filter(post__in=posts).values("project")
    projects = lists.with_lamp_rank(lists.project_list(actor=actor).filter(pk__in=links), today)
    worst = projects.order_by(F("lamp_rank"), "pk")[:PROJECTS_SHOWN]
    visits = Visit.objects.visible_to(actor).filter(leader__in=posts, visited_on__year=today.year)
    running = campaign_list(actor=actor).filter(first_on__lte=today, last_on__gte=today)
    quota = [
        row for row in visits_of_leaders(actor=actor, year=today.year, today=today) if row.post.pk in posts
    ]
    return LeaderPage(
        posts=[str(tenure.post) for tenure in held],
        counties=_counties(actor, posts, today),
        projects=lists.with_clocks(worst, today=today),
        projects_number=projects.count(),
        visits=list(visits.select_related("organisation")[:VISITS_SHOWN]),
        visited=visits.count(),
        visits_due=max(running.values_list("visits_each", flat=True), default=0),
        services=sum(row.done for row in quota),
        services_due=sum(row.minimum for row in quota),
        services_lamp=next((row.lamp for row in quota if row.lamp != "done"), "done"),
    )


def _counties(actor: User, posts: Sequence[int], today: date) -> list[County]:
    links = AreaLink.objects.visible_to(actor).active().filter(leader_post__in=posts)
    counted = Counter[tuple[str, str]]()
    row_of = {code: unit.code for unit in unit_groups(actor=actor) for code in unit.codes}
    for cell in read_tallies(actor=actor, today=today).cells:
        unit = row_of.get(cell.unit, cell.unit)
        counted[unit, cell.lamp] += cell.number
        counted[unit, ""] += cell.number
    return [
        County(
            name=link.area.short_name,
            office=link.office.short_name if link.office else link.office_name,
            open=counted[link.area.code, ""],
            red=counted[link.area.code, "red"],
            amber=counted[link.area.code, "amber"],
            url=rows_at(unit=link.area.code),
            red_url=rows_at(unit=link.area.code, lamp="red"),
            amber_url=rows_at(unit=link.area.code, lamp="amber"),
        )
        for link in links.select_related("area", "office").order_by("area__path")
    ]
