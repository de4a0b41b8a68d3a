"""Codes that change every thirty seconds (RFC 6238) and codes on paper. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

PERIOD_SECONDS = 30
DIGITS = 6
# A telephone's clock may be one period off.
TOLERANCE = 1
RECOVERY_CODES = 10
# Without what is misread from paper.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> str:
    """160 random bits in base 32, as authenticators take them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of one period, counted since 1970 (RFC 4226, 5.3)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, *, at: float, after: int) -> int | None:
    """The period for which `code` is right at a moment, later than `after`; None: it is not.

    `after` is the newest period already used: a code that was seen is worth nothing.
    """
    now = int(at) // PERIOD_SECONDS
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def uri_of(secret: str, *, account: str, issuer: str) -> str:
    """What the square picture says to the authenticator."""
    words = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": PERIOD_SECONDS})
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{words}"


def new_recovery_codes() -> list[str]:
    """Ten codes of fifty bits, in two groups."""
    parts = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2 * RECOVERY_CODES))
    return [f"{first}-{second}" for first, second in zip(parts, parts, strict=True)]


def plain(code: str) -> str:
    """A code as typed, without spaces and in one case."""
    return "".join(code.split()).lower()
