"""The law of steps, from values alone: states and verbs (`steps`), tracks (`involvement`), what must
come first (`order`), limits (`limits`), receipt and correction (`receipt`), documents (`documents`),
the plan of what remains (`schedule`, `what_if`), honest time (`late`).
"""

from __future__ import annotations

from approvals.rules.documents import is_doc_no, normalise_doc_no
from approvals.rules.involvement import (
    LISTING_CODE,
    LISTING_RESULT,
    Involvement,
    Opening,
    opening,
)
from approvals.rules.limits import (
    Limit,
    choose,
    handling_limits,
    limits_of_round,
    shortest,
    validity_limits,
)
from approvals.rules.order import (
    ASSEMBLY_CODE,
    Predecessor,
    Relation,
    StepState,
    Unmet,
    binding,
    is_dependency_open,
    next_possible_on,
    read_predecessors,
    unmet_predecessors,
)
from approvals.rules.receipt import Receipt, binding_acceptance_day
from approvals.rules.steps import (
    RESULT_WORDS,
    RUNNING,
    TAKEN_IN,
    TRANSITIONS,
    UNFINISHED,
    WAITING,
    Status,
    Verb,
    may,
    verbs_of,
)

__all__ = [
    "ASSEMBLY_CODE",
    "LISTING_CODE",
    "LISTING_RESULT",
    "RESULT_WORDS",
    "RUNNING",
    "TAKEN_IN",
    "TRANSITIONS",
    "UNFINISHED",
    "WAITING",
    "Involvement",
    "Limit",
    "Opening",
    "Predecessor",
    "Receipt",
    "Relation",
    "Status",
    "StepState",
    "Unmet",
    "Verb",
    "binding",
    "binding_acceptance_day",
    "choose",
    "handling_limits",
    "is_dependency_open",
    "is_doc_no",
    "limits_of_round",
    "may",
    "next_possible_on",
    "normalise_doc_no",
    "opening",
    "read_predecessors",
    "shortest",
    "unmet_predecessors",
    "validity_limits",
    "verbs_of",
]
