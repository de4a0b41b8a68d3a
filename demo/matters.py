"""What the demo's counties ask, report upward and see to after approvals, some reviews of thrifty use and
what their approvals cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from approvals.models import Matter
from approvals.services.fees import FeeFacts, budget_fee, pay_fee
from approvals.services.matters import (
    AnswerFacts,
    MatterFacts,
    answer_matter,
    publish_answer,
    raise_matter,
)
from approvals.services.thrift import ThriftFacts, state_thrift
from projects.models import Project

ASKED = "522700-ZRZY-YTGZ"
QUESTIONS = (
    (
        "临时用地期满能否续期",
        "临时用地批准两年，期满后施工便道还要使用，能否续期？",
        "临时用地期满不得续期，确需继续使用的重新申请；请在到期前完成复垦验收或重新报批。",
    ),
    (
        "容缺受理承诺件最长多久补齐",
        "林地手续未取得，可否先受理预审并承诺补齐？",
        "可以容缺受理，承诺期按办理期间设置执行；组卷上报前须补齐使用林地审核同意书。",
    ),
    ("批次用地如何区分打包和打捆", "两个小项目想一起报，按哪种方式？", ""),
)
UPWARD = (
    "线性工程跨县补充耕地指标调剂",
    "项目跨两县，本县补充耕地指标不足，请求州、省调剂支持。",
    "省自然资源厅",
)
NOTICES = (
    (
        "VILLAGE_NOTICE",
        "征地批复和补偿安置方案公告",
        "在村组公示栏张贴批复、补偿安置方案和标准。",
        "已张贴并拍照存档。",
    ),
    ("PUBLICATION", "用地批准信息公示", "在县政府门户网站公示批准信息。", ""),
)
REVIEWED = 4


def record_matters(*, section: User, county: Mapping[str, User], today: date) -> None:
    """A few of each for the first counties with adopted projects."""
    asked = Organisation.objects.get(code=ASKED)
    projects = _first_projects(county)
    for place, project in enumerate(projects[: len(QUESTIONS)]):
        actor = county[project.organisation.code]
        title, text, answer = QUESTIONS[place]
        raised_on = today - timedelta(days=7 + place)
        facts = MatterFacts("QUESTION", title, text, raised_on, project.pk, holder=asked)
        row = raise_matter(actor=actor, facts=facts, today=today)
        if answer:
            _answer(row, section, answer, raised_on + timedelta(days=1), today)
            publish_answer(actor=section, matter_id=row.pk, today=today)
    for project in projects[:1]:
        actor, raised_on = county[project.organisation.code], today - timedelta(days=10)
        title, text, addressee = UPWARD
        facts = MatterFacts("SUPPORT", title, text, raised_on, project.pk, addressee=addressee)
        raise_matter(actor=actor, facts=facts, today=today)
        for kind, title, text, done in NOTICES:
            row = raise_matter(
                actor=actor, facts=MatterFacts(kind, title, text, raised_on, project.pk), today=today
            )
            if done:
                _answer(row, actor, done, raised_on + timedelta(days=3), today)
    for place, project in enumerate(projects[:REVIEWED]):
        _review(project, county[project.organisation.code], place, today)
        _pay(project, county[project.organisation.code], place, today)


def _first_projects(county: Mapping[str, User]) -> list[Project]:
    """The first adopted project with land of each county."""
    rows = Project.objects.adopted().filter(organisation__code__in=county, land__total_m2__gt=0)
    found: dict[str, Project] = {}
    for project in rows.select_related("organisation", "land").order_by("organisation__code", "pk"):
        found.setdefault(project.organisation.code, project)
    return list(found.values())


def _answer(row: Matter, actor: User, answer: str, on: date, today: date) -> None:
    answer_matter(actor=actor, matter_id=row.pk, facts=AnswerFacts(on, answer), today=today)


def _review(project: Project, actor: User, place: int, today: date) -> None:
    land = project.land.total_m2 or 0
    facts = ThriftFacts(
        use="工业",
        floor_area_m2=land * (9 + place) // 10,
        base_m2=land * 42 // 100,
        green_m2=land * 15 // 100,
        office_m2=land * (5 + place) // 100,
    )
    state_thrift(actor=actor, project_id=project.pk, facts=facts, today=today)


def _pay(project: Project, actor: User, place: int, today: date) -> None:
    """Two fees budgeted; the first paid in full or in part."""
    for number, kind in enumerate(("耕地开垦费", "报批技术服务费")):
        budget = Decimal(180_000 * (place + 1) // (number + 1))
        facts = FeeFacts(budget, source="县级财政", basis="按申请用地面积测算")
        fee = budget_fee(actor=actor, project_id=project.pk, kind=kind, facts=facts, today=today)
        if number == 0:
            pay_fee(
                actor=actor,
                fee_id=fee.pk,
                amount_yuan=budget if place % 2 else budget / 2,
                paid_on=today - timedelta(days=9),
                voucher=f"黔财非税〔{today.year}〕{101 + place}号",
                today=today,
            )
