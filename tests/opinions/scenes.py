"""Rounds in the states that tests begin with, made through the services."""

from __future__ import annotations

from datetime import UTC, date, datetime

from accounts.models import User
from opinions.models import Request, Round, RoundKind
from opinions.rules import Verdict
from opinions.services import requests
from opinions.services.requests import Answer
from opinions.services.rounds import Asked, StepRef, draft_round, send_round
from projects.models import Project
from tests.factories import ProjectFactory, UserFactory, organisation

SENT = date(2026, 9, 17)
DUE = date(2026, 10, 8)
EFFECTIVE = date(2026, 10, 9)
WATER, FOREST, CULTURE = "522700-SWJ", "522700-LYJ", "522700-WLJ"


def moment(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def kind(code: str = "SITING") -> RoundKind:
    return RoundKind.objects.filter(code=code).latest("effective_from")


def drafted(
    actor: User,
    *codes: str,
    on: date = SENT,
    kind_code: str = "SITING",
    project: Project | None = None,
    step: StepRef | None = None,
) -> Round:
    units = [organisation(code) for code in codes or (WATER,)]
    return draft_round(
        project=project or ProjectFactory(),
        kind=kind(kind_code),
        question="请对选址提出意见。",
        actor=actor,
        today=on,
        asked=[Asked(unit.pk, "水资源和防洪", "列入年度清单") for unit in units],
        step=step,
    )


def sent(actor: User, *codes: str, on: date = SENT, **more: object) -> Round:
    round_ = drafted(actor, *codes, on=on, **more)
    return send_round(round_id=round_.pk, actor=actor, today=on, now=moment(on))


def request_of(round_: Round, code: str = WATER) -> Request:
    return Request.objects.select_related("deadline", "round__kind").get(
        round=round_, organisation__code=code
    )


def official(code: str = WATER, **fields: object) -> User:
    return UserFactory(role=User.Role.DEPARTMENT, organisation=organisation(code), **fields)


def answered(
    request: Request, actor: User, *, on: date, verdict: Verdict = Verdict.AGREE, **words: str
) -> object:
    return requests.answer(
        request_id=request.pk, answer=Answer(verdict, **words), actor=actor, today=on, now=moment(on)
    )
