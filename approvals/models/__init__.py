"""The tables of the approval steps, one module per noun."""

from approvals.models.catalogue import StepLimit, StepType, StepTypeQuerySet
from approvals.models.settings import HandlingSetting
from approvals.models.steps import (
    Decision,
    DecisionQuerySet,
    Material,
    MaterialQuerySet,
    PromiseException,
    PromiseExceptionQuerySet,
    Step,
    StepQuerySet,
)

__all__ = [
    "Decision",
    "DecisionQuerySet",
    "HandlingSetting",
    "Material",
    "MaterialQuerySet",
    "PromiseException",
    "PromiseExceptionQuerySet",
    "Step",
    "StepLimit",
    "StepQuerySet",
    "StepType",
    "StepTypeQuerySet",
]
