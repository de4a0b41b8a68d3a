"""The office's lists for siting, as dated rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models, transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder, end_row
from projects.models import SitingItem, SitingSetting


@dataclass(frozen=True, slots=True)
class ItemValues:
    """What an item says; see `SitingItem`."""

    kind: str
    name: str
    position: int
    group: str = ""
    help: str = ""
    ends_search: bool = False
    weight: int = 0


@transaction.atomic
def revise_item(*, actor: User, code: str, values: ItemValues, effective_from: date) -> SitingItem:
    """Put a new version of an item in force from a day on, or a new item.

    Raises:
        SettingOutOfOrder: the version in force begins on that day or later.
    """
    require(actor, Right.EDIT_CRITERIA)
    _end_current(code, effective_from)
    row = SitingItem.objects.create(
        code=code,
        kind=values.kind,
        name=values.name,
        group=values.group,
        help=values.help,
        position=values.position,
        ends_search=values.ends_search and values.kind == SitingItem.Kind.LADDER,
        weight=values.weight if values.kind == SitingItem.Kind.FIELD else 0,
        effective_from=effective_from,
    )
    _record(actor, row, {"code": code, "name": row.name, "effective_from": effective_from.isoformat()})
    return row


@transaction.atomic
def end_item(*, actor: User, code: str, effective_to: date) -> SitingItem:
    """Take an item out of its list from a day on; what was stated about it stays."""
    require(actor, Right.EDIT_CRITERIA)
    row = _end_current(code, effective_to)
    if row is None:
        raise SettingOutOfOrder("这一项已经停用，不用再停用。", code=code)
    _record(actor, row, {"code": code, "name": row.name, "effective_to": effective_to.isoformat()})
    return row


def _end_current(code: str, on: date) -> SitingItem | None:
    row = SitingItem.objects.select_for_update().filter(code=code, effective_to__isnull=True).first()
    if row is not None:
        end_row(row, on=on)
    return row


@dataclass(frozen=True, slots=True)
class SettingValues:
    """What counts as industry and where its land must be 标准地; see `SitingSetting`."""

    industrial_words: str
    standard_area: str
    standard_share_percent: int
    note: str = ""


@transaction.atomic
def revise_setting(*, actor: User, values: SettingValues, effective_from: date) -> SitingSetting:
    """A new setting from a day on; the ones before stay as history.

    Raises:
        SettingOutOfOrder: a setting begins on that day already.
    """
    require(actor, Right.EDIT_CRITERIA)
    if SitingSetting.objects.filter(effective_from=effective_from).exists():
        raise SettingOutOfOrder(f"{effective_from} 起的口径已经有了，请换一个生效日期。")
    row = SitingSetting.objects.create(
        effective_from=effective_from,
        industrial_words=values.industrial_words,
        standard_area=values.standard_area,
        standard_share_percent=values.standard_share_percent,
        note=values.note,
    )
    _record(actor, row, {"effective_from": effective_from.isoformat(), "words": values.industrial_words})
    return row


def _record(actor: User, row: models.Model, facts: dict[str, object]) -> None:
    path = actor.organisation.path if actor.organisation else ""
    record(actor=actor, verb="siting_rule.revised", subject=row, facts=facts, scope_path=path)
