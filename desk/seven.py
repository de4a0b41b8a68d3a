"""七个一: the seven things a bureau sets up for its projects, and whether each stands.

Source: S0-03 (专班、机制、培训、资料、流程、清单、成果各一套).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, Sum
from django.urls import reverse

from accounts.models import User
from approvals.models import LandDocument, LibraryItem, StepType, Training, TrainingUnit
from deadlines.rules import Lamp
from dispatch.models import Ladder, Round, RoundKind, RoundRule
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


def seven_panels(*, actor: User, today: date) -> list[Panel]:
    """The seven panels as the actor may see them. A fixed number of queries."""
    return [
        _task_forces(actor, today),
        _mechanism(today),
        _trainings(today),
        _materials(),
        _procedure(today),
        _lists(actor, today),
        _results(actor, today),
    ]


def _task_forces(actor: User, today: date) -> Panel:
    standing = TaskForce.objects.visible_to(actor).standing()
    headed = TaskForceMember.objects.on(today).filter(role=TaskForceMember.Role.HEAD).values("task_force")
    found = standing.aggregate(total=Count("pk"), headed=Count("pk", filter=Q(pk__in=headed)))
    lacking = []
    if not found["total"]:
        lacking.append("成立工作专班")
    elif found["headed"] < found["total"]:
        lacking.append(f"为 {found['total'] - found['headed']} 个专班明确组长")
    return Panel(
        "工作专班",
        found["total"],
        "个",
        [f"已明确组长 {found['headed']} 个"],
        [Action("工作专班", reverse("projects:task-forces")), Action("责任缺口", reverse("projects:gaps"))],
        lacking,
    )


def _mechanism(today: date) -> Panel:
    rules = RoundRule.objects.filter(effective_from__lte=today).values("kind").distinct().count()
    has_ladder = Ladder.objects.filter(effective_from__lte=today).exists()
    last = (
        Round.objects.filter(kind=RoundKind.WEEK, frozen_at__isnull=False)
        .order_by("-year", "-number")
        .first()
    )
    lacking = []
    if not rules:
        lacking.append("设置调度周期")
    if not has_ladder:
        lacking.append("设置提醒督办阶梯")
    if last is None:
        lacking.append("完成第一次周调度定稿")
    return Panel(
        "工作机制",
        rules,
        "种调度",
        [f"最近定稿 {last.year} 年第 {last.number} 周" if last else "尚无定稿的周调度"],
        [Action("调度", reverse("dispatch:rounds")), Action("任务清单", reverse("duties:tasks"))],
        lacking,
    )


def _trainings(today: date) -> Panel:
    this_year = Training.objects.filter(held_on__year=today.year)
    number = this_year.count()
    people = TrainingUnit.objects.filter(training__in=this_year).aggregate(total=Sum("people"))["total"] or 0
    return Panel(
        "业务培训",
        number,
        "次",
        [f"{today.year} 年参训 {people} 人次"],
        [Action("培训", reverse("approvals:trainings"))],
        [] if number else [f"登记 {today.year} 年的培训"],
    )


def _materials() -> Panel:
    kinds = (LibraryItem.Kind.GUIDE, LibraryItem.Kind.TEMPLATE, LibraryItem.Kind.POLICY)
    found = dict(
        LibraryItem.objects.filter(retired_on__isnull=True, kind__in=kinds)
        .order_by()
        .values_list("kind")
        .annotate(number=Count("pk"))
    )
    return Panel(
        "资料汇编",
        sum(found.values()),
        "份",
        ["、".join(f"{kind.label} {found.get(kind, 0)} 份" for kind in kinds)],
        [Action("资料库", reverse("approvals:library"))],
        [] if found.get(LibraryItem.Kind.GUIDE) else ["上传办事指南"],
    )


def _procedure(today: date) -> Panel:
    found = StepType.objects.in_force(today).order_by().aggregate(total=Count("pk"))
    return Panel(
        "报批流程",
        found["total"],
        "个步骤",
        ["时限、材料和前置关系按版本施行"],
        [Action("流程图", reverse("approvals:flow")), Action("步骤目录", reverse("approvals:catalogue"))],
        [] if found["total"] else ["导入步骤目录"],
    )


def _lists(actor: User, today: date) -> Panel:
    adopted = Project.objects.visible_to(actor).filter(status=Project.Status.ADOPTED).count()
    version = AnnualListVersion.objects.filter(annual_list__year=today.year).order_by("-number").first()
    problems = open_problems(actor).count()
    return Panel(
        "工作清单",
        adopted,
        "个在库项目",
        [
            f"{today.year} 年度清单已发布第 {version.number} 版" if version else "年度清单未发布",
            f"未解决问题 {problems} 个",
        ],
        [
            Action("年度清单", reverse("projects:annual-list")),
            Action("任务清单", reverse("desk:task-list")),
            Action("问题清单", reverse("duties:problems")),
        ],
        [] if version else [f"发布 {today.year} 年度清单"],
    )


def _results(actor: User, today: date) -> Panel:
    rules = LibraryItem.objects.filter(kind=LibraryItem.Kind.RULE, retired_on__isnull=True).count()
    documents = LandDocument.objects.visible_to(actor).filter(
        decided_on__year=today.year, revoked_on__isnull=True
    )
    return Panel(
        "工作成果",
        documents.count(),
        "件批复",
        [f"{today.year} 年取得；管理规定 {rules} 项"],
        [
            Action("年度统计", reverse("approvals:year-figures")),
            Action("管理规定", f"{reverse('approvals:library')}?kind={LibraryItem.Kind.RULE}"),
        ],
        [] if rules else ["形成管理规定"],
    )
