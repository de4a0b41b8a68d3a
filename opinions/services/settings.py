"""The dated settings of rounds: new versions, never changed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder, end_row
from opinions.errors import LapseUnlawful
from opinions.models import DepartmentRule, RoundKind
from opinions.models.settings import SITING


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What a version of a kind says; fields as in `RoundKind`."""

    may_lapse: bool
    limit_days: int
    limit_unit: str
    step_codes: Sequence[str]
    starts_at: str
    reminder_days: Sequence[int]
    more_pauses: bool
    link_days: int
    basis: str


@transaction.atomic
def revise_kind(*, code: str, terms: KindTerms, effective_from: date, actor: User, today: date) -> RoundKind:
    """A new version of a kind from a day on; rounds that were sent keep theirs.

    Raises:
        LapseUnlawful: a kind other than siting is to lapse into consent.
        SettingOutOfOrder: the day is past, or has a version already.
        RoundKind.DoesNotExist: no such kind.
    """
    require(actor, Right.EDIT_OPINION_RULES)
    newest = RoundKind.objects.select_for_update().filter(code=code).latest("effective_from")
    if terms.may_lapse and code != SITING:
        raise LapseUnlawful("默示同意只适用于选址论证征求意见，其他征求意见逾期不视为同意。", kind=code)
    if effective_from < today or RoundKind.objects.filter(code=code, effective_from=effective_from).exists():
        raise SettingOutOfOrder(
            "生效日期不能早于今天，也不能与已有版本同日；请另选日期。", effective_from=effective_from
        )
    row = RoundKind.objects.create(
        code=code,
        label=newest.label,
        effective_from=effective_from,
        **_stored(terms),
    )
    facts = {**_stored(terms), "effective_from": effective_from}
    record(actor=actor, verb="opinion.kind_revised", subject=row, facts=facts)
    return row


def _stored(terms: KindTerms) -> dict[str, Any]:
    lists = {"reminder_days": list(terms.reminder_days), "step_codes": list(terms.step_codes)}
    return {**asdict(terms), **lists}


@dataclass(frozen=True, slots=True)
class NewDepartmentRule:
    """A row of the table, as the form states it."""

    department_id: int
    condition: str
    keywords: str
    ask: str
    basis: str
    effective_from: date


@transaction.atomic
def add_rule(
    *, organisation: Organisation, new: NewDepartmentRule, actor: User, today: date
) -> DepartmentRule:
    """A rule of `organisation`'s table; one that stands for the department ends the same day.

    Raises:
        SettingOutOfOrder: the day is past, or not after the rule it follows.
    """
    require(actor, Right.EDIT_OPINION_RULES)
    if new.effective_from < today:
        raise SettingOutOfOrder("生效日期不能早于今天。", effective_from=new.effective_from)
    standing = DepartmentRule.objects.select_for_update().filter(
        organisation=organisation, department=new.department_id, effective_to__isnull=True
    )
    for rule in standing.order_by("pk"):
        end_row(rule, on=new.effective_from)
    rule = DepartmentRule.objects.create(organisation=organisation, **asdict(new))
    _record(rule, {"condition": rule.condition, "ask": rule.ask}, actor=actor)
    return rule


@transaction.atomic
def end_rule(*, rule_id: int, ends_on: date, actor: User, today: date) -> DepartmentRule:
    """The department is not suggested any more from `ends_on` on.

    Raises:
        SettingOutOfOrder: the day is past, or see `core.dated.end_row`.
    """
    require(actor, Right.EDIT_OPINION_RULES)
    rule = DepartmentRule.objects.select_for_update().get(pk=rule_id)
    if ends_on < today:
        raise SettingOutOfOrder("停用日期不能早于今天。", ends_on=ends_on)
    end_row(rule, on=ends_on)
    _record(rule, {"effective_to": ends_on}, actor=actor)
    return rule


def _record(rule: DepartmentRule, facts: dict[str, object], *, actor: User) -> None:
    record(
        actor=actor,
        verb="opinion.rule_changed",
        subject=rule,
        facts=facts,
        scope_path=rule.organisation.path,
    )
