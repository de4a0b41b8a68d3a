"""提前对接、函告: somebody is named for a project and writes to its owner before the papers are due."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from projects.models.projects import Project


class LetterTemplate(models.Model):
    """The words of the letter to a project's owner, dated. Public reference.

    Placeholders: {项目名称} {建设单位} {县市} {材料} {对接人} {电话}.
    """

    title = models.CharField("标题", max_length=100)
    body = models.TextField("正文")
    materials = models.TextField("请准备的材料", help_text="每行一项。")
    reply_days = models.PositiveSmallIntegerField("回执时限（工作日）", default=5)
    note = models.CharField("依据或原因", max_length=300, blank=True)
    effective_from = models.DateField("生效日期", unique=True)

    class Meta:
        verbose_name = "函告模板"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return self.title


class PreContactQuerySet(ScopedQuerySet["PreContact"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


@pghistory.track()
class PreContact(models.Model):
    """One round of early contact: who is named, the letter as it was sent, the owner's receipt."""

    class State(models.TextChoices):
        ASSIGNED = "ASSIGNED", "已指派"
        SENT = "SENT", "已函告"
        RECEIVED = "RECEIVED", "已回执"

    project = models.ForeignKey(Project, models.PROTECT, related_name="pre_contacts", verbose_name="项目")
    person = models.ForeignKey(User, models.PROTECT, related_name="pre_contacts", verbose_name="对接人")
    phone = models.CharField("联系电话", max_length=40, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.ASSIGNED)
    assigned_on = models.DateField("指派日期")
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="指派人")
    letter_no = models.CharField("函号", max_length=60, blank=True)
    letter_on = models.DateField("函告日期", null=True)
    addressee = models.CharField("受函单位", max_length=200, blank=True)
    letter_title = models.CharField("函标题", max_length=100, blank=True)
    letter_body = models.TextField("函正文", blank=True)
    materials = models.TextField("请准备的材料", blank=True)
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="回执期限"
    )
    received_on = models.DateField("回执日期", null=True)
    received_by = models.CharField("回执人", max_length=60, blank=True)
    receipt_note = models.CharField("回执情况", max_length=300, blank=True)

    objects = PreContactQuerySet.as_manager()

    class Meta:
        verbose_name = "提前对接"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="pre_contact_letter_has_a_day",
                condition=Q(state="ASSIGNED", letter_on__isnull=True)
                | ~Q(state="ASSIGNED") & Q(letter_on__isnull=False) & ~Q(addressee=""),
            ),
            models.CheckConstraint(
                name="pre_contact_receipt_has_a_day",
                condition=Q(state="RECEIVED", received_on__isnull=False)
                | ~Q(state="RECEIVED") & Q(received_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_state_display()}"
