"""The password rule of 等保 2.0: at least three of four kinds of characters."""

from __future__ import annotations

from django.core.exceptions import ValidationError

_KINDS = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
LEAST_KINDS = 3


class CharacterClassesValidator:
    """Upper case, lower case, digits, symbols: three of the four. Source: domain.md 10."""

    def validate(self, password: str, user: object = None) -> None:
        if not self.is_varied(password):
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def is_varied(self, password: str) -> bool:
        return sum(any(is_kind(c) for c in password) for is_kind in _KINDS) >= LEAST_KINDS

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、符号中的至少三种。"
