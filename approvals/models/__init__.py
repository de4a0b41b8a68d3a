"""The tables of the approval steps, one module per noun."""

from approvals.models.catalogue import StepLimit, StepType, StepTypeQuerySet
from approvals.models.steps import (
    Decision,
    DecisionQuerySet,
    Material,
    MaterialQuerySet,
    Step,
    StepQuerySet,
)

__all__ = [
    "Decision",
    "DecisionQuerySet",
    "Material",
    "MaterialQuerySet",
    "Step",
    "StepLimit",
    "StepQuerySet",
    "StepType",
    "StepTypeQuerySet",
]
