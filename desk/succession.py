"""Who follows in a post takes over what is open: promises, the steps behind them, and is told."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import transaction

from accounts import posts
from accounts.models import Post, Tenure, User
from accounts.posts import Holder
from approvals.handover import follow_deadlines
from audit.services import record
from deadlines.models import Deadline
from deadlines.services import follow_posts
from desk.overview import rows_at
from notifications.models import Message
from notifications.services import Notice, post


@transaction.atomic
def succeed(*, actor: User, post_id: int, holder: Holder, starts_on: date, today: date) -> Tenure:
    """Let `holder` follow in a post from `starts_on`; what is open is theirs from that day.

    A day to come is kept: the schedule hands over when it has come. Links to projects and areas
    name the post and need no moving.

    Raises: as `accounts.posts.install`.
    """
    tenure = posts.install(actor=actor, post_id=post_id, holder=holder, starts_on=starts_on)
    if starts_on <= today:
        inherit(today=today, post_id=post_id)
    return tenure


@transaction.atomic
def leave(*, actor: User, post_id: int, ends_on: date, today: date) -> Tenure:
    """Let a post fall vacant on a day: what is open then waits with the organisation."""
    tenure = posts.vacate(actor=actor, post_id=post_id, ends_on=ends_on)
    if ends_on <= today:
        inherit(today=today, post_id=post_id)
    return tenure


@transaction.atomic
def inherit(*, today: date, post_id: int | None = None) -> int:
    """Hand what is open to who holds each post on `today`, and tell them. Safe to repeat.

    Returns the number of promises that moved.
    """
    moved = follow_posts(today=today, post_id=post_id)
    follow_deadlines(moved)
    by_post: dict[Post, list[Deadline]] = defaultdict(list)
    for row in moved:
        if row.holder_post is not None:
            by_post[row.holder_post].append(row)
    for held, rows in by_post.items():
        record(
            actor=None,
            verb="post.inherited",
            subject=held,
            facts={
                "number": len(rows),
                "to": rows[0].holder.label if rows[0].holder else "",
                "deadlines": [row.pk for row in rows],
            },
            scope_path=held.organisation.path,
            occurred_on=today,
        )
    post([notice for held, rows in by_post.items() if (notice := _notice(held, rows, today))])
    return len(moved)


def _notice(held: Post, rows: list[Deadline], today: date) -> Notice | None:
    if rows[0].holder is None:
        return None
    return Notice(
        recipient=rows[0].holder,
        kind=Message.Kind.NOTICE,
        key=f"post-{held.pk}-inherited-{today}",
        title=f"您已接任{held}，承接 {len(rows)} 项在办事项",
        body="打开“期限清单”查看到期日，先办预警和逾期的事项。",
        url=rows_at(holder="me"),
    )
