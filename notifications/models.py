"""The outbox: what people are told, and over which channel it went."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.scoping import OwnRowsQuerySet

# A mail claimed longer ago than this and not confirmed is given up: its sender has crashed.
CONFIRMED_WITHIN = timedelta(minutes=5)


class MessageQuerySet(OwnRowsQuerySet["Message"]):
    owner_path = "recipient_id"

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at__isnull=True)


class Message(models.Model):
    """One thing one person is told in the product. Exactly once: `key` is unique per person."""

    class Kind(models.TextChoices):
        REMINDER = "REMINDER", "到期提醒"
        OVERDUE = "OVERDUE", "逾期提醒"
        ANSWER = "ANSWER", "审核结果"
        JOB = "JOB", "后台任务"
        NOTICE = "NOTICE", "通知"

    recipient = models.ForeignKey(User, models.CASCADE, related_name="messages", verbose_name="收件人")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    key = models.CharField("唯一键", max_length=200)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(name="message_once", fields=["recipient", "key"])]
        indexes = [
            models.Index(
                name="message_unread", fields=["recipient", "-id"], condition=Q(read_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def lamp(self) -> str:
        """The lamp beside a reminder; nothing beside other news."""
        return {"REMINDER": "amber", "OVERDUE": "red"}.get(self.kind, "")


class PreferenceQuerySet(OwnRowsQuerySet["Preference"]):
    owner_path = "user_id"


class Preference(models.Model):
    """Over which channels a person wants to be told outside of the product, and whether in one digest.

    In the product everybody is told everything. Without a row: by mail, one by one.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="preference", verbose_name="用户")
    by_mail = models.BooleanField("邮件", default=True)
    robot = models.CharField("群机器人", max_length=12, blank=True)
    robot_key = models.CharField("机器人密钥", max_length=120, blank=True)
    daily_digest = models.BooleanField("每日汇总", default=False)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "接收方式"
        constraints = [
            models.CheckConstraint(
                name="preference_robot_with_key",
                condition=Q(robot="", robot_key="") | (~Q(robot="") & ~Q(robot_key="")),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class DeliveryQuerySet(OwnRowsQuerySet["Delivery"]):
    owner_path = "message__recipient_id"

    def waiting(self) -> DeliveryQuerySet:
        """Planned and not yet claimed."""
        return self.filter(claimed_at__isnull=True)

    def due(self, now: datetime) -> DeliveryQuerySet:
        """Waiting, and allowed to leave by now: no quiet hours, no rest before another try."""
        return self.waiting().filter(Q(not_before__isnull=True) | Q(not_before__lte=now))

    def unconfirmed(self, *, claimed_before: datetime) -> DeliveryQuerySet:
        """Claimed, not confirmed: refused by the mailbox, or a crash in between.

        Shown for resending by hand. A fresh claim without an error may still be on its way.
        """
        given_up = ~Q(error="") | Q(claimed_at__lt=claimed_before)
        return self.filter(given_up, claimed_at__isnull=False, sent_at__isnull=True)


class Delivery(models.Model):
    """One message over one channel: planned → claimed → sent, at most once.

    The row is claimed before the mail leaves. A crash in between loses one mail and never sends
    two; such rows are listed for resending by hand. A refusal that the server itself calls
    temporary goes back among the waiting for a while.
    """

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", "邮件"
        WECOM = "WECOM", "企业微信机器人"
        DINGTALK = "DINGTALK", "钉钉机器人"
        FEISHU = "FEISHU", "飞书机器人"

    ROBOTS = (Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    address = models.CharField("地址", max_length=254)
    planned_at = models.DateTimeField("计划时间", auto_now_add=True)
    # Quiet hours, or the rest before a temporary refusal is tried again; null: at once.
    not_before = models.DateTimeField("最早发出", null=True)
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    claimed_at = models.DateTimeField("领取时间", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    error = models.CharField("失败原因", max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "投递"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["message", "channel"]),
            models.CheckConstraint(
                name="delivery_sent_only_when_claimed",
                condition=Q(sent_at__isnull=True) | Q(claimed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="delivery_waiting", fields=["id"], condition=Q(claimed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"
