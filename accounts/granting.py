"""Who may do what: the security administrator's word alone, each in the log."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import HoldsAnotherOffice, OwnAccount
from accounts.models import User
from accounts.rights import ADMINISTRATORS, Right, require
from accounts.services import Person, refuse_last, refuse_unfit
from audit.services import record


@transaction.atomic
def grant_role(*, user_id: int, role: User.Role, actor: User) -> User:
    """Give an account its one role, or with NONE take it away; what was asked for is settled.

    Raises:
        OwnAccount: nobody grants to themselves.
        HoldsAnotherOffice: the account, or another of the same mail address, is an administrator
            of another kind.
        RoleDoesNotFit: the role does not belong into the organisation.
        LastAdministrator: the last of a kind would go.

    Source: 等保 2.0 安全管理中心: 系统、安全、审计管理员分立.
    """
    require(actor, Right.GRANT_ROLES)
    rows = User.objects.visible_to(actor).select_related("organisation")
    user = rows.select_for_update(of=("self",)).get(pk=user_id)
    if user.pk == actor.pk:
        raise OwnAccount("不能给自己授予或收回岗位；请由另一位安全管理员办理。")
    if role != user.role and user.is_active:
        refuse_last(user)
    if role != User.Role.NONE:
        _refuse_two_offices(user, role)
        if user.organisation is not None:
            refuse_unfit(Person(user.username, user.title, user.email, role, user.organisation))
    before, user.role, user.asked_role = user.role, role, ""
    user.save(update_fields=["role", "asked_role"])
    record(
        actor=actor,
        verb="role.withdrawn" if role == User.Role.NONE else "role.granted",
        subject=user,
        facts={"原岗位": User.Role(before).label, "现岗位": role.label},
        scope_path=user.organisation.path if user.organisation else "",
    )
    return user


def _refuse_two_offices(user: User, role: User.Role) -> None:
    if role not in ADMINISTRATORS:
        return
    same = (
        User.objects.filter(email__iexact=user.email, is_active=True) if user.email else User.objects.none()
    )
    held = {user.role, *same.exclude(pk=user.pk).values_list("role", flat=True)}
    others = [User.Role(one).label for one in ADMINISTRATORS if one in held and one != role]
    if others:
        raise HoldsAnotherOffice(
            f"{user.username} 已是{'、'.join(others)}，三类管理员不得兼任；请先收回原岗位，或另授一人。",
            held=others,
        )
