"""What the council's work refuses."""

from __future__ import annotations

from core.errors import DomainError


class TopicElsewhere(DomainError):
    code = "topic_elsewhere"


class TopicIncomplete(DomainError):
    code = "topic_incomplete"


class OutOfScope(DomainError):
    code = "out_of_scope"


class WrongState(DomainError):
    code = "wrong_state"


class ReasonMissing(DomainError):
    code = "reason_missing"


class TasksUnverified(DomainError):
    code = "tasks_unverified"


class SeatTaken(DomainError):
    code = "seat_taken"


class DayOutOfOrder(DomainError):
    code = "day_out_of_order"


class QuarterHeld(DomainError):
    code = "quarter_held"


class AgendaEmpty(DomainError):
    code = "agenda_empty"


class ItemUndecided(DomainError):
    code = "item_undecided"


class ResolutionIncomplete(DomainError):
    code = "resolution_incomplete"


class ResolutionIssued(DomainError):
    code = "resolution_issued"


class MinutesClosed(DomainError):
    code = "minutes_closed"


class MinutesIncomplete(DomainError):
    code = "minutes_incomplete"


class BulletinClosed(DomainError):
    code = "bulletin_closed"


class BulletinIncomplete(DomainError):
    code = "bulletin_incomplete"


class NotInvited(DomainError):
    code = "not_invited"
