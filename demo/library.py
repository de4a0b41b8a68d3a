"""What the demo's bureau has set up beside its projects: guides and rules, a training, land to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from approvals.models import LibraryItem
from approvals.services.gates import Target, set_stock_target
from approvals.services.library import VersionFacts, add_item
from approvals.services.trainings import Attendance, TrainingFacts, record_training
from core.units import AreaUnit, to_m2
from officefiles.documents import OfficialDocument
from papers.services import Upload

Kind = LibraryItem.Kind
BUREAU = "522700-ZRZY"
# Kind, title, the steps it serves, what it says.
ITEMS = (
    (Kind.GUIDE, "用地预审与选址意见书办事指南", ("A03",), "申请材料、办理时限和常见退件原因。"),
    (Kind.GUIDE, "建设用地组卷报批指南", ("B01", "B02"), "组卷顺序、各级审核要点和签章要求。"),
    (Kind.TEMPLATE, "拟征收土地告知书（样式）", ("Z01",), "告知事项、公示地点和期限。"),
    (Kind.POLICY, "用地要素保障若干措施", (), "重大项目先行用地和容缺受理的适用范围。"),
    (Kind.RULE, "重大项目用地保障周调度办法", (), "每周四报送，问题按阶梯提醒督办。"),
)
# A county's floors in 公顷: farmland to keep, and permanent basic farmland; each year a little more is there.
FLOORS = (Decimal(28_000), Decimal(21_000))
SPARE = (Decimal(420), Decimal(160), Decimal(85), Decimal(-12))


def set_up(*, dispatcher: User, county: Mapping[str, User], today: date) -> None:
    """The library, this year's training for all counties, and each county's floors."""
    begins = date(today.year, 1, 1)
    for number, (kind, title, codes, text) in enumerate(ITEMS, start=1):
        add_item(
            kind=kind,
            title=title,
            upload=_file(title, text),
            facts=VersionFacts(begins, "首版"),
            actor=dispatcher,
            step_codes=codes,
            issuer="州自然资源局",
            doc_no=f"示例自然资规〔{today.year}〕{number}号" if kind == Kind.RULE else "",
        )
    units = list(Organisation.objects.filter(code__in=county).order_by("code"))
    facts = TrainingFacts(
        title=f"{today.year}年用地报批业务培训",
        held_on=max(begins, today - timedelta(days=40)),
        organiser=Organisation.objects.get(code=BUREAU),
        topics="预审与选址、组卷报批、占补平衡和系统操作。",
        units=[Attendance(unit, 4 + place % 5) for place, unit in enumerate(units)],
        place="州自然资源局会议室",
        lecturers=[("用途管制科经办", "州自然资源局"), ("耕保科经办", "州自然资源局")],
        materials=list(LibraryItem.objects.filter(kind=Kind.GUIDE)),
    )
    record_training(facts=facts, actor=dispatcher, today=today)
    for place, unit in enumerate(units):
        _keep(dispatcher, unit, place, begins)


def _keep(dispatcher: User, unit: Organisation, place: int, begins: date) -> None:
    """One county in four lies a little below its floor: its next conversions wait at the gate."""
    arable, basic = (floor + 350 * place for floor in FLOORS)
    spare = SPARE[place % len(SPARE)]
    figures = (arable, arable + spare, basic, basic + abs(spare) / 2)
    set_stock_target(
        actor=dispatcher,
        organisation=unit,
        effective_from=begins,
        target=Target(*(to_m2(hectares, AreaUnit.HA) for hectares in figures)),
        basis=f"示例府办发〔{begins.year}〕8号",
    )


def _file(title: str, text: str) -> Upload:
    document = OfficialDocument(title=title)
    document.paragraph(text)
    return Upload(name=f"{title}.docx", content=document.content())
