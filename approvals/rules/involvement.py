"""What a track asks of a step, and how a step begins its life in a project."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from approvals.rules.steps import Status

# Adoption into the year's list is what step A01 asks for.
LISTING_CODE = "A01"
LISTING_RESULT = "准予入库"


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
