"""What the ledger would say today: read only, for whoever is about to confirm it."""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation
from deadlines.rules import WorkingCalendar
from dispatch.rules.ledger import Row, ledger_row
from dispatch.rules.periods import Period
from dispatch.selectors.ledgers import project_facts


def preview_rows(
    *, organisation: Organisation, period: Period, today: date, calendar: WorkingCalendar
) -> list[Row]:
    """A unit's rows as they would be frozen now. Six queries, however many projects."""
    facts = project_facts(organisation=organisation, today=today, calendar=calendar)
    return [ledger_row(one, position=place, week=period) for place, one in enumerate(facts, 1)]
