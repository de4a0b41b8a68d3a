"""Topics: what a unit wants the council to take up, and where each stands."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, User
from consultations import rules
from consultations.models.council import Council
from consultations.models.scoping import ConcernedQuerySet
from consultations.models.settings import TopicKind
from projects.models import Project

SCOPES = [(scope.value, scope.label) for scope in rules.Scope]
STATES = [(state.value, state.label) for state in rules.State]


class TopicQuerySet(ConcernedQuerySet["Topic"]):
    organisation_path = "council__organisation"
    concerned = ("organisation", "raised_by_unit", "lead", "units")

    def waiting(self) -> TopicQuerySet:
        """Collected and not yet on an agenda."""
        return self.filter(state=rules.State.COLLECTED)

    def open(self) -> TopicQuerySet:
        return self.exclude(state__in=Topic.OVER)


@pghistory.track()
class Topic(models.Model):
    """One matter for the council.

    `organisation` is the county it lies in (the prefecture for what concerns all), `stuck_since`
    the day from which the agenda counts. `source_*` name what it was raised from, as plain values:
    a red step, an open problem, a shortage of quota. What the leading group takes up (`is_for_group`)
    need not lie in a class of the council's scope.
    """

    class Source(models.TextChoices):
        UNIT = "UNIT", "单位提出"
        PROBLEM = "PROBLEM", "问题清单"
        STEP = "STEP", "逾期步骤"
        QUOTA = "QUOTA", "指标缺口"

    OVER = ("CLOSED", "RETURNED")

    council = models.ForeignKey(Council, models.PROTECT, related_name="topics", verbose_name="会商组织")
    title = models.CharField("议题", max_length=120)
    kind = models.ForeignKey(TopicKind, models.PROTECT, related_name="topics", verbose_name="会商内容")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name="项目"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="topics_inside", verbose_name="所属地区"
    )
    raised_by_unit = models.ForeignKey(
        Organisation, models.PROTECT, related_name="raised_topics", verbose_name="提出单位"
    )
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    raised_on = models.DateField("提出日期")
    stuck_since = models.DateField("受阻自")
    situation = models.TextField("情况和困难", max_length=2000)
    proposal = models.TextField("建议", max_length=2000, blank=True)
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="led_topics", verbose_name="牵头单位")
    units = models.ManyToManyField(
        Organisation, related_name="concerning_topics", blank=True, verbose_name="涉及单位"
    )
    scopes = ArrayField(
        models.CharField(max_length=20, choices=SCOPES), verbose_name="会商范围", default=list, blank=True
    )
    scope_reason = models.CharField("范围依据", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, choices=STATES, default=rules.State.RAISED.value)
    state_reason = models.CharField("办理说明", max_length=500, blank=True)
    state_since = models.DateField("进入本状态")
    source = models.CharField("来源", max_length=10, choices=Source, default=Source.UNIT)
    source_id = models.BigIntegerField("来源编号", null=True)
    is_for_group = models.BooleanField("领导小组研究", default=False)
    source_label = models.CharField("来源说明", max_length=200, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "会商议题"
        ordering = ("-id",)
        indexes = [
            models.Index(name="topic_by_state", fields=["state", "-id"]),
            models.Index(name="topic_by_project", fields=["project", "-id"]),
        ]
        constraints = [
            # One open topic for one thing: raising it again from a list finds the first.
            models.UniqueConstraint(
                name="topic_source_open_once",
                fields=["source", "source_id"],
                condition=Q(source_id__isnull=False) & ~Q(state__in=["CLOSED", "RETURNED"]),
            ),
            models.CheckConstraint(
                name="topic_collected_in_a_scope",
                condition=Q(state__in=["RAISED", "RETURNED", "REFERRED", "CLOSED"])
                | Q(scopes__len__gt=0)
                | Q(is_for_group=True),
            ),
            models.CheckConstraint(
                name="topic_moved_aside_with_a_reason",
                condition=~Q(state__in=["RETURNED", "REFERRED", "ESCALATED"]) | ~Q(state_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="topic_follows_its_way",
                field="state",
                transitions=[
                    (state.value, to.value)
                    for state, following in rules.NEXT_STATES.items()
                    for to in sorted(following)
                ],
            ),
            pgtrigger.Protect(name="topic_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultations:topic", args=[self.pk])

    @property
    def scope_labels(self) -> list[str]:
        return [rules.Scope(scope).label for scope in self.scopes]

    @property
    def next_states(self) -> frozenset[rules.State]:
        return rules.NEXT_STATES[rules.State(self.state)]
