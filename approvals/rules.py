"""The law of steps, from values alone: what a track involves, what must come first, what may follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.rules import LineKind

# 容缺受理: the papers promised later come within this many working days unless a day is named.
# Source: domain.md 1.3 [约定]; the officer may name another day.
MISSING_PAPERS_DAYS = 5
# What a track asks of a step "after B01" is not asked before the file is put together.
ASSEMBLY_CODE = "B01"
# Adoption into the year's list is what step A01 asks for.
LISTING_CODE = "A01"
LISTING_RESULT = "准予入库"

RESULT_WORDS = (
    "同意",
    "批复",
    "核发",
    "核准",
    "备案",
    "准予许可",
    "通过",
    "完成",
    "已公告",
    "已签订",
    "已缴清",
)


class Status(StrEnum):
    """The states of a step. Values are those of the tables."""

    NOT_STARTED = "NOT_STARTED"
    RECEIVED = "RECEIVED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    DONE = "DONE"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    NOT_INVOLVED = "NOT_INVOLVED"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.NOT_STARTED: "未启动",
    Status.RECEIVED: "已收件",
    Status.RUNNING: "办理中",
    Status.PAUSED: "暂停计时",
    Status.DONE: "办结",
    Status.RETURNED: "退回",
    Status.REJECTED: "不予受理",
    Status.WITHDRAWN: "撤回",
    Status.NOT_INVOLVED: "不涉及",
}
WAITING = frozenset({Status.NOT_STARTED, Status.RECEIVED})
RUNNING = frozenset({Status.RUNNING, Status.PAUSED})
UNFINISHED = WAITING | RUNNING


class Verb(StrEnum):
    """What can be done to a step."""

    ACCEPT = "accept"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    DECIDE = "decide"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    NOT_INVOLVED = "not-involved"
    REOPEN = "reopen"
    SUPPLY = "supply"
    ASSIGN = "assign"

    @property
    def label(self) -> str:
        return _VERB_LABELS[self]


_VERB_LABELS = {
    Verb.ACCEPT: "受理",
    Verb.PAUSE: "登记暂停",
    Verb.RESUME: "恢复计时",
    Verb.EXTEND: "延期",
    Verb.DECIDE: "办结",
    Verb.RETURN: "退回",
    Verb.REJECT: "不予受理",
    Verb.WITHDRAW: "撤回",
    Verb.NOT_INVOLVED: "标记不涉及",
    Verb.REOPEN: "重新启用",
    Verb.SUPPLY: "补齐材料",
    Verb.ASSIGN: "指派经办人",
}
TRANSITIONS: Mapping[Verb, frozenset[Status]] = {
    Verb.ACCEPT: WAITING,
    Verb.PAUSE: frozenset({Status.RUNNING}),
    Verb.RESUME: frozenset({Status.PAUSED}),
    Verb.EXTEND: RUNNING,
    Verb.DECIDE: RUNNING,
    Verb.RETURN: RUNNING,
    Verb.REJECT: WAITING,
    Verb.WITHDRAW: UNFINISHED - {Status.NOT_STARTED},
    Verb.NOT_INVOLVED: WAITING,
    Verb.REOPEN: frozenset(Status) - UNFINISHED,
    Verb.SUPPLY: RUNNING | {Status.DONE},
    Verb.ASSIGN: UNFINISHED,
}


def may(verb: Verb, status: str) -> bool:
    """Whether a step in `status` can take `verb`. Source: domain.md 1.1, the status machine."""
    return Status(status) in TRANSITIONS[verb]


def verbs_of(status: str) -> list[Verb]:
    """What can be done to a step in `status`, in the order of the office's work."""
    return [verb for verb in Verb if may(verb, status)]


class Involvement(StrEnum):
    """What a track says about a step. Values are those of the catalogue."""

    APPLIES = "applies"
    NOT_INVOLVED = "not_involved"
    AFTER_B01 = "after_B01"
    IF_CONVERSION = "if_conversion"
    IF_INVOLVED = "if_involved"
    BY_SUPPLY_MODE = "by_supply_mode"

    @property
    def label(self) -> str:
        return _INVOLVEMENT_LABELS[self]


