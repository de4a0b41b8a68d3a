"""Making score sheets, changing their rules, excusing delays, hearing objections."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder, refuse_earlier
from deadlines.models import Deadline
from dispatch.errors import AppraisalRefused
from dispatch.models import Appraisal, AppraisalRule, AppraisalScore, ExcusedDelay, Objection
from dispatch.rules.appraisal import places, total_of
from dispatch.selectors.appraisal import late_by, scales_on, unit_items


@transaction.atomic
def make_appraisal(*, actor: User, name: str, first_on: date, last_on: date, today: date) -> Appraisal:
    """Compute the sheet of a period under the rules of its last day. Again: the next version.

    Raises:
        AppraisalRefused: the period ends before it begins or is not over, or no rule was in force.
    """
    require(actor, Right.APPRAISE)
    if last_on < first_on or last_on > today:
        raise AppraisalRefused("考核期须已结束，且止不早于起；请核对期间。", last_on=last_on)
    scales = scales_on(last_on)
    if not scales:
        raise AppraisalRefused(f"{last_on} 没有生效的考核规则；请先设置规则。")
    place = Organisation.objects.select_for_update().get(code=settings.PREFECTURE_CODE)
    earlier = Appraisal.objects.filter(prefecture=place, first_on=first_on, last_on=last_on).count()
    appraisal = Appraisal.objects.create(
        name=name.strip(),
        prefecture=place,
        first_on=first_on,
        last_on=last_on,
        version=earlier + 1,
        rules=[asdict(scale) for scale in scales],
        made_on=today,
        made_by=actor,
    )
    units = unit_items(prefecture=place, first=first_on, last=last_on, scales=scales)
    totals = {unit.organisation.pk: total_of(unit.items) for unit in units}
    placed: dict[int, int] = {}
    for kind in {unit.kind for unit in units}:
        own = [unit.organisation.pk for unit in units if unit.kind == kind]
        placed |= places([(pk, totals[pk]) for pk in own])
    AppraisalScore.objects.bulk_create(
        AppraisalScore(
            appraisal=appraisal,
            organisation=unit.organisation,
            kind=unit.kind,
            place=placed[unit.organisation.pk],
            total=totals[unit.organisation.pk],
            items=[asdict(item) for item in unit.items],
        )
        for unit in units
    )
    facts: dict[str, object] = {"name": appraisal.name, "version": appraisal.version, "units": len(units)}
    record(actor=actor, verb="appraisal.made", subject=appraisal, facts=facts, scope_path=place.path)
    return appraisal


@transaction.atomic
def set_rule(
    *,
    actor: User,
    key: str,
    points: int,
    full_at: Decimal,
    zero_at: Decimal,
    effective_from: date,
    note: str,
) -> AppraisalRule:
    """A line's next version; the one before ends on its first day. No points: the line is dropped.

    Raises:
        SettingOutOfOrder: not after the newest version, or both marks are the same.
    """
    require(actor, Right.APPRAISE)
    newest = AppraisalRule.objects.select_for_update().filter(key=key).order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    if full_at == zero_at:
        raise SettingOutOfOrder("满分标准和零分标准不能相同；请核对。", full_at=full_at)
    if newest is not None and newest.effective_to is None:
        newest.effective_to = effective_from
        newest.save(update_fields=["effective_to"])
    row = AppraisalRule.objects.create(
        key=key,
        position=newest.position if newest else 1,
        points=points,
        full_at=full_at,
        zero_at=zero_at,
        effective_from=effective_from,
        note=note,
    )
    facts: dict[str, object] = {"key": key, "points": points, "effective_from": effective_from}
    record(actor=actor, verb="appraisal.rule", subject=row, facts=facts)
    return row


@transaction.atomic
def excuse_delay(*, actor: User, deadline_id: int, reason: str, today: date) -> ExcusedDelay:
    """Nobody is marked down for this delay in sheets made from now on; the deadline stays as it is.

    Raises:
        AppraisalRefused: it is not late by today, or is excused already.
    """
    require(actor, Right.APPRAISE)
    deadline = Deadline.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=deadline_id)
    if not Deadline.objects.filter(late_by(today), pk=deadline.pk).exists():
        raise AppraisalRefused("这一事项没有逾期，不需要认定。")
    if ExcusedDelay.objects.filter(deadline=deadline).exists():
        raise AppraisalRefused("这一延误已认定不计入考核。")
    row = ExcusedDelay.objects.create(deadline=deadline, reason=reason.strip(), entered_by=actor)
    record(
        actor=actor,
        verb="delay.excused",
        subject=row,
        facts={"deadline": str(deadline), "reason": row.reason},
        project_id=deadline.project_id,
        scope_path=deadline.scope_organisation.path,
    )
    return row


@transaction.atomic
def raise_objection(*, actor: User, score_id: int, text: str, today: date) -> Objection:
    """A unit says what is wrong with its score; the office answers."""
    require(actor, Right.OBJECT_TO_SCORE)
    score = AppraisalScore.objects.visible_to(actor).get(pk=score_id)
    row = Objection.objects.create(score=score, text=text.strip(), raised_on=today, raised_by=actor)
    path = score.organisation.path
    record(actor=actor, verb="objection.raised", subject=row, facts={"text": row.text}, scope_path=path)
    return row


@transaction.atomic
def answer_objection(
    *, actor: User, objection_id: int, is_upheld: bool, answer: str, today: date
) -> Objection:
    """The office's answer. A score is never changed: what was upheld shows in the next version.

    Raises:
        AppraisalRefused: it was answered before.
    """
    require(actor, Right.APPRAISE)
    row = Objection.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=objection_id)
    if row.answered_on is not None:
        raise AppraisalRefused(f"这一申诉已于 {row.answered_on} 答复。")
    row.is_upheld, row.answer = is_upheld, answer.strip()
    row.answered_on, row.answered_by = today, actor
    row.save(update_fields=["is_upheld", "answer", "answered_on", "answered_by"])
    facts: dict[str, object] = {"upheld": is_upheld, "answer": row.answer}
    path = row.score.organisation.path
    record(actor=actor, verb="objection.answered", subject=row, facts=facts, scope_path=path)
    return row


def last_quarter(today: date) -> tuple[date, date]:
    """The quarter that ended last: what a new sheet proposes."""
    month = (today.month - 1) // 3 * 3 + 1
    last = date(today.year, month, 1) - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last
