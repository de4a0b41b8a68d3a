"""七个一: the seven things a bureau sets up for its projects, and whether each stands.

What has to be there is data (dispatch.models.PanelCondition); here it is counted.

Source: S0-03 (专班、机制、培训、资料、流程、清单、成果各一套).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, Sum
from django.urls import reverse

from accounts.models import User
from approvals.models import LandDocument, LibraryItem, StepType, Training, TrainingUnit
from deadlines.rules import Lamp
from dispatch.models import Ladder, Round, RoundKind, RoundRule
from dispatch.rules.panels import Measure, lacking
from dispatch.rules.panels import Panel as Kind
from dispatch.selectors.panels import conditions_on
from duties.selectors import open_problems
from projects.models import AnnualListVersion, Project, TaskForce, TaskForceMember
from ui.parts import Action


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the seven: what stands, in sentences, and what is lacking.

    Attributes:
        figure, unit: the one number of the panel.
        lacking: what to do until it stands; empty when it does.
        links: the pages that hold it, the first the most important.
    """

    label: str
    figure: int
    unit: str
    facts: Sequence[str]
    links: Sequence[Action]
    lacking: Sequence[str] = field(default_factory=tuple)

    @property
    def lamp(self) -> Lamp:
        return Lamp.AMBER if self.lacking else Lamp.DONE

    @property
    def word(self) -> str:
        return "待完善" if self.lacking else "已建立"


@dataclass(frozen=True, slots=True)
class _Asked:
    """On which day the panels are read, and what each measure has to reach then."""

    today: date
    least: Mapping[Measure, int]

    def lacking(self, kind: Kind, found: Mapping[Measure, int]) -> list[str]:
        return lacking(kind, found=found, least=self.least, year=self.today.year)


def seven_panels(*, actor: User, today: date) -> list[Panel]:
    """The seven panels as the actor may see them. A fixed number of queries."""
    asked = _Asked(today, conditions_on(today))
    return [
        _task_forces(actor, asked),
        _mechanism(asked),
        _trainings(asked),
        _materials(asked),
        _procedure(asked),
        _lists(actor, asked),
        _results(actor, asked),
    ]


def _task_forces(actor: User, asked: _Asked) -> Panel:
    standing = TaskForce.objects.visible_to(actor).standing()
    heads = TaskForceMember.objects.on(asked.today).filter(role=TaskForceMember.Role.HEAD)
    found = standing.aggregate(
        total=Count("pk"), headed=Count("pk", filter=Q(pk__in=heads.values("task_force")))
    )
    measured = {Measure.FORCES: found["total"]}
    if found["total"]:
        measured[Measure.HEADED] = 100 * found["headed"] // found["total"]
    return Panel(
        Kind.TASK_FORCE,
        found["total"],
        "个",
        [f"已明确组长 {found['headed']} 个"],
        [Action("工作专班", reverse("projects:task-forces")), Action("责任缺口", reverse("projects:gaps"))],
        asked.lacking(Kind.TASK_FORCE, measured),
    )


def _mechanism(asked: _Asked) -> Panel:
    rules = RoundRule.objects.filter(effective_from__lte=asked.today).values("kind").distinct().count()
    ladders = Ladder.objects.filter(effective_from__lte=asked.today).count()
    frozen = Round.objects.filter(kind=RoundKind.WEEK, frozen_at__isnull=False)
    last = frozen.order_by("-year", "-number").first()
    measured = {
        Measure.ROUND_KINDS: rules,
        Measure.LADDERS: ladders,
        Measure.FROZEN_WEEKS: frozen.count(),
    }
    return Panel(
        Kind.MECHANISM,
        rules,
        "种调度",
        [f"最近定稿 {last.year} 年第 {last.number} 周" if last else "尚无定稿的周调度"],
        [Action("调度", reverse("dispatch:rounds")), Action("任务清单", reverse("duties:tasks"))],
        asked.lacking(Kind.MECHANISM, measured),
    )


def _trainings(asked: _Asked) -> Panel:
    year = asked.today.year
    this_year = Training.objects.filter(held_on__year=year)
    number = this_year.count()
    people = TrainingUnit.objects.filter(training__in=this_year).aggregate(total=Sum("people"))["total"] or 0
    return Panel(
        Kind.TRAINING,
        number,
        "次",
        [f"{year} 年参训 {people} 人次"],
        [Action("培训", reverse("approvals:trainings"))],
        asked.lacking(Kind.TRAINING, {Measure.TRAININGS: number, Measure.TRAINED: people}),
    )


_MATERIALS = {
    LibraryItem.Kind.GUIDE: Measure.GUIDES,
    LibraryItem.Kind.TEMPLATE: Measure.TEMPLATES,
    LibraryItem.Kind.POLICY: Measure.POLICIES,
}


def _materials(asked: _Asked) -> Panel:
    found = dict(
        LibraryItem.objects.filter(retired_on__isnull=True, kind__in=_MATERIALS)
        .order_by()
        .values_list("kind")
        .annotate(number=Count("pk"))
    )
    measured = {measure: found.get(kind, 0) for kind, measure in _MATERIALS.items()}
    return Panel(
        Kind.MATERIALS,
        sum(found.values()),
        "份",
        ["、".join(f"{kind.label} {found.get(kind, 0)} 份" for kind in _MATERIALS)],
        [Action("资料库", reverse("approvals:library"))],
        asked.lacking(Kind.MATERIALS, measured),
    )


def _procedure(asked: _Asked) -> Panel:
    steps = StepType.objects.in_force(asked.today).count()
    return Panel(
        Kind.PROCEDURE,
        steps,
        "个步骤",
        ["时限、材料和前置关系按版本施行"],
        [Action("流程图", reverse("approvals:flow")), Action("步骤目录", reverse("approvals:catalogue"))],
        asked.lacking(Kind.PROCEDURE, {Measure.STEPS: steps}),
    )


def _lists(actor: User, asked: _Asked) -> Panel:
    year = asked.today.year
    adopted = Project.objects.visible_to(actor).filter(status=Project.Status.ADOPTED).count()
    version = AnnualListVersion.objects.filter(annual_list__year=year).order_by("-number").first()
    problems = open_problems(actor).count()
    number = version.number if version else 0
    return Panel(
        Kind.LISTS,
        adopted,
        "个在库项目",
        [
            f"{year} 年度清单已发布第 {number} 版" if number else "年度清单未发布",
            f"未解决问题 {problems} 个",
        ],
        [
            Action("年度清单", reverse("projects:annual-list")),
            Action("任务清单", reverse("desk:task-list")),
            Action("问题清单", reverse("duties:problems")),
        ],
        asked.lacking(Kind.LISTS, {Measure.LIST_VERSIONS: number}),
    )


def _results(actor: User, asked: _Asked) -> Panel:
    year = asked.today.year
    rules = LibraryItem.objects.filter(kind=LibraryItem.Kind.RULE, retired_on__isnull=True).count()
    documents = (
        LandDocument.objects.visible_to(actor).filter(decided_on__year=year, revoked_on__isnull=True).count()
    )
    return Panel(
        Kind.RESULTS,
        documents,
        "件批复",
        [f"{year} 年取得；管理规定 {rules} 项"],
        [
            Action("年度统计", reverse("approvals:year-figures")),
            Action("管理规定", f"{reverse('approvals:library')}?kind={LibraryItem.Kind.RULE}"),
        ],
        asked.lacking(Kind.RESULTS, {Measure.RULES: rules, Measure.DOCUMENTS: documents}),
    )
