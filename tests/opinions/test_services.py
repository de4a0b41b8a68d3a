"""A round from its draft to its end: receipt, answer, silence, more material, another round."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from audit.models import Entry
from deadlines.models import Deadline
from notifications.models import Message
from opinions import errors, selectors
from opinions.models import Reply, Request, Round, RoundKind
from opinions.rules import Outcome, Verdict
from opinions.services import lapsing, links, requests, rounds
from projects.models import Project
from tests.factories import ProjectFactory
from tests.opinions.scenes import (
    CULTURE,
    DUE,
    EFFECTIVE,
    FOREST,
    SENT,
    WATER,
    answered,
    drafted,
    moment,
    official,
    request_of,
    sent,
)

pytestmark = pytest.mark.django_db


def lapse(on: date) -> list[Request]:
    return lapsing.lapse_due(today=on, now=moment(on))


def test_the_facts_of_a_project_name_its_departments(section):
    plain = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 0, "forest_m2": 0})
    on_forest = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 5, "forest_m2": 7})

    def named(project: Project) -> set[str]:
        project = Project.objects.select_related("land", "organisation").get(pk=project.pk)
        return {each.department.code[7:] for each in selectors.suggestions(project, on=SENT)}

    assert named(plain) == {"FGW", "HBJ", "WLJ", "SWJ"}
    assert named(on_forest) == {"FGW", "HBJ", "WLJ", "SWJ", "LYJ", "NYJ"}


def test_sending_gives_each_department_a_clock_a_message_and_its_reminders(section):
    people = {code: official(code) for code in (WATER, FOREST)}

    round_ = sent(section, WATER, FOREST)

    water = request_of(round_)
    assert (round_.state, water.state, water.due_on) == ("OPEN", "SENT", DUE)
    assert (water.deadline.committed_kind, water.deadline.reminder_days) == ("deemed_consent", [3, 1])
    assert set(Message.objects.values_list("recipient", flat=True)) == {p.pk for p in people.values()}
    with pytest.raises(errors.RoundNotDraft):
        rounds.send_round(round_id=round_.pk, actor=section, today=SENT, now=moment(SENT))


def test_a_draft_shows_itself_to_no_department_and_asks_somebody(section, department):
    round_ = drafted(section)
    assert not Request.objects.visible_to(department).exists()

    rounds.change_draft(round_id=round_.pk, question="改", departments=[], actor=section, today=SENT)

    with pytest.raises(errors.RoundEmpty):
        rounds.send_round(round_id=round_.pk, actor=section, today=SENT, now=moment(SENT))


def test_golden_d10_counts_from_the_receipt_and_lapses_at_the_next_midnight(section):
    early = date(2026, 9, 14)
    round_ = sent(section, on=early)
    request = request_of(round_)
    requests.receive(
        request_id=request.pk, received_on=SENT, proof="回执", actor=section, today=SENT, now=moment(SENT)
    )
    assert request_of(round_).due_on == DUE

    assert lapse(DUE) == []
    assert [row.pk for row in lapse(EFFECTIVE)] == [request.pk]

    done = request_of(round_)
    assert (done.state, done.lapsed_on, done.deadline.state) == ("LAPSED", EFFECTIVE, "MET")
    entry = Entry.objects.get(verb="opinion.lapsed")
    assert (entry.actor_id, entry.actor_label, entry.occurred_on) == (None, "系统", EFFECTIVE)
    assert done.lapse_facts["proof"] == "回执"


def test_counting_from_the_sending_a_receipt_moves_nothing(section, department):
    RoundKind.objects.filter(code="SITING").update(starts_at="SENDING")
    round_ = sent(section)
    later = SENT + timedelta(days=1)

    requests.receive(
        request_id=request_of(round_).pk,
        received_on=later, proof="", actor=department, today=later, now=moment(later),
    )  # fmt: skip

    assert request_of(round_).due_on == DUE


def test_a_schedule_that_stood_still_for_two_days_lapses_nothing_late_and_nothing_twice(section):
    round_ = sent(section, WATER, FOREST)
    late = EFFECTIVE + timedelta(days=2)

    assert len(lapse(late)) == 2
    assert lapse(late) == []

    for code in (WATER, FOREST):
        assert request_of(round_, code).lapsed_on == EFFECTIVE
    assert Entry.objects.filter(verb="opinion.lapsed").count() == 2
    assert Round.objects.get(pk=round_.pk).concluded_on == DUE


def test_an_answer_after_midnight_is_late_even_if_the_schedule_never_ran(section, department):
    request = request_of(sent(section))

    reply = answered(request, department, on=EFFECTIVE, verdict=Verdict.DISAGREE, text="压占水源地")

    request.refresh_from_db()
    assert (request.state, request.lapsed_on, request.answered_on) == ("LAPSED", EFFECTIVE, None)
    assert (reply.is_late, reply.after_lapse) == (True, True)
    assert selectors.outcome(selectors.requests_of(request.round)) is Outcome.CONSENT


def test_an_answer_on_the_last_day_counts_and_the_clock_stops(section, department):
    request = request_of(sent(section))

    answered(request, department, on=DUE, verdict=Verdict.CONDITIONAL, conditions="避让河道")

    request.refresh_from_db()
    assert (request.state, request.answered_on) == ("ANSWERED", DUE)
    assert request.deadline.__class__.objects.get(pk=request.deadline_id).state == "MET"
    assert lapse(EFFECTIVE) == []
    with pytest.raises(errors.RequestClosed) as refused:
        answered(request, department, on=DUE)
    assert refused.value.facts["state"] == "ANSWERED"


def test_only_siting_lapses_elsewhere_a_late_answer_still_counts(section, department):
    request = request_of(sent(section, kind_code="CONSULT"))
    assert lapse(date(2026, 12, 1)) == []

    reply = answered(request, department, on=date(2026, 12, 1))

    request.refresh_from_db()
    assert (request.state, reply.is_late, reply.after_lapse) == ("ANSWERED", True, False)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.CONDITIONAL, {}), (Verdict.DISAGREE, {"text": " "}), (Verdict.MORE_NEEDED, {})],
)
def test_an_answer_that_says_too_little_is_refused(section, department, verdict, words):
    request = request_of(sent(section))

    with pytest.raises(errors.AnswerIncomplete) as refused:
        answered(request, department, on=SENT, verdict=verdict, **words)

    assert refused.value.facts == {"verdict": verdict.value}
    assert not Reply.objects.exists()


def test_more_material_stops_the_clock_until_it_is_there(section, department):
    request = request_of(sent(section))
    asked, there = date(2026, 9, 18), date(2026, 9, 22)
    answered(request, department, on=asked, verdict=Verdict.MORE_NEEDED, text="补充防洪评价")
    assert (request_of(request.round).due_on, lapse(date(2026, 12, 1))) == (None, [])

    requests.supply(request_id=request.pk, note="防洪评价报告", actor=section, today=there, now=moment(there))

    # 9/18, 9/20 (a Sunday worked), 9/21 and 9/22 do not count.
    assert request_of(request.round).due_on == date(2026, 10, 13)
    with pytest.raises(errors.NothingToSupply):
        requests.supply(request_id=request.pk, note="再补", actor=section, today=there, now=moment(there))


def test_where_so_set_the_clock_runs_on_while_material_is_awaited(section, department):
    RoundKind.objects.filter(code="SITING").update(more_pauses=False)
    request = request_of(sent(section))

    answered(request, department, on=SENT, verdict=Verdict.MORE_NEEDED, text="补充防洪评价")

    assert request_of(request.round).due_on == DUE


@pytest.mark.parametrize(
    "day", [SENT - timedelta(days=1), SENT + timedelta(days=2)], ids=["before", "future"]
)
def test_a_receipt_lies_between_sending_and_today(section, department, day):
    request = request_of(sent(section))
    today = SENT + timedelta(days=1)

    with pytest.raises(errors.DayOutOfOrder):
        requests.receive(
            request_id=request.pk, received_on=day, proof="", actor=department, today=today, now=moment(today)
        )


def test_the_office_registers_a_receipt_with_its_proof_alone(section):
    request = request_of(sent(section))

    with pytest.raises(errors.ReasonMissing):
        requests.receive(
            request_id=request.pk, received_on=SENT, proof=" ", actor=section, today=SENT, now=moment(SENT)
        )


def test_a_department_hands_the_request_to_one_of_its_own(section, department):
    request = request_of(sent(section))
    colleague, outsider = official(WATER), official(FOREST)

    requests.delegate(request_id=request.pk, handler=colleague, actor=department, today=SENT)

    request.refresh_from_db()
    assert (request.handler, request.deadline.__class__.objects.get(pk=request.deadline_id).holder) == (
        colleague,
        colleague,
    )
    with pytest.raises(errors.NotOwnDepartment):
        requests.delegate(request_id=request.pk, handler=outsider, actor=department, today=SENT)


def test_another_department_learns_nothing_of_a_request(section, department):
    request = request_of(sent(section, FOREST), FOREST)

    assert not Request.objects.visible_to(department).exists()
    assert not Round.objects.visible_to(department).exists()
    with pytest.raises(Request.DoesNotExist):
        answered(request, department, on=SENT)


def test_a_leader_answers_for_nobody(section, leader):
    with pytest.raises(PermissionDenied):
        answered(request_of(sent(section)), leader, on=SENT)


def test_a_round_is_over_when_the_last_has_spoken_or_fallen_silent(section, department):
    round_ = sent(section, WATER, FOREST, CULTURE)
    answered(request_of(round_), department, on=SENT)
    requests.withdraw_request(
        request_id=request_of(round_, CULTURE).pk, reason="不涉及文物", actor=section, today=SENT
    )
    assert Round.objects.get(pk=round_.pk).state == "OPEN"

    lapse(EFFECTIVE)

    round_.refresh_from_db()
    assert (round_.state, round_.concluded_on) == ("CONCLUDED", DUE)
    assert selectors.outcome(selectors.requests_of(round_)) is Outcome.CONSENT


def test_a_round_is_done_again_with_a_reason_and_the_old_one_stays(section, department):
    round_ = sent(section)
    with pytest.raises(errors.RoundStillOpen):
        rounds.redo_round(round_id=round_.pk, reason="红线调整", actor=section, today=SENT)
    answered(request_of(round_), department, on=SENT, verdict=Verdict.DISAGREE, text="压占水源地")

    again = rounds.redo_round(round_id=round_.pk, reason="红线调整", actor=section, today=DUE)

    assert (again.number, again.redo_of_id, again.state) == (2, round_.pk, "DRAFT")
    assert [row.organisation.code for row in again.requests.all()] == [WATER]


def test_a_withdrawn_round_leaves_no_clock_running(section):
    round_ = sent(section, WATER, FOREST)

    rounds.withdraw_round(round_id=round_.pk, reason="项目调整", actor=section, today=SENT)

    assert Round.objects.get(pk=round_.pk).state == "WITHDRAWN"
    assert set(Request.objects.values_list("state", flat=True)) == {"WITHDRAWN"}
    assert not Deadline.objects.open().filter(subject_kind="opinions.request").exists()


def test_the_record_of_a_department_counts_what_it_made_of_its_requests(section, department):
    answered(request_of(sent(section)), department, on=SENT)
    request = request_of(sent(section))
    sent(section, on=date(2026, 10, 30))
    lapse(EFFECTIVE)
    answered(request, department, on=date(2026, 10, 30))
    late = request_of(sent(section, kind_code="CONSULT"))
    answered(late, department, on=date(2026, 10, 30))

    [record] = selectors.responsibility(actor=section, year=2026)

    assert record.organisation.code == WATER
    assert (record.asked, record.on_time, record.late, record.lapsed) == (4, 1, 1, 1)
    assert (record.replied_after_lapse, record.waiting) == (1, 1)


# --- what the database keeps ------------------------------------------------------------------


def refused(act) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        act()
    return str(error.value)


def test_a_lapsed_request_cannot_become_answered(section):
    request = request_of(sent(section))
    lapse(EFFECTIVE)

    def write() -> None:
        Request.objects.filter(pk=request.pk).update(state="ANSWERED", answered_on=EFFECTIVE, lapsed_on=None)

    assert "opinion_request_moves_forwards" in refused(write)


def test_a_request_that_may_not_lapse_cannot_be_written_as_lapsed(section):
    request = request_of(sent(section, kind_code="CONSULT"))

    def write() -> None:
        Request.objects.filter(pk=request.pk).update(
            state="LAPSED", lapsed_on=EFFECTIVE, lapsed_at=moment(EFFECTIVE)
        )

    assert "opinion_only_siting_lapses" in refused(write)


def test_no_kind_but_siting_may_be_set_to_lapse(db):
    with pytest.raises(IntegrityError, match="opinion_kind_only_siting_lapses"), transaction.atomic():
        RoundKind.objects.filter(code="CONSULT").update(may_lapse=True)


def test_a_word_once_given_is_never_altered(section, department):
    answered(request_of(sent(section)), department, on=SENT)

    assert "Cannot update" in refused(lambda: Reply.objects.update(text="改"))
    assert "opinion_reply_is_immutable" in refused(lambda: Reply.objects.all().delete())


def test_one_answer_counts_and_it_is_given_while_the_request_is_open(section, department):
    request = request_of(sent(section))

    def reply(**fields: object) -> None:
        Reply.objects.create(
            request=request, verdict="AGREE", answered_on=SENT, entered_at=moment(SENT),
            entered_by=department, **fields,
        )  # fmt: skip

    assert "opinion_reply_fits_its_request" in refused(lambda: reply(after_lapse=True))
    reply()
    assert "opinion_reply_one_that_counts" in refused(reply)


def test_what_was_sent_cannot_be_deleted(section):
    request = request_of(sent(section))

    assert "opinion_request_sent_stays" in refused(lambda: Request.objects.filter(pk=request.pk).delete())


def test_a_county_runs_its_own_round_and_never_the_bureaus(section, officer):
    bureaus, own = sent(section), sent(officer)
    request = request_of(bureaus)

    for act in (
        lambda: answered(request, officer, on=SENT),
        lambda: requests.withdraw_request(request_id=request.pk, reason="不用了", actor=officer, today=SENT),
        lambda: rounds.withdraw_round(round_id=bureaus.pk, reason="不用了", actor=officer, today=SENT),
        lambda: links.make_link(
            request_id=request.pk, given_to="水务局", actor=officer, today=SENT, now=moment(SENT)
        ),
    ):
        with pytest.raises(errors.NotOwnRound, match="请由其办理"):
            act()
    answered(request_of(own), officer, on=SENT)

    request.refresh_from_db()
    assert request.state == Request.State.SENT
