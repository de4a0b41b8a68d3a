"""The demo's regulating pool: stock, published prices, two applications and one committed scheme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of
from officefiles.documents import OfficialDocument
from papers.services import Upload
from projects.models import ListScope, Project
from quotas import rules
from quotas.models import Application
from quotas.rules import Instrument, Pool
from quotas.selectors.applications import checklist, proposed_lines
from quotas.services import applications, bookings, prices, proposals
from quotas.services.applications import Request, Wanted
from quotas.services.bookings import Gross, Sheet

PLATFORM = "省补充耕地指标交易平台"
# What each giving county has put on record, in hectares of farmland; a tenth goes to the pool.
STOCK = (Decimal("260.5"), Decimal("180.25"), Decimal("95.4"))
TRADES = ((150, 152_000), (120, 148_500), (80, 155_000), (40, 153_200))
ACCEPTED = (ListScope.PROVINCIAL, ListScope.FIVE_PLUS_THREE)


def build(*, dispatcher: User, section: User, county: Mapping[str, User], today: date) -> None:
    """Fill the pool, publish prices, and let two counties apply; one gets a committed scheme."""
    _publish_prices(section, today)
    asked = _projects(county)
    applicants = {project.organisation_id for project in asked}
    if not asked:
        return
    prefecture = prefecture_of(asked[0].organisation)
    givers = (
        Organisation.objects.reporting_units()
        .filter(kind=Organisation.Kind.COUNTY, path__startswith=prefecture.path)
        .exclude(pk__in=applicants)
        .order_by("code")
    )
    for place, (unit, hectares) in enumerate(zip(givers, STOCK, strict=False), start=1):
        _stock_in(dispatcher, unit, int(hectares * 10_000), place, today)
    for place, project in enumerate(asked):
        application = _apply(county[project.organisation.code], project, today)
        if place == 0:
            _propose(section, application, today)


def _publish_prices(section: User, today: date) -> None:
    rows = ["指标,公示日期,单价,成交数量,平台,公示编号,来源"]
    for place, (days, yuan) in enumerate(TRADES, start=1):
        on = today - timedelta(days=days)
        rows.append(f"补充耕地数量,{on},{yuan},{40 + 10 * place},{PLATFORM},{on:%Y%m}-{place},平台公示")
        rows.append(f"补充水田规模,{on},{yuan + 60_000},{20 + place},{PLATFORM},{on:%Y%m}-{place},平台公示")
        rows.append(f"粮食产能,{on},{2 + Decimal(place) / 10},9000,{PLATFORM},{on:%Y%m}-{place},平台公示")
    content = "\n".join(rows).encode()
    draft = prices.stage_prices(actor=section, filename="公示价格.csv", content=content, today=today)
    prices.import_prices(actor=section, draft_id=draft.pk, today=today)


def _stock_in(dispatcher: User, unit: Organisation, m2: int, place: int, today: date) -> None:
    amounts = {
        Instrument.FARMLAND_AREA: Gross(m2, m2 // 50, m2 // 20),
        Instrument.FARMLAND_PADDY: Gross(m2 // 4),
        Instrument.FARMLAND_GRAIN: Gross(m2 // 2),
    }
    sheet = Sheet(
        reason=f"{unit.short_name}土地整治项目新增耕地入库",
        occurred_on=today - timedelta(days=20 + place),
        document_no=f"黔自然资备〔{today.year}〕{100 + place}号",
        upload=_paper(f"{unit.short_name}新增耕地备案{place}"),
    )
    bookings.stock_in(
        actor=dispatcher,
        county=unit,
        amounts=amounts,
        sheet=sheet,
        today=today,
        record_no=f"BA{today.year}{place:04d}",
    )


def _projects(county: Mapping[str, User]) -> list[Project]:
    """Two projects of two counties that article 11 accepts and that take farmland."""
    rows = (
        Project.objects.adopted()
        .filter(list_category__in=ACCEPTED, land__arable_m2__gt=0, organisation__code__in=county)
        .exclude(track=Project.Track.NO_REQUISITION)
        .select_related("organisation", "land")
        .order_by("land__arable_m2", "pk")
    )
    found: dict[int, Project] = {}
    for project in rows:
        if rules.demand_of(rules.Land(track=project.track, arable_m2=project.land.arable_m2)):
            found.setdefault(project.organisation_id, project)
        if len(found) == 2:
            break
    return list(found.values())


def _apply(officer: User, project: Project, today: date) -> Application:
    lines = proposed_lines(project=project, county=project.organisation, pool=Pool.FARMLAND, year=today.year)
    request = Request(
        lines=[Wanted(line.instrument, line.need, line.amount) for line in lines],
        statement=f"{project.name}占用耕地，本县指标不足，申请州级统筹。",
        funding="县级财政预算安排",
    )
    application = applications.draft_application(
        actor=officer, project_id=project.pk, pool=Pool.FARMLAND, request=request, today=today
    )
    for item in checklist(pool=Pool.FARMLAND, on=today):
        applications.attach_material(
            actor=officer,
            application_id=application.pk,
            item=item,
            upload=_paper(f"{project.name}{item.name}"),
            today=today,
        )
    return applications.submit_application(actor=officer, application_id=application.pk, today=today)


def _propose(section: User, application: Application, today: date) -> None:
    applications.begin_review(actor=section, application_id=application.pk, today=today)
    proposal = proposals.draft_proposal(
        actor=section, application_id=application.pk, reason="属地平衡后确有缺口，属省重点项目。", today=today
    )
    proposals.commit_proposal(
        actor=section,
        proposal_id=proposal.pk,
        accepts_shortfall=True,
        accepts_fallback=True,
        today=today,
    )


def _paper(title: str) -> Upload:
    document = OfficialDocument(title=title)
    document.paragraph("演示材料。")
    return Upload(name=f"{title[:60]}.docx", content=document.content())
