"""What a row would do to the project that is stored already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from officefiles.values import fold
from projects.rules.choices import Vocabulary
from projects.rules.facts import FIGURE_KEYS, LandAreas, ProjectFacts, Verdict
from projects.rules.land_checks import LABELS, shown

# Decided by the bureau at adoption; a county's later workbook may not move them.
OFFICE_OWNED = frozenset({"name", "code", "list_category", "priority_class", "track", "level"})
_TEXT_LABELS = {
    "name": "项目名称",
    "code": "项目代码",
    "owner_unit": "建设单位",
    "industry": "所属行业",
    "list_category": "清单类别",
    "priority_class": "项目类别",
    "track": "审批轨道",
    "level": "级别",
    "planned_start": "计划开工",
    "planned_finish": "计划竣工",
    "remark": "备注",
}


@dataclass(frozen=True, slots=True)
class StoredProject:
    """A project as stored, for comparing.

    Attributes:
        facts: the same fields as a row states; `reported` from the last import.
        adopted: on the annual list, so that the office's fields are the office's.
        decided: column key of `projects.rules.columns` (`feasibility`) → day on which the
            office recorded its conclusion.
        label: how a message names it.
        leading: the county that leads a project across several, when the row comes from another
            of them; `facts.land` then holds what lies in that other one, `whole` all of it.
    """

    id: int
    facts: ProjectFacts
    adopted: bool
    label: str
    decided: Mapping[str, date] = field(default_factory=dict)
    leading: str = ""
    whole: LandAreas = field(default_factory=LandAreas)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that the row states differently. `before` and `after` are for reading."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """NEW, CHANGED, UNCHANGED or CONFLICT, with the differences and, for a conflict, its reasons."""

    verdict: Verdict
    project_id: int | None = None
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()


def compare(
    facts: ProjectFacts,
    *,
    by_code: StoredProject | None,
    by_name: StoredProject | None,
    words: Vocabulary,
) -> Comparison:
    """Compare a row without errors with what is stored.

    What the row does not state changes nothing: a blank cell never erases. A conflict is for a
    person to decide: code and name lead to two projects, the project lies in another unit, an
    office's field of an adopted project differs, or a conclusion that the office recorded. A
    county that shares a project may state it as its own part or as a whole; what it states
    otherwise is for the leading county to hand in.

    Args:
        by_code: the active project with the row's code, in any unit.
        by_name: the active project of the row's unit with the same name.
        words: of the columns with choices, for the messages.
    """
    stored = by_code or by_name
    if stored is None:
        return Comparison(Verdict.NEW)
    if by_code and by_name and by_code.id != by_name.id:
        reason = f"项目代码是“{by_code.label}”的，名称却是“{by_name.label}”的，请核对代码和名称"
        return Comparison(Verdict.CONFLICT, by_code.id, reasons=(reason,))
    changes = tuple(_changes(facts, stored.facts, words))
    if stored.leading:
        return _of_sharing_county(facts, stored, changes)
    reasons = tuple(_conflicts(facts, stored, changes))
    if reasons:
        return Comparison(Verdict.CONFLICT, stored.id, changes, reasons)
    return Comparison(Verdict.CHANGED if changes else Verdict.UNCHANGED, stored.id, changes)


def _of_sharing_county(facts: ProjectFacts, stored: StoredProject, changes: tuple[Change, ...]) -> Comparison:
    differing = tuple(
        change
        for change in changes
        if change.field not in FIGURE_KEYS or facts.land.get(change.field) != stored.whole.get(change.field)
    )
    if not differing:
        return Comparison(Verdict.UNCHANGED, stored.id)
    labels = "、".join(change.label for change in differing)
    reason = (
        f"“{stored.label}”是跨县项目，由{stored.leading}牵头报送；{labels}与系统中的不一致，"
        f"请与{stored.leading}核对后由其更正"
    )
    return Comparison(Verdict.CONFLICT, stored.id, differing, (reason,))


def _conflicts(facts: ProjectFacts, stored: StoredProject, changes: tuple[Change, ...]) -> Iterator[str]:
    if facts.unit_code and stored.facts.unit_code and facts.unit_code != stored.facts.unit_code:
        yield f"“{stored.label}”已由其他县（市）报送，请核对项目代码和所在县（市）"
    for change in changes:
        if change.field == "code" and change.before:
            yield f"同名项目的代码是 {change.before}，这一行是 {change.after}，请核对是否同一项目"
        elif stored.adopted and change.field in OFFICE_OWNED and change.before:
            yield f"{change.label}已由州局核定为“{change.before}”，这一行是“{change.after}”，请人工取舍"
    for key, decided_on in stored.decided.items():
        fact = facts.reported.get(key)
        if fact and fact.status in ("done", "not_done", "in_progress") and fact.on != decided_on:
            if fact.status == "done" and fact.on is None:
                continue
            yield f"{fact.label}已录入办结日期 {decided_on.isoformat()}，这一行是“{fact.text}”，请人工取舍"


def _changes(new: ProjectFacts, old: ProjectFacts, words: Vocabulary) -> Iterator[Change]:
    for key, label in _TEXT_LABELS.items():
        before, after = getattr(old, key), getattr(new, key)
        if after and not _same_text(key, before, after):
            yield Change(key, label, _word(key, before, words), _word(key, after, words))
    if new.investment_yuan is not None and new.investment_yuan != old.investment_yuan:
        yield Change("investment_yuan", "总投资", _money(old.investment_yuan), _money(new.investment_yuan))
    yield from _land_changes(new.land, old.land)
    for key, fact in new.reported.items():
        before_fact = old.reported.get(key)
        if before_fact is None or before_fact.text != fact.text:
            yield Change(f"reported.{key}", fact.label, before_fact.text if before_fact else "", fact.text)


def _same_text(key: str, before: str, after: str) -> bool:
    return fold(before) == fold(after) if key in ("name", "code") else before == after


def _land_changes(new: LandAreas, old: LandAreas) -> Iterator[Change]:
    for key in FIGURE_KEYS:
        after = new.get(key)
        if after is not None and after != old.get(key):
            before = "" if old.get(key) is None else shown(old, key)
            yield Change(key, LABELS[key], before, shown(new, key))


def _word(key: str, value: str, words: Vocabulary) -> str:
    return words[key].labels.get(value, value) if key in words else value


def _money(yuan: Decimal | None) -> str:
    return "" if yuan is None else f"{(yuan / 10_000).normalize():f} 万元"
