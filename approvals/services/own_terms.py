"""A level's own promises, shorter than those of the level above: entering and ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import own_terms as terms
from approvals import rules, selectors
from approvals.errors import TermNotShorter
from approvals.models import OwnTerm, StepType
from approvals.services.records import log_setting
from core.dated import SettingOutOfOrder, end_row
from deadlines.models import LineUnit
from deadlines.rules import LineKind, Unit
from projects.selectors.previews import reporting_organisation

_COUNTY_HOLDER = "{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTermValues:
    """What a term says; see `OwnTerm`. Counted in the unit of the level above."""

    code: str
    days: int
    basis: str
    effective_from: date
    effective_to: date | None = None


@transaction.atomic
def add_own_term(*, actor: User, values: OwnTermValues) -> OwnTerm:
    """A promise in the table of the actor's own level, for steps that are accepted from then on.

    Steps under way keep their clock until it is set anew (重新核定).

    Raises:
        TermNotShorter: the level above promises as little already, or the law sets a minimum period.
        SettingOutOfOrder: it ends before it begins, is there already, names an unknown step, or one
            that the level above handles.
        NoReportingOrganisation, PermissionDenied.
    """
    require(actor, Right.SET_OWN_TERMS)
    own = reporting_organisation(actor)
    Organisation.objects.select_for_update(no_key=True).get(pk=own.pk)
    if values.effective_to is not None and values.effective_to <= values.effective_from:
        raise SettingOutOfOrder("失效日期须在生效日期之后，请核对后改正。")
    step_type = selectors.catalogue(values.effective_from).filter(code=values.code).first()
    if step_type is None:
        raise SettingOutOfOrder(f"步骤 {values.code} 在生效日不在步骤目录里，请核对。", code=values.code)
    _refuse_anothers_step(step_type, own)
    unit = _refuse_longer(step_type, own, values)
    if OwnTerm.objects.filter(
        organisation=own, code=values.code, effective_from=values.effective_from
    ).exists():
        raise SettingOutOfOrder(f"{values.effective_from} 生效的本步骤时限已经登记，请换一个生效日期。")
    row = OwnTerm.objects.create(
        organisation=own,
        code=values.code,
        days=values.days,
        unit=unit,
        basis=values.basis.strip(),
        effective_from=values.effective_from,
        effective_to=values.effective_to,
    )
    _log(row, actor)
    return row


@transaction.atomic
def end_own_term(*, actor: User, term_id: int, effective_to: date) -> OwnTerm:
    """Let a term of the actor's own level apply up to, not including, a day.

    Raises:
        SettingOutOfOrder: see `core.dated.end_row`.
        OwnTerm.DoesNotExist: unknown, or another level's.
        NoReportingOrganisation, PermissionDenied.
    """
    require(actor, Right.SET_OWN_TERMS)
    rows = OwnTerm.objects.filter(organisation=reporting_organisation(actor))
    row = rows.select_for_update(of=("self",)).select_related("organisation").get(pk=term_id)
    end_row(row, on=effective_to)
    _log(row, actor)
    return row


def handled_by(step_type: StepType, organisation: Organisation) -> bool:
    """Whether offices of this level, or of one below, handle the step as the catalogue has it."""
    in_counties = organisation.kind in Organisation.REPORTING_KINDS
    return not in_counties or step_type.holder_kind.startswith(_COUNTY_HOLDER) or not step_type.holder_kind


def _refuse_anothers_step(step_type: StepType, own: Organisation) -> None:
    if not handled_by(step_type, own):
        raise SettingOutOfOrder(
            f"“{step_type.short}”由州级办理，{own.short_name}不能规定它的时限；请选择本地办理的步骤。",
            code=step_type.code,
        )


def _refuse_longer(step_type: StepType, own: Organisation, values: OwnTermValues) -> str:
    """The unit in which the term counts."""
    kinds = [LineKind(row.kind) for row in step_type.limits.all()]
    if not rules.can_be_shortened(kinds):
        raise TermNotShorter(
            f"“{step_type.short}”是法定最短期间，不能缩短；请选择其他步骤。", code=step_type.code
        )
    above = terms.term_above(step_type, own, on=values.effective_from)
    if above is not None and above.unit not in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
        raise TermNotShorter(
            f"“{step_type.short}”的时限按{LineUnit(above.unit.value).label}计，本地不能另定日数；请选择其他步骤。",
            code=step_type.code,
        )
    unit = Unit.WORKING_DAY if above is None else above.unit
    if above is not None and not rules.Term(values.days, unit).is_shorter_than(above):
        raise TermNotShorter(
            f"“{step_type.short}”上级规定 {above.days}{LineUnit(unit.value).label}，本地只能更短；请改短。",
            days=values.days,
            above=above.days,
        )
    return unit.value


def _log(row: OwnTerm, actor: User) -> None:
    facts: dict[str, object] = {
        "basis": row.basis,
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
    }
    log_setting(row, f"本地承诺时限：{row}", actor=actor, facts=facts, scope_path=row.organisation.path)
