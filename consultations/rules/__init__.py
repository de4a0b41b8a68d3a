"""What the council's rules say, from values alone."""

from __future__ import annotations

from consultations.rules.agenda import Candidate, agenda_order, class_rank
from consultations.rules.bulletins import Held, Line, Named, Section, WeekFacts, draft_lines
from consultations.rules.quarters import Quarter, quarter_of
from consultations.rules.scope import Scope, ScopeFacts, ScopeVerdict, check_scope, proposed_scopes
from consultations.rules.topics import NEXT_STATES, State, may_move
from consultations.rules.words import (
    bigrams,
    chinese_number,
    minutes_opening,
    names_line,
    resolution_sentence,
    times_words,
)

__all__ = [
    "NEXT_STATES",
    "Candidate",
    "Held",
    "Line",
    "Named",
    "Quarter",
    "Scope",
    "ScopeFacts",
    "ScopeVerdict",
    "Section",
    "State",
    "WeekFacts",
    "agenda_order",
    "bigrams",
    "check_scope",
    "chinese_number",
    "class_rank",
    "draft_lines",
    "may_move",
    "minutes_opening",
    "names_line",
    "proposed_scopes",
    "quarter_of",
    "resolution_sentence",
    "times_words",
]
