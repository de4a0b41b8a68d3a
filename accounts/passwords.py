"""What a password must be: the dated rule of the day, and none of those it was before."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from accounts.models import PasswordRecord, User
from accounts.sign_in_rules import rule_of
from core import clock

_KINDS = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())


def kinds_in(password: str) -> int:
    """Of upper case, lower case, digits and symbols: how many occur."""
    return sum(any(is_kind(c) for c in password) for is_kind in _KINDS)


class RuleValidator:
    """Length, kinds of characters and history by the rule of the day. Source: domain.md 10."""

    def validate(self, password: str, user: object = None) -> None:
        rule = rule_of(clock.today())
        if len(password) < rule.min_length:
            raise ValidationError(f"密码至少 {rule.min_length} 位。", code="password_too_short")
        if kinds_in(password) < rule.least_kinds:
            raise ValidationError(self.get_help_text(), code="password_too_plain")
        if isinstance(user, User) and user.pk is not None and _was_used(user, password, rule.history):
            raise ValidationError(
                f"不得使用现在的密码和最近 {rule.history} 次用过的密码。", code="password_used_before"
            )

    def get_help_text(self) -> str:
        rule = rule_of(clock.today())
        return (
            f"密码至少 {rule.min_length} 位，"
            f"须包含大写字母、小写字母、数字、符号中的至少{'三四'[rule.least_kinds - 3]}种。"
        )


def _was_used(user: User, password: str, history: int) -> bool:
    if not history:
        return False
    records = PasswordRecord.objects.filter(user=user).order_by("-set_at", "-pk")[:history]
    digests = [user.password, *records.values_list("digest", flat=True)]
    return any(check_password(password, digest) for digest in digests)
