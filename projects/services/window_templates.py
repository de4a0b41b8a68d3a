"""The waves that come every year: a prefecture's own table, in dated versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import end_row
from projects.models import WindowTemplate


@dataclass(frozen=True, slots=True)
class NewWave:
    """A version of a yearly wave, as the form states it."""

    code: str
    title: str
    kind: str
    gathering: str
    opens_month: int
    opens_day: int
    closes_month: int
    closes_day: int
    reminder_days: Sequence[int]
    departments: Sequence[int]
    asks_counties: bool
    basis: str
    effective_from: date


@transaction.atomic
def change_wave(*, actor: User, organisation: Organisation, new: NewWave) -> WindowTemplate:
    """A version of a wave in `organisation`'s own table; the one before it ends that day.

    Windows that stand already stay as they are.

    Raises:
        SettingOutOfOrder: the day is not after the version before it.
    """
    require(actor, Right.EDIT_CRITERIA)
    standing = (
        WindowTemplate.objects.select_for_update()
        .filter(organisation=organisation, code=new.code, effective_to__isnull=True)
        .first()
    )
    if standing is not None:
        end_row(standing, on=new.effective_from)
    template = WindowTemplate.objects.create(
        organisation=organisation,
        code=new.code,
        title=new.title,
        kind=new.kind,
        gathering=new.gathering,
        opens_month=new.opens_month,
        opens_day=new.opens_day,
        closes_month=new.closes_month,
        closes_day=new.closes_day,
        reminder_days=sorted(set(new.reminder_days), reverse=True),
        asks_counties=new.asks_counties,
        basis=new.basis,
        effective_from=new.effective_from,
    )
    template.departments.set(new.departments)
    record(
        actor=actor,
        verb="window.template_changed",
        subject=template,
        facts={"code": new.code, "effective_from": new.effective_from},
        scope_path=organisation.path,
    )
    return template
