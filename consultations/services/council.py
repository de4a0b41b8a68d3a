"""The council is set up by the rules of its founding paper; seats come and go by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import Organisation, Post, User
from accounts.posts import create_post
from accounts.rights import Right, require
from audit.services import record
from consultations.errors import DayOutOfOrder, SeatTaken
from consultations.models import Council, Seat

BASIS = "《建设项目用地要素保障会商制度》"
OFFICE_NAME = "建设项目土地要素保障办公室"
Role = Seat.Role
# Unit (the prefecture's code before it), title of the post where there is none, duty, role.
# Source: S4 附件2 一、会商组织领导.
FOUNDING: tuple[tuple[str, str, Post.Duty, Seat.Role], ...] = (
    ("", "州政府分管负责同志", Post.Duty.DEPUTY, Role.CONVENER),
    ("", "州政府秘书长", Post.Duty.LEADER, Role.DEPUTY),
    ("-ZRZY", "主要负责同志", Post.Duty.HEAD, Role.DEPUTY),
    ("-ZRZY", "分管负责同志", Post.Duty.DEPUTY, Role.OFFICE_HEAD),
    *(
        (f"-{code}", "分管负责同志", Post.Duty.DEPUTY, Role.MEMBER)
        for code in (
            *("FGW", "TCJ", "HBJ", "LYJ", "CZJ", "SWJ", "ZFW", "RSJ", "JTJ", "GXJ", "ZJJ", "JYJ"),
            *("WLJ", "MZJ", "WJJ", "NYJ"),
        )
    ),
)


@transaction.atomic
def establish_council(*, organisation: Organisation, actor: User, today: date) -> Council:
    """Set up the prefecture's council with the seats of its founding paper; posts that lack are made.

    Safe to repeat: what stands is left as it is.
    """
    require(actor, Right.RUN_MEETINGS)
    units = {unit.code: unit for unit in Organisation.objects.filter(path__startswith=organisation.path)}
    bureau = units[f"{organisation.code}-ZRZY"]
    council, is_new = Council.objects.get_or_create(
        organisation=organisation,
        defaults={
            "name": f"{organisation.short_name}建设项目用地要素保障会商",
            "office": units.get(f"{organisation.code}-ZRZY-BZ", bureau),
            "office_name": OFFICE_NAME,
            "seal": bureau,
            "basis": BASIS,
        },
    )
    for place, (suffix, title, duty, role) in enumerate(FOUNDING, start=1):
        unit = units.get(f"{organisation.code}{suffix}")
        if unit is not None:
            post = _post(unit, title, duty, actor=actor)
            Seat.objects.get_or_create(
                council=council,
                post=post,
                ends_on=None,
                defaults={"role": role, "place": place, "starts_on": today},
            )
    if is_new:
        _log(council, "council.established", actor=actor, facts={"seats": council.seats.count()})
    return council


def _post(unit: Organisation, title: str, duty: Post.Duty, *, actor: User) -> Post:
    """The unit's one post of this duty, else one of that title, else a new one."""
    standing = Post.objects.filter(organisation=unit, is_active=True)
    found = standing.filter(title=title).first()
    if found is None and duty in Post.ONE_EACH:
        found = standing.filter(duty=duty).first()
    return found or create_post(actor=actor, organisation=unit, title=title, duty=duty)


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A post that comes to sit in the council; a title without a post makes one."""

    organisation: Organisation
    title: str
    role: str
    starts_on: date


@transaction.atomic
def add_seat(*, council: Council, new: NewSeat, actor: User, today: date) -> Seat:
    """Give a post a seat from a day on.

    Raises:
        SeatTaken: the post sits there, or there is a convener or head of the office already.
    """
    require(actor, Right.RUN_MEETINGS)
    post = _post(new.organisation, new.title.strip(), Post.Duty.LEADER, actor=actor)
    last = council.seats.order_by("-place").first()
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                council=council,
                post=post,
                role=new.role,
                place=last.place + 1 if last else 1,
                starts_on=new.starts_on,
            )
    except IntegrityError as error:
        raise SeatTaken(
            f"“{post}”已在会商成员中，或该职责已有人担任；请先停用原席位。", post=post.pk, role=new.role
        ) from error
    _log(seat, "council.seat_added", actor=actor, facts={"role": seat.get_role_display()}, council=council)
    return seat


@transaction.atomic
def end_seat(*, seat_id: int, ends_on: date, actor: User, today: date) -> Seat:
    """Let a seat end: `ends_on` is the first day without it.

    Raises:
        DayOutOfOrder: not after the seat began, or it ended already.
    """
    require(actor, Right.RUN_MEETINGS)
    rows = Seat.objects.visible_to(actor).select_related("council__organisation", "post__organisation")
    seat = rows.select_for_update(of=("self",)).get(pk=seat_id)
    if seat.ends_on is not None or ends_on <= seat.starts_on:
        raise DayOutOfOrder(
            f"该席位自 {seat.starts_on} 起，停用日期须晚于这一天，且只能停用一次；请核对日期。",
            starts_on=seat.starts_on,
        )
    seat.ends_on = ends_on
    seat.save(update_fields=["ends_on"])
    _log(seat, "council.seat_ended", actor=actor, facts={"ends_on": ends_on}, council=seat.council)
    return seat


def _log(
    subject: Council | Seat,
    verb: str,
    *,
    actor: User,
    facts: dict[str, object],
    council: Council | None = None,
) -> None:
    owner = council or subject
    assert isinstance(owner, Council)
    record(actor=actor, verb=verb, subject=subject, facts=facts, scope_path=owner.organisation.path)
