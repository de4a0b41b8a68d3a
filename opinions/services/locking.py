"""One order of locks for everything that touches a round: the round, then its request, then clocks."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from audit.services import record
from opinions import rules, selectors
from opinions.errors import NotOwnRound, ReasonMissing, RequestClosed
from opinions.following import tell_concluded
from opinions.models import Request, Round


def lock_round(pk: int, *, actor: User | None) -> Round:
    """The round under its row lock. Without an actor: for the system and for signed links.

    Raises:
        Round.DoesNotExist: unknown, or not visible to the actor.
    """
    rows = Round.objects.all() if actor is None else Round.objects.visible_to(actor)
    return (
        rows.select_for_update(of=("self",))
        .select_related("project__organisation", "kind", "pause", "drafted_by__organisation")
        .get(pk=pk)
    )


def lock_request(pk: int, *, actor: User | None) -> Request:
    """The request under its row lock, its round locked before it.

    Raises:
        Request.DoesNotExist: unknown, or not visible to the actor.
    """
    rows = Request.objects.all() if actor is None else Request.objects.visible_to(actor)
    round_id = rows.values_list("round_id", flat=True).get(pk=pk)
    round_ = lock_round(round_id, actor=None)
    request = (
        Request.objects.select_for_update(of=("self",)).select_related("organisation", "deadline").get(pk=pk)
    )
    request.round = round_
    return request


def require_asker(actor: User, round_: Round) -> None:
    """Let the unit that asks pass, and an office above it; the caller has checked the right.

    Raises:
        NotOwnRound: the round is another unit's, e.g. the bureau's for a county.
    """
    if not selectors.may_run(actor, round_):
        asker = round_.drafted_by.organisation
        whose = asker.name if asker else round_.drafted_by.label
        raise NotOwnRound(f"“{round_.title}”由{whose}发起，请由其办理。", round=round_.pk)


def refuse_closed(request: Request) -> None:
    if not request.is_open:
        raise RequestClosed(
            f"{request.organisation.name}的意见“{request.get_state_display()}”，不能再办理；刷新页面查看。",
            request=request.pk,
            state=request.state,
        )


def need_reason(reason: str, words: str) -> str:
    if not reason.strip():
        raise ReasonMissing(f"{words}须写明理由，补充后再办理。")
    return reason.strip()[:300]


def log(
    request: Request, *, actor: User | None, verb: str, facts: dict[str, object], occurred_on: date
) -> None:
    """Write what happened to a request into the project's history."""
    project = request.round.project
    record(
        actor=actor,
        verb=verb,
        subject=request,
        facts={"department": request.organisation.name, "round": request.round.title, **facts},
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=occurred_on,
    )


def conclude_if_over(round_: Round, *, actor: User | None, today: date) -> None:
    """Close an open round once nobody may answer any more, and tell those who wait for it."""
    requests = list(round_.requests.prefetch_related("replies").select_related("deadline"))
    if round_.state != Round.State.OPEN or any(request.is_open for request in requests):
        return
    last_on = max([day for request in requests if (day := _last_day(request))], default=today)
    round_.state = Round.State.CONCLUDED
    round_.concluded_on = last_on
    round_.save(update_fields=["state", "concluded_on"])
    found = rules.outcome_of(ended for request in requests if (ended := _ended(request)) is not None)
    record(
        actor=actor,
        verb="opinion.concluded",
        subject=round_,
        facts={"round": round_.title, "outcome": found.label},
        project_id=round_.project_id,
        scope_path=round_.project.organisation.path,
        occurred_on=last_on,
    )
    tell_concluded(round_, last_on=last_on, today=today)


def _last_day(request: Request) -> date | None:
    """The last day on which the request was waited for."""
    if request.state == Request.State.LAPSED:
        return request.due_on
    if request.state == Request.State.ANSWERED:
        return request.answered_on
    return request.deadline.stopped_on if request.deadline else None


def _ended(request: Request) -> rules.Ended | None:
    final = [r for r in request.replies.all() if not r.after_lapse and rules.Verdict(r.verdict).is_final]
    verdict = rules.Verdict(final[0].verdict) if final else None
    return None if request.is_open else rules.Ended(rules.Ending(request.state), verdict)
