"""Who hears of a comment at once: the people it names, and of a leader's directive those who act on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import User, UserQuerySet
from accounts.selectors import prefecture_of
from audit.models import Entry
from audit.verbs import words
from notifications.models import Message
from notifications.services import tell_and_mail
from projects.models import Comment, Project
from projects.refusals import MentionUnclear
from projects.rules.mentions import mentioned


def people_around(project: Project) -> UserQuerySet:
    """The active people of the project's prefecture, with their units. Two queries."""
    path = prefecture_of(project.organisation).path
    people: UserQuerySet = User.objects.get_queryset()
    return people.filter(is_active=True, organisation__path__startswith=path).select_related("organisation")


def people_named(text: str, *, project: Project) -> list[User]:
    """The people that a text calls by “@”; each of them sees the project.

    A person is called by post, or by unit and post where several hold a post of that name.
    No query without an @; else two, and up to two for each person named.

    Raises:
        MentionUnclear: a name that nobody bears, that several bear, or of one who does not see the
            project (facts: names).
    """
    if "@" not in text and "＠" not in text:
        return []
    people = {person.pk: person for person in people_around(project)}
    found = mentioned(text, _names(people.values()))
    if found.unknown:
        raise MentionUnclear(
            f"没有找到“{'、'.join(found.unknown)}”，请按岗位名称填写，如“@调度办”。",
            names=list(found.unknown),
        )
    if found.shared:
        raise MentionUnclear(
            f"叫“{'、'.join(found.shared)}”的不止一人，请在前面加单位简称。", names=list(found.shared)
        )
    named = [people[pk] for pk in found.people]
    blind = [p.label for p in named if not Project.objects.visible_to(p).filter(pk=project.pk).exists()]
    if blind:
        raise MentionUnclear(f"{'、'.join(blind)}看不到本项目，请改为提醒其他人。", names=blind)
    return named


def _names(people: Iterable[User]) -> dict[str, list[int]]:
    names: dict[str, list[int]] = defaultdict(list)
    for person in people:
        unit = person.organisation.short_name if person.organisation else ""
        for name in {person.label, f"{unit}{person.label}", person.username}:
            names[name].append(person.pk)
    return names


def tell_of(said: Comment, *, actor: User, named: Iterable[User], entry: Entry) -> None:
    """Tell the people named, and of a directive the county and the dispatch office, once each.

    The key is the one under which followers hear of it, so that nobody hears twice.
    """
    told = {actor.pk}
    title = f"{words(entry.verb)}：{said.project.name}"
    acting = people_around(said.project).filter(_acts_on(said.project)) if said.is_directive else ()
    for heading, people in ((f"提到您：{said.project.name}", named), (title, acting)):
        fresh = [person for person in people if person.pk not in told]
        told |= {person.pk for person in fresh}
        tell_and_mail(
            recipients=fresh,
            kind=Message.Kind.NOTICE,
            key=f"follow:{entry.pk}",
            title=heading,
            body=f"{actor.label}：{said.text[:300]}",
            url=f"{said.project.get_absolute_url()}?tab=comments",
        )


def _acts_on(project: Project) -> Q:
    county = Q(role=User.Role.COUNTY, organisation__path__startswith=project.organisation.path)
    return county | Q(role=User.Role.DISPATCH)
