"""The bureau's own kinds of list: added, renamed, taken out of use. Never removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from officefiles.values import fold
from projects.models import ListKind, ListScope
from projects.refusals import ListKindTaken, RuleSetInvalid


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What a person says of a kind of list; `words` are other ways in which counties write it."""

    name: str
    counts_as: ListScope
    position: int
    in_use_from: date
    in_use_until: date | None = None
    words: tuple[str, ...] = ()
    basis: str = ""


@transaction.atomic
def add_kind(*, actor: User, facts: KindFacts, today: date) -> ListKind:
    """A further kind of list; from its first day projects can be put on it.

    Raises:
        ListKindTaken: another kind bears the name, or one of the ways of writing it.
        RuleSetInvalid: it ends before it begins.
    """
    require(actor, Right.EDIT_CRITERIA)
    rows = list(ListKind.objects.select_for_update().order_by("pk"))
    _check(facts, rows)
    made = ListKind(code=f"LIST{len(rows) + 1}", entered_by=actor, **_columns(facts))
    made.save(force_insert=True)
    _log(actor, "list_kind.added", made, facts, today)
    return made


@transaction.atomic
def edit_kind(*, actor: User, code: str, facts: KindFacts, today: date) -> ListKind:
    """Rename a kind, reorder it, end it, or say what it counts as; projects stay on it.

    Raises:
        ListKindTaken, RuleSetInvalid: as `add_kind`.
        ListKind.DoesNotExist.
    """
    require(actor, Right.EDIT_CRITERIA)
    rows = {row.code: row for row in ListKind.objects.select_for_update().order_by("pk")}
    if code not in rows:
        raise ListKind.DoesNotExist
    kind = rows.pop(code)
    _check(facts, rows.values())
    for name, value in _columns(facts).items():
        setattr(kind, name, value)
    kind.entered_by = actor
    kind.save(update_fields=[*_columns(facts), "entered_by", "entered_at"])
    _log(actor, "list_kind.changed", kind, facts, today)
    return kind


def _columns(facts: KindFacts) -> dict[str, object]:
    return asdict(facts) | {"words": list(facts.words)}


def _check(facts: KindFacts, others: Iterable[ListKind]) -> None:
    """A word in a county's workbook must mean one kind only."""
    if facts.in_use_until is not None and facts.in_use_until < facts.in_use_from:
        raise RuleSetInvalid("停用日期不能早于启用日期。")
    taken = {fold(word): other.name for other in others for word in (other.name, *other.words)}
    for word in (facts.name, *facts.words):
        if fold(word) in taken:
            raise ListKindTaken(
                f"“{word}”已经是“{taken[fold(word)]}”的写法；同一个词只能指一类，请改一个。", word=word
            )


def _log(actor: User, verb: str, kind: ListKind, facts: KindFacts, today: date) -> None:
    said: dict[str, object] = {
        name: str(value) for name, value in _columns(facts).items() if value not in (None, "", [])
    }
    record(actor=actor, verb=verb, subject=kind, facts=said, occurred_on=today)
