"""The way of a topic: 提出 → 汇总 → 列入议程 → 已会商 → 交办 → 办结 | 转办 | 提级 → 销号."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a topic stands. Source: domain.md 4, 闭环状态."""

    RAISED = "RAISED"
    COLLECTED = "COLLECTED"
    ON_AGENDA = "ON_AGENDA"
    DISCUSSED = "DISCUSSED"
    ASSIGNED = "ASSIGNED"
    DONE = "DONE"
    REFERRED = "REFERRED"
    ESCALATED = "ESCALATED"
    CLOSED = "CLOSED"
    RETURNED = "RETURNED"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.RAISED: "提出",
    State.COLLECTED: "汇总",
    State.ON_AGENDA: "列入议程",
    State.DISCUSSED: "已会商",
    State.ASSIGNED: "交办",
    State.DONE: "办结",
    State.REFERRED: "转办",
    State.ESCALATED: "提级",
    State.CLOSED: "销号",
    State.RETURNED: "退回",
}

# Back on the agenda: what was deferred, what is unfinished, what came back from above.
NEXT_STATES: dict[State, frozenset[State]] = {
    State.RAISED: frozenset({State.COLLECTED, State.RETURNED, State.REFERRED, State.ESCALATED}),
    State.COLLECTED: frozenset({State.ON_AGENDA, State.RETURNED, State.REFERRED, State.ESCALATED}),
    State.ON_AGENDA: frozenset(
        {State.COLLECTED, State.ASSIGNED, State.DISCUSSED, State.DONE, State.ESCALATED}
    ),
    State.DISCUSSED: frozenset(
        {State.COLLECTED, State.ON_AGENDA, State.ASSIGNED, State.DONE, State.REFERRED, State.ESCALATED}
    ),
    State.ASSIGNED: frozenset({State.DONE, State.ON_AGENDA, State.REFERRED, State.ESCALATED}),
    State.DONE: frozenset({State.CLOSED, State.ASSIGNED, State.COLLECTED}),
    State.REFERRED: frozenset({State.CLOSED, State.COLLECTED}),
    State.ESCALATED: frozenset({State.CLOSED, State.COLLECTED, State.ON_AGENDA}),
    State.CLOSED: frozenset({State.COLLECTED, State.ASSIGNED}),
    State.RETURNED: frozenset({State.RAISED}),
}


def may_move(state: State, to: State) -> bool:
    """Whether a topic in `state` may come to stand at `to`."""
    return to in NEXT_STATES[state]
