"""Bulletins: what the office reports of a week or a matter, numbered by kind and year."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from accounts.scoping import ScopedQuerySet
from consultations import rules
from consultations.models.council import Council
from papers.models import Paper

SECTIONS = [(section.value, section.label) for section in rules.Section]


class BulletinQuerySet(ScopedQuerySet["Bulletin"]):
    organisation_path = "council__organisation"


class Bulletin(models.Model):
    """One issue: drafted from what happened between two days, edited, then issued for good.

    `document` is the Word file as it was issued.
    """

    class Kind(models.TextChoices):
        BRIEF = "BRIEF", "简报"
        SPECIAL = "SPECIAL", "信息专报"

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        ISSUED = "ISSUED", "已印发"

    council = models.ForeignKey(Council, models.PROTECT, related_name="bulletins", verbose_name="会商组织")
    kind = models.CharField("种类", max_length=10, choices=Kind, default=Kind.BRIEF)
    title = models.CharField("标题", max_length=120)
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    copies_to = models.CharField("抄送", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    year = models.PositiveSmallIntegerField("年度", null=True)
    number = models.PositiveSmallIntegerField("期号", null=True)
    document = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="印发文件")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="编报人")
    drafted_on = models.DateField("编报日期")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="印发人")
    issued_on = models.DateField("印发日期", null=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "简报专报"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                name="bulletin_number_once", fields=["council", "kind", "year", "number"]
            ),
            models.CheckConstraint(
                name="bulletin_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(
                name="bulletin_issued_with_number_and_file",
                condition=Q(state="DRAFT")
                | Q(
                    year__isnull=False,
                    number__gt=0,
                    issued_on__isnull=False,
                    issued_by__isnull=False,
                    document__isnull=False,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="bulletin_issued_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="ISSUED"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultations:bulletin", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def number_text(self) -> str:
        """As it is printed under the red mark; empty for a draft."""
        return f"〔{self.year}〕第{self.number}期" if self.number else ""


class BulletinItemQuerySet(ScopedQuerySet["BulletinItem"]):
    organisation_path = "bulletin__council__organisation"


class BulletinItem(models.Model):
    """One paragraph under one heading."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="items", verbose_name="简报专报")
    section = models.CharField("栏目", max_length=10, choices=SECTIONS)
    place = models.PositiveSmallIntegerField("顺序")
    text = models.TextField("内容", max_length=2000)

    objects = BulletinItemQuerySet.as_manager()

    class Meta:
        verbose_name = "简报条目"
        ordering = ("place", "id")
        constraints = [
            models.CheckConstraint(name="bulletin_item_says_something", condition=~Q(text="")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="bulletin_item_issued_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM consultations_bulletin
                        WHERE state = 'ISSUED' AND id IN (NEW.bulletin_id, OLD.bulletin_id)
                    ) THEN
                        RAISE EXCEPTION 'bulletin_item_issued_stays';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]
