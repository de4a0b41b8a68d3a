"""Papers come in, the office has one notice, silence accepts; other limits for a running step."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from approvals import errors, tasks
from approvals.models import HandlingSetting, PromiseException, Step, StepType
from approvals.services.acceptance import accept_step, reject_step
from approvals.services.changes import NewLimit, except_step, reissue_step, revise_step_type
from approvals.services.decisions import decide_step, mark_not_involved, withdraw_step
from approvals.services.opening import reopen
from approvals.services.pauses import extend_step
from approvals.services.receipts import deem_accepted, notify_correction, receive_step
from audit.models import Entry
from deadlines.models import Deadline
from deadlines.rules import LineName
from tests.approvals.scenes import MONDAY, OPENED, TODAY, accepted, opened
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# Golden D18: received on 29 April before the holidays; the fifth working day is a make-up Saturday.
RECEIVED = date(2026, 4, 29)
NOTICE_UNTIL = date(2026, 5, 9)
AFTER = date(2026, 5, 10)


def received(step: Step, actor: User, *, on: date = RECEIVED, today: date = RECEIVED) -> Step:
    return receive_step(step_id=step.pk, received_on=on, actor=actor, today=today)


def notify(step: Step, actor: User, *, on: date, today: date | None = None, items=("申请报告",)) -> Step:
    return notify_correction(
        step_id=step.pk, notified_on=on, items=list(items), actor=actor, today=today or on
    )


@pytest.fixture
def steps(dispatcher: User) -> dict[str, Step]:
    return opened(dispatcher, on=date(2026, 4, 1))[1]


# --- receipt and the one notice ------------------------------------------------------------------


def test_a_receipt_opens_the_window_for_the_one_notice(section, steps):
    step = received(steps["A03"], section)

    assert (step.status, step.received_on) == ("RECEIVED", RECEIVED)
    window = step.notice_deadline
    assert (window.role, window.started_on, window.due_on) == ("CORRECTION", RECEIVED, NOTICE_UNTIL)
    assert "第三十二条" in window.statutory_basis


def test_a_notice_on_the_last_day_stops_the_window_and_lists_everything(section, steps):
    step = received(steps["A03"], section)

    step = notify(step, section, on=NOTICE_UNTIL, items=["申请报告", " 选址论证报告 ", "申请报告"])

    assert (step.status, step.notice_items) == ("CORRECTING", ["申请报告", "选址论证报告"])
    step.notice_deadline.refresh_from_db()
    assert (step.notice_deadline.state, step.notice_deadline.stopped_on) == ("MET", NOTICE_UNTIL)


def test_after_the_notice_the_clock_starts_with_the_complete_papers(section, steps):
    step = received(steps["A03"], section)
    notify(step, section, on=date(2026, 5, 6))

    step = accept_step(step_id=step.pk, accepted_on=date(2026, 5, 18), actor=section, today=date(2026, 5, 18))

    assert (step.status, step.accepted_on) == ("RUNNING", date(2026, 5, 18))
    assert not step.is_deemed_accepted
    assert step.deadline.started_on == date(2026, 5, 18)


def test_complete_papers_are_accepted_within_the_window_and_end_it(section, steps):
    step = received(steps["A03"], section)

    step = accept_step(step_id=step.pk, accepted_on=RECEIVED, actor=section, today=date(2026, 5, 6))

    step.notice_deadline.refresh_from_db()
    assert (step.notice_deadline.state, step.deadline.started_on) == ("MET", RECEIVED)


def test_a_late_notice_is_refused_with_the_day_that_binds(section, steps):
    step = received(steps["A03"], section)

    with pytest.raises(errors.NoticeTooLate) as refusal:
        notify(step, section, on=AFTER)

    assert refusal.value.facts == {"notice_until": NOTICE_UNTIL, "received_on": RECEIVED}


def test_there_is_one_notice_only(section, steps):
    step = received(steps["A03"], section)
    notify(step, section, on=date(2026, 5, 6))

    with pytest.raises(errors.WrongStatus) as refusal:
        notify(step, section, on=date(2026, 5, 7))

    assert refusal.value.facts["status"] == "CORRECTING"


def test_a_notice_that_names_nothing_is_refused(section, steps):
    step = received(steps["A03"], section)

    with pytest.raises(errors.ReasonMissing):
        notify(step, section, on=date(2026, 5, 6), items=[" ", ""])


@pytest.mark.parametrize("day", [date(2026, 4, 28), date(2026, 5, 7)], ids=["before receipt", "tomorrow"])
def test_a_notice_lies_between_the_receipt_and_today(section, steps, day):
    step = received(steps["A03"], section)

    with pytest.raises(errors.DayOutOfOrder):
        notify(step, section, on=day, today=date(2026, 5, 6))


def test_papers_cannot_come_in_tomorrow(section, steps):
    with pytest.raises(errors.DayOutOfOrder):
        received(steps["A03"], section, on=AFTER)


@pytest.mark.parametrize(
    ("told_on", "accepted_on", "bound"),
    [
        (None, AFTER, RECEIVED),
        (None, date(2026, 4, 30), None),
        (date(2026, 5, 6), date(2026, 5, 5), date(2026, 5, 6)),
        (date(2026, 5, 6), date(2026, 6, 1), None),
    ],
    ids=["silence binds to the receipt", "within the window", "before the notice", "completed later"],
)
def test_the_receipt_binds_the_day_of_acceptance(section, steps, told_on, accepted_on, bound):
    step = received(steps["A03"], section)
    today = date(2026, 6, 2)
    if told_on:
        notify(step, section, on=told_on)

    if bound is None:
        step = accept_step(step_id=step.pk, accepted_on=accepted_on, actor=section, today=today)
        assert step.accepted_on == accepted_on
        return
    with pytest.raises(errors.AcceptanceDayBound) as refusal:
        accept_step(step_id=step.pk, accepted_on=accepted_on, actor=section, today=today)
    assert refusal.value.facts == {"accepted_on": accepted_on, "bound_on": bound}


def test_papers_cannot_be_accepted_before_they_came_in(section, steps):
    step = received(steps["A03"], section)

    with pytest.raises(errors.DayOutOfOrder) as refusal:
        accept_step(step_id=step.pk, accepted_on=date(2026, 4, 28), actor=section, today=RECEIVED)

    assert refusal.value.facts["received_on"] == RECEIVED


# --- silence -------------------------------------------------------------------------------------


def test_silence_accepts_since_the_receipt_when_the_window_is_over(section, steps):
    step = received(steps["A03"], section)

    assert deem_accepted(today=NOTICE_UNTIL) == []
    [found] = deem_accepted(today=AFTER)
    again = deem_accepted(today=AFTER)

    assert (found.pk, again) == (step.pk, [])
    found.refresh_from_db()
    assert (found.status, found.accepted_on, found.is_deemed_accepted) == ("RUNNING", RECEIVED, True)
    assert found.deadline.statutory_due_on == date(2026, 5, 29)
    entry = Entry.objects.get(verb="step.deemed_accepted")
    assert (entry.actor_label, entry.occurred_on) == ("系统", RECEIVED)
    assert entry.facts["notice_until"] == "2026-05-09"


def test_silence_takes_the_shortest_of_several_limits_and_the_officer_may_correct_it(section, steps):
    step = received(steps["A07"], section)
    [step] = deem_accepted(today=date(2026, 5, 11))
    assert step.deadline.statutory_limit == 30

    report = step.step_type.limits.get(basis__contains="报告书").pk
    step = reissue_step(
        step_id=step.pk, note="应编报告书", limit_id=report, actor=section, today=date(2026, 5, 12)
    )

    assert (step.deadline.statutory_limit, step.deadline.started_on) == (60, RECEIVED)


def test_silence_does_not_accept_what_was_told_in_time(section, steps):
    step = received(steps["A03"], section)
    notify(step, section, on=NOTICE_UNTIL)

    assert deem_accepted(today=date(2026, 8, 1)) == []


def test_the_night_accepts_by_silence(section, steps):
    received(steps["A03"], section)

    tasks.deem_accepted()

    assert Step.objects.get(pk=steps["A03"].pk).is_deemed_accepted


# --- other ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end",
    [
        lambda step, actor: reject_step(
            step_id=step.pk, rejected_on=AFTER, reason="不属本机关职权", actor=actor, today=AFTER
        ),
        lambda step, actor: withdraw_step(
            step_id=step.pk, withdrawn_on=AFTER, reason="企业撤回", actor=actor, today=AFTER
        ),
        lambda step, actor: mark_not_involved(
            step_id=step.pk, reason="已用存量土地", actor=actor, today=AFTER
        ),
    ],
    ids=["rejected", "withdrawn", "not involved"],
)
def test_an_end_before_acceptance_closes_the_window(section, steps, end):
    step = received(steps["A03"], section)

    end(step, section)

    assert not Deadline.objects.open().filter(subject_id=step.pk, subject_kind="approvals.step").exists()


def test_what_was_set_aside_after_its_receipt_is_taken_in_anew(section, steps):
    step = received(steps["A03"], section)
    notify(step, section, on=date(2026, 5, 6))
    mark_not_involved(step_id=step.pk, reason="不涉及", actor=section, today=date(2026, 5, 7))

    step = reopen(step_id=step.pk, actor=section, today=date(2026, 5, 8))

    assert (step.status, step.received_on, step.notified_on, step.notice_items) == (
        "NOT_STARTED", None, None, [],
    )  # fmt: skip
    step = received(step, section, on=date(2026, 5, 8), today=date(2026, 5, 8))
    assert step.notice_deadline.due_on == date(2026, 5, 14)


def test_a_county_officer_takes_in_what_its_unit_holds_and_nothing_else(officer, steps):
    assert received(steps["Z01"], officer).status == "RECEIVED"
    with pytest.raises(PermissionDenied):
        received(steps["A03"], officer)


# --- the office's own periods --------------------------------------------------------------------


def test_the_periods_of_the_day_apply(section, steps):
    HandlingSetting.objects.create(effective_from=date(2026, 5, 1), notice_days=3, missing_papers_days=2)

    before = received(steps["A03"], section)
    after = received(steps["A08"], section, on=date(2026, 5, 6), today=date(2026, 5, 6))
    owing = accepted(steps["A02"], section, on=date(2026, 5, 6), today=date(2026, 5, 6), missing=["方案"])

    assert before.notice_deadline.due_on == NOTICE_UNTIL
    assert after.notice_deadline.due_on == date(2026, 5, 9)
    assert owing.materials.get(name="方案").promised_on == date(2026, 5, 8)


def test_joint_handling_replaces_the_law_s_limit_and_its_extension(section, steps):
    step = accepted(steps["A03"], section, on=date(2026, 3, 2), today=date(2026, 5, 6), is_joint=True)

    assert (step.deadline.statutory_limit, step.deadline.statutory_due_on) == (45, date(2026, 5, 8))
    assert step.deadline.committed_limit == 1
    stated = {
        "step_id": step.pk, "line": LineName.STATUTORY, "approved_by": "州人民政府分管负责人",
        "approved_on": date(2026, 5, 6), "told_on": date(2026, 5, 6), "reason": "情况复杂",
        "actor": section, "today": date(2026, 5, 6),
    }  # fmt: skip
    with pytest.raises(errors.ExtensionTooLong) as refusal:
        extend_step(days=16, **stated)
    assert refusal.value.facts == {"most": 15, "granted": 0}
    extend_step(days=15, **stated)
    step.deadline.refresh_from_db()
    assert step.deadline.statutory_due_on == date(2026, 5, 28)


# --- rounds and versions -------------------------------------------------------------------------

ROUNDS = [
    NewLimit("statutory", 15, "wd", "max", "初审15日", round=1),
    NewLimit("statutory", 10, "wd", "max", "复审10日", round=2),
    NewLimit("committed", 5, "wd", "max", "承诺"),
]


def revise(dispatcher: User, limits=tuple(ROUNDS), on: date = date(2026, 11, 10)) -> StepType:
    return revise_step_type(
        code="A08", effective_from=on, revision_note="试行办法", limits=list(limits), actor=dispatcher
    )


def test_each_round_runs_under_its_own_limit(section, dispatcher):
    revise(dispatcher, on=date(2026, 10, 1))
    step = opened(dispatcher)[1]["A08"]
    lengths = []

    for _ in range(3):
        step = accepted(step, section)
        lengths.append((step.deadline.statutory_limit, step.deadline.committed_limit))
        withdraw_step(step_id=step.pk, withdrawn_on=TODAY, reason="补充", actor=section, today=TODAY)
        step = reopen(step_id=step.pk, actor=section, today=TODAY)

    assert lengths == [(15, 5), (10, 5), (10, 5)]


def test_a_running_step_keeps_its_version_until_it_is_re_issued(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A08"], section)
    old = step.deadline.statutory_due_on
    revise(dispatcher)
    step.refresh_from_db()
    assert (step.deadline.statutory_limit, step.deadline.statutory_due_on) == (20, old)

    step = reissue_step(step_id=step.pk, note="按试行办法", actor=section, today=TODAY)

    assert (step.deadline.statutory_limit, step.deadline.committed_limit) == (15, 5)
    assert step.deadline.statutory_due_on == date(2026, 11, 23)
    entry = Entry.objects.get(verb="step.reissued")
    assert (entry.facts["note"], entry.facts["to"]) == ("按试行办法", "2026-11-10")


def test_a_re_issue_keeps_what_was_granted(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A08"], section)
    extend_step(
        step_id=step.pk, line=LineName.STATUTORY, days=3, approved_by="局长", approved_on=TODAY,
        told_on=TODAY, reason="复杂", actor=section, today=TODAY,
    )  # fmt: skip
    revise(dispatcher)

    step = reissue_step(step_id=step.pk, note="按试行办法", actor=section, today=TODAY)

    assert (step.deadline.statutory_extension, step.deadline.statutory_due_on) == (3, date(2026, 11, 26))


def test_a_version_without_a_number_ends_the_clock_and_another_begins_it_again(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A08"], section)
    revise(dispatcher, [NewLimit("statutory", None, "", "max", "无固定日数")])

    step = reissue_step(step_id=step.pk, note="取消时限", actor=section, today=TODAY)
    assert step.deadline is None

    revise(dispatcher, on=date(2026, 11, 11))
    step = reissue_step(step_id=step.pk, note="恢复时限", actor=section, today=TODAY)
    assert step.deadline.started_on == MONDAY


def test_there_is_nothing_to_re_issue_under_the_same_version(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A08"], section)

    with pytest.raises(errors.NothingToReissue):
        reissue_step(step_id=step.pk, note="再核", actor=section, today=TODAY)


def test_a_re_issue_needs_a_note(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A08"], section)

    with pytest.raises(errors.ReasonMissing):
        reissue_step(step_id=step.pk, note=" ", actor=section, today=TODAY)


# --- “原则上” -------------------------------------------------------------------------------------


def except_it(step: Step, actor: User, **more: object) -> PromiseException:
    stated = {
        "step_id": step.pk, "cause": "TECHNICAL", "reason": "资料不齐", "approved_by": "分管局长",
        "approved_on": TODAY, "actor": actor, "today": TODAY,
    }  # fmt: skip
    return except_step(**(stated | more))


def test_an_exception_to_the_promise_is_recorded_once_and_changes_no_date(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A03"], section)
    due = step.deadline.due_on

    row = except_it(step, section)

    step.deadline.refresh_from_db()
    assert (row.reason, step.deadline.due_on) == ("资料不齐", due)
    assert list(PromiseException.objects.excused()) == [row]
    with pytest.raises(errors.AlreadyExcepted):
        except_it(step, section)


def test_without_a_promise_there_is_no_exception(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A08"], section)

    with pytest.raises(errors.NoPromise):
        except_it(step, section)


def test_an_exception_needs_a_reason_and_a_day_in_order(section, dispatcher):
    step = accepted(opened(dispatcher)[1]["A03"], section)

    with pytest.raises(errors.ReasonMissing):
        except_it(step, section, reason=" ")
    with pytest.raises(errors.DayOutOfOrder):
        except_it(step, section, approved_on=OPENED)


# --- what the database keeps ---------------------------------------------------------------------


def test_an_exception_cannot_be_rewritten(section, dispatcher):
    row = except_it(accepted(opened(dispatcher)[1]["A03"], section), section)

    with pytest.raises(Exception, match="promise_exception_is_immutable"), transaction.atomic():
        PromiseException.objects.filter(pk=row.pk).update(reason="改")


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("step_received_has_a_day", {"status": "RECEIVED"}),
        ("step_correcting_was_told", {"status": "CORRECTING", "received_on": MONDAY}),
        (
            "step_correcting_was_told",
            {"status": "CORRECTING", "received_on": MONDAY, "notified_on": date(2026, 11, 1)},
        ),
        ("step_accepted_after_receipt", {"received_on": TODAY, "accepted_on": MONDAY}),
    ],
)
def test_the_database_refuses_an_impossible_receipt(dispatcher, name, break_it):
    step = opened(dispatcher)[1]["A03"]

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(**break_it)


def test_a_stranger_receives_nothing(steps):
    stranger = UserFactory(role=User.Role.LEADER)

    with pytest.raises(PermissionDenied):
        received(steps["A03"], stranger)


def test_decided_steps_keep_their_receipt(section, steps):
    step = received(steps["A03"], section)
    step = accept_step(step_id=step.pk, accepted_on=RECEIVED, actor=section, today=RECEIVED)

    step = decide_step(
        step_id=step.pk, decided_on=date(2026, 4, 30), result="同意", actor=section, today=date(2026, 4, 30)
    )

    assert (step.status, step.received_on) == ("DONE", RECEIVED)
