"""What hangs on a project's land in the world of the route table: a batch with its project, a document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, User
from approvals.models import Batch, OwnTerm, SkipRule
from approvals.services.batches import BatchFacts, create_batch, join_batch
from approvals.services.documents import AreaFacts, DocumentFacts, record_document
from approvals.services.expropriation import ActFacts, ExpropriationFacts, begin_expropriation, record_act
from approvals.services.supply import Contract, ParcelPlan, plan_payment, plan_supply, sign_contract
from deadlines.selectors import working_calendar
from projects.models import Project
from projects.services.map_shares import Sharing, share_layer

DAY = date(2026, 11, 2)
TODAY = date(2026, 11, 23)


def an_own_term(unit: Organisation) -> OwnTerm:
    """A county promises to survey the site within days; the catalogue names none."""
    found, _ = OwnTerm.objects.get_or_create(
        organisation=unit,
        code="A14",
        effective_from=date(2026, 1, 1),
        defaults={"days": 10, "basis": "本地攻坚方案"},
    )
    return found


def a_skip_rule() -> SkipRule:
    """One rule for the whole world; projects only name it."""
    found, _ = SkipRule.objects.get_or_create(
        code="A02",
        kind="SKIP",
        defaults={
            "condition": "不涉及新增建设用地",
            "authority": "省自然资源厅",
            "document": "关于深化规划用地改革的通知",
            "clause": "第三条",
            "effective_from": DAY,
        },
    )
    return found


def land_of(project: Project, *, officer: User) -> dict[str, Any]:
    """Rows by the names that the table of routes uses."""
    batch = create_batch(
        actor=officer,
        organisation=project.organisation,
        facts=BatchFacts(2026, Batch.objects.count() + 1),
        today=TODAY,
    )
    join_batch(actor=officer, batch_id=batch.pk, project_id=project.pk, area_m2=5_000)
    document = record_document(
        actor=officer,
        facts=DocumentFacts(
            kind="CONDITIONS",
            issuer="都匀市自然资源局",
            decided_on=DAY,
            number=f"都匀规条〔2026〕{project.pk}号",
        ),
        areas={project.pk: AreaFacts({"total": 10_000}, {"total": 9_000})},
        today=TODAY,
    )
    record = begin_expropriation(
        actor=officer,
        project_id=project.pk,
        facts=ExpropriationFacts("墨冲镇沙寨村一组", 8_000, "2", "GOVERNMENT", "都匀市人民政府"),
        today=TODAY,
    )
    record_act(
        actor=officer,
        expropriation_id=record.pk,
        facts=ActFacts("PRE_NOTICE", DAY, "都府预告〔2026〕3号"),
        calendar=working_calendar(),
        today=TODAY,
    )
    supply = plan_supply(
        actor=officer,
        project_id=project.pk,
        plan=ParcelPlan("2026-12号地块", "LISTING", 8_000, "工业用地"),
        today=TODAY,
    )
    contract = Contract(
        signed_on=DAY,
        contract_no=f"DY-2026-{project.pk}",
        user_name="都匀建设公司",
        start_by=date(2026, 11, 20),
        finish_by=date(2028, 11, 20),
        price_yuan=Decimal(8_000_000),
    )
    sign_contract(actor=officer, supply_id=supply.pk, contract=contract, today=TODAY)
    plan_payment(
        actor=officer,
        supply_id=supply.pk,
        amount_yuan=Decimal(4_000_000),
        due_on=date(2026, 12, 2),
        today=TODAY,
    )
    share = share_layer(
        actor=officer,
        project_id=project.pk,
        sharing=Sharing(
            receiver_id=project.organisation_id,
            layer="pbf-line",
            format="PICTURE",
            purpose="合规性分析",
            shared_on=DAY,
        ),
        today=TODAY,
    )
    return {
        "share": share,
        "skip_rule": a_skip_rule(),
        "own_term": an_own_term(project.organisation),
        "batch": batch,
        "document": document,
        "expropriation": record,
        "supply": supply,
    }
