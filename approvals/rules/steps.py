"""The states of a step, and what can be done in each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

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
    CORRECTING = "CORRECTING"
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
    Status.CORRECTING: "补正中",
    Status.RUNNING: "办理中",
    Status.PAUSED: "暂停计时",
    Status.DONE: "办结",
    Status.RETURNED: "退回",
    Status.REJECTED: "不予受理",
    Status.WITHDRAWN: "撤回",
    Status.NOT_INVOLVED: "不涉及",
}
TAKEN_IN = frozenset({Status.RECEIVED, Status.CORRECTING})
WAITING = TAKEN_IN | {Status.NOT_STARTED}
RUNNING = frozenset({Status.RUNNING, Status.PAUSED})
UNFINISHED = WAITING | RUNNING


class Verb(StrEnum):
    """What can be done to a step."""

    RECEIVE = "receive"
    NOTIFY = "notify"
    ACCEPT = "accept"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    REISSUE = "reissue"
    EXCEPT = "except"
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
    Verb.RECEIVE: "收件",
    Verb.NOTIFY: "补正告知",
    Verb.ACCEPT: "受理",
    Verb.PAUSE: "登记暂停",
    Verb.RESUME: "恢复计时",
    Verb.EXTEND: "延期",
    Verb.REISSUE: "重新核定时限",
    Verb.EXCEPT: "登记例外",
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
    Verb.RECEIVE: frozenset({Status.NOT_STARTED}),
    Verb.NOTIFY: frozenset({Status.RECEIVED}),
    Verb.ACCEPT: WAITING,
    Verb.PAUSE: frozenset({Status.RUNNING}),
    Verb.RESUME: frozenset({Status.PAUSED}),
    Verb.EXTEND: RUNNING,
    Verb.REISSUE: RUNNING,
    Verb.EXCEPT: RUNNING | {Status.DONE},
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


# Steps whose own course is, for others of the project, time of this pause kind that a promise excludes.
COURSE_OF: Mapping[str, str] = {"X02": "DESIGN_REVIEW"}