_INVOLVEMENT_LABELS = {
    Involvement.APPLIES: "需要办理",
    Involvement.NOT_INVOLVED: "不涉及",
    Involvement.AFTER_B01: "组卷后办理",
    Involvement.IF_CONVERSION: "涉及转用时办理",
    Involvement.IF_INVOLVED: "涉及时办理",
    Involvement.BY_SUPPLY_MODE: "按供地方式办理",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """How a step begins its life in a project, and why."""

    status: Status
    reason: str = ""


def opening(*, involvement: str, has_conversion: bool | None) -> Opening:
    """Whether a step waits to be done or is set aside when the track is opened.

    What is set aside can be taken up again (Verb.REOPEN); what waits can be set aside.

    Args:
        involvement: the catalogue's word for this step on this track.
        has_conversion: whether farm land or unused land is converted; None is not stated, and
            then the step waits, for setting it aside must be somebody's decision.

    Source: steps.json legend; domain.md 1.1.
    """
    match Involvement(involvement):
        case Involvement.NOT_INVOLVED:
            return Opening(Status.NOT_INVOLVED, "本审批轨道不涉及")
        case Involvement.IF_INVOLVED:
            return Opening(Status.NOT_INVOLVED, "涉及时启用")
        case Involvement.IF_CONVERSION if has_conversion is False:
            return Opening(Status.NOT_INVOLVED, "用地不含农用地和未利用地，不涉及转用")
        case Involvement.IF_CONVERSION:
            return Opening(Status.NOT_STARTED, "用地涉及农用地转用时办理；不涉及请标记")
        case Involvement.AFTER_B01:
            return Opening(Status.NOT_STARTED, "组卷时不要求，供地和规划许可前办结")
        case Involvement.BY_SUPPLY_MODE:
            return Opening(Status.NOT_STARTED, "按供地方式（划拨或出让）办理其一，另一种请标记不涉及")
        case _:
            return Opening(Status.NOT_STARTED)


class Relation(StrEnum):
    FINISH_TO_START = "finish_to_start"
    START_TO_START = "start_to_start"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """One entry of what must come first: any of `any_of` satisfies it."""

    any_of: tuple[str, ...]
    relation: Relation = Relation.FINISH_TO_START
    is_conditional: bool = False


def read_predecessors(entries: Iterable[Mapping[str, object]]) -> tuple[Predecessor, ...]:
    """The catalogue's entries as values."""
    return tuple(
        Predecessor(
            any_of=tuple(str(code) for code in _listed(entry["any_of"])),
            relation=Relation(str(entry.get("relation", Relation.FINISH_TO_START))),
            is_conditional=bool(entry.get("is_conditional", False)),
        )
        for entry in entries
    )


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else [value]


@dataclass(frozen=True, slots=True)
class StepState:
    """What the order of steps needs to know of one step of the project, its latest round.

    involvement: the catalogue's word on the project's track.
    valid_until: the last day on which its paper is good; None has no end.
    """

    code: str
    short: str
    position: int
    status: str
    involvement: str = Involvement.APPLIES
    accepted_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """A predecessor that does not hold yet, in words for the officer."""

    codes: tuple[str, ...]
    text: str

    @property
    def code(self) -> str:
        return "|".join(self.codes)


def unmet_predecessors(
    step: StepState,
    predecessors: Iterable[Predecessor],
    states: Mapping[str, StepState],
    *,
    on: date,
) -> list[Unmet]:
    """List every predecessor of `step` that does not hold on a day; empty means in order.

    Not involved satisfies. A start-to-start entry holds once the other was accepted
    (published). A conditional entry whose step the project lacks holds. A minimum period needs
    no test of its own: its step cannot be finished before the period is over. A paper that has
    lapsed does not satisfy.

    The result warns and is recorded; it never blocks (边组边审).

    Source: domain.md 1.1, 1.5; steps.json legend.
    """
    found = []
    for entry in predecessors:
        present = [states[code] for code in entry.any_of if code in states]
        if not present and entry.is_conditional:
            continue
        if any(_holds(other, step, states, entry.relation, on) for other in present):
            continue
        found.append(Unmet(entry.any_of, _unmet_text(entry, present, on)))
    return found


def _holds(
    other: StepState, step: StepState, states: Mapping[str, StepState], relation: Relation, on: date
) -> bool:
    if other.status == Status.NOT_INVOLVED:
        return True
    if other.involvement == Involvement.AFTER_B01 and not _comes_after_assembly(step, states):
        return True
    if relation is Relation.START_TO_START:
        return other.accepted_on is not None and other.status in (*RUNNING, Status.DONE)
    return other.status == Status.DONE and (other.valid_until is None or other.valid_until >= on)


def _comes_after_assembly(step: StepState, states: Mapping[str, StepState]) -> bool:
    """What is asked "after B01" is asked by the steps behind B01, and by its own kind."""
    if step.involvement == Involvement.AFTER_B01:
        return True
    assembly = states.get(ASSEMBLY_CODE)
    return assembly is not None and step.position > assembly.position


def _unmet_text(entry: Predecessor, present: Sequence[StepState], on: date) -> str:
    names = "或".join(f"{other.code} {other.short}" for other in present) or "或".join(entry.any_of)
    lapsed = [o for o in present if o.status == Status.DONE and o.valid_until and o.valid_until < on]
    if lapsed:
        return f"{names}的有效期已于 {lapsed[0].valid_until} 届满"
    state = f"（{Status(present[0].status).label}）" if len(present) == 1 else ""
    wanted = "尚未发布" if entry.relation is Relation.START_TO_START else "尚未办结"
    return f"{names}{wanted}{state}"


def is_dependency_open(code: str, others: Iterable[tuple[str, Iterable[Predecessor]]]) -> bool:
    """Whether an unfinished step still leans on the paper of `code`.

    Args:
        others: status and predecessors of every other step of the project, latest rounds.
    """
    return any(
        status in UNFINISHED
        and any(code in entry.any_of and entry.relation is Relation.FINISH_TO_START for entry in entries)
        for status, entries in others
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the catalogue, as far as the choice among alternatives needs it."""

    id: int
    is_committed: bool
    kind: LineKind
    value: int | None
    basis: str = ""


def handling_limits(limits: Iterable[Limit]) -> list[Limit]:
    """The statutory limits that time the handling; several are alternatives to choose from."""
    return [limit for limit in limits if not limit.is_committed and limit.kind is not LineKind.VALIDITY]


def validity_limits(limits: Iterable[Limit]) -> list[Limit]:
    """How long the paper is good; several are alternatives to choose from."""
    return [limit for limit in limits if limit.kind is LineKind.VALIDITY and limit.value is not None]


def choose(alternatives: Sequence[Limit], limit_id: int | None) -> Limit | None:
    """The alternative that `limit_id` names, or the only one; None where there is none.

    Raises:
        LookupError: several and none chosen, or the chosen one is not among them.
    """
    if limit_id is None:
        if len(alternatives) > 1:
            raise LookupError("several alternatives, none chosen")
        return alternatives[0] if alternatives else None
    return next((limit for limit in alternatives if limit.id == limit_id), None) or _missing(limit_id)


def _missing(limit_id: int) -> Limit:
    raise LookupError(f"limit {limit_id} is not among the alternatives")


def next_possible_on(last_day: date | None) -> date | None:
    """The first day after a minimum period: then its step can be finished and the next may begin."""
    return last_day + timedelta(days=1) if last_day else None


_YEAR = re.compile(r"[\[(（【［〔](\d{4})[\])）】］〕]")
_DOC_NO = re.compile(r"^[\u4e00-\u9fa5A-Za-z（）]+〔\d{4}〕第?\d+号$")


def normalise_doc_no(text: str) -> str:
    """黔西南府发[2025] 7 号 → 黔西南府发〔2025〕7号; a certificate's number only loses its blanks.

    Source: domain.md 1.4.
    """
    return _YEAR.sub(r"〔\1〕", re.sub(r"\s+", "", text))


def is_doc_no(text: str) -> bool:
    """Whether a normalised number with a bracketed year has the form 机关代字〔年〕号.

    Numbers without one (证书号, 电子监管号) have no form to check.
    """
    return "〔" not in text or _DOC_NO.match(text) is not None
