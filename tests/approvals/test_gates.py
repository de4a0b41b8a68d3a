"""Gates through the services: refused with all reasons, stated, overridden by a document, kept in the log."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from approvals import errors, gates
from approvals.document_selectors import forest_consents
from approvals.models import GateOverride, GateRule, GateStatement, Step, StockTarget, ViolationCase
from approvals.rules import Gate, Statement, Verdict
from approvals.services.decisions import decide_step
from approvals.services.documents import AreaFacts, DocumentFacts, record_document, revoke_document
from approvals.services.gates import (
    GateValues,
    Release,
    Target,
    override_gates,
    revise_gate,
    set_stock_target,
    state_gate,
)
from approvals.services.receipts import deem_accepted, receive_step
from approvals.services.violations import (
    Finding,
    Penalty,
    close_case,
    decide_case,
    file_case,
    report_violation,
)
from audit.models import Entry
from core.dated import SettingOutOfOrder
from papers.services import Upload
from projects.land_refusals import EvidenceMissing
from projects.models import LandShare, LandUse
from projects.services.evidence import NO_PROOF, Proof
from tests.approvals.scenes import MONDAY, TODAY, accepted, opened
from tests.factories import organisation
from tests.papers import files
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

CLEAR = {
    "total_m2": 10_000,
    "agri_m2": 10_000,
    "arable_m2": 0,
    "pbf_m2": 0,
    "eco_redline_m2": 0,
    "forest_m2": 0,
    "new_construction_m2": 0,
}
RELEASE = Release("黔南府函[2026]3号", "州人民政府", MONDAY, "重大项目先行")


def proof(text: str = "文件") -> Proof:
    return Proof(upload=Upload("文件.pdf", files.pdf(text=text)))


def review(dispatcher, *, track="no_requisition", **land):
    """The prefecture's review (B02) of a project whose land opens every gate but those named."""
    _, steps = opened(dispatcher, track=track, land=CLEAR | land)
    return steps["B02"]


def closed(step: Step) -> set[str]:
    return {reading.gate.value for reading in gates.gates_of(step, on=TODAY).closed}


def case_of(step: Step, actor, **changes):
    finding = Finding("墨冲镇", "未批先建", MONDAY, area_m2=500, project_id=step.project_id)
    values = {name: getattr(finding, name) for name in finding.__slots__} | changes
    return report_violation(actor=actor, organisation=None, finding=Finding(**values), today=TODAY)


# --- refusing -------------------------------------------------------------------------------------


def test_open_gates_let_a_step_pass_without_a_mark(dispatcher, section):
    step = accepted(review(dispatcher), section)

    assert (step.status, step.gate_marks) == ("RUNNING", [])


def test_closed_gates_refuse_a_step_with_all_reasons_at_once(dispatcher, section):
    step = review(dispatcher, arable_m2=2_000, pbf_m2=500)

    with pytest.raises(errors.GateClosed) as refusal:
        accepted(step, section)

    named = refusal.value.facts["gates"]
    assert [entry["gate"] for entry in named] == ["SUPPLEMENT", "FARMLAND"]
    assert all(entry["clause"] and entry["missing"] and entry["contact"] for entry in named)
    assert "先补后占" in refusal.value.message
    step.refresh_from_db()
    assert step.status == "NOT_STARTED"


def test_a_step_that_no_gate_guards_asks_nothing(dispatcher, section):
    _, steps = opened(dispatcher, land={"total_m2": 100})

    assert accepted(steps["A03"], section).status == "RUNNING"


def test_requisition_needs_its_money_first(dispatcher, section):
    step = review(dispatcher, track="batch")
    assert closed(step) == {"PRE_DEPOSIT"}

    state_gate(
        actor=section,
        project_id=step.project_id,
        gate=Gate.PRE_DEPOSIT,
        stated=Statement("匀财函〔2026〕8号", "都匀市财政局", MONDAY, due_yuan=900, paid_yuan=900),
        today=TODAY,
    )

    assert accepted(step, section).status == "RUNNING"


def test_a_lapsed_paper_closes_what_leans_on_it(dispatcher, section):
    _, steps = opened(dispatcher)
    accepted(steps["A09"], section, on=MONDAY)
    decide_step(step_id=steps["A09"].pk, decided_on=MONDAY, result="同意", actor=section, today=TODAY)
    paper = Step.objects.get(pk=steps["A09"].pk).decision.validity
    assembly = steps["B01"]

    assert gates.gates_of(assembly, on=paper.due_on).closed == ()
    [lapsed] = gates.gates_of(assembly, on=paper.due_on + timedelta(days=1)).closed
    assert lapsed.gate is Gate.VALIDITY
    assert str(paper.due_on) in lapsed.missing[0]


