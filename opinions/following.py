"""Who is told when a round is sent and when it is over: floors above, without an import upwards.

As with `jobs.registry`: an app above registers its functions in its AppConfig.ready, and opinions
calls them inside the transaction of the act. Each is called with the round under its row lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from opinions.models import Round

Sent = Callable[[Round, User, date], None]
Concluded = Callable[[Round, date, date], None]


@dataclass(frozen=True, slots=True)
class Follower:
    """sent(round, actor, today); concluded(round, last_on, today): the last day it was waited for."""

    name: str
    sent: Sent
    concluded: Concluded


_followers: dict[str, Follower] = {}


def follow(follower: Follower) -> None:
    """Register once by name; registering again replaces."""
    _followers[follower.name] = follower


def tell_sent(round_: Round, *, actor: User, today: date) -> None:
    for follower in _followers.values():
        follower.sent(round_, actor, today)


def tell_concluded(round_: Round, *, last_on: date, today: date) -> None:
    for follower in _followers.values():
        follower.concluded(round_, last_on, today)
