"""From when on how much of what makes a panel of 七个一 stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from dispatch.rules.panels import MEANINGS, Meaning, Measure

MEASURES = [(measure.value, meaning.label) for measure, meaning in MEANINGS.items()]


class PanelCondition(models.Model):
    """`least` of a measure from a day on; 0: no longer asked for. The row in force applies, earlier ones
    stay. Public reference data. Source: S0-03.
    """

    measure = models.CharField("条件", max_length=14, choices=MEASURES)
    least = models.PositiveIntegerField("至少")
    effective_from = models.DateField("生效日期")
    note = models.CharField("依据或原因", max_length=300, blank=True)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="修改人"
    )
    entered_at = models.DateTimeField("修改时间", auto_now_add=True)

    class Meta:
        verbose_name = "七个一建立条件"
        ordering = ("measure", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="panel_condition_once", fields=["measure", "effective_from"]),
            models.CheckConstraint(
                name="panel_condition_share_of_a_hundred",
                condition=~Q(measure=Measure.HEADED.value) | Q(least__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meaning.label} {self.effective_from} 起"

    @property
    def meaning(self) -> Meaning:
        return MEANINGS[Measure(self.measure)]
