"""Which departments get an adopted project, by the dated table of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """As `projects.models.PushRule.Condition`."""

    ALWAYS = "ALWAYS"
    FOREST = "FOREST"
    ECO_REDLINE = "ECO_REDLINE"
    RESERVE = "RESERVE"
    ARABLE = "ARABLE"
    NEW_LAND = "NEW_LAND"
    KEYWORD = "KEYWORD"


@dataclass(frozen=True, slots=True)
class PushFacts:
    """What the rules look at. None: not stated."""

    words: str
    forest_m2: int | None
    eco_redline_m2: int | None
    reserve_m2: int | None
    arable_m2: int | None
    new_construction_m2: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `key` is the caller's."""

    key: int
    recipient: int
    condition: Condition
    keywords: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the project, by which rule, and the reason that both sides read."""

    recipient: int
    rule: int
    reason: str


def recipients(facts: PushFacts, rules: Iterable[Rule]) -> tuple[Recipient, ...]:
    """Every department once, by the first rule that meets the project, in the order of the rules.

    Source: S4 二(一)1: 推送至发改、林业、生态环境、文旅等相关部门.
    """
    found: dict[int, Recipient] = {}
    for rule in rules:
        reason = _reason(facts, rule)
        if reason and rule.recipient not in found:
            found[rule.recipient] = Recipient(rule.recipient, rule.key, reason)
    return tuple(found.values())


def _reason(facts: PushFacts, rule: Rule) -> str:
    """Why the rule meets the project; empty when it does not."""
    match rule.condition:
        case Condition.ALWAYS:
            return "列入年度清单"
        case Condition.FOREST:
            return _touched(facts.forest_m2, "涉及林地", unknown="林地面积未填，请核查是否涉及林地")
        case Condition.ECO_REDLINE:
            return _touched(facts.eco_redline_m2, "涉及生态保护红线")
        case Condition.RESERVE:
            return _touched(facts.reserve_m2, "涉及自然保护地")
        case Condition.ARABLE:
            return _touched(facts.arable_m2, "占用耕地")
        case Condition.NEW_LAND:
            return _touched(facts.new_construction_m2, "有新增建设用地", unknown="新增建设用地未填")
        case Condition.KEYWORD:
            word = next((word for word in rule.keywords if word and word in facts.words), "")
            return f"项目涉及“{word}”" if word else ""


def _touched(area_m2: int | None, words: str, *, unknown: str = "") -> str:
    if area_m2 is None:
        return unknown
    return words if area_m2 > 0 else ""
