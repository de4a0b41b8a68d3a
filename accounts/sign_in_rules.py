"""The rules of signing in that hold on a day, and how they are changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.errors import RuleOutOfOrder
from accounts.models import SignInRule, User
from accounts.rights import ADMINISTRATORS, Right, require
from audit.services import record


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """What a version of the rules says; see SignInRule."""

    min_length: int
    least_kinds: int
    history: int
    expires_days: int
    tries: int
    lock_minutes: int
    idle_minutes: int
    admin_idle_minutes: int
    invitation_days: int
    factor_roles: list[str]


def rule_of(on: date) -> SignInRule:
    """The version in force on a day; the product's own where nobody has set one. One query."""
    rows = SignInRule.objects.filter(effective_from__lte=on).order_by("-effective_from")
    return rows.first() or SignInRule(effective_from=on)


def idle_minutes(rule: SignInRule, role: str) -> int:
    """After how many idle minutes a session of a role ends."""
    return rule.admin_idle_minutes if role in ADMINISTRATORS else rule.idle_minutes


@transaction.atomic
def set_rule(*, effective_from: date, terms: SignInTerms, note: str, actor: User, today: date) -> SignInRule:
    """Other rules from a day on.

    Raises:
        RuleOutOfOrder: from a day before today, or not after the newest version.
    """
    require(actor, Right.EDIT_SIGN_IN)
    newest = SignInRule.objects.select_for_update().order_by("-effective_from").first()
    if effective_from < today or (newest is not None and effective_from <= newest.effective_from):
        raise RuleOutOfOrder(
            "生效日期须不早于今天，并晚于现有最新一版；请核对日期。", effective_from=effective_from
        )
    row = SignInRule.objects.create(effective_from=effective_from, note=note, **asdict(terms))
    facts: dict[str, object] = {"依据或原因": note, **asdict(terms)}
    record(actor=actor, verb="sign_in.rule_set", subject=row, facts=facts, occurred_on=effective_from)
    return row
