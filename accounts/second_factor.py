"""The second factor: enrolled with a code, asked at each sign-in, reset by the security administrator."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

import qrcode
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from qrcode.image.svg import SvgPathImage

from accounts import totp
from accounts.errors import CodeRefused, FactorBlocked, FactorRequired
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.rights import Right, require
from accounts.sign_in_rules import rule_of
from audit.models import Entry
from audit.services import Event, record, record_event
from core import clock

ISSUER = "用地保障"


def is_required(user: User, *, on: datetime) -> bool:
    """Whether the user's role must have a second factor. One query."""
    return user.role in rule_of(clock.day_of(on)).factor_roles


def factor_of(user: User) -> SecondFactor | None:
    """The factor in force; None where none was enrolled or proved. One query."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def enrolment(user: User) -> SecondFactor:
    """The factor the user is about to enrol, made where it lacks; its secret stays until it is proved."""
    factor, _ = SecondFactor.objects.get_or_create(user=user, defaults={"secret": _hide(totp.new_secret())})
    return factor


def secret_of(factor: SecondFactor) -> str:
    """The shared secret, to be typed where a camera lacks; shown before it is proved alone."""
    return _cipher().decrypt(factor.secret.encode()).decode()


def picture_of(factor: SecondFactor, user: User) -> str:
    """The square picture for the authenticator's camera, as a data address."""
    words = totp.uri_of(secret_of(factor), account=user.username, issuer=ISSUER)
    drawn = qrcode.make(words, image_factory=SvgPathImage, box_size=12)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.to_string()).decode()


def confirm(*, user: User, code: str, now: datetime) -> list[str]:
    """Put the enrolled factor in force; gives the recovery codes, shown this once.

    Raises:
        CodeRefused: the code is not the authenticator's of this moment.
        FactorBlocked: too many wrong codes.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().get(user=user)
        accepted = factor.confirmed_at is None and _take(factor, code, now=now, with_paper=False)
        if accepted:
            factor.confirmed_at = now
            factor.save(update_fields=["confirmed_at"])
            codes = _new_codes(factor)
            _log(user, "factor.enrolled", user)
    if not accepted:
        raise _refused(user)
    return codes


def check(*, user: User, code: str, now: datetime) -> None:
    """Take a code of the authenticator or from paper; each is good for once.

    Raises:
        CodeRefused: wrong, used before, or of another moment.
        FactorBlocked: too many wrong codes; the security administrator may reset the factor.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
        accepted = _take(factor, code, now=now, with_paper=True)
    if not accepted:
        raise _refused(user)


def prove(*, user: User, code: str, now: datetime) -> None:
    """For who asks for a token with a password: the code too, where a factor is in force or must be.

    Raises:
        FactorRequired: the role must have a factor, and none is enrolled.
        CodeRefused, FactorBlocked: as `check`.
    """
    if factor_of(user) is not None:
        check(user=user, code=code, now=now)
    elif is_required(user, on=now):
        raise FactorRequired(f"{user.get_role_display()}须用双因素；请先在网页登录并启用。", role=user.role)


@transaction.atomic
def new_codes(*, user: User) -> list[str]:
    """Ten fresh recovery codes in place of the old ones, shown this once."""
    factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
    _log(user, "factor.codes_renewed", user)
    return _new_codes(factor)


@transaction.atomic
def turn_off(*, user: User, now: datetime) -> None:
    """Do without a second factor, where the role may; the caller has checked a code.

    Raises:
        FactorRequired: the role must have one.
    """
    if is_required(user, on=now):
        raise FactorRequired(f"{user.get_role_display()}须用双因素，不能停用。", role=user.role)
    SecondFactor.objects.filter(user=user).delete()
    _log(user, "factor.turned_off", user)


@transaction.atomic
def reset(*, user_id: int, actor: User) -> User:
    """Take an account's factor away (a lost telephone); where the role must, it is enrolled anew."""
    require(actor, Right.GUARD_ACCOUNTS)
    user = User.objects.visible_to(actor).select_related("organisation").get(pk=user_id)
    SecondFactor.objects.filter(user=user).delete()
    _log(actor, "factor.reset", user)
    return user


def _take(factor: SecondFactor, code: str, *, now: datetime, with_paper: bool) -> bool:
    """Whether the code is right; counts what is wrong. The row is locked, and kept even if refused.

    Raises:
        FactorBlocked: before the pause has ended.
    """
    if factor.blocked_until is not None and now < factor.blocked_until:
        raise FactorBlocked("连续输错验证码，已暂停验证；请稍后再试，或联系安全管理员重置双因素。")
    entered = totp.plain(code)
    step = totp.step_of(secret_of(factor), entered, at=now.timestamp(), after=factor.last_step)
    if step is not None:
        factor.last_step = step
    elif not (with_paper and _use_paper(factor, entered, now=now)):
        return _count_wrong(factor, now=now)
    factor.failures, factor.blocked_until = 0, None
    factor.save(update_fields=["last_step", "failures", "blocked_until"])
    return True


def _count_wrong(factor: SecondFactor, *, now: datetime) -> bool:
    rule = rule_of(clock.day_of(now))
    factor.failures += 1
    if factor.failures >= rule.tries:
        factor.failures, factor.blocked_until = 0, now + timedelta(minutes=rule.lock_minutes)
    factor.save(update_fields=["failures", "blocked_until"])
    return False


def _use_paper(factor: SecondFactor, entered: str, *, now: datetime) -> bool:
    rows = RecoveryCode.objects.filter(factor=factor, digest=_digest(factor, entered), used_at=None)
    return rows.update(used_at=now) == 1


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = totp.new_recovery_codes()
    factor.codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=_digest(factor, code)) for code in codes
    )
    return codes


def _digest(factor: SecondFactor, code: str) -> str:
    # Fifty random bits under a key that is not in the database: nothing to guess from a dump.
    key = f"landguard.recovery.{factor.pk}.{settings.SECRET_KEY}".encode()
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def _cipher() -> Fernet:
    key = hashlib.sha256(f"landguard.second-factor.{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _hide(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode()


def _refused(user: User) -> CodeRefused:
    path = user.organisation.path if user.organisation else ""
    event = Event(
        verb="session.factor_failed", outcome=Entry.Outcome.FAILED, label=user.username, scope_path=path
    )
    record_event(actor=user, event=event)
    return CodeRefused("验证码不正确或已使用；请等下一个验证码，或核对手机时间。")


def _log(actor: User, verb: str, user: User) -> None:
    path = user.organisation.path if user.organisation else ""
    record(actor=actor, verb=verb, subject=user, scope_path=path)
