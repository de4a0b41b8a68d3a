"""Problems, tasks and the dated settings behind them."""

from duties.models.problems import Problem, ProblemMove, ProblemMoveQuerySet, ProblemQuerySet
from duties.models.settings import DutySetting, ProblemKind
from duties.models.supervision import (
    DutyLetter,
    DutyLetterQuerySet,
    Finding,
    FindingQuerySet,
    Inspection,
    InspectionQuerySet,
    LetterTask,
    LetterTaskQuerySet,
    SupervisionLetter,
    SupervisionLetterQuerySet,
    Visit,
    VisitQuerySet,
)
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
    "DutyLetter",
    "DutyLetterQuerySet",
    "DutySetting",
    "Finding",
    "FindingQuerySet",
    "Inspection",
    "InspectionQuerySet",
    "LetterTask",
    "LetterTaskQuerySet",
    "Problem",
    "ProblemKind",
    "ProblemMove",
    "ProblemMoveQuerySet",
    "ProblemQuerySet",
    "Progress",
    "ProgressQuerySet",
    "SupervisionLetter",
    "SupervisionLetterQuerySet",
    "Task",
    "TaskBook",
    "TaskBookQuerySet",
    "TaskPartQuerySet",
    "TaskQuerySet",
    "Visit",
    "VisitQuerySet",
]
