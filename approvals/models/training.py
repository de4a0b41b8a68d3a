"""Trainings: who taught whom what, with the files of the library that were handed out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from approvals.models.library import LibraryItem


class Training(models.Model):
    """One training (培训). Public to every account, as the library is.

    `lecturers` lists {"name", "unit"}. The head-count is the sum of its units' people.
    """

    title = models.CharField("名称", max_length=200)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=100, blank=True)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="举办单位")
    lecturers = models.JSONField("师资", default=list)
    topics = models.TextField("内容", max_length=2000)
    materials = models.ManyToManyField(
        LibraryItem, related_name="trainings", blank=True, verbose_name="课件和资料"
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "培训"
        ordering = ("-held_on", "-pk")
        constraints = [
            models.UniqueConstraint(name="training_once", fields=["title", "held_on"]),
        ]

    def __str__(self) -> str:
        return self.title


class TrainingUnit(models.Model):
    """How many people of a unit attended, and who."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="units")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    people = models.PositiveSmallIntegerField("人数")
    names = models.CharField("人员", max_length=500, blank=True)

    class Meta:
        verbose_name = "参训单位"
        ordering = ("organisation__path",)
        constraints = [
            models.UniqueConstraint(name="training_unit_once", fields=["training", "organisation"]),
            models.CheckConstraint(name="training_unit_sent_somebody", condition=Q(people__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.people} 人"
