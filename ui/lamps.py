"""Status lights: shape, word and colour, always all three. Nobody else names their colours."""

from __future__ import annotations

LAMP_WORDS = {
    "red": "逾期",
    "amber": "预警",
    "pause": "暂停",
    "green": "正常",
    "done": "办结",
    "idle": "未启动",
}

# Rules and models speak of the same six states in their own words.
_ALIASES = {
    "overdue": "red",
    "yellow": "amber",
    "warning": "amber",
    "paused": "pause",
    "running": "green",
    "grey": "idle",
    "gray": "idle",
    "not_started": "idle",
    "not_involved": "idle",
    "none": "idle",
}


def lamp_key(status: object) -> str:
    """The one of the six lamps that `status` (an enum member, its value, or a word) stands for.

    Raises:
        ValueError: nobody agreed on such a lamp; an unknown state may not look calm.
    """
    name = str(getattr(status, "value", status)).lower()
    key = _ALIASES.get(name, name)
    if key not in LAMP_WORDS:
        raise ValueError(f"unknown lamp: {status!r}")
    return key
