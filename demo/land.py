"""What the demo's offices have given and taken: approvals, a batch, permits, expropriation, supply.

Everything follows the days of the projects' own steps; what a small county has not reached is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from approvals.models import (
    Decision,
    DocumentTerm,
    ExpropriationAct,
    FundItem,
    LandDocumentArea,
    Step,
    Supply,
)
from approvals.rules import KIND_OF_STEP
from approvals.services.batches import BatchFacts, create_batch, join_batch
from approvals.services.documents import AreaFacts, DocumentFacts, record_document
from approvals.services.expropriation import (
    ActFacts,
    CountFacts,
    ExpropriationFacts,
    FundFacts,
    add_rate,
    begin_expropriation,
    count_households,
    record_act,
    record_funds,
)
from approvals.services.supply import (
    Contract,
    ParcelPlan,
    Sight,
    plan_payment,
    plan_supply,
    record_patrol,
    settle_payment,
    sign_contract,
)
from deadlines.selectors import working_calendar
from officefiles.documents import OfficialDocument
from papers.services import Upload
from projects.models import Project
from projects.services.evidence import NO_PROOF, Proof

Act = ExpropriationAct.Kind
# How many decisions of a step have their document on record, and who issues it.
RECORDED = (
    ("B03", 8, "贵州省人民政府"),
    ("A09", 3, "贵州省林业局"),
    ("A03", 3, "贵州省自然资源厅"),
    ("X01", 3, ""),
)
SCANNED = 2
WORKS = 2
BATCHED = 3
# The step whose acceptance (False) or decision (True) is the day of an act, in the order of the law.
COURSE = (
    (Act.PRE_NOTICE, "Z01", False),
    (Act.SURVEY, "Z02", True),
    (Act.RISK, "Z03", True),
    (Act.SCHEME, "Z04", True),
    (Act.SCHEME_NOTICE, "Z05", False),
    (Act.WAIVER, "Z05", True),
    (Act.REGISTRATION, "Z07", True),
    (Act.AGREEMENT, "Z08", True),
    (Act.APPLICATION, "B01", True),
    (Act.NOTICE, "B05", False),
    (Act.HANDOVER, "B06", True),
)
COLLECTIVES = ("新寨村一组", "河边村二组", "大坪村三组")
YUAN_PER_M2 = {FundItem.COMPENSATION: 68, FundItem.SOCIAL: 12, FundItem.CROPS: 5}
M2_PER_MU = Decimal("666.67")
PRICE_PER_M2 = 260


@dataclass(frozen=True, slots=True)
class Offices:
    """Who records: the prefecture's section, and each county for its own land."""

    section: User
    county: Mapping[str, User]
    today: date

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def officer(self, project: Project) -> User:
        return self.county[project.organisation.code]

    def decided(self, code: str) -> list[Decision]:
        """What was decided at a step for projects whose land is known, from the first day on."""
        rows = Decision.objects.filter(
            step__code=code,
            step__project__in=Project.objects.adopted(),
            step__project__organisation__code__in=self.county,
            step__project__land__total_m2__gt=0,
        )
        return list(
            rows.select_related("step__project__organisation", "step__project__land").order_by(
                "decided_on", "pk"
            )
        )


def record_land(*, section: User, county: Mapping[str, User], today: date) -> None:
    """Record what the projects' steps have led to by `today`."""
    offices = Offices(section, county, today)
    batches = _batch(offices)
    _documents(offices, batches)
    _works_permits(offices)
    _for_a_time(offices)
    _expropriations(offices)
    _supplies(offices)


# --- approvals and certificates ------------------------------------------------------------------


def _batch(offices: Offices) -> dict[int, int]:
    """The first batch of the county with the most approved; its id by each project's id."""
    by_unit: dict[str, list[Project]] = {}
    for row in offices.decided("B03"):
        if row.step.project.track == Project.Track.BATCH:
            by_unit.setdefault(row.step.project.organisation.code, []).append(row.step.project)
    unit = max(sorted(by_unit), key=lambda code: len(by_unit[code]), default=None)
    if unit is None:
        return {}
    members = by_unit[unit][:BATCHED]
    steps = Step.objects.filter(project=members[0], code__in=["B01", "B02"])
    days = dict(steps.order_by("round").values_list("code", "accepted_on"))
    requested = days.get("B01") or offices.today
    officer = offices.county[unit]
    batch = create_batch(
        actor=officer,
        organisation=members[0].organisation,
        facts=BatchFacts(
            year=requested.year,
            number=1,
            submitted_on=requested,
            request_no=f"{members[0].organisation.short_name}府呈〔{requested.year}〕21号",
            accepted_on=days.get("B02"),
        ),
        today=offices.today,
    )
    for project in members:
        join_batch(actor=officer, batch_id=batch.pk, project_id=project.pk, area_m2=_total(project))
    return {project.pk: batch.pk for project in members}


