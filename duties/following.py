"""Who is told when a task is verified or reopened, and when a problem goes up to the leading group.

Floors above register functions by the kind of source in AppConfig.ready, as in `opinions.following`;
duties calls them inside the transaction of the act, with the row under its lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from duties.models import Problem, Task

Told = Callable[[Task, User, date], None]
Escalated = Callable[[Problem, User, date], None]


def _nothing(_task: Task, _actor: User, _today: date) -> None:
    """For followers who do not care."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Each function gets (task, actor, today). `source_kind`: whose tasks it follows.

    on_verified: the task is done. on_reopened: it was done and is not any more. on_withdrawn: it
    need not be done; a source whose last open task is withdrawn may be over, too.
    """

    source_kind: str
    on_verified: Told
    on_reopened: Told
    on_withdrawn: Told = _nothing


@dataclass(frozen=True, slots=True)
class ProblemFollower:
    """on_escalated(problem, actor, today)."""

    name: str
    on_escalated: Escalated


_followers: dict[str, Follower] = {}
_problem_followers: dict[str, ProblemFollower] = {}


def follow(follower: Follower) -> None:
    """Register once by kind of source; registering again replaces."""
    _followers[follower.source_kind] = follower


def follow_problems(follower: ProblemFollower) -> None:
    """Register once by name; registering again replaces."""
    _problem_followers[follower.name] = follower


def tell_verified(task: Task, *, actor: User, today: date) -> None:
    if task.source_kind in _followers:
        _followers[task.source_kind].on_verified(task, actor, today)


def tell_reopened(task: Task, *, actor: User, today: date) -> None:
    if task.source_kind in _followers:
        _followers[task.source_kind].on_reopened(task, actor, today)


def tell_withdrawn(task: Task, *, actor: User, today: date) -> None:
    if task.source_kind in _followers:
        _followers[task.source_kind].on_withdrawn(task, actor, today)


def tell_escalated(problem: Problem, *, actor: User, today: date) -> None:
    for follower in _problem_followers.values():
        follower.on_escalated(problem, actor, today)
