"""The council's seats with who holds each on a day, and each unit's contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Organisation, Post, Tenure, User
from accounts.posts import holders_on
from consultations.models import Council, Seat


@dataclass(frozen=True, slots=True)
class Sitting:
    """A seat and who sits in it on a day; `person` is empty while the post is vacant."""

    seat: Seat
    person: str
    since: date | None = None

    @property
    def words(self) -> str:
        """How minutes name the holder: the unit's post, and the name where it is known."""
        return f"{self.seat.post.title} {self.person}".strip()


def sitting_on(council: Council, day: date) -> list[Sitting]:
    """Every seat that stands on a day with its holder. Two queries."""
    stands = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    seats = list(
        council.seats.filter(stands, starts_on__lte=day)
        .select_related("post__organisation")
        .order_by("place")
    )
    holders = holders_on([seat.post_id for seat in seats], on=day)
    return [_sitting(seat, holders.get(seat.post_id)) for seat in seats]


def _sitting(seat: Seat, tenure: Tenure | None) -> Sitting:
    return Sitting(seat, tenure.label if tenure else "", tenure.starts_on if tenure else None)


@dataclass(frozen=True, slots=True)
class UnitContacts:
    """A member unit, its seat, its liaison and its handler: 明确分管领导及经办人 (S4 附件2 五)."""

    unit: Organisation
    seats: tuple[Sitting, ...]
    liaison: str
    liaison_phone: str
    handler: str
    handler_phone: str

    @property
    def is_complete(self) -> bool:
        return bool(self.liaison and self.handler and all(seat.person for seat in self.seats))


def contacts(council: Council, day: date) -> list[UnitContacts]:
    """Every unit with a seat, in the order of the seats, with its liaison and handler. Four queries."""
    sittings = sitting_on(council, day)
    by_unit: dict[int, list[Sitting]] = {}
    for sitting in sittings:
        by_unit.setdefault(sitting.seat.post.organisation_id, []).append(sitting)
    posts = Post.objects.filter(
        organisation__in=by_unit, duty__in=[Post.Duty.LIAISON, Post.Duty.OFFICER], is_active=True
    )
    named = list(posts.order_by("pk"))
    holders = holders_on([post.pk for post in named], on=day)
    return [_contacts(sittings, named, holders) for sittings in by_unit.values()]


def _contacts(sittings: Sequence[Sitting], posts: Sequence[Post], holders: dict[int, Tenure]) -> UnitContacts:
    unit = sittings[0].seat.post.organisation
    liaison, liaison_phone = _named(unit, Post.Duty.LIAISON, posts, holders)
    handler, handler_phone = _named(unit, Post.Duty.OFFICER, posts, holders)
    return UnitContacts(unit, tuple(sittings), liaison, liaison_phone, handler, handler_phone)


def _named(
    unit: Organisation, duty: Post.Duty, posts: Sequence[Post], holders: dict[int, Tenure]
) -> tuple[str, str]:
    for post in posts:
        tenure = holders.get(post.pk)
        if post.organisation_id == unit.pk and post.duty == duty and tenure is not None:
            return tenure.label, tenure.phone
    return "", ""


def own_path(actor: User) -> str:
    """The part of the tree for which the actor answers to the council: a county's or department's
    whole, of the prefecture's people the bureau. One query at most; nobody's is a path of nothing.
    """
    scope = actor.scope
    if scope is None or actor.organisation is None:
        return "-"
    if scope.is_department or actor.reporting_unit is not None:
        return scope.path
    above = Organisation.objects.filter(code__in=actor.organisation.ancestor_codes)
    bureau = above.filter(kind=Organisation.Kind.BUREAU).first()
    return bureau.path if bureau is not None else actor.organisation.path
