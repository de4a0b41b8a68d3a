"""Running a step: every change and every refusal."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from approvals import errors
from approvals.models import Material, Step, StepType
from approvals.services.acceptance import accept_step, reject_step, supply_material
from approvals.services.changes import NewLimit, assign_step, revise_step_type
from approvals.services.decisions import decide_step, mark_not_involved, return_step, withdraw_step
from approvals.services.opening import open_track, reopen
from approvals.services.pauses import extend_step, pause_step, resume_step
from audit.models import Entry
from deadlines.errors import AlreadyPaused, DateOutOfOrder
from deadlines.models import Deadline
from deadlines.rules import LineName
from tests.approvals.scenes import MONDAY, OPENED, TODAY, accepted, kind, opened
from tests.factories import ProjectFactory, UserFactory, organisation

pytestmark = pytest.mark.django_db


def limit_of(step: Step, words: str) -> int:
    return step.step_type.limits.get(basis__contains=words).pk


# --- opening -----------------------------------------------------------------------------------


def test_a_project_gets_the_45_steps_of_its_track_once(dispatcher):
    project = ProjectFactory(track="batch")

    first = open_track(project=project, actor=dispatcher, today=OPENED)
    again = open_track(project=project, actor=dispatcher, today=TODAY)

    assert len(first) == 45
    assert [step.pk for step in again] == [step.pk for step in first]
    by_code = {step.code: step for step in first}
    assert by_code["A03"].status == "NOT_INVOLVED"
    assert by_code["A03"].closing_reason == "本审批轨道不涉及"
    assert by_code["A04"].status == "NOT_STARTED"
    assert Entry.objects.filter(verb="step.opened", project_id=project.pk).count() == 1


def test_adoption_is_the_decision_of_the_listing_step(dispatcher):
    _, steps = opened(dispatcher)

    steps["A01"].refresh_from_db()
    assert steps["A01"].status == "DONE"
    assert steps["A01"].decision.result == "准予入库"


def test_the_catalogue_names_who_holds_a_step(dispatcher):
    _, steps = opened(dispatcher, organisation=organisation("522725"))

    holders = {code: step.holder_organisation.code for code, step in steps.items()}
    assert holders["A03"] == "522700-ZRZY-YTGZ"
    assert holders["Z01"] == "522725-ZRZY"
    assert holders["A08"] == "522700-SWJ"


def test_a_park_runs_its_own_steps(dispatcher):
    _, steps = opened(dispatcher, organisation=organisation("522700-P01"))

    assert steps["B01"].holder_organisation.code == "522700-P01-ZRZY"


@pytest.mark.parametrize(
    ("land", "status"), [({"agri_m2": 0, "unused_m2": 0}, "NOT_INVOLVED"), ({}, "NOT_STARTED")]
)
def test_stock_land_without_conversion_needs_no_approval(dispatcher, land, status):
    _, steps = opened(dispatcher, track="no_requisition", land=land or {"total_m2": 100})

    assert steps["B01"].status == status


def test_a_project_that_is_not_adopted_gets_no_steps(dispatcher):
    project = ProjectFactory(submitted=True)

    with pytest.raises(errors.TrackNotSet) as refusal:
        open_track(project=project, actor=dispatcher, today=TODAY)

    assert refusal.value.facts == {"project": project.pk}


# --- acceptance ---------------------------------------------------------------------------------


def test_an_accepted_step_runs_on_both_lines(dispatcher, section):
    _, steps = opened(dispatcher)

    step = accepted(steps["A03"], section)

    assert step.status == "RUNNING"
    assert step.deadline.committed_due_on == date(2026, 11, 3)
    assert step.deadline.statutory_due_on == date(2026, 11, 30)
    assert step.deadline.scope_organisation == step.project.organisation


def test_out_of_order_is_recorded_and_not_blocked(dispatcher, section):
    _, steps = opened(dispatcher)

    step = accepted(steps["A03"], section)

    assert step.started_early == ["A02"]
    entry = Entry.objects.get(verb="step.accepted")
    assert entry.facts["started_early"] == ["A02"]
    assert entry.occurred_on == MONDAY


def test_a_step_without_a_number_runs_without_a_clock(dispatcher, officer):
    _, steps = opened(dispatcher)

    step = accepted(steps["Z02"], officer)

    assert step.status == "RUNNING"
    assert step.deadline is None


def test_missing_papers_run_on_their_own_deadline(dispatcher, section):
    _, steps = opened(dispatcher)

    step = accepted(steps["A03"], section, missing=["申请报告", "补充说明"])

    papers = Material.objects.filter(step=step, is_missing=True)
    assert {paper.name for paper in papers} == {"申请报告", "补充说明"}
    assert {paper.promised_on for paper in papers} == {date(2026, 11, 9)}
    promise = papers[0].deadline
    assert (promise.role, promise.due_on) == ("MISSING_PAPERS", date(2026, 11, 9))
    assert not step.accepted_complete
    assert step.materials.count() == 11


@pytest.mark.parametrize("promised", [date(2026, 11, 13), date(2026, 11, 14)])
def test_another_day_may_be_promised(dispatcher, section, promised):
    _, steps = opened(dispatcher)

    step = accepted(steps["A03"], section, missing=["申请报告"], promised_on=promised)

    due = {date(2026, 11, 13): date(2026, 11, 13), date(2026, 11, 14): date(2026, 11, 16)}
    assert step.materials.get(is_missing=True).deadline.due_on == due[promised]


def test_the_last_paper_closes_the_promise(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, missing=["申请报告", "补充说明"])
    first, second = step.materials.filter(is_missing=True)

    for paper in (first, second):
        open_before = Deadline.objects.get(pk=paper.deadline_id).is_open
        supply_material(step_id=step.pk, material_id=paper.pk, supplied_on=TODAY, actor=section, today=TODAY)
        assert open_before

    assert Deadline.objects.get(pk=first.deadline_id).state == "MET"
    with pytest.raises(errors.MaterialNotMissing) as refusal:
        supply_material(step_id=step.pk, material_id=first.pk, supplied_on=TODAY, actor=section, today=TODAY)
    assert refusal.value.facts == {"material": first.pk}


def test_a_promise_must_lie_after_the_acceptance(dispatcher, section):
    _, steps = opened(dispatcher)

    with pytest.raises(errors.PromiseMissing) as refusal:
        accepted(steps["A03"], section, missing=["申请报告"], promised_on=MONDAY)

    assert refusal.value.facts == {"missing": ["申请报告"], "promised_on": MONDAY}
    steps["A03"].refresh_from_db()
    assert steps["A03"].status == "NOT_STARTED"


def test_alternative_limits_must_be_chosen(dispatcher, section):
    _, steps = opened(dispatcher)

    with pytest.raises(errors.LimitNotChosen) as refusal:
        accepted(steps["A07"], section)

    assert [choice["basis"][-5:] for choice in refusal.value.facts["choices"]] == ["书60日", "即办)"] or len(
        refusal.value.facts["choices"]
    ) == 2
    step = accepted(steps["A07"], section, limit_id=limit_of(steps["A07"], "报告书60日"))
    assert (step.deadline.statutory_limit, step.deadline.statutory_unit) == (60, "cd")


def test_an_alternative_without_days_starts_no_clock(dispatcher, section):
    _, steps = opened(dispatcher)

    step = accepted(steps["A04"], section, limit_id=limit_of(steps["A04"], "政府投资审批"))

    assert step.deadline is None


def test_the_future_cannot_be_accepted(dispatcher, section):
    _, steps = opened(dispatcher)

    with pytest.raises(errors.DayOutOfOrder) as refusal:
        accepted(steps["A03"], section, on=date(2026, 11, 21))

    assert refusal.value.facts == {"day": date(2026, 11, 21), "today": TODAY}


def test_a_step_is_accepted_once(dispatcher, section):
    _, steps = opened(dispatcher)
    accepted(steps["A03"], section)

    with pytest.raises(errors.WrongStatus) as refusal:
        accepted(steps["A03"], section)

    assert refusal.value.facts == {"step": "A03", "status": "RUNNING", "verb": "accept"}


def test_a_holder_works_in_the_organisation_that_holds(dispatcher, section, officer):
    _, steps = opened(dispatcher)

    with pytest.raises(errors.HolderElsewhere):
        accepted(steps["A03"], section, holder=officer)
    step = accepted(steps["A03"], section, holder=section)

    assert step.deadline.holder == section


def test_a_rejected_step_says_why(dispatcher, section):
    _, steps = opened(dispatcher)
    call = {"step_id": steps["A03"].pk, "rejected_on": TODAY, "actor": section, "today": TODAY}

    with pytest.raises(errors.ReasonMissing):
        reject_step(**call, reason="  ")
    step = reject_step(**call, reason="不属于本机关职权")

    assert (step.status, step.closing_reason) == ("REJECTED", "不属于本机关职权")


# --- pauses ------------------------------------------------------------------------------------


def paused(step: Step, actor: User, *, code: str = "MEETING", **more: object):
    ahead = {} if "last_on" in more else {"expected_end_on": TODAY, "next_step": "会后办理"}
    more = {"first_on": date(2026, 11, 3), "evidence": "会议通知〔2026〕3号", **ahead, **more}
    return pause_step(step_id=step.pk, kind=kind(code), actor=actor, today=TODAY, **more)


def test_a_meeting_stops_the_committed_line_only(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    paused(step, section, last_on=date(2026, 11, 5))

    step.deadline.refresh_from_db()
    assert step.deadline.committed_due_on == date(2026, 11, 6)
    assert step.deadline.statutory_due_on == date(2026, 11, 30)


def test_an_expert_review_stops_both_lines(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    paused(step, section, code="EXPERT_REVIEW", last_on=date(2026, 11, 5))

    step.deadline.refresh_from_db()
    assert step.deadline.committed_due_on == date(2026, 11, 6)
    assert step.deadline.statutory_due_on == date(2026, 12, 3)


def test_an_open_pause_shows_on_the_step_until_it_ends(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    paused(step, section)
    step.refresh_from_db()
    assert step.status == "PAUSED"
    with pytest.raises(AlreadyPaused):
        paused(step, section)

    resume_step(step_id=step.pk, last_on=date(2026, 11, 4), actor=section, today=TODAY)
    step.refresh_from_db()
    assert step.status == "RUNNING"
    assert step.deadline.committed_due_on == date(2026, 11, 5)


def test_time_that_the_promise_does_not_exclude_stops_nothing(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    with pytest.raises(errors.PauseNotExcluded) as refusal:
        paused(step, section, code="SITE_VISIT")

    assert refusal.value.facts == {"kind": "SITE_VISIT", "excluded": ["会议"]}


def test_a_pause_in_the_future_is_refused(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    with pytest.raises(DateOutOfOrder):
        paused(step, section, first_on=date(2026, 11, 23))


def test_without_a_clock_there_is_nothing_to_pause(dispatcher, officer):
    _, steps = opened(dispatcher)
    step = accepted(steps["Z02"], officer)

    with pytest.raises(errors.NoClock) as refusal:
        paused(step, officer)

    assert refusal.value.facts == {"step": "Z02"}


def test_only_what_is_paused_resumes(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    with pytest.raises(errors.WrongStatus):
        resume_step(step_id=step.pk, last_on=TODAY, actor=section, today=TODAY)


def extended(step: Step, actor: User, days: int):
    return extend_step(
        step_id=step.pk,
        line=LineName.STATUTORY,
        days=days,
        approved_by="分管副局长",
        approved_on=TODAY,
        told_on=TODAY,
        reason="情况复杂",
        actor=actor,
        today=TODAY,
    )


def test_the_law_says_how_much_longer(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    extended(step, section, 6)
    with pytest.raises(errors.ExtensionTooLong) as refusal:
        extended(step, section, 5)
    extended(step, section, 4)

    step.deadline.refresh_from_db()
    assert refusal.value.facts == {"most": 10, "granted": 6}
    assert step.deadline.statutory_due_on == date(2026, 12, 14)


def test_a_limit_whose_law_names_no_extension_is_not_extended(dispatcher, officer, client):
    """条例31条 gives fifteen working days for the 公告 and no more."""
    _, steps = opened(dispatcher)
    step = accepted(steps["B05"], officer)

    with pytest.raises(errors.ExtensionTooLong, match="没有规定可以延长"):
        extended(step, officer, 1)

    client.force_login(officer)
    assert f"/steps/{step.pk}/extend/" not in client.get(f"/steps/{step.pk}/").content.decode()


# --- endings -----------------------------------------------------------------------------------


def decided(step: Step, actor: User, *, on: date = TODAY, **more: object) -> Step:
    return decide_step(step_id=step.pk, decided_on=on, actor=actor, today=TODAY, **{"result": "核发", **more})


def test_a_decision_stops_the_clock_and_cuts_the_open_pause(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    pause = paused(step, section, first_on=date(2026, 11, 3))

    decided(step, section, on=date(2026, 11, 6), doc_no="黔自然资[2026] 9 号")

    step.refresh_from_db()
    pause.refresh_from_db()
    assert (step.status, step.closed_on) == ("DONE", date(2026, 11, 6))
    assert step.deadline.state == "MET"
    assert pause.last_on == date(2026, 11, 6)
    assert step.decision.doc_no == "黔自然资〔2026〕9号"


def test_a_paper_with_an_end_starts_its_own_deadline(dispatcher, section):
    _, steps = opened(dispatcher)
    step = decided(accepted(steps["A03"], section), section)

    validity = step.decision.validity
    validity.refresh_from_db()
    assert (validity.role, validity.due_on) == ("VALIDITY", date(2029, 11, 20))
    assert validity.dependent_is_open


def test_a_paper_that_nothing_leans_on_any_more_falls_quiet(dispatcher, section, officer):
    _, steps = opened(dispatcher)
    step = decided(accepted(steps["A10"], section), section)
    assert Deadline.objects.get(pk=step.decision.validity_id).dependent_is_open

    mark_not_involved(step_id=steps["B01"].pk, reason="不报批", actor=officer, today=TODAY)

    assert not Deadline.objects.get(pk=step.decision.validity_id).dependent_is_open


def test_alternative_validities_must_be_chosen(dispatcher, officer):
    _, steps = opened(dispatcher)
    step = reopen(step_id=steps["Y02"].pk, actor=officer, today=TODAY)
    step = accepted(step, officer, limit_id=limit_of(step, "行政许可法42条"))

    with pytest.raises(errors.LimitNotChosen):
        decided(step, officer)
    step = decided(step, officer, validity_limit_id=limit_of(step, "4年"))

    assert step.decision.validity.due_on == date(2030, 11, 20)


def test_only_a_permission_among_the_ways_of_starting_a_project_lapses(dispatcher, section):
    """核准 is good for two years; 备案 and the government's own approval have no end."""
    _, steps = opened(dispatcher)
    step = accepted(steps["A04"], section, limit_id=limit_of(steps["A04"], "核准20工作日"))
    step = decided(step, section, result="核准")

    validity = Deadline.objects.get(pk=step.decision.validity_id)
    assert (validity.due_on, validity.dependent_is_open) == (date(2028, 11, 20), True)

    again = reopen(step_id=step.pk, actor=section, today=TODAY)
    again = accepted(again, section, on=TODAY, limit_id=limit_of(again, "在线告知"))
    assert decided(again, section, result="备案").decision.validity is None


