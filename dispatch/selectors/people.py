"""Who stands on which rung of the ladder, who is away, and who wants a digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, Post, Tenure, User, UserQuerySet
from accounts.rights import ADMINISTRATORS
from deadlines.models import Deadline
from dispatch.models import Absence, Level, OfficeDigest
from notifications.models import Preference
from projects.models import Link

# Those who do the work; leaders and administrators hold no step, they are above on the ladder.
OFFICERS = (User.Role.COUNTY, User.Role.SECTION, User.Role.DEPARTMENT, User.Role.DISPATCH)
_HEADS = (Post.Duty.HEAD, Post.Duty.DEPUTY)
# Without a choice of their own they get one digest a day: everything of the house climbs to them.
_DIGEST_BY_DEFAULT = frozenset({Level.LEADER.value, Level.GROUP.value})


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who may be reminded on a day."""

    by_pk: Mapping[int, User]
    by_organisation: Mapping[int, Sequence[User]]
    by_path: Sequence[tuple[str, User]]
    dispatch_office: Sequence[User]
    leaders: Sequence[User]
    group: Sequence[User]
    heads: Mapping[str, User]
    away: Mapping[int, int]
    chosen: Mapping[int, bool]
    offices: Mapping[int, int]
    holder_of_post: Mapping[int, int]

    @classmethod
    def load(cls, today: date) -> People:
        """Everybody who is active, with posts, absences and choices. Six queries."""
        people = list(
            User.objects.get_queryset()
            .filter(is_active=True, organisation__isnull=False)
            .select_related("organisation")
            .order_by("pk")
        )
        working = [person for person in people if person.role in OFFICERS]
        by_organisation: dict[int, list[User]] = {}
        for person in working:
            by_organisation.setdefault(_organisation(person).pk, []).append(person)
        by_pk = {person.pk: person for person in people}
        tenures = list(
            Tenure.objects.on(today)
            .filter(user__in=by_pk)
            .select_related("post__organisation")
            .order_by("-post__duty", "pk")
        )
        leaders = [person for person in people if person.role == User.Role.LEADER]
        counties = Organisation.objects.reporting_units().values_list("path", flat=True)
        return cls(
            by_pk=by_pk,
            by_organisation=by_organisation,
            by_path=[(_organisation(person).path, person) for person in working],
            dispatch_office=[person for person in people if person.role == User.Role.DISPATCH],
            leaders=leaders,
            group=[one for one in leaders if not _organisation(one).path.startswith(tuple(counties))],
            heads=_heads(tenures, by_pk),
            away={row.user_id: row.deputy_id for row in Absence.objects.on(today)},
            chosen=dict(Preference.objects.values_list("user_id", "daily_digest")),
            offices=dict(OfficeDigest.objects.values_list("organisation_id", "recipient_id")),
            holder_of_post={row.post_id: row.user_id for row in tenures if row.user_id},
        )

    def at_level(self, level: str, deadline: Deadline, leader: User | None) -> Sequence[User]:
        """Who is told on a rung; nobody where the house names no such person with an account."""
        if level == Level.HOLDER:
            return self.responsible_for(deadline)
        if level == Level.HEAD:
            head = self._head_of(deadline.holder_organisation)
            return [head] if head else []
        if level == Level.LEADER:
            return [leader] if leader else self._leaders_of(deadline.holder_organisation)
        return self.group

    def at_level_or_above(
        self, level: str, deadline: Deadline, leader: User | None
    ) -> tuple[str, Sequence[User]]:
        """Who is told of a rung's stage, and on which level they stand: the nearest that has somebody.

        The holder's own stages do not climb: they fall back to the dispatch office.
        """
        levels = Level.values[Level.values.index(level) :] if level != Level.HOLDER else [level]
        for each in levels:
            if told := self.at_level(each, deadline, leader):
                return each, told
        return level, []

    def responsible_for(self, deadline: Deadline) -> Sequence[User]:
        """The holder; without an active one the holding organisation's officers, then those below it
        in a county or park; nobody there: the dispatch office, so that no reminder is lost.
        """
        if deadline.holder_id is not None and deadline.holder_id in self.by_pk:
            return [self.by_pk[deadline.holder_id]]
        own = self.by_organisation.get(deadline.holder_organisation_id)
        if own:
            return own
        holder = deadline.holder_organisation
        if holder.kind in Organisation.REPORTING_KINDS:
            below = [person for where, person in self.by_path if where.startswith(holder.path)]
            if below:
                return below
        return self.dispatch_office

    def _head_of(self, holder: Organisation) -> User | None:
        """The head of the office, else of what it belongs to, else of the bureau below a county."""
        codes = holder.ancestor_codes
        above = ["".join(f"{code}/" for code in codes[:length]) for length in range(len(codes), 0, -1)]
        for path in above:
            if path in self.heads:
                return self.heads[path]
        below = sorted(path for path in self.heads if path.startswith(holder.path))
        return self.heads[below[0]] if below else None

    def _leaders_of(self, holder: Organisation) -> Sequence[User]:
        """The leaders of the house to which the holder belongs: of the county, else of the bureau."""
        return [
            person
            for person in self.leaders
            if holder.path.startswith(_organisation(person).path)
            or _organisation(person).path.startswith(holder.path)
        ]

    def stand_in(self, person: User) -> tuple[User, str]:
        """Who is told instead of somebody who is away, and the words for the log."""
        deputy = self.by_pk.get(self.away.get(person.pk, 0))
        if deputy is None or deputy.pk in self.away:
            return person, ""
        return deputy, f"（{person.label}休假，转代办人）"

    def digest_of(self, person: User, level: str) -> User | None:
        """Whose daily digest carries a person's reminders out of the house; None: each by itself."""
        if self.chosen.get(person.pk, level in _DIGEST_BY_DEFAULT):
            return person
        return self.by_pk.get(self.offices.get(person.organisation_id or 0, 0))


def people_at_work(*, actor: User) -> UserQuerySet:
    """The active people whom the actor may see and who do business: whom a reminder can be given to."""
    rows = User.objects.visible_to(actor).filter(is_active=True)
    return rows.exclude(role__in=(*ADMINISTRATORS, User.Role.NONE)).order_by("organisation__path", "pk")


def _organisation(person: User) -> Organisation:
    assert person.organisation is not None
    return person.organisation


def _heads(tenures: Sequence[Tenure], by_pk: Mapping[int, User]) -> dict[str, User]:
    """The head of each organisation by its path, else the deputy in charge."""
    found: dict[str, User] = {}
    for duty in _HEADS:
        for row in tenures:
            person = by_pk.get(row.user_id or 0)
            if row.post.duty == duty and person is not None:
                found.setdefault(row.post.organisation.path, person)
    return found


def lead_leaders(deadlines: Sequence[Deadline], people: People) -> dict[int, User]:
    """The leader in charge of each project, where the post is held by an account. One query."""
    projects = {row.project_id for row in deadlines if row.project_id is not None}
    links = Link.objects.active().filter(project__in=projects, kind=Link.Kind.LEAD_LEADER)
    found = {}
    for link in links:
        person = people.by_pk.get(people.holder_of_post.get(link.post_id or 0, 0))
        if person is not None:
            found[link.project_id] = person
    return found