def test_the_floor_of_a_county_closes_what_breaks_it(dispatcher):
    step = review(dispatcher, arable_m2=2_000)
    unit = step.project.organisation
    assert "STOCK_TARGET" not in closed(step)

    set_stock_target(
        actor=dispatcher,
        organisation=unit,
        effective_from=MONDAY,
        target=Target(100_000, 101_999, 80_000, 81_000),
        basis="黔南府发〔2026〕5号",
    )

    assert "STOCK_TARGET" in closed(step)


def test_the_consent_on_record_opens_the_forest_gate_while_it_is_good(dispatcher, officer):
    step = review(dispatcher, forest_m2=500)
    assert "FOREST" in closed(step)

    # Good for two years by the catalogue: one of 2024 has lapsed, one of this year has not.
    for number, day in (
        ("黔林资许准〔2024〕1号", date(2024, 11, 19)),
        ("黔林资许准〔2026〕1号", date(2026, 3, 2)),
    ):
        facts = DocumentFacts("FOREST", "省林业局", day, number=number)
        areas = {step.project_id: AreaFacts(approved={"forest": 500})}
        record_document(actor=officer, facts=facts, areas=areas, today=TODAY)
        assert ("FOREST" in closed(step)) is (day.year == 2024)

    newest = forest_consents([step.project_id])[step.project_id]
    revoke_document(actor=officer, document_id=newest.pk, revoked_on=TODAY, reason="误录", today=TODAY)
    assert "FOREST" in closed(step)


def test_reading_many_steps_costs_what_one_costs(dispatcher):
    steps = [review(dispatcher, arable_m2=2_000, forest_m2=5) for _ in range(5)]
    rows = list(gates.waiting_steps(actor=dispatcher, on=TODAY).filter(code="B02"))

    one = queries_of(lambda: gates.read_gates(rows[:1], on=TODAY))
    many = queries_of(lambda: gates.read_gates(rows, on=TODAY))

    assert len(rows) == len(steps)
    assert one == many


# --- statements -----------------------------------------------------------------------------------


def test_the_newest_statement_counts_and_the_older_stays(dispatcher, section):
    step = review(dispatcher, pbf_m2=500)
    for area in (500, 400):
        state_gate(
            actor=section,
            project_id=step.project_id,
            gate=Gate.FARMLAND,
            stated=Statement("国函[2026] 3号", "国务院", MONDAY, area_m2=area),
            proof=proof(str(area)),
            today=TODAY,
        )

    assert closed(step) == {"FARMLAND"}
    first = GateStatement.objects.order_by("pk").first()
    assert (first.doc_no, first.area_m2, first.paper.title) == ("国函〔2026〕3号", 500, "永久基本农田")
    assert Entry.objects.filter(verb="gate.stated", project_id=step.project_id).count() == 2


@pytest.mark.parametrize(
    ("gate", "changes", "error"),
    [
        (Gate.VIOLATION, {}, errors.StatementIncomplete),
        (Gate.FARMLAND, {"doc_no": " "}, errors.StatementIncomplete),
        (Gate.FARMLAND, {"authority": ""}, errors.StatementIncomplete),
        (Gate.FARMLAND, {"dated_on": None}, errors.StatementIncomplete),
        (Gate.FARMLAND, {"dated_on": TODAY + timedelta(days=1)}, errors.DayOutOfOrder),
    ],
)
def test_a_statement_without_its_document_is_refused(dispatcher, section, gate, changes, error):
    step = review(dispatcher)
    values = {"doc_no": "国函〔2026〕3号", "authority": "国务院", "dated_on": MONDAY} | changes

    with pytest.raises(error):
        state_gate(
            actor=section, project_id=step.project_id, gate=gate, stated=Statement(**values), today=TODAY
        )


def test_who_only_holds_a_share_states_nothing(dispatcher, stranger):
    step = review(dispatcher)
    LandShare.objects.create(project=step.project, organisation=organisation("522725"), total_m2=1)
    stated = Statement("国函〔2026〕3号", "国务院", MONDAY)

    with pytest.raises(PermissionDenied):
        state_gate(actor=stranger, project_id=step.project_id, gate=Gate.FARMLAND, stated=stated, today=TODAY)


