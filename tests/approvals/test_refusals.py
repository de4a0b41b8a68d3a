"""What the services of approvals refuse and no story of theirs tells: each asked once, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from accounts.models import User
from approvals.errors import ActOutOfOrder, DayOutOfOrder, DocNoMalformed, DocumentIncomplete, ReasonMissing
from approvals.models import ExpropriationAct, HandlingSetting, StepType
from approvals.services import (
    batches,
    document_terms,
    documents,
    expropriation,
    matters,
    periods,
    supply,
    violations,
)
from approvals.services.acceptance import accept_step, reject_step
from approvals.services.batches import BatchFacts
from approvals.services.changes import revise_step_type
from approvals.services.checks import CheckedPaper, check_set, settle_paper
from approvals.services.decisions import decide_step
from approvals.services.documents import AreaFacts, DocumentFacts
from approvals.services.expropriation import ActFacts, ExpropriationFacts
from approvals.services.matters import MatterFacts
from approvals.services.receipts import receive_step
from approvals.services.supply import IdleTermsGiven
from approvals.services.violations import Finding, Penalty
from audit.models import Entry
from core.dated import SettingOutOfOrder
from core.errors import DomainError
from deadlines.selectors import working_calendar
from projects.refusals import ProjectNotEditable
from tests.approvals.scenes import MONDAY, TODAY, opened
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
TOMORROW, BEFORE = TODAY + timedelta(days=1), MONDAY - timedelta(days=1)
Ask = Callable[[], object]


@pytest.fixture(autouse=True)
def _office_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def refuse(*asked: tuple[type[Exception], str, Ask]) -> None:
    """Each is refused with its own words, and nothing is written down."""
    before = Entry.objects.count()
    for error, words, ask in asked:
        with pytest.raises(error, match=words) as refused:
            ask()
        assert isinstance(refused.value, DomainError | PermissionDenied)
    assert Entry.objects.count() == before


def test_a_steps_days_and_words_are_those_of_its_course(dispatcher: User) -> None:
    _, steps = opened(dispatcher)
    received, accepted, checked = steps["A03"], steps["A08"], steps["A05"]
    common = {"actor": dispatcher, "today": TODAY}
    receive_step(step_id=received.pk, received_on=MONDAY, **common)
    accept_step(step_id=accepted.pk, accepted_on=MONDAY, **common)
    owed = CheckedPaper("论证报告", "PROMISED", promised_by="王工", promised_on=TODAY)
    run = check_set(step_id=checked.pk, checked_on=MONDAY, papers=[owed], **common)
    item = run.items.get()
    kind = StepType.objects.get(code="A08", effective_to__isnull=True)

    refuse(
        (
            DayOutOfOrder,
            "不能晚于今天",
            lambda: reject_step(step_id=received.pk, rejected_on=TOMORROW, reason="不属职权", **common),
        ),
        (
            DayOutOfOrder,
            "早于收件日期",
            lambda: reject_step(step_id=received.pk, rejected_on=BEFORE, reason="不属职权", **common),
        ),
        (
            ReasonMissing,
            "办结须写明结论",
            lambda: decide_step(step_id=accepted.pk, decided_on=TODAY, result=" ", **common),
        ),
        (DayOutOfOrder, "补齐日期", lambda: settle_paper(item_id=item.pk, settled_on=TOMORROW, **common)),
        (DayOutOfOrder, "补齐日期", lambda: settle_paper(item_id=item.pk, settled_on=BEFORE, **common)),
        (
            ReasonMissing,
            "修订步骤目录",
            lambda: revise_step_type(
                code="A08",
                effective_from=kind.effective_from + timedelta(days=1),
                revision_note=" ",
                limits=[],
                actor=dispatcher,
            ),
        ),
    )


def test_documents_and_batches_belong_to_projects_and_to_their_county(
    officer: User, stranger: User, dispatcher: User
) -> None:
    project, other = ProjectFactory(), ProjectFactory()
    merged = ProjectFactory(status="MERGED", merged_into=project)
    facts = DocumentFacts(kind="LAND", issuer="省政府", decided_on=MONDAY, number="黔府用地函〔2026〕12号")
    document = documents.record_document(
        actor=officer, facts=facts, areas={project.pk: AreaFacts()}, today=TODAY
    )
    county = organisation("522701")
    term = document_terms.add_term(
        actor=dispatcher,
        kind="TEMPORARY",
        name="便道",
        months=24,
        restoration_months=12,
        basis="办法",
        effective_from=MONDAY,
    )

    def batch(actor: User = officer, **more: object) -> Ask:
        return lambda: batches.create_batch(
            actor=actor, organisation=county, facts=BatchFacts(2026, 9, **more), today=TODAY
        )

    refuse(
        (
            DocumentIncomplete,
            "至少一个项目",
            lambda: documents.record_document(actor=officer, facts=facts, areas={}, today=TODAY),
        ),
        (
            ProjectNotEditable,
            "不能再登记",
            lambda: documents.record_document(
                actor=officer, facts=facts, areas={merged.pk: AreaFacts()}, today=TODAY
            ),
        ),
        (
            DocumentIncomplete,
            "不能增减项目",
            lambda: documents.change_document(
                actor=officer,
                document_id=document.pk,
                facts=facts,
                areas={project.pk: AreaFacts(), other.pk: AreaFacts()},
                today=TODAY,
            ),
        ),
        (
            DayOutOfOrder,
            "早于批准日期",
            lambda: documents.revoke_document(
                actor=officer, document_id=document.pk, revoked_on=BEFORE, reason="有误", today=TODAY
            ),
        ),
        (PermissionDenied, "由该县市登记", batch(stranger)),
        (DayOutOfOrder, "早于请示日期", batch(submitted_on=MONDAY, accepted_on=BEFORE)),
        (DocNoMalformed, "不合规范", batch(request_no="请示〔2026〕")),
        (
            SettingOutOfOrder,
            "现行一版的生效日期",
            lambda: document_terms.add_term(
                actor=dispatcher,
                kind="TEMPORARY",
                name="便道",
                months=12,
                restoration_months=None,
                basis="办法",
                effective_from=term.effective_from,
            ),
        ),
    )


def test_expropriation_matters_and_cases_refuse_what_does_not_fit(officer: User, stranger: User) -> None:
    project = ProjectFactory()
    project.shares.create(organisation=organisation("522725"), total_m2=1_000)
    given = ExpropriationFacts("河阳村", 10_000, "2", "GOVERNMENT", "都匀市人民政府")
    facts = {"actor": officer, "today": TODAY}
    row = expropriation.begin_expropriation(project_id=project.pk, facts=given, **facts)
    waiver, early = ActFacts("WAIVER", MONDAY), ActFacts("SURVEY", BEFORE)
    for kind in ("PRE_NOTICE", "HEARING"):
        ExpropriationAct.objects.create(expropriation=row, kind=kind, occurred_on=MONDAY, entered_by=officer)
    finding = Finding(found_on=MONDAY, place="河阳村", facts="未批先建", area_m2=100)
    case = violations.report_violation(organisation=organisation("522701"), finding=finding, **facts)
    violations.file_case(case_id=case.pk, filed_on=MONDAY, case_no="1", **facts)
    after = MatterFacts(
        "PUBLICATION", title="缴费", text="按批复办理", raised_on=MONDAY, project_id=project.pk
    )

    refuse(
        (
            ActOutOfOrder,
            "不能再登记",
            lambda: expropriation.record_act(
                expropriation_id=row.pk, facts=waiver, calendar=working_calendar(), **facts
            ),
        ),
        (
            ActOutOfOrder,
            "不能早于",
            lambda: expropriation.record_act(
                expropriation_id=row.pk, facts=early, calendar=working_calendar(), **facts
            ),
        ),
        (
            DocNoMalformed,
            "不合规范",
            lambda: expropriation.change_expropriation(
                expropriation_id=row.pk, facts=replace(given, scheme_no="黔府函〔2026〕"), **facts
            ),
        ),
        (
            ReasonMissing,
            "处罚决定须写明文号",
            lambda: violations.decide_case(case_id=case.pk, penalty=Penalty(TODAY, " "), **facts),
        ),
        # The county that shares the project reads it; its own unit keeps the record.
        (
            PermissionDenied,
            "登记",
            lambda: matters.raise_matter(actor=stranger, facts=after, today=TODAY),
        ),
    )


def test_settings_only_grow_forwards_and_agree_with_themselves(dispatcher: User) -> None:
    newest = HandlingSetting.objects.order_by("-effective_from").first()
    assert newest is not None
    terms = IdleTermsGiven(12, 24, 1, 3, 25, 20, 30, 30, "办法")

    def idle(**changed: int) -> Ask:
        return lambda: supply.set_idle_terms(
            actor=dispatcher, effective_from=date(2030, 1, 1), terms=replace(terms, **changed)
        )

    refuse(
        (
            SettingOutOfOrder,
            "最新一版",
            lambda: periods.set_periods(
                effective_from=newest.effective_from,
                periods=periods.Periods(5, 5, 45, 15, 5, 3),
                note="",
                actor=dispatcher,
            ),
        ),
        (SettingOutOfOrder, "收回的月数", idle(recovery_months=11)),
        (SettingOutOfOrder, "动工面积比例", idle(developed_numerator=4)),
    )