def _documents(offices: Offices, batches: Mapping[int, int]) -> None:
    """The paper of each decision, with its number; the batch's own approvals first."""
    for code, most, issuer in RECORDED:
        rows = sorted(offices.decided(code), key=lambda row: row.step.project_id not in batches)
        numbers: set[str] = set()
        for place, row in enumerate(rows):
            if len(numbers) == most or not row.doc_no or row.doc_no in numbers:
                continue
            numbers.add(row.doc_no)
            _document(offices, row, issuer, batches, place=place)


def _document(
    offices: Offices, row: Decision, issuer: str, batches: Mapping[int, int], *, place: int
) -> None:
    project, kind = row.step.project, KIND_OF_STEP[row.step.code]
    is_local = not issuer
    is_land = row.step.code == "B03"
    facts = DocumentFacts(
        kind=kind,
        issuer=issuer or _bureau(project),
        decided_on=row.decided_on,
        number=row.doc_no,
        supervision_no=_supervision_no(project, row.decided_on, "YG") if is_local else "",
        received_on=min(row.decided_on + timedelta(days=4), offices.today),
    )
    names = ("total", "forest") if kind == "FOREST" else LandDocumentArea.CLASSES
    record_document(
        actor=offices.officer(project) if is_local else offices.section,
        facts=facts,
        areas={project.pk: _areas(project, names, percent=97 if is_land and place % 2 else 100)},
        batch_id=batches.get(project.pk) if is_land else None,
        today=offices.today,
        proof=_scan(facts) if is_land and place < SCANNED else NO_PROOF,
    )


