"""The conditions of 七个一: new rows from a day on, the earlier ones as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder
from dispatch.models import PanelCondition
from dispatch.rules.panels import MEANINGS, Measure


@transaction.atomic
def set_conditions(
    *, actor: User, least: Mapping[Measure, int], effective_from: date, note: str
) -> list[PanelCondition]:
    """The next version of each condition that is to change; those that stay the same get no row.

    Raises:
        SettingOutOfOrder: nothing changes, a share above 100, or not after the newest version.
    """
    require(actor, Right.EDIT_ROUNDS)
    rows = PanelCondition.objects.select_for_update().order_by("effective_from", "pk")
    newest = {Measure(row.measure): row for row in rows}
    changed = {one: value for one, value in least.items() if one not in newest or newest[one].least != value}
    if not changed:
        raise SettingOutOfOrder("各项条件都与最新一版相同；请修改后再保存。", effective_from=effective_from)
    if changed.get(Measure.HEADED, 0) > 100:
        raise SettingOutOfOrder("占比不能超过 100%；请改小。", least=changed[Measure.HEADED])
    late = [one for one in changed if one in newest and effective_from <= newest[one].effective_from]
    if late:
        since = max(newest[one].effective_from for one in late)
        names = "、".join(MEANINGS[one].label for one in late)
        raise SettingOutOfOrder(
            f"{names}的新版须晚于现有版本的生效日期 {since}；请核对日期。", effective_from=effective_from
        )
    made = [
        PanelCondition.objects.create(
            measure=one.value, least=value, effective_from=effective_from, note=note, entered_by=actor
        )
        for one, value in changed.items()
    ]
    record(
        actor=actor,
        verb="seven.conditions_changed",
        subject=made[-1],
        facts={"least": {one.value: value for one, value in changed.items()}, "note": note},
        occurred_on=effective_from,
    )
    return made
