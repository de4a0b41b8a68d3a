"""Which function does which kind of job. Apps above register theirs in AppConfig.ready.

A handler works in two strokes, so that its effect is whole or absent and happens once:

1. `handler(job, progress)` reads, computes, reports progress, and writes nothing. It returns
2. a function without arguments that writes the result and returns an `Outcome`. The runner calls
   it in one transaction with the end of the job, after checking under a lock that the lease still
   holds. Killed at any moment, the job is either finished or begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobs.models import Job
    from jobs.progress import Progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job brought. `url` leads to it; `facts` are JSON values for the API and the page.

    `told` is what its requester is told; "" tells nothing: work that nobody asked for by name and
    that found nothing.
    """

    url: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    told: str = "打开后台任务查看或下载结果。"


Write = Callable[[], Outcome]
Handler = Callable[["Job", "Progress"], Write]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its slug, its word on the page, its handler."""

    slug: str
    label: str
    handler: Handler


_kinds: dict[str, Kind] = {}


def register(slug: str, *, label: str, handler: Handler) -> None:
    """Make `handler` responsible for jobs of kind `slug`. A second registration replaces the first."""
    _kinds[slug] = Kind(slug, label, handler)


def unregister(slug: str) -> None:
    """Forget a kind; its waiting jobs stay queued for a worker that knows it."""
    _kinds.pop(slug, None)


def kinds() -> tuple[Kind, ...]:
    """All registered kinds."""
    return tuple(_kinds.values())


def kind_of(slug: str) -> Kind:
    """The kind registered under `slug`.

    Raises:
        KeyError: this release knows no such kind.
    """
    return _kinds[slug]


def label_of(slug: str) -> str:
    """The kind's word, or the slug itself for a job of another release."""
    return _kinds[slug].label if slug in _kinds else slug