def _areas(project: Project, names: Sequence[str], *, percent: int) -> AreaFacts:
    """What the project applies for by class, and `percent` of it as approved."""
    applied: dict[str, int | None] = {name: getattr(project.land, f"{name}_m2") for name in names}
    if tuple(names) == ("total", "forest"):
        applied["total"] = applied["forest"]
    approved = {name: None if m2 is None else m2 * percent // 100 for name, m2 in applied.items()}
    return AreaFacts(applied, approved)


def _total(project: Project) -> int:
    return project.land.total_m2 or 0


def _bureau(project: Project) -> str:
    return f"{project.organisation.short_name}自然资源局"


def _division(project: Project) -> str:
    return project.organisation.code[:6]


def _supervision_no(project: Project, on: date, letters: str) -> str:
    return f"{_division(project)}{on.year}{letters}{project.pk:07d}"


def _scan(facts: DocumentFacts) -> Proof:
    document = OfficialDocument(title=f"批复 {facts.number}")
    document.paragraph("演示材料。")
    return Proof(upload=Upload(name=f"{facts.number}.docx", content=document.content()))


def _works_permits(offices: Offices) -> None:
    """The first buildings of projects whose land has its permit."""
    for place, row in enumerate(offices.decided("X01")[:WORKS], start=1):
        project = row.step.project
        on = min(row.decided_on + timedelta(days=20), offices.today)
        facts = DocumentFacts(
            kind="WORKS_PERMIT",
            issuer=_bureau(project),
            decided_on=on,
            number=f"建字第{_division(project)}{on.year}{place:05d}号",
            floor_area_m2=(Decimal(_total(project)) * Decimal("0.6137")).quantize(Decimal("0.01")),
            note="一期工程",
        )
        areas = {project.pk: AreaFacts()}
        record_document(actor=offices.officer(project), facts=facts, areas=areas, today=offices.today)


def _for_a_time(offices: Offices) -> None:
    """One advance use near its end without an approval, one temporary use that ends in 25 days."""
    approved = offices.decided("B03")
    has_land = {row.step.project_id for row in approved}
    waiting = [
        row
        for row in offices.decided("A04")
        if row.step.project_id not in has_land and row.step.project.track == Project.Track.SINGLE_SITE
    ]
    for row in waiting[:1]:
        on = max(row.decided_on, offices.ago(150))
        number = f"黔自然资先〔{on.year}〕3号"
        _lend(offices, row.step.project, DocumentFacts("ADVANCE", "贵州省自然资源厅", on, number))
    for row in approved[:1]:
        project = row.step.project
        on = max(row.decided_on, offices.ago(200))
        number = f"{project.organisation.short_name}自然资临〔{on.year}〕3号"
        until = offices.today + timedelta(days=25)
        facts = DocumentFacts("TEMPORARY", _bureau(project), on, number, valid_until=until)
        _lend(offices, project, facts)


def _lend(offices: Offices, project: Project, facts: DocumentFacts) -> None:
    term = DocumentTerm.objects.in_force(facts.decided_on).filter(kind=facts.kind).first()
    if term is None:
        return
    m2 = _total(project) // 10 + 1
    record_document(
        actor=offices.officer(project),
        facts=DocumentFacts(
            kind=facts.kind,
            issuer=facts.issuer,
            decided_on=facts.decided_on,
            number=facts.number,
            term_id=term.pk,
            valid_until=facts.valid_until,
        ),
        areas={project.pk: AreaFacts({"total": m2}, {"total": m2 * 95 // 100})},
        today=offices.today,
    )


# --- expropriation -------------------------------------------------------------------------------


def _expropriations(offices: Offices) -> None:
    """The farthest with its money, one midway that is short of it, one at the beginning."""
    by_length: dict[int, tuple[Project, list[tuple[str, date]]]] = {}
    for row in offices.decided("Z01"):
        project = row.step.project
        if project.organisation.kind == Organisation.Kind.COUNTY:
            course = _course(project)
            by_length.setdefault(len(course), (project, course))
    lengths = sorted(by_length, reverse=True)
    chosen = dict.fromkeys([*lengths[:1], *lengths[len(lengths) // 2 :][:1], *lengths[-1:]])
    for place, length in enumerate(chosen):
        project, course = by_length[length]
        _expropriate(offices, project, course, place=place)


def _course(project: Project) -> list[tuple[str, date]]:
    """What has happened by the project's steps, up to the first that has not."""
    steps = {step.code: step for step in project.steps.select_related("decision").order_by("round")}
    found: list[tuple[str, date]] = []
    for kind, code, is_decision in COURSE:
        step = steps.get(code)
        decision: Decision | None = getattr(step, "decision", None)
        day = step.accepted_on if step else None
        if is_decision:
            day = decision.decided_on if decision else None
        if day is None:
            break
        found.append((kind, day))
    return found


def _expropriate(
    offices: Offices, project: Project, course: Sequence[tuple[str, date]], *, place: int
) -> None:
    officer, today, unit = offices.officer(project), offices.today, project.organisation
    is_batch = project.track == Project.Track.BATCH
    area = project.land.new_construction_m2 or _total(project)
    households = min(max(area // 2_500, 12), 160)
    row = begin_expropriation(
        actor=officer,
        project_id=project.pk,
        facts=ExpropriationFacts(
            collective=COLLECTIVES[place],
            area_m2=area,
            reason_code="5" if is_batch else "2",
            authority_kind="GOVERNMENT",
            authority=f"{unit.short_name}人民政府",
            scheme_no=f"黔府成片函〔{course[0][1].year}〕8号" if is_batch else "",
            households=households,
            separate_account=f"{unit.short_name}征地补偿费专户",
        ),
        today=today,
    )
    calendar = working_calendar()
    for kind, day in course:
        is_notice = kind in (Act.PRE_NOTICE, Act.SCHEME_NOTICE, Act.NOTICE)
        facts = ActFacts(
            kind,
            day,
            number=f"{unit.short_name}府告〔{day.year}〕{10 + place}号" if is_notice else "",
            risk="LOW" if kind == Act.RISK else "",
        )
        record_act(actor=officer, expropriation_id=row.pk, facts=facts, calendar=calendar, today=today)
    days = dict(course)
    if Act.AGREEMENT in days:
        signed = households - place
        note = "外出未归，正在联系" if signed < households else ""
        paid = households * 4 // 5 if place == 0 and Act.NOTICE in days else 0
        count = CountFacts(days[Act.NOTICE] if paid else days[Act.AGREEMENT], households, signed, paid, note)
        count_households(actor=officer, expropriation_id=row.pk, facts=count, today=today)
    if place < 2:
        _fund(offices, officer, row.pk, area, days, is_short=place == 1)
    if place == 0:
        _rates(officer, unit, today)


def _fund(
    offices: Offices, officer: User, pk: int, area: int, days: Mapping[str, date], *, is_short: bool
) -> None:
    """What is due and what lies in the separate account; the short one lacks a third of the first fee."""
    on = days.get(Act.AGREEMENT) or max(days.values())
    for item, yuan in YUAN_PER_M2.items():
        due = Decimal(area * yuan)
        deposit = due * 2 // 3 if is_short and item == FundItem.COMPENSATION else due
        entries = [
            FundFacts("DUE", item, due, on),
            FundFacts("DEPOSIT", item, deposit, on, is_separate=True, voucher=f"预存{on:%Y%m%d}"),
        ]
        if not is_short and Act.NOTICE in days:
            entries.append(FundFacts("PAYOUT", item, due * 4 // 5, days[Act.NOTICE], voucher="兑付清册"))
        for facts in entries:
            record_funds(actor=officer, expropriation_id=pk, facts=facts, today=offices.today)


def _rates(officer: User, unit: Organisation, today: date) -> None:
    """The county's published standards, yuan for a mu."""
    for item, yuan in YUAN_PER_M2.items():
        add_rate(
            actor=officer,
            organisation=unit,
            item=item,
            zone="一类区片",
            amount_yuan=(yuan * M2_PER_MU).quantize(Decimal(1)),
            unit="亩",
            basis=f"{unit.short_name}府发〔{today.year - 1}〕4号",
            effective_from=date(today.year - 1, 1, 1),
        )


# --- supply --------------------------------------------------------------------------------------


def _supplies(offices: Offices) -> None:
    """One parcel sold in two instalments and visited, one allocated; only planned where not so far."""
    sold = _farthest(offices, ("G04", "G01"), is_batch=True)
    given = _farthest(offices, ("G02", "G01"), is_batch=False)
    if sold is not None:
        _sell(offices, sold)
    if given is not None:
        _allocate(offices, given)


def _farthest(offices: Offices, codes: Sequence[str], *, is_batch: bool) -> Step | None:
    """The first project under way at the first of the steps that any project has reached."""
    for code in codes:
        rows = Step.objects.filter(
            code=code,
            accepted_on__isnull=False,
            project__in=Project.objects.adopted(),
            project__organisation__code__in=offices.county,
            project__land__total_m2__gt=0,
        ).select_related("project__organisation", "project__land", "decision")
        # Industry is what a county auctions land for.
        ordered = rows.order_by("accepted_on", "pk")
        for row in sorted(ordered, key=lambda row: is_batch and row.project.industry != "工业"):
            if (row.project.track == Project.Track.BATCH) is is_batch:
                return row
    return None


def _plan(offices: Offices, step: Step, way: str, use: str) -> Supply:
    project, on = step.project, step.accepted_on
    assert on is not None
    plan = ParcelPlan(
        parcel=f"{on.year}-{project.pk}号地块",
        way=way,
        area_m2=_total(project) * 9 // 10 + 1,
        use=use,
        is_standard_land=way == Supply.Way.AUCTION,
        plan_year=on.year,
        surveyed_on=on,
        cleared_on=on,
    )
    return plan_supply(actor=offices.officer(project), project_id=project.pk, plan=plan, today=offices.today)


def _contract(step: Step, letters: str, price: Decimal | None) -> Contract | None:
    """What was agreed on the day the step was decided; None before."""
    decision = getattr(step, "decision", None)
    if decision is None or step.code == "G01":
        return None
    project, on = step.project, decision.decided_on
    return Contract(
        signed_on=on,
        contract_no=f"{_division(project)}-{on.year}-{letters}-{project.pk:04d}",
        user_name=project.owner_unit or project.organisation.short_name,
        start_by=on + timedelta(days=180),
        finish_by=on + timedelta(days=3 * 365),
        price_yuan=price,
        investment_yuan=price * 8 if price else None,
        term_years=50 if price else None,
        supervision_no=_supervision_no(project, on, "B" if price else "A"),
    )


def _sell(offices: Offices, step: Step) -> None:
    officer, today = offices.officer(step.project), offices.today
    use = "工业用地" if step.project.industry == "工业" else "商服用地"
    row = _plan(offices, step, Supply.Way.AUCTION, use)
    price = Decimal(row.area_m2 // 2 * 2 * PRICE_PER_M2)
    contract = _contract(step, "CR", price)
    if contract is None:
        return
    sign_contract(actor=officer, supply_id=row.pk, contract=contract, today=today)
    for days in (30, 180):
        due_on = contract.signed_on + timedelta(days=days)
        plan_payment(actor=officer, supply_id=row.pk, amount_yuan=price / 2, due_on=due_on, today=today)
    paid_on = min(contract.signed_on + timedelta(days=26), today)
    settle_payment(
        actor=officer, supply_id=row.pk, number=1, paid_on=paid_on, voucher="非税收入缴款书", today=today
    )
    sight = Sight(
        seen_on=today,
        finding="场地已围挡，正在平整，未见停工。",
        started_on=max(contract.signed_on, offices.ago(20)),
        developed_m2=row.area_m2 // 5,
    )
    record_patrol(actor=officer, supply_id=row.pk, sight=sight, today=today)


def _allocate(offices: Offices, step: Step) -> None:
    row = _plan(offices, step, Supply.Way.ALLOCATION, "公用设施用地")
    contract = _contract(step, "HB", None)
    if contract is not None:
        officer = offices.officer(step.project)
        sign_contract(actor=officer, supply_id=row.pk, contract=contract, today=offices.today)
