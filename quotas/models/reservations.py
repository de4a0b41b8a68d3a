"""Quota set aside: held on application, locked on approval, then posted or released."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from projects.models import Project
from quotas import rules
from quotas.models.ledger import Account

POOLS = [(pool.value, pool.label) for pool in rules.Pool]


class ReservationQuerySet(ScopedQuerySet["Reservation"]):
    organisation_path = "applicant"

    def running(self) -> ReservationQuerySet:
        """Those that still set quota aside."""
        return self.filter(state__in=Reservation.RUNNING)


class Reservation(models.Model):
    """What is set aside for an applicant, and until when.

    Its lines name the accounts; the amounts lie in the RESERVED twin of each until they are posted
    (used for good) or released (back to where they came from), which may happen in parts.
    `application_id` names the application on the same floor without tying this table to it.
    """

    class State(models.TextChoices):
        HELD = "HELD", "已预占"
        LOCKED = "LOCKED", "已锁定"
        POSTED = "POSTED", "已核销"
        RELEASED = "RELEASED", "已释放"

    RUNNING: ClassVar[tuple[str, ...]] = (State.HELD, State.LOCKED)

    request_key = models.UUIDField("请求编号", default=uuid.uuid4, unique=True, editable=False)
    pool = models.CharField("调节池", max_length=12, choices=POOLS)
    state = models.CharField("状态", max_length=10, choices=State, default=State.HELD)
    applicant = models.ForeignKey(
        Organisation, models.PROTECT, related_name="quota_reservations", verbose_name="使用单位"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="quota_reservations", verbose_name="项目"
    )
    application_id = models.BigIntegerField("申请", null=True)
    reason = models.CharField("事由", max_length=300)
    document_no = models.CharField("文号", max_length=120, blank=True)
    held_on = models.DateField("预占日期")
    expires_on = models.DateField("预占有效期至")
    locked_on = models.DateField("锁定日期", null=True)
    use_by_on = models.DateField("使用期限至", null=True)
    use_deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="使用期限"
    )
    closed_on = models.DateField("办结日期", null=True)
    held_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人")

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = "指标预占"
        ordering = ("-id",)
        indexes = [
            models.Index(
                name="quota_reservation_expiring",
                fields=["expires_on"],
                condition=Q(state="HELD"),
            ),
            models.Index(name="quota_reservation_by_project", fields=["project", "-id"]),
            models.Index(name="quota_reservation_by_applicant", fields=["applicant", "-id"]),
            models.Index(
                name="quota_reservation_by_applic",
                fields=["application_id"],
                condition=Q(application_id__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="quota_reservation_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="quota_reservation_ends_after_it_begins", condition=Q(expires_on__gte=F("held_on"))
            ),
            models.CheckConstraint(
                name="quota_reservation_locked_has_its_day", condition=~Q(state="LOCKED", locked_on=None)
            ),
            models.CheckConstraint(
                name="quota_reservation_closed_has_its_day",
                condition=Q(state__in=["HELD", "LOCKED"], closed_on=None)
                | Q(state__in=["POSTED", "RELEASED"], closed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_pool_display()}预占：{self.reason}"

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def use_until(self) -> date | None:
        """The last day of use in time: the prescribed one, or its clock's, moved off a day off.

        Source: 民法典 203.
        """
        return (self.use_deadline.due_on if self.use_deadline else None) or self.use_by_on


class ReservationLineQuerySet(ScopedQuerySet["ReservationLine"]):
    organisation_path = "reservation__applicant"


class ReservationLine(models.Model):
    """So much of one account (the AVAILABLE one it came from), in m² or kg.

    `posted` and `released` are what happened to it since; the rest still lies set aside.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="lines", verbose_name="预占")
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="reservation_lines", verbose_name="来源账户"
    )
    amount = models.BigIntegerField("数量（平方米、公斤）")
    posted = models.BigIntegerField("已核销", default=0)
    released = models.BigIntegerField("已释放", default=0)

    objects = ReservationLineQuerySet.as_manager()

    class Meta:
        verbose_name = "预占明细"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="quota_reservation_line_once", fields=["reservation", "account"]),
            models.CheckConstraint(name="quota_reservation_line_sets_aside", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="quota_reservation_line_adds_up",
                condition=Q(posted__gte=0, released__gte=0, amount__gte=F("posted") + F("released")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def left(self) -> int:
        """What still lies set aside."""
        return self.amount - self.posted - self.released
