"""The list's filters: one set for the page, the export and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Tenure, User
from core import clock
from deadlines.models import Deadline
from deadlines.rules import Lamp
from deadlines.rules.lamps import WORST_FIRST
from deadlines.selectors import open_stages
from projects import selectors
from projects.models import (
    PROVINCIAL_UP,
    CollectionWindow,
    FileLevel,
    FileStop,
    Link,
    ListKind,
    Project,
    ProjectQuerySet,
)
from projects.selectors.list_kinds import list_kinds, list_names
from projects.selectors.verification import stale_projects
from projects.selectors.words import projects_with, with_words
from ui.filters import FilterSet, offer
from ui.lamps import LAMP_WORDS

UP_FROM_PROVINCE = "PROVINCIAL_UP"
ANY_STATUS = "ANY"  # whoever looks for a project need not know how far it has come
_LAMPS = [(lamp.value, LAMP_WORDS[lamp.value]) for lamp in WORST_FIRST if lamp is not Lamp.DONE]
_WINDOWS = [
    ("overdue", "已过到期日"),
    ("3wd", "3 个工作日内"),
    ("week", "本周"),
    ("5wd", "5 个工作日内"),
    ("month", "本月"),
]
_FOCUS = [("mine", "我的"), ("unassigned", "未分派"), ("stale", "久未核实"), ("leaderless", "无领办领导")]
_FILES = [*FileLevel.choices, ("mine", "由我跟办"), ("nowhere", "未登记")]


@dataclass(frozen=True, slots=True)
class Offers:
    """What a reader may choose from; a page with several filtersets asks once."""

    units: Sequence[tuple[str, str]] = ()
    kinds: Sequence[ListKind] = ()
    stages: Sequence[str] = ()
    unit_ids: Mapping[str, int] = field(default_factory=dict)


def offers_for(actor: User) -> Offers:
    """Units and stages of the actor's list. One query."""
    units = selectors.reporting_units(actor=actor)
    return Offers(
        units=[(unit.code, unit.short_name) for unit in units],
        kinds=list_kinds(),
        stages=open_stages([unit.pk for unit in units]),
        unit_ids={unit.code: unit.pk for unit in units},
    )


