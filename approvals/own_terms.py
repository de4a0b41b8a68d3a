"""The levels' own promises, as steps and plans read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, User
from approvals import rules, selectors
from approvals.models import OwnTerm, OwnTermQuerySet, Step, StepType
from deadlines.rules import LineKind, Unit


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """Every level's terms in force on one day, by step code, from the top down."""

    by_code: Mapping[str, tuple[OwnTerm, ...]]

    def of(self, step_type: StepType, organisation: Organisation, *, round_number: int = 1) -> OwnTerm | None:
        """What binds where `organisation` handles the step; None: what the catalogue says."""
        rows = [row for row in self.by_code.get(step_type.code, ()) if _holds(row, organisation)]
        if not rows:
            return None
        above = catalogue_term(step_type, round_number=round_number)
        return rules.binding_term(above, [(row, term_of(row)) for row in rows])

    def of_step(self, step: Step) -> OwnTerm | None:
        """What binds in a step; reads its type with limits, and its holder."""
        return self.of(step.step_type, step.holder_organisation, round_number=step.round)


def own_terms(*, on: date, codes: Iterable[str] | None = None) -> OwnTerms:
    """The terms in force on a day, of these steps or of all. One query."""
    rows = OwnTerm.objects.in_force(on).select_related("organisation")
    if codes is not None:
        rows = rows.filter(code__in=codes)
    newest: dict[tuple[str, str], OwnTerm] = {}
    for row in rows:
        newest.setdefault((row.code, row.organisation.path), row)
    by_code: dict[str, tuple[OwnTerm, ...]] = {}
    for (code, _), row in sorted(newest.items()):
        by_code[code] = (*by_code.get(code, ()), row)
    return OwnTerms(by_code)


def own_term_list(*, actor: User) -> OwnTermQuerySet:
    """The terms the actor may read: one's own, those below, those of the levels above. One query."""
    rows = OwnTerm.objects.visible_to(actor).select_related("organisation")
    return rows.order_by("code", "organisation__path", "-effective_from", "-id")


def term_of(row: OwnTerm) -> rules.Term:
    return rules.Term(row.days, Unit(row.unit))


def catalogue_term(step_type: StepType, *, round_number: int = 1) -> rules.Term | None:
    """What the catalogue gives a step: its promise, else the shortest of the law's limits."""
    promise = selectors.committed_limit(step_type, round_number=round_number)
    if promise is not None and promise.value is not None:
        return rules.Term(promise.value, Unit(promise.unit))
    limits = rules.handling_limits(selectors.limits_of(step_type, round_number=round_number))
    shortest = rules.shortest([limit for limit in limits if limit.kind is not LineKind.MIN])
    if shortest is None:
        return None
    row = next(row for row in step_type.limits.all() if row.pk == shortest.id)
    return rules.Term(row.value, Unit(row.unit))


def term_above(step_type: StepType, organisation: Organisation, *, on: date) -> rules.Term | None:
    """What binds `organisation` in a step without a table of its own. One query."""
    above = organisation.path[: -len(organisation.code) - 1]
    terms = own_terms(on=on, codes=[step_type.code])
    rows = [row for row in terms.by_code.get(step_type.code, ()) if above.startswith(row.organisation.path)]
    base = catalogue_term(step_type)
    found = rules.binding_term(base, [(row, term_of(row)) for row in rows])
    return base if found is None else term_of(found)


def _holds(row: OwnTerm, organisation: Organisation) -> bool:
    return organisation.path.startswith(row.organisation.path)
