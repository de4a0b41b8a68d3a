"""Problems, tasks and the dated settings behind them."""

from duties.models.problems import Problem, ProblemMove, ProblemMoveQuerySet, ProblemQuerySet
from duties.models.settings import DutySetting, ProblemKind
from duties.models.tasks import (
    CoHolder,
    Progress,
    ProgressQuerySet,
    Task,
    TaskBook,
    TaskBookQuerySet,
    TaskPartQuerySet,
    TaskQuerySet,
)

__all__ = [
    "CoHolder",
    "DutySetting",
    "Problem",
    "ProblemKind",
    "ProblemMove",
    "ProblemMoveQuerySet",
    "ProblemQuerySet",
    "Progress",
    "ProgressQuerySet",
    "Task",
    "TaskBook",
    "TaskBookQuerySet",
    "TaskPartQuerySet",
    "TaskQuerySet",
]