class ProjectFilterSet(FilterSet):
    """Names of the parameters: q, unit, category, priority, track, stage, focus, lamp (repeatable),
    due, status, year (of the annual list), level. Works on `selectors.project_list`.
    """

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 编号 / 拼音 / 文号", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(label="县市", method="by_unit", choices=(), empty_label="全部")
    category = django_filters.ChoiceFilter(
        label="清单类别", method="by_category", choices=(), empty_label="全部"
    )
    priority = django_filters.ChoiceFilter(
        label="项目类别",
        field_name="priority_class",
        choices=Project.PriorityClass.choices,
        empty_label="全部",
    )
    track = django_filters.ChoiceFilter(label="审批轨道", choices=Project.Track.choices, empty_label="全部")
    stage = django_filters.ChoiceFilter(label="当前环节", method="by_stage", choices=(), empty_label="全部")
    due = django_filters.ChoiceFilter(label="到期日", method="by_due", choices=_WINDOWS, empty_label="不限")
    focus = django_filters.ChoiceFilter(label="关注点", method="by_focus", choices=_FOCUS, empty_label="不限")
    file = django_filters.ChoiceFilter(label="报件现在", method="by_file", choices=_FILES, empty_label="不限")
    status = django_filters.ChoiceFilter(
        label="清单状态",
        choices=[
            (ANY_STATUS, "全部"),
            *((value, label) for value, label in Project.Status.choices if value != Project.Status.REMOVED),
        ],
        empty_label="已采纳",
        method="by_status",
    )
    year = django_filters.NumberFilter(field_name="annual_list__year", widget=forms.HiddenInput)
    level = django_filters.ChoiceFilter(choices=Project.Level.choices, widget=forms.HiddenInput)
    lamp = django_filters.MultipleChoiceFilter(
        label="状态", method="by_lamp", choices=_LAMPS, widget=forms.CheckboxSelectMultiple
    )

    at_most: int | None = None  # so many rows were named by what is searched for; known with `qs`

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, offers: Offers | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        self.offers = offers = offers or offers_for(self.request.user)
        offer(self, "unit", offers.units)
        kinds = [(kind.code, kind.name) for kind in offers.kinds]
        offer(self, "category", [*kinds, (UP_FROM_PROVINCE, "省重点以上")])
        stages = set(offers.stages)
        if self.data and self.data.get("stage"):
            stages.add(self.data["stage"])  # a bookmark of a stage nobody stands in: no rows, no error
        offer(self, "stage", [(stage, stage) for stage in sorted(stages)])

    @property
    def today(self) -> date:
        return clock.today()

    def filter_queryset(self, queryset: QuerySet[Project]) -> QuerySet[Project]:
        if self.errors:
            return queryset.none()
        rows: QuerySet[Project] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("status") else rows.filter(status=Project.Status.ADOPTED)

    def by_words(self, rows: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        found = projects_with(value)
        self.at_most = found.at_most
        return rows.filter(found.condition)

    def by_unit(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """By its id: asked through the code the database would not know how few rows there are."""
        return rows.filter(organisation_id=self.offers.unit_ids[value])

    def by_focus(self, rows: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        if value == "stale":
            return stale_projects(rows, today=self.today)
        return rows.filter(_focus_condition(value, self.request.user, self.today))

    def by_category(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        if value == UP_FROM_PROVINCE:
            high = [kind.code for kind in self.offers.kinds if kind.counts_as in PROVINCIAL_UP]
            return rows.filter(list_category__in=high)
        return rows.filter(list_category=value)

    def by_stage(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        return rows.filter(pk__in=Deadline.objects.open().filter(stage=value).values("project_id"))

    def by_file(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Where the file lies now, whether the reader accompanies it, or that nobody said."""
        now = FileStop.objects.current().filter(project=OuterRef("pk"))
        if value == "nowhere":
            return rows.exclude(Exists(now))
        if value == "mine":
            return rows.filter(Exists(now.filter(companion=self.request.user)))
        return rows.filter(Exists(now.filter(level=value)))

    def by_status(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        return rows if value == ANY_STATUS else rows.filter(status=value)

    def by_lamp(self, rows: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """The project's own lamp; together with a stage, the lamp of what runs in that stage."""
        if not value:
            return rows
        stage = self.form.cleaned_data.get("stage")
        if stage:
            shining: QuerySet[Any] = Deadline.objects.open().filter(stage=stage).with_lamp(self.today)
            return rows.filter(pk__in=shining.filter(lamp__in=value).values("project_id"))
        conditions = selectors.lamp_conditions(self.today)
        chosen = Q()
        for lamp, condition in conditions.items():
            if lamp.value in value:
                chosen |= condition
        return rows.filter(chosen)

    def by_due(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Any open deadline whose due date lies in the window, both ends included; or is past it."""
        running = Deadline.objects.open().exclude(state=Deadline.State.PAUSED)
        if value == "overdue":
            return rows.filter(pk__in=running.past_end(self.today).values("project_id"))
        window = self._window(value)
        return rows.filter(pk__in=running.filter(due_on__range=window).values("project_id"))

    def _window(self, value: str) -> tuple[date, date]:
        today = self.today
        if value == "week":
            monday = today - timedelta(days=today.weekday())
            return monday, monday + timedelta(days=6)
        if value == "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return today, selectors.working_days_ahead(today=today, days=int(value[0]))


class WaitingFilterSet(FilterSet):
    """The screening queue: q, unit, list_category, window, status."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 代码 / 拼音", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    list_category = django_filters.ChoiceFilter(label="清单类别", choices=(), empty_label="全部")
    window = django_filters.ModelChoiceFilter(
        label="批次", queryset=CollectionWindow.objects.none(), empty_label="全部"
    )
    status = django_filters.ChoiceFilter(choices=Project.Status.choices, widget=forms.HiddenInput)

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = selectors.reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])
        offer(self, "list_category", list_names().items())
        self.filters["window"].queryset = CollectionWindow.objects.visible_to(self.request.user)

    def by_words(self, rows: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        return with_words(rows, value)


def _focus_condition(focus: str, actor: User, today: date) -> Q:
    """What needs somebody's look: mine by step or by post, nobody's, without a leader."""
    linked = Link.objects.active()
    if focus == "mine":
        # Two lookups of a few rows each; as an "or" of EXISTS both were asked for every project.
        posts = Tenure.objects.on(today).filter(user=actor).values("post")
        by_step = Deadline.objects.open().filter(holder=actor, project_id__isnull=False)
        return Q(
            pk__in=by_step.order_by()
            .values("project_id")
            .union(linked.filter(post__in=posts).order_by().values("project_id"))
        )
    if focus == "unassigned":
        running = Deadline.objects.open().filter(project_id=OuterRef("pk"))
        return Q(Exists(running.filter(holder__isnull=True, role=Deadline.Role.HANDLING)))
    led = linked.filter(project_id=OuterRef("pk"), kind=Link.Kind.LEAD_LEADER)
    return Q(status=Project.Status.ADOPTED) & ~Q(Exists(led))
