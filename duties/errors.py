"""What the register of problems and tasks refuses."""

from __future__ import annotations

from core.errors import DomainError


class TaskIncomplete(DomainError):
    code = "task_incomplete"


class TaskNotOpen(DomainError):
    code = "task_not_open"


class TaskHasOpenParts(DomainError):
    code = "task_has_open_parts"


class NotOwnTask(DomainError):
    code = "not_own_task"


class OwnReport(DomainError):
    code = "own_report"


class HolderElsewhere(DomainError):
    code = "holder_elsewhere"


class DayOutOfOrder(DomainError):
    code = "day_out_of_order"


class ReasonMissing(DomainError):
    code = "reason_missing"


class ProblemIncomplete(DomainError):
    code = "problem_incomplete"


class ProblemNotOpen(DomainError):
    code = "problem_not_open"


class ProblemHasOpenTasks(DomainError):
    code = "problem_has_open_tasks"


class NotOwnProblem(DomainError):
    code = "not_own_problem"


class ReturnTooLate(DomainError):
    code = "return_too_late"


class NothingToUrge(DomainError):
    code = "nothing_to_urge"


class LetterClosed(DomainError):
    code = "letter_closed"


class RegisteredAlready(DomainError):
    code = "registered_already"


class InspectionClosed(DomainError):
    code = "inspection_closed"


class BookRefused(DomainError):
    code = "book_refused"