# --- overriding -----------------------------------------------------------------------------------


def test_a_document_of_the_government_lets_one_step_pass_and_stays_visible(dispatcher, section):
    step, other = (review(dispatcher, pbf_m2=500) for _ in range(2))

    [row] = override_gates(
        actor=dispatcher, step_id=step.pk, chosen=["FARMLAND"], release=RELEASE, proof=proof(), today=TODAY
    )
    done = accepted(step, section)

    assert row.doc_no == "黔南府函〔2026〕3号"
    assert done.gate_marks == [
        {"gate": "FARMLAND", "by": "override", "doc_no": f"州人民政府 黔南府函〔2026〕3号（{MONDAY}）"}
    ]
    entry = Entry.objects.get(verb="gate.overridden")
    assert entry.facts["missing"]["FARMLAND"]
    assert Entry.objects.get(verb="step.accepted").facts["gate_marks"] == done.gate_marks
    assert closed(other) == {"FARMLAND"}


def test_one_document_does_not_open_the_gates_that_it_does_not_name(dispatcher, section):
    step = review(dispatcher, pbf_m2=500, eco_redline_m2=9)
    override_gates(
        actor=dispatcher, step_id=step.pk, chosen=["FARMLAND"], release=RELEASE, proof=proof(), today=TODAY
    )

    with pytest.raises(errors.GateClosed) as refusal:
        accepted(step, section)

    assert [entry["gate"] for entry in refusal.value.facts["gates"]] == ["RED_LINE"]


@pytest.mark.parametrize(
    ("changes", "chosen", "given", "error"),
    [
        ({"doc_no": "3号"}, ["FARMLAND"], True, errors.DocNoMalformed),
        ({"doc_no": ""}, ["FARMLAND"], True, errors.DocNoMalformed),
        ({"reason": " "}, ["FARMLAND"], True, errors.ReasonMissing),
        ({"dated_on": TODAY + timedelta(days=1)}, ["FARMLAND"], True, errors.DayOutOfOrder),
        ({}, [], True, errors.GateNotClosed),
        ({}, ["FOREST"], True, errors.GateNotClosed),
        ({}, ["FARMLAND"], False, EvidenceMissing),
    ],
    ids=["number", "no number", "reason", "future", "nothing", "an open gate", "no paper"],
)
def test_an_override_needs_its_document(dispatcher, changes, chosen, given, error):
    step = review(dispatcher, pbf_m2=500)
    values = {name: getattr(RELEASE, name) for name in RELEASE.__slots__} | changes

    with pytest.raises(error):
        override_gates(
            actor=dispatcher,
            step_id=step.pk,
            chosen=chosen,
            release=Release(**values),
            proof=proof() if given else NO_PROOF,
            today=TODAY,
        )

    assert not GateOverride.objects.exists()


def test_the_section_that_reviews_does_not_release_itself(dispatcher, section):
    step = review(dispatcher, pbf_m2=500)

    with pytest.raises(PermissionDenied):
        override_gates(
            actor=section, step_id=step.pk, chosen=["FARMLAND"], release=RELEASE, proof=proof(), today=TODAY
        )


