"""Answering without an account: one link, one request, one answer, for a time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from accounts.rights import Right, require
from opinions.errors import LinkRefused, RequestClosed
from opinions.models import LinkTry, Reply, Request, SignedLink
from opinions.services.locking import lock_request, log, need_reason, refuse_closed, require_asker
from opinions.services.materials import attach_by_link
from opinions.services.requests import Answer, answer_locked
from papers.services import Upload

_COUNT = """
    INSERT INTO opinions_linktry (address, minute, count) VALUES (%s, %s, 1)
    ON CONFLICT (address, minute) DO UPDATE SET count = opinions_linktry.count + 1
    RETURNING count
"""
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is shown once; only its digest is stored."""

    link: SignedLink
    token: str


def digest_of(request_id: int, token: str) -> str:
    """What is stored of a secret: bound to its purpose and its request, so that it opens no other."""
    return hashlib.sha256(f"{SignedLink.Purpose.ANSWER}:{request_id}:{token}".encode()).hexdigest()


@transaction.atomic
def make_link(*, request_id: int, given_to: str, actor: User, today: date, now: datetime) -> NewLink:
    """A link for an open request; it works once and until its kind's days are over.

    Raises:
        RequestClosed.
        ReasonMissing: nobody is named to whom it is given.
    """
    require(actor, Right.ASK_OPINIONS)
    request = lock_request(request_id, actor=actor)
    require_asker(actor, request.round)
    refuse_closed(request)
    whom = need_reason(given_to, "生成链接（接收人）")[:100]
    token = secrets.token_urlsafe(32)
    link = SignedLink.objects.create(
        request=request,
        digest=digest_of(request.pk, token),
        given_to=whom,
        made_by=actor,
        made_at=now,
        expires_at=now + timedelta(days=request.round.kind.link_days),
    )
    facts: dict[str, object] = {"given_to": whom, "expires_at": link.expires_at}
    log(request, actor=actor, verb="opinion.link_made", facts=facts, occurred_on=today)
    return NewLink(link, token)


@transaction.atomic
def revoke_link(*, link_id: int, actor: User, today: date, now: datetime) -> SignedLink:
    """The link opens nothing any more.

    Raises:
        SignedLink.DoesNotExist: unknown, or not visible to the actor.
        RequestClosed: used or revoked before.
    """
    require(actor, Right.ASK_OPINIONS)
    link = (
        SignedLink.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related(
            "request__round__project__organisation", "request__round__kind", "request__organisation"
        )
        .get(pk=link_id)
    )
    require_asker(actor, link.request.round)
    if link.used_at is not None or link.revoked_at is not None:
        raise RequestClosed("这条链接已经用过或已作废，无需再作废。", link=link.pk)
    link.revoked_at, link.revoked_by = now, actor
    link.save(update_fields=["revoked_at", "revoked_by"])
    log(
        link.request,
        actor=actor,
        verb="opinion.link_revoked",
        facts={"given_to": link.given_to},
        occurred_on=today,
    )
    return link


def open_link(*, request_id: int, token: str, now: datetime) -> Request:
    """The request behind a link, for one who holds it.

    Raises:
        LinkRefused: altered, expired, used, revoked, another request's, or its request is over.
    """
    link = SignedLink.objects.filter(digest=digest_of(request_id, token), request_id=request_id).first()
    if link is None or link.used_at or link.revoked_at or link.expires_at <= now:
        raise LinkRefused
    request = Request.objects.select_related(
        "round__project__organisation", "round__kind", "organisation", "deadline"
    ).get(pk=request_id)
    if request.state == Request.State.WITHDRAWN or request.state == Request.State.ANSWERED:
        raise LinkRefused
    return request


@transaction.atomic
def answer_by_link(
    *,
    request_id: int,
    token: str,
    answer: Answer,
    today: date,
    now: datetime,
    uploads: Sequence[Upload] = (),
) -> Reply:
    """The answer through a link with its papers: used up by a final answer, not by asking for more.

    Raises:
        LinkRefused: see open_link; also when another answer came first.
        AnswerIncomplete.
        TooManyPapers, PaperRefused, PaperHandedInAlready: nothing is kept then, the link stays good.
    """
    open_link(request_id=request_id, token=token, now=now)
    request = lock_request(request_id, actor=None)
    # Once more under the lock: of two who hold the same link one answers.
    open_link(request_id=request_id, token=token, now=now)
    attach_by_link(request, uploads, signer=answer.signer, today=today)
    reply = answer_locked(request, answer, actor=None, today=today, now=now, via_link=True)
    if answer.verdict.is_final:
        SignedLink.objects.filter(digest=digest_of(request_id, token)).update(used_at=now)
    return reply


def count_try(*, address: str, now: datetime) -> None:
    """Note that somebody at `address` opens a link.

    Raises:
        LinkRefused: too often within this minute; every link looks unknown then.
    """
    minute = now.replace(second=0, microsecond=0)
    # The address is personal data and of no use after the minute: it is kept as a digest.
    seen = hashlib.sha256(f"{settings.SECRET_KEY}:{address}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [seen, minute])
        [count] = cursor.fetchone()
    if count == 1:
        LinkTry.objects.filter(minute__lt=minute - KEPT).delete()
    if count > settings.OPINION_LINK_TRIES:
        raise LinkRefused
