"""For how long the log is kept: the administrator's dated word, never below the law's."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.models import TrailRule
from audit.models.retention import LEAST_BUSINESS_YEARS, LEAST_DAYS
from audit.services import record
from core.errors import DomainError


class TrailRuleRefused(DomainError):
    """A period below the law's, or a version that does not follow the newest."""

    code = "trail_rule_refused"


@transaction.atomic
def set_trail_rule(
    *, effective_from: date, keep_days: int, keep_business_years: int, note: str, actor: User, today: date
) -> TrailRule:
    """Keep the log for other periods from a day on. What has been cleared away does not come back.

    Raises:
        TrailRuleRefused: shorter than 180 days or three years, from a day before today, or not after
            the newest version.
    """
    require(actor, Right.EDIT_TRAIL)
    if keep_days < LEAST_DAYS or keep_business_years < LEAST_BUSINESS_YEARS:
        raise TrailRuleRefused(
            f"登录、下载等记录至少保留 {LEAST_DAYS} 日，业务记录至少保留 {LEAST_BUSINESS_YEARS} 年；请改长。",
            keep_days=keep_days,
            keep_business_years=keep_business_years,
        )
    newest = TrailRule.objects.select_for_update().order_by("-effective_from").first()
    if effective_from < today or (newest is not None and effective_from <= newest.effective_from):
        raise TrailRuleRefused(
            "生效日期须不早于今天，并晚于现有最新一版；请核对日期。", effective_from=effective_from
        )
    row = TrailRule.objects.create(
        effective_from=effective_from, keep_days=keep_days, keep_business_years=keep_business_years, note=note
    )
    record(
        actor=actor,
        verb="trail.kept_for",
        subject=row,
        facts={"keep_days": keep_days, "keep_business_years": keep_business_years, "note": note},
        occurred_on=effective_from,
    )
    return row