def test_a_permission_may_be_extended_by_forty_days(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A04"], section, limit_id=limit_of(steps["A04"], "核准20工作日"))
    told = {"approved_by": "局长", "approved_on": MONDAY, "told_on": MONDAY, "reason": "项目复杂"}

    with pytest.raises(errors.ExtensionTooLong):
        extend_step(step_id=step.pk, line=LineName.STATUTORY, days=41, actor=section, today=TODAY, **told)
    extend_step(step_id=step.pk, line=LineName.STATUTORY, days=40, actor=section, today=TODAY, **told)

    step.deadline.refresh_from_db()
    assert step.deadline.statutory_extension == 40


def test_temporary_land_is_handled_in_twenty_days_and_restored_afterwards(dispatcher, officer):
    """The year for restoring begins when the term is over; nobody chooses it at acceptance.

    Nor the years after which land counts as idle: they run from the day agreed for building.
    """
    _, steps = opened(dispatcher)
    step = accepted(reopen(step_id=steps["Y02"].pk, actor=officer, today=TODAY), officer)

    assert (step.deadline.statutory_limit, step.deadline.statutory_unit) == (20, "wd")
    watched = accepted(steps["J03"], officer)
    assert (watched.deadline.statutory_limit, watched.deadline.statutory_unit) == (30, "cd")


def test_a_minimum_period_must_be_over(dispatcher, officer):
    _, steps = opened(dispatcher)
    step = accepted(steps["Z01"], officer, on=date(2026, 4, 24))

    with pytest.raises(errors.PeriodNotOver) as refusal:
        decided(step, officer, on=date(2026, 5, 12), result="已公告")
    decided(step, officer, on=date(2026, 5, 13), result="已公告")

    assert refusal.value.facts == {"possible_on": date(2026, 5, 13), "last_day": date(2026, 5, 12)}


def test_a_wrong_number_keeps_the_step_open(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    with pytest.raises(errors.DocNoMalformed) as refusal:
        decided(step, section, doc_no="〔2026〕甲号")

    assert refusal.value.facts == {"doc_no": "〔2026〕甲号"}
    step.refresh_from_db()
    assert step.status == "RUNNING"


@pytest.mark.parametrize(
    ("call", "status"), [(return_step, "RETURNED"), (withdraw_step, "WITHDRAWN")], ids=["return", "withdraw"]
)
def test_an_ending_without_a_decision_cancels_every_clock(dispatcher, section, call, status):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, missing=["申请报告"])
    day = {"RETURNED": "returned_on", "WITHDRAWN": "withdrawn_on"}[status]

    call(step_id=step.pk, reason="材料不实", actor=section, today=TODAY, **{day: TODAY})

    step.refresh_from_db()
    assert (step.status, step.closing_reason) == (status, "材料不实")
    states = Deadline.objects.filter(subject_id=step.pk).values_list("state", flat=True)
    assert set(states) == {"CANCELLED"}


def test_an_ended_step_is_taken_up_in_a_new_round(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    return_step(step_id=step.pk, returned_on=TODAY, reason="补正", actor=section, today=TODAY)

    fresh = reopen(step_id=step.pk, actor=section, today=TODAY)

    assert (fresh.round, fresh.status) == (2, "NOT_STARTED")
    with pytest.raises(errors.WrongStatus):
        reopen(step_id=step.pk, actor=section, today=TODAY)


def test_what_was_set_aside_is_taken_up_as_it_is(dispatcher, officer):
    _, steps = opened(dispatcher)

    fresh = reopen(step_id=steps["Z06"].pk, actor=officer, today=TODAY)

    assert (fresh.pk, fresh.status, fresh.round) == (steps["Z06"].pk, "NOT_STARTED", 1)


def test_a_running_step_is_not_set_aside(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)

    with pytest.raises(errors.WrongStatus):
        mark_not_involved(step_id=step.pk, reason="误报", actor=section, today=TODAY)


def test_the_database_keeps_a_closed_step_dated(dispatcher):
    _, steps = opened(dispatcher)

    with pytest.raises(IntegrityError, match="step_closed_has_a_day"), transaction.atomic():
        Step.objects.filter(pk=steps["A03"].pk).update(status="DONE")


# --- hands -------------------------------------------------------------------------------------


def test_a_handed_over_step_takes_its_deadlines_along(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, missing=["申请报告"])
    other = UserFactory(organisation=organisation("522700-ZRZY-GH"))

    assign_step(step_id=step.pk, organisation=other.organisation, holder=other, actor=section, today=TODAY)

    holders = Deadline.objects.filter(subject_id=step.pk).values_list("holder", flat=True)
    assert set(holders) == {other.pk}


def test_county_staff_hand_over_within_their_unit(dispatcher, officer):
    _, steps = opened(dispatcher)

    with pytest.raises(errors.HolderElsewhere):
        assign_step(
            step_id=steps["Z01"].pk,
            organisation=organisation("522700-ZRZY-GH"),
            holder=None,
            actor=officer,
            today=TODAY,
        )


@pytest.mark.parametrize(
    ("who", "code", "outcome"),
    [
        ("county", "Z02", None),
        ("county", "A03", PermissionDenied),
        ("section", "A03", None),
        ("section", "Z02", None),
        ("dispatch", "A03", None),
        ("leader", "A03", PermissionDenied),
        ("sysadmin", "A03", PermissionDenied),
        ("department", "A03", PermissionDenied),
        ("stranger", "Z02", Step.DoesNotExist),
    ],
)
def test_who_may_run_which_step(people, dispatcher, who, code, outcome):
    _, steps = opened(dispatcher)
    call = {"step_id": steps[code].pk, "accepted_on": TODAY, "actor": people[who], "today": TODAY}

    if outcome is None:
        assert accept_step(**call).status == "RUNNING"
    else:
        with pytest.raises(outcome):
            accept_step(**call)


# --- the catalogue -----------------------------------------------------------------------------


def test_a_revision_leaves_running_steps_under_the_old_law(dispatcher, section):
    _, steps = opened(dispatcher)
    running = accepted(steps["A03"], section)

    version = revise_step_type(
        code="A03",
        effective_from=date(2026, 11, 10),
        revision_note="州政府承诺缩短",
        limits=[NewLimit("statutory", 15, "wd", "max", "新规定")],
        columns={"short": "预审"},
        actor=dispatcher,
    )

    _, later = opened(dispatcher, on=TODAY)
    fresh = accepted(later["A03"], section, on=TODAY)
    running.refresh_from_db()
    assert running.step_type_id == steps["A03"].step_type_id
    assert (fresh.step_type, fresh.deadline.statutory_limit) == (version, 15)
    old = StepType.objects.get(code="A03", effective_from=date(2020, 1, 1))
    assert old.effective_to == date(2026, 11, 10)
    assert version.materials == old.materials


def test_a_revision_must_follow_the_newest_version(dispatcher):
    with pytest.raises(errors.RevisionOutOfOrder) as refusal:
        revise_step_type(
            code="A03",
            effective_from=date(2020, 1, 1),
            revision_note="更正",
            limits=[],
            actor=dispatcher,
        )

    assert refusal.value.facts["newest"] == date(2020, 1, 1)


def test_the_section_does_not_change_the_law(section):
    with pytest.raises(PermissionDenied):
        revise_step_type(code="A03", effective_from=TODAY, revision_note="x", limits=[], actor=section)
