"""Links with which somebody chooses their first password: signed, once, for some days."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from accounts import selectors
from accounts.errors import InvitationNotNeeded, InvitationOver, OtherAdministrator
from accounts.models import Invitation, User
from accounts.rights import ADMINISTRATORS, Right, allowed, require
from accounts.sign_in_rules import rule_of
from audit.services import record
from core import clock

_SALT = "landguard.invitation"


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """An invitation and its token; the token is shown once and never stored.

    `mailed_to`: the address to which the link goes as well; empty: none is known.
    """

    invitation: Invitation
    token: str
    mailed_to: str = ""


# Takes an invitation to its person outside of the product; gives the address, or "".
Carrier = Callable[[Invitation], str]
_carriers: list[Carrier] = []


def carried_by(carrier: Carrier) -> None:
    """Name who takes invitations to people. For apps above: called in AppConfig.ready."""
    _carriers.append(carrier)


@transaction.atomic
def invite(*, user_id: int, actor: User, now: datetime) -> IssuedLink:
    """Make a link for an account that has not been used yet; an earlier link is void.

    Raises:
        InvitationNotNeeded: closed, or its owner has chosen a password already.
        OtherAdministrator: as `accounts.services.reset_password`.
    """
    require(actor, Right.MANAGE_USERS, Right.GUARD_ACCOUNTS)
    user = selectors.user_list(actor=actor).select_for_update(of=("self",)).get(pk=user_id)
    if not user.is_active or not user.must_change_password:
        raise InvitationNotNeeded(
            f"{user.username} 已停用或已设置本人密码，不能再发邀请；忘记密码的请用重置密码。"
        )
    watches = user.role in ADMINISTRATORS and user.role != User.Role.SYSADMIN
    if watches and not allowed(actor, Right.GUARD_ACCOUNTS):
        raise OtherAdministrator(f"{user.get_role_display()}的邀请由安全管理员发出。", role=user.role)
    Invitation.objects.filter(user=user, closed_at=None).update(closed_at=now)
    days = rule_of(clock.day_of(now)).invitation_days
    row = Invitation.objects.create(
        user=user,
        digest=secrets.token_hex(32),  # until the row has its key, of which the token is made
        issued_by=actor,
        issued_at=now,
        expires_at=now + timedelta(days=days),
    )
    token = _token(row)
    row.digest = _digest(token)
    row.save(update_fields=["digest"])
    mailed_to = next((address for carry in _carriers if (address := carry(row))), "")
    _log(actor, "invitation.issued", user, {"有效天数": days, "邮件": mailed_to})
    return IssuedLink(row, token, mailed_to)


def token_again(pk: int, *, now: datetime) -> str:
    """The token of an open invitation, for the mail that takes it to its person. One query.

    Raises:
        InvitationOver: used, void or too old meanwhile, or signed with another secret.
    """
    row = Invitation.objects.filter(pk=pk, closed_at=None, expires_at__gt=now, user__is_active=True).first()
    if row is None or _digest(_token(row)) != row.digest:
        raise InvitationOver("邀请链接已使用、已作废或已过期，没有再发。")
    return _token(row)


def _token(row: Invitation) -> str:
    """Only who holds the installation's secret can make it of a row."""
    return signing.Signer(salt=_SALT).sign_object([row.user_id, row.pk])


def invited(token: str, *, now: datetime) -> Invitation:
    """The open invitation of a token. One query.

    Raises:
        InvitationOver: forged, used, void or too old; which of them is not said.
    """
    try:
        row = Invitation.objects.select_related("user", "user__organisation").get(
            digest=_digest(token), closed_at=None, expires_at__gt=now, user__is_active=True
        )
    except Invitation.DoesNotExist as error:
        raise InvitationOver("邀请链接无效、已使用或已过期；请联系本单位系统管理员重新发出。") from error
    return row


@transaction.atomic
def accept(*, token: str, password: str, now: datetime) -> User:
    """Set the first password, which the caller has validated, and close the link.

    Raises:
        InvitationOver: as `invited`; of two at once the second.
    """
    row = Invitation.objects.select_for_update().get(pk=invited(token, now=now).pk)
    if row.closed_at is not None:
        raise InvitationOver("邀请链接已使用；请直接登录。")
    user = User.objects.select_related("organisation").get(pk=row.user_id)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    _log(user, "invitation.used", user, {})
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _log(actor: User, verb: str, user: User, facts: dict[str, object]) -> None:
    path = user.organisation.path if user.organisation else ""
    record(actor=actor, verb=verb, subject=user, facts=facts, scope_path=path)