@pytest.mark.parametrize("table", ["approvals_gateoverride", "approvals_gatestatement"])
def test_what_was_stated_is_never_rewritten(dispatcher, section, table):
    step = review(dispatcher, pbf_m2=500)
    override_gates(
        actor=dispatcher, step_id=step.pk, chosen=["FARMLAND"], release=RELEASE, proof=proof(), today=TODAY
    )
    stated = Statement("国函〔2026〕3号", "国务院", MONDAY)
    state_gate(actor=section, project_id=step.project_id, gate=Gate.FARMLAND, stated=stated, today=TODAY)

    with (
        pytest.raises(DatabaseError, match=r"[Cc]annot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET doc_no = 'x'")


def test_a_gate_is_overridden_once(dispatcher):
    step = review(dispatcher, pbf_m2=500)
    [row] = override_gates(
        actor=dispatcher, step_id=step.pk, chosen=["FARMLAND"], release=RELEASE, proof=proof(), today=TODAY
    )
    row.pk = None

    with pytest.raises(IntegrityError, match="gate_override_once"), transaction.atomic():
        GateOverride.objects.bulk_create([row])


# --- silence --------------------------------------------------------------------------------------


def test_silence_accepts_all_the_same_and_the_gate_stands_before_the_decision(dispatcher, section):
    step = review(dispatcher, pbf_m2=500)
    receive_step(step_id=step.pk, received_on=MONDAY, actor=section, today=MONDAY)

    [taken] = deem_accepted(today=TODAY)

    assert (taken.pk, taken.status) == (step.pk, "RUNNING")
    assert [(mark["gate"], mark["by"]) for mark in taken.gate_marks] == [("FARMLAND", "silence")]
    with pytest.raises(errors.GateClosed):
        decide_step(step_id=step.pk, decided_on=TODAY, result="审查通过", actor=section, today=TODAY)

    LandUse.objects.filter(project=step.project).update(pbf_m2=0)
    done = decide_step(step_id=step.pk, decided_on=TODAY, result="审查通过", actor=section, today=TODAY)
    assert done.status == "DONE"


# --- rules and targets ----------------------------------------------------------------------------

VALUES = GateValues(("A03",), "新条款", "州局", 80, True, "扩大到预审")


def test_a_new_version_guards_other_steps_from_its_day(dispatcher, section):
    _, steps = opened(dispatcher, land=CLEAR | {"pbf_m2": 500})
    revise_gate(actor=dispatcher, gate=Gate.FARMLAND, effective_from=TODAY, values=VALUES)

    assert gates.gates_of(steps["A03"], on=TODAY - timedelta(days=1)).readings == ()
    assert gates.gates_of(steps["A03"], on=TODAY).closed[0].clause == "新条款"
    assert "FARMLAND" not in {r.gate for r in gates.gates_of(steps["B02"], on=TODAY).readings}
    # What is accepted for an earlier day is read by the version of that day.
    assert accepted(steps["A03"], section, on=TODAY - timedelta(days=1)).status == "RUNNING"


@pytest.mark.parametrize(
    ("day", "changes", "error"),
    [
        (date(2020, 1, 1), {}, errors.GateRuleOutOfOrder),
        (TODAY, {"step_codes": ("Q99",)}, errors.GateRuleOutOfOrder),
        (TODAY, {"clause": ""}, errors.ReasonMissing),
        (TODAY, {"note": ""}, errors.ReasonMissing),
    ],
)
def test_a_version_out_of_order_is_refused(dispatcher, day, changes, error):
    values = GateValues(**{name: getattr(VALUES, name) for name in VALUES.__slots__} | changes)

    with pytest.raises(error):
        revise_gate(actor=dispatcher, gate=Gate.FARMLAND, effective_from=day, values=values)


def test_the_section_changes_no_gate(section):
    with pytest.raises(PermissionDenied):
        revise_gate(actor=section, gate=Gate.FARMLAND, effective_from=TODAY, values=VALUES)


def test_a_target_begins_after_the_one_before(dispatcher):
    values = {"actor": dispatcher, "organisation": organisation("522701"), "basis": "黔南府发〔2026〕5号"}
    target = Target(100, 120, 80, 90)
    row = set_stock_target(effective_from=MONDAY, target=target, **values)

    assert (row.arable_left_m2, row.basic_left_m2) == (20, 10)
    with pytest.raises(SettingOutOfOrder):
        set_stock_target(effective_from=MONDAY, target=target, **values)
    with pytest.raises(errors.ReasonMissing):
        set_stock_target(effective_from=TODAY, target=target, **{**values, "basis": " "})
    assert StockTarget.objects.count() == 1


def test_a_rule_without_a_clause_or_share_is_no_rule():
    rule = {"gate": "FOREST", "effective_from": TODAY, "clause": "条款", "least_percent": 100}
    for changes, name in (
        ({"clause": ""}, "gate_rule_has_a_clause"),
        ({"least_percent": 0}, "gate_rule_percent"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            GateRule.objects.create(**rule | changes)


# --- cases ----------------------------------------------------------------------------------------


def test_an_open_case_closes_its_projects_gate_until_it_ends(dispatcher, section, officer):
    step = review(dispatcher)
    case = case_of(step, officer)
    assert closed(step) == {"VIOLATION"}

    file_case(actor=officer, case_id=case.pk, filed_on=MONDAY, case_no="匀自然资罚立〔2026〕5号", today=TODAY)
    penalty = Penalty(TODAY, "匀自然资罚〔2026〕5号", fine_yuan=60_000, recovered_m2=100)
    decide_case(actor=officer, case_id=case.pk, penalty=penalty, today=TODAY)
    assert closed(step) == {"VIOLATION"}
    close_case(actor=section, case_id=case.pk, closed_on=TODAY, reason="罚款已缴，土地已收回", today=TODAY)

    assert closed(step) == set()
    case.refresh_from_db()
    assert (case.state, case.fine_yuan) == ("CLOSED", 60_000)
    verbs = Entry.objects.filter(verb__startswith="violation.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["violation.found", "violation.filed", "violation.decided", "violation.closed"]


def test_what_was_only_found_is_dismissed(dispatcher, section):
    case = case_of(review(dispatcher), section)

    done = close_case(actor=section, case_id=case.pk, closed_on=TODAY, reason="不构成违法", today=TODAY)

    assert done.state == "DISMISSED"


def test_the_county_does_not_close_its_own_case(dispatcher, officer):
    case = case_of(review(dispatcher), officer)

    with pytest.raises(PermissionDenied):
        close_case(actor=officer, case_id=case.pk, closed_on=TODAY, reason="整改", today=TODAY)


def test_a_case_keeps_its_order(dispatcher, section):
    case = case_of(review(dispatcher), section)
    acts = {"actor": section, "case_id": case.pk, "today": TODAY}

    with pytest.raises(errors.CaseOutOfOrder) as refusal:
        decide_case(penalty=Penalty(TODAY, "匀〔2026〕1号"), **acts)
    assert refusal.value.facts == {"state": "FOUND"}
    with pytest.raises(errors.DayOutOfOrder):
        file_case(filed_on=MONDAY - timedelta(days=1), case_no="一号", **acts)
    with pytest.raises(errors.ReasonMissing):
        file_case(filed_on=MONDAY, case_no=" ", **acts)
    with pytest.raises(errors.ReasonMissing):
        close_case(closed_on=TODAY, reason="", **acts)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"place": " "}, errors.ReasonMissing),
        ({"found_on": TODAY + timedelta(days=1)}, errors.DayOutOfOrder),
        ({"arable_m2": 501}, errors.CaseOutOfOrder),
    ],
)
def test_a_finding_says_where_what_and_when(dispatcher, section, changes, error):
    with pytest.raises(error):
        case_of(review(dispatcher), section, **changes)


