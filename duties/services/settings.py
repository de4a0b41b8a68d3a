"""The dated settings of duties: new versions, never changed ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder
from duties.models import DutySetting, ProblemKind


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What a version of a kind says; fields as in `ProblemKind`."""

    label: str
    matters: str
    office: Organisation
    limit_days: int
    return_days: int
    basis: str


@transaction.atomic
def revise_kind(
    *, code: str, terms: KindTerms, effective_from: date, actor: User, today: date
) -> ProblemKind:
    """A kind of problem from a day on, new or in a new version; problems that stand keep theirs.

    Raises:
        SettingOutOfOrder: the day is past, or not after the version it follows.
    """
    require(actor, Right.EDIT_DUTY_RULES)
    standing = ProblemKind.objects.select_for_update().filter(code=code, effective_to__isnull=True).first()
    if effective_from < today or (standing is not None and effective_from <= standing.effective_from):
        raise SettingOutOfOrder(
            "生效日期不能早于今天，且须晚于现行版本；请另选日期。", effective_from=effective_from
        )
    if standing is not None:
        standing.effective_to = effective_from
        standing.save(update_fields=["effective_to"])
    words = {name: getattr(terms, name) for name in KindTerms.__dataclass_fields__}
    row = ProblemKind.objects.create(code=code, effective_from=effective_from, **words)
    facts: dict[str, object] = {"kind": row.label, "office": terms.office.name, "limit_days": row.limit_days}
    record(actor=actor, verb="problem_kind.revised", subject=row, facts=facts)
    return row


@dataclass(frozen=True, slots=True)
class DutyTerms:
    """The numbers of supervision; fields as in `DutySetting`."""

    letter_reply_days: int
    visits_a_year: int
    visit_warning_days: int
    verify_days: int
    note: str


@transaction.atomic
def revise_setting(*, terms: DutyTerms, effective_from: date, actor: User, today: date) -> DutySetting:
    """Other numbers from a day on.

    Raises:
        SettingOutOfOrder: the day is past, or has a version already.
    """
    require(actor, Right.EDIT_DUTY_RULES)
    if effective_from < today or DutySetting.objects.filter(effective_from=effective_from).exists():
        raise SettingOutOfOrder(
            "生效日期不能早于今天，也不能与已有版本同日；请另选日期。", effective_from=effective_from
        )
    row = DutySetting.objects.create(effective_from=effective_from, **asdict(terms))
    record(actor=actor, verb="duty_setting.revised", subject=row, facts=asdict(terms))
    return row
