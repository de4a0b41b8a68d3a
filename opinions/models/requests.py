"""What one department was asked, and every word it said."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, User
from deadlines.models import Deadline
from opinions import rules
from opinions.models.rounds import Round
from projects.models.sharing import SharedProjectsQuerySet

VERDICTS = [(verdict.value, verdict.label) for verdict in rules.Verdict]

_MAY_LAPSE = """
    IF NOT EXISTS (
        SELECT FROM opinions_round r JOIN opinions_roundkind k ON k.id = r.kind_id
        WHERE r.id = NEW.round_id AND k.may_lapse
    ) THEN
        RAISE EXCEPTION 'opinion_only_siting_lapses: request % may not lapse', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_REPLY_FITS = """
    IF NOT EXISTS (
        SELECT FROM opinions_request q
        WHERE q.id = NEW.request_id
          AND (q.state = 'LAPSED' AND NEW.after_lapse
               OR q.state IN ('SENT', 'RECEIVED') AND NOT NEW.after_lapse)
    ) THEN
        RAISE EXCEPTION 'opinion_reply_fits_its_request: request % takes no such reply', NEW.request_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class RequestQuerySet(SharedProjectsQuerySet["Request"]):
    organisation_path = "round__project__organisation"
    department_path = "organisation"
    project_path = "round__project"

    def _of_department(self, path: str) -> Q | None:
        """What it was asked; a draft has asked nothing yet."""
        own = super()._of_department(path)
        return None if own is None else own & ~Q(state=Request.State.DRAFT)

    def open(self) -> RequestQuerySet:
        """Sent and neither answered, lapsed nor withdrawn."""
        return self.filter(state__in=Request.OPEN)


@pghistory.track()
class Request(models.Model):
    """One department in one round: delivery, receipt, clock, who handles it there, how it ended.

    `received_on` is the day it reached the department, `received_at` when that was entered.
    `lapsed_on` follows from the due date alone, `lapsed_at` is when the system wrote it down.
    One outcome: the states only move forwards, and the reply in time stands once.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "拟发"
        SENT = "SENT", "已发出"
        RECEIVED = "RECEIVED", "已签收"
        ANSWERED = "ANSWERED", "已反馈"
        LAPSED = "LAPSED", "视为同意"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    OPEN = ("SENT", "RECEIVED")

    round = models.ForeignKey(Round, models.PROTECT, related_name="requests", verbose_name="征求意见")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="opinion_requests", verbose_name="征求部门"
    )
    ask = models.CharField("征求内容", max_length=200, blank=True)
    reason = models.CharField("征求理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    sent_on = models.DateField("发出日期", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发出人")
    received_on = models.DateField("接到日期", null=True)
    received_at = models.DateTimeField("签收登记时间", null=True)
    received_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="签收登记人"
    )
    receipt_proof = models.CharField("送达凭证", max_length=200, blank=True)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="反馈期限"
    )
    handler = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="部门承办人")
    answered_on = models.DateField("反馈日期", null=True)
    lapsed_on = models.DateField("视为同意生效日", null=True)
    lapsed_at = models.DateTimeField("系统登记时间", null=True)
    lapse_facts = models.JSONField("视为同意依据", default=dict, encoder=DjangoJSONEncoder)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "部门意见"
        ordering = ("id",)
        indexes = [
            models.Index(name="opinion_request_by_unit", fields=["organisation", "state", "-id"]),
            models.Index(
                name="opinion_request_open", fields=["id"], condition=Q(state__in=["SENT", "RECEIVED"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="opinion_request_once_a_round", fields=["round", "organisation"]),
            models.CheckConstraint(
                name="opinion_request_sent_has_a_clock",
                condition=Q(state="DRAFT", deadline__isnull=True)
                | Q(sent_on__isnull=False, sent_at__isnull=False, deadline__isnull=False),
            ),
            models.CheckConstraint(
                name="opinion_request_received_after_it_was_sent",
                condition=Q(received_on__isnull=True)
                | Q(received_on__gte=F("sent_on"), received_at__isnull=False),
            ),
            models.CheckConstraint(
                name="opinion_request_one_outcome",
                condition=Q(state="ANSWERED", answered_on__isnull=False, lapsed_on__isnull=True)
                | Q(
                    state="LAPSED", lapsed_on__isnull=False, lapsed_at__isnull=False, answered_on__isnull=True
                )
                | Q(state="WITHDRAWN", answered_on__isnull=True, lapsed_on__isnull=True)
                & ~Q(withdrawn_reason="")
                | Q(
                    state__in=["DRAFT", "SENT", "RECEIVED"], answered_on__isnull=True, lapsed_on__isnull=True
                ),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="opinion_request_moves_forwards",
                field="state",
                transitions=[
                    ("DRAFT", "SENT"),
                    ("SENT", "RECEIVED"),
                    ("SENT", "ANSWERED"),
                    ("SENT", "LAPSED"),
                    ("SENT", "WITHDRAWN"),
                    ("RECEIVED", "ANSWERED"),
                    ("RECEIVED", "LAPSED"),
                    ("RECEIVED", "WITHDRAWN"),
                ],
            ),
            pgtrigger.Trigger(
                name="opinion_only_siting_lapses",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="LAPSED"),
                func=_MAY_LAPSE,
            ),
            pgtrigger.Protect(
                name="opinion_request_sent_stays",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="DRAFT"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} → {self.organisation.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("opinions:request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def due_on(self) -> date | None:
        """The last day for an answer; None before sending and while material is awaited."""
        return self.deadline.due_on if self.deadline is not None else None


class ReplyQuerySet(SharedProjectsQuerySet["Reply"]):
    organisation_path = "request__round__project__organisation"
    department_path = "request__organisation"
    project_path = "request__round__project"


class Reply(models.Model):
    """One word of a department. Immutable.

    `is_late`: after the last day. `after_lapse`: when silence was consent already; it is kept apart
    and changes nothing. Through a signed link nobody is signed in: then `signer` says who answered.
    """

    request = models.ForeignKey(Request, models.PROTECT, related_name="replies", verbose_name="征求意见")
    verdict = models.CharField("意见", max_length=14, choices=VERDICTS)
    text = models.TextField("意见内容", max_length=2000, blank=True)
    conditions = models.TextField("条件", max_length=2000, blank=True)
    answered_on = models.DateField("反馈日期")
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    signer = models.CharField("签发人", max_length=60, blank=True)
    via_link = models.BooleanField("经链接反馈", default=False)
    is_late = models.BooleanField("逾期", default=False)
    after_lapse = models.BooleanField("逾期，已视为同意", default=False)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = "反馈意见"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                name="opinion_reply_one_that_counts",
                fields=["request"],
                condition=Q(after_lapse=False) & ~Q(verdict="MORE_NEEDED"),
            ),
            models.CheckConstraint(
                name="opinion_reply_conditions_are_written",
                condition=~Q(verdict="CONDITIONAL") | ~Q(conditions=""),
            ),
            models.CheckConstraint(
                name="opinion_reply_by_somebody", condition=Q(entered_by__isnull=False) | ~Q(signer="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="opinion_reply_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="opinion_reply_fits_its_request",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=_REPLY_FITS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request.organisation}：{self.get_verdict_display()}"


class SupplementQuerySet(SharedProjectsQuerySet["Supplement"]):
    organisation_path = "reply__request__round__project__organisation"
    department_path = "reply__request__organisation"
    project_path = "reply__request__round__project"


class Supplement(models.Model):
    """What was handed in when a department asked for more. Immutable."""

    reply = models.OneToOneField(Reply, models.PROTECT, related_name="supplement", verbose_name="补充要求")
    note = models.CharField("补充内容", max_length=500)
    supplied_on = models.DateField("补充日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")

    objects = SupplementQuerySet.as_manager()

    class Meta:
        verbose_name = "补充材料"
        ordering = ("id",)
        constraints = [models.CheckConstraint(name="opinion_supplement_says_what", condition=~Q(note=""))]
        triggers = [
            pgtrigger.Protect(
                name="opinion_supplement_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.note
