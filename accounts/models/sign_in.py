"""The rules of signing in, and what is kept of it: passwords that were, sessions, invitations, factors."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.directory import User
from accounts.scoping import OwnRowsQuerySet

IDLE_MINUTES = 30
ADMINISTRATORS_IDLE_MINUTES = 15


class SignInRule(models.Model):
    """What a password must be, when an account locks and a session ends, who needs a second factor.

    Dated. Source: domain.md 10, 等保 2.0: five failures lock for 30 minutes; 30 idle minutes end a
    session, of administrators 15.
    """

    effective_from = models.DateField("生效日期", unique=True)
    min_length = models.PositiveSmallIntegerField("密码最短位数", default=12)
    least_kinds = models.PositiveSmallIntegerField("字符种类至少（种）", default=3)
    history = models.PositiveSmallIntegerField("不得与前几次密码相同（次）", default=5)
    expires_days = models.PositiveSmallIntegerField("密码有效期（日，0 为不设）", default=0)
    tries = models.PositiveSmallIntegerField("连续输错几次锁定（次）", default=5)
    lock_minutes = models.PositiveSmallIntegerField("锁定时长（分钟）", default=30)
    idle_minutes = models.PositiveSmallIntegerField("空闲多久退出（分钟）", default=IDLE_MINUTES)
    admin_idle_minutes = models.PositiveSmallIntegerField(
        "管理员空闲多久退出（分钟）", default=ADMINISTRATORS_IDLE_MINUTES
    )
    invitation_days = models.PositiveSmallIntegerField("邀请链接有效期（日）", default=7)
    factor_roles = ArrayField(
        models.CharField(max_length=20, choices=User.Role), verbose_name="须用双因素的岗位", default=list
    )
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "登录安全规则"
        ordering = ("-effective_from",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sign_in_rule_is_not_below_the_law",
                condition=Q(
                    min_length__gte=8,
                    least_kinds__gte=3,
                    least_kinds__lte=4,
                    history__lte=24,
                    tries__gte=1,
                    tries__lte=10,
                    lock_minutes__gte=10,
                    idle_minutes__gte=1,
                    idle_minutes__lte=IDLE_MINUTES,
                    admin_idle_minutes__gte=1,
                    admin_idle_minutes__lte=IDLE_MINUTES,
                    invitation_days__gte=1,
                    invitation_days__lte=30,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class PasswordRecord(models.Model):
    """A password its owner chose, as it is stored; so that it is not chosen again soon."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_records", verbose_name="用户")
    digest = models.CharField("密码摘要", max_length=200)
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "用过的密码"
        indexes: ClassVar = [models.Index(name="password_records_of_user", fields=["user", "-set_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class OpenSessionQuerySet(OwnRowsQuerySet["OpenSession"]):
    owner_path = "user"


class OpenSession(models.Model):
    """A sign-in through the browser until it ends; each request asks whether it still holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="open_sessions", verbose_name="用户")
    address = models.GenericIPAddressField("来源地址", null=True)
    device = models.CharField("设备", max_length=60, blank=True)
    idle_minutes = models.PositiveSmallIntegerField("空闲多久退出（分钟）")
    began_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近操作")
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "登录"
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(name="sessions_open", fields=["user", "-id"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.began_at:%Y-%m-%d %H:%M}"


class Invitation(models.Model):
    """A link that lets somebody choose their first password, once. Only the token's digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations", verbose_name="用户")
    digest = models.CharField("链接摘要", max_length=64, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发出人")
    issued_at = models.DateTimeField("发出时间")
    expires_at = models.DateTimeField("有效至")
    closed_at = models.DateTimeField("使用或作废时间", null=True)

    class Meta:
        verbose_name = "邀请"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_open_invitation_each", fields=["user"], condition=Q(closed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at:%Y-%m-%d}"


class SecondFactor(models.Model):
    """The shared secret of an authenticator (TOTP), encrypted; in force once a code has proved it.

    `last_step` is the newest thirty seconds a code was taken for: no code is taken twice.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor", verbose_name="用户")
    secret = models.CharField("密钥（加密）", max_length=300)
    confirmed_at = models.DateTimeField("启用时间", null=True)
    last_step = models.BigIntegerField("最近使用的时间片", default=0)
    failures = models.PositiveSmallIntegerField("连续输错（次）", default=0)
    blocked_until = models.DateTimeField("暂停至", null=True)

    class Meta:
        verbose_name = "双因素"

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """A code on paper that stands in for the authenticator, once. Stored hashed."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="codes", verbose_name="双因素")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "恢复码"
        constraints: ClassVar = [
            models.UniqueConstraint(name="recovery_code_once", fields=["factor", "digest"])
        ]

    def __str__(self) -> str:
        return f"{self.factor_id}"
