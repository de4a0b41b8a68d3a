"""In which order projects get land: the class by criteria, and the place in the queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from deadlines.rules.due import add_months
from projects.rules.brackets import money_words

# S3-03: 急需、重点、一般、预备，按顺序推进; what nobody has classed comes last.
CLASS_ORDER = ("URGENT", "KEY", "ORDINARY", "RESERVE")
UNCLASSED = len(CLASS_ORDER)


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What the criteria ask of a project. None: not stated, which satisfies no condition."""

    list_category: str = ""
    flags: frozenset[str] = frozenset()
    planned_start_on: date | None = None
    investment_yuan: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClassCriterion:
    """One criterion; all that is stated must hold, of each list one entry suffices."""

    position: int
    priority_class: str
    list_categories: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    starts_within_months: int | None = None
    investment_from_yuan: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClassWords:
    """What categories and flags are called, for the reason."""

    categories: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassProposal:
    """The class a criterion proposes and why; empty where none holds."""

    priority_class: str
    reason: str
    position: int = 0


def propose_class(
    facts: ClassFacts, criteria: Iterable[ClassCriterion], *, today: date, words: ClassWords
) -> ClassProposal:
    """The class of the first criterion that holds, in the order of their positions.

    A planned start counts as within n months up to and including the same day n months on; one
    that has passed counts too: a project that should have begun is no less urgent.

    Source: S3-03; domain.md 11, 排序优先级.
    """
    for criterion in sorted(criteria, key=lambda row: row.position):
        met = _met(facts, criterion, today, words)
        if met is not None:
            said = "、".join(met) or "以上各条都不符合"
            return ClassProposal(
                criterion.priority_class, f"第 {criterion.position} 条：{said}", criterion.position
            )
    return ClassProposal("", "没有一条标准符合，由人工确定")


def _met(facts: ClassFacts, criterion: ClassCriterion, today: date, words: ClassWords) -> list[str] | None:
    """What of the criterion the project meets, in words; None when it fails any of it."""
    met: list[str] = []
    if criterion.list_categories:
        if facts.list_category not in criterion.list_categories:
            return None
        met.append(words.categories.get(facts.list_category, facts.list_category))
    if criterion.flags:
        shared = sorted(facts.flags & criterion.flags)
        if not shared:
            return None
        met.append("、".join(words.flags.get(flag, flag) for flag in shared))
    if criterion.starts_within_months is not None:
        limit = add_months(today, criterion.starts_within_months)
        if facts.planned_start_on is None or facts.planned_start_on > limit:
            return None
        met.append(f"计划 {facts.planned_start_on} 开工（{criterion.starts_within_months} 个月内）")
    if criterion.investment_from_yuan is not None:
        if facts.investment_yuan is None or facts.investment_yuan < criterion.investment_from_yuan:
            return None
        met.append(f"总投资不少于{money_words(criterion.investment_from_yuan)}")
    return met


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What a project's place in the queue depends on. `jumped_to` is the class it was moved to the
    head of, `jump` the number of that decision: of two, the earlier stands first."""

    number: int
    priority_class: str = ""
    investment_yuan: Decimal | None = None
    jumped_to: str = ""
    jump: int | None = None


def class_rank(priority_class: str) -> int:
    """0 for 急需; one more than 预备 where nothing is said."""
    return CLASS_ORDER.index(priority_class) if priority_class in CLASS_ORDER else UNCLASSED


def in_order(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """The queue: by class, who jumped to the head of it first, then by investment, most first.

    Without a stated investment last of its class; among equals the older number.

    Source: domain.md 11: 急需>重点>一般>预备（S3），同类按投资降序.
    """

    def key(entry: QueueEntry) -> tuple[int, int, int, Decimal, int]:
        has_jumped = bool(entry.jumped_to)
        money = entry.investment_yuan if entry.investment_yuan is not None else Decimal(-1)
        return (
            class_rank(entry.jumped_to or entry.priority_class),
            0 if has_jumped else 1,
            (entry.jump or 0) if has_jumped else 0,
            Decimal(0) if has_jumped else -money,
            entry.number,
        )

    return sorted(entries, key=key)


def criterion_words(criterion: ClassCriterion, words: ClassWords) -> str:
    """A criterion as a sentence's half: 省重点或国家重大；6 个月内计划开工."""
    said: list[str] = []
    if criterion.list_categories:
        said.append(_either(sorted(criterion.list_categories), words.categories))
    if criterion.flags:
        said.append(_either(sorted(criterion.flags), words.flags))
    if criterion.starts_within_months is not None:
        said.append(f"{criterion.starts_within_months} 个月内计划开工（含已过计划日）")
    if criterion.investment_from_yuan is not None:
        said.append(f"总投资不少于{money_words(criterion.investment_from_yuan)}")
    return "；".join(said) or "以上各条都不符合"


def _either(codes: Sequence[str], words: Mapping[str, str]) -> str:
    return "或".join(words.get(code, code) for code in codes)