def test_a_county_reports_for_itself_alone(officer):
    finding = Finding("瓮安县城", "未批先建", MONDAY)

    with pytest.raises(PermissionDenied):
        report_violation(actor=officer, organisation=organisation("522725"), finding=finding, today=TODAY)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "FILED"}, "violation_filed_has_a_number"),
        ({"state": "CLOSED"}, "violation_ends_with_a_reason"),
        ({"area_m2": -1}, "violation_not_negative"),
    ],
)
def test_the_table_keeps_a_case_whole(officer, changes, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ViolationCase.objects.create(
            **{"organisation": officer.organisation, "place": "x", "facts": "y", "found_on": MONDAY}
            | changes,
            entered_by=officer,
        )


# --- the list -------------------------------------------------------------------------------------


def test_the_list_reads_on_where_it_stopped_and_names_each_closed_gate(dispatcher):
    steps = [review(dispatcher, arable_m2=2_000, pbf_m2=500) for _ in range(3)]
    rows = gates.waiting_steps(actor=dispatcher, on=TODAY).filter(code="B02")

    first = gates.closed_gates(rows, gate="", after=0, size=3, on=TODAY)
    second = gates.closed_gates(rows, gate="", after=first.next_after or 0, size=3, on=TODAY)

    found = [(row.step.pk, row.reading.gate.value) for row in (*first.rows, *second.rows)]
    assert found == [(step.pk, gate) for step in steps for gate in ("SUPPLEMENT", "FARMLAND")]
    assert second.next_after is None
    only = gates.closed_gates(rows, gate="FARMLAND", after=0, size=50, on=TODAY)
    assert {row.reading.gate for row in only.rows} == {Gate.FARMLAND}


def test_what_is_overridden_is_no_longer_closed(dispatcher):
    step = review(dispatcher, pbf_m2=500)
    override_gates(
        actor=dispatcher, step_id=step.pk, chosen=["FARMLAND"], release=RELEASE, proof=proof(), today=TODAY
    )

    assert closed(step) == set()
    assert gates.gates_of(step, on=TODAY).overridden[0].verdict is Verdict.OVERRIDDEN
