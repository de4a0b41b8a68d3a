"""What the council's services refuse, each with its facts; what the database keeps; who sees what."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction

from accounts.models import Post, User
from accounts.posts import Holder, install
from consultations import rules
from consultations.errors import (
    AgendaEmpty,
    DayOutOfOrder,
    ItemUndecided,
    MinutesClosed,
    OutOfScope,
    QuarterHeld,
    ReasonMissing,
    ResolutionIncomplete,
    ResolutionIssued,
    SeatTaken,
    TasksUnverified,
    TopicElsewhere,
    WrongState,
)
from consultations.models import (
    Attendance,
    Circulation,
    MeetingKind,
    Minutes,
    QuarterWatch,
    Resolution,
    Topic,
)
from consultations.selectors.council import contacts
from consultations.selectors.meetings import unit_records
from consultations.selectors.minutes import minutes_list, search_minutes
from consultations.selectors.sources import offers
from consultations.services import agenda, meetings, minutes, room, topics
from consultations.services.council import NewSeat, add_seat, end_seat, establish_council
from consultations.services.quarters import explain_quarter, watch_quarters
from consultations.services.room import ResolutionTerms
from consultations.services.series import NewSeries, open_series
from consultations.services.topics import Origin, TopicWords
from deadlines.models import Deadline
from deadlines.rules import WorkingCalendar
from deadlines.selectors import working_calendar
from duties.services import problems, tasks
from tests.consultations.scenes import (
    FOREST,
    ISSUED,
    MET,
    WATER,
    called,
    collect,
    collected,
    council,
    done,
    ended,
    issued,
    noon,
    official,
    raised,
    resolved,
    running,
    whole,
)
from tests.duties.scenes import raised as problem_raised
from tests.factories import ProjectFactory, organisation


def test_the_council_is_set_up_once_and_a_successor_sits_by_post(dispatcher: User):
    found = council(dispatcher)
    again = establish_council(organisation=organisation("522700"), actor=dispatcher, today=MET)
    assert again == found
    assert found.seats.count() == 20
    assert (found.office.code, found.seal.code) == ("522700-ZRZY-BZ", "522700-ZRZY")

    post = Post.objects.get(organisation__code=FOREST, title="分管负责同志")
    for name, day in (("张某", date(2026, 2, 1)), ("李某", date(2026, 10, 1))):
        install(actor=dispatcher, post_id=post.pk, holder=Holder(name=name), starts_on=day)
    on_day = {day: _sitting(found, day) for day in (date(2026, 9, 30), date(2026, 10, 1))}
    assert list(on_day.values()) == ["张某", "李某"]
    # A meeting asks who holds the post on its day, without another paper.
    meeting = called(found, dispatcher, on=date(2026, 10, 20))
    assert meeting.attendances.get(organisation__code=FOREST).person == "李某"

    with pytest.raises(SeatTaken) as taken:
        add_seat(
            council=found,
            new=NewSeat(organisation(FOREST), "分管负责同志", "MEMBER", MET),
            actor=dispatcher,
            today=MET,
        )
    assert taken.value.facts["post"] == post.pk
    seat = end_seat(
        seat_id=found.seats.get(post=post).pk, ends_on=date(2026, 11, 1), actor=dispatcher, today=MET
    )
    assert _sitting(found, date(2026, 11, 1)) is None
    with pytest.raises(DayOutOfOrder):
        end_seat(seat_id=seat.pk, ends_on=date(2026, 12, 1), actor=dispatcher, today=MET)


def _sitting(found, day: date) -> str | None:
    units = {unit.unit.code: unit for unit in contacts(found, day)}
    return units[FOREST].seats[0].person if FOREST in units else None


def test_a_topic_is_raised_once_from_one_thing_and_collected_only_in_a_scope(
    dispatcher: User, officer: User, department: User
):
    council(dispatcher)
    origin = Origin("QUOTA", 7, "指标缺口")
    topic = raised(officer, origin=origin)
    assert (topic.organisation.code, topic.lead.code, topic.state) == ("522701", FOREST, "RAISED")

    with pytest.raises(TopicElsewhere) as twice:
        raised(officer, origin=origin)
    assert twice.value.facts == {"source": "QUOTA", "source_id": 7}
    with pytest.raises(OutOfScope):
        topics.collect_topic(
            topic_id=topic.pk,
            scopes=[rules.Scope.SECTOR],
            reason="",
            lead=None,
            actor=dispatcher,
            today=MET,
        )
    with pytest.raises(PermissionDenied):
        collect(topic, officer)
    with pytest.raises(ReasonMissing):
        topics.return_topic(topic_id=topic.pk, reason=" ", actor=dispatcher, today=MET)
    topics.return_topic(topic_id=topic.pk, reason="请补充林地面积", actor=dispatcher, today=MET)
    words = TopicWords("使用林地", "林地 2 公顷，定额未落实", "")
    with pytest.raises(Topic.DoesNotExist):
        topics.revise_topic(topic_id=topic.pk, words=words, actor=department, today=MET)
    topics.revise_topic(topic_id=topic.pk, words=words, actor=officer, today=MET)
    assert collect(topic, dispatcher).scope_reason == "办公室认定：州政府专题会议纪要〔2026〕3号"
    with pytest.raises(WrongState) as way:
        topics.close_topic(topic_id=topic.pk, result="无", actor=dispatcher, today=MET)
    assert way.value.facts["state"] == "COLLECTED"
    # Past the services: the database keeps the way, too.
    with pytest.raises(Error, match="topic_follows_its_way"), transaction.atomic():
        Topic.objects.filter(pk=topic.pk).update(state="CLOSED")
    with pytest.raises(Error, match="topic_collected_in_a_scope"), transaction.atomic():
        Topic.objects.filter(pk=topic.pk).update(scopes=[])


def test_a_meeting_is_held_in_order(dispatcher: User, officer: User):
    found = council(dispatcher)
    meeting = called(found, dispatcher)
    with pytest.raises(AgendaEmpty):
        agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=MET)
    one, two = collected(officer, dispatcher), collected(officer, dispatcher, title="占补平衡")
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=date(2026, 9, 10))
    with pytest.raises(DayOutOfOrder):
        meetings.start_meeting(meeting_id=meeting.pk, actor=dispatcher, today=date(2026, 9, 10))
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=MET)
    agenda.take_off(item_id=meeting.items.get(topic=two).pk, actor=dispatcher, today=MET)
    two.refresh_from_db()
    assert two.state == "COLLECTED"
    agenda.add_topic(meeting_id=meeting.pk, topic_id=two.pk, actor=dispatcher, today=MET)
    last = meeting.items.order_by("-place").first()
    agenda.move_up(item_id=last.pk, actor=dispatcher, today=MET)
    last.refresh_from_db()
    assert last.place == 1

    running(meeting, dispatcher)
    item = meeting.items.get(topic=one)
    for terms in (
        {"text": " ", "limit_days": 5},
        {"text": "办理"},
        {"text": "办理", "limit_days": 5, "due_on": MET},
        {"text": "办理", "due_on": date(2026, 9, 1)},
        {"text": "办理", "limit_days": 5, "helpers": [organisation(FOREST)]},
    ):
        with pytest.raises(ResolutionIncomplete):
            room.add_resolution(
                item_id=item.pk,
                terms=ResolutionTerms(lead=organisation(FOREST), **terms),
                actor=dispatcher,
                today=MET,
            )
    with pytest.raises(ItemUndecided) as undecided:
        meetings.end_meeting(meeting_id=meeting.pk, actor=dispatcher, today=MET)
    assert undecided.value.facts["item"] in set(meeting.items.values_list("pk", flat=True))
    resolution = resolved(item, dispatcher)
    room.write_item(
        item_id=meeting.items.get(topic=two).pk,
        discussion="",
        outcome="DEFERRED",
        actor=dispatcher,
        today=MET,
    )
    issued(ended(meeting, dispatcher), dispatcher)
    for topic, state in ((one, "ASSIGNED"), (two, "COLLECTED")):
        topic.refresh_from_db()
        assert topic.state == state
    resolution.refresh_from_db()
    # 15 working days from the day after the issue, over the October holidays.
    assert resolution.due_on == resolution.task.due_on == _calendar().nth_working_day(ISSUED, 15)
    with pytest.raises(TasksUnverified) as open_task:
        topics.refer_topic(topic_id=one.pk, reason="省厅", actor=dispatcher, today=ISSUED)
    assert open_task.value.facts == {"tasks": [resolution.task_id]}
    with pytest.raises(Error, match="resolution_given_out_stays"), transaction.atomic():
        Resolution.objects.filter(pk=resolution.pk).update(text="别的")


def _calendar() -> WorkingCalendar:
    return working_calendar()


def test_issued_minutes_change_only_in_a_new_version_which_keeps_the_number(dispatcher: User, officer: User):
    first = whole(officer, dispatcher)
    item = first.meeting.items.get()
    with pytest.raises(WrongState):
        room.write_item(item_id=item.pk, discussion="", outcome="NOTED", actor=dispatcher, today=ISSUED)
    with pytest.raises(MinutesClosed):
        minutes.issue_minutes(minutes_id=first.pk, actor=dispatcher, today=ISSUED, now=noon(ISSUED))
    draft = minutes.revise_minutes(minutes_id=first.pk, reason="漏列一项", actor=dispatcher, today=ISSUED)
    with pytest.raises(MinutesClosed):
        minutes.revise_minutes(minutes_id=first.pk, reason="又漏", actor=dispatcher, today=ISSUED)
    with pytest.raises(ResolutionIssued):
        room.strike_resolution(resolution_id=item.resolutions.get().pk, actor=dispatcher, today=ISSUED)
    added = resolved(item, dispatcher, text="补充公益林核查", lead=WATER)
    second = issued(draft, dispatcher, on=date(2026, 9, 21))

    first.refresh_from_db()
    added.refresh_from_db()
    assert (first.state, second.state, second.version) == ("REPLACED", "ISSUED", 2)
    assert first.number_text == second.number_text == "用地会商纪要〔2026〕1号"
    assert added.task is not None
    assert first.document_id != second.document_id
    assert "补充公益林核查" in second.text
    assert "补充公益林核查" not in first.text


def test_the_units_concerned_get_the_minutes_and_sign_once(
    dispatcher: User, officer: User, stranger: User, department: User
):
    found = whole(officer, dispatcher)
    sent = set(Circulation.objects.filter(minutes=found).values_list("organisation__code", flat=True))
    assert {FOREST, WATER, "522701"} <= sent
    assert "522725" not in sent

    assert minutes_list(actor=officer).get() == found
    assert not minutes_list(actor=stranger).exists()
    assert minutes.acknowledge(minutes_id=found.pk, actor=department, today=ISSUED, now=noon(ISSUED)) == 1
    assert minutes.acknowledge(minutes_id=found.pk, actor=department, today=ISSUED, now=noon(ISSUED)) == 0
    line = Circulation.objects.get(minutes=found, organisation__code=WATER)
    assert line.read_by == department
    with pytest.raises(Minutes.DoesNotExist):
        minutes.acknowledge(minutes_id=found.pk, actor=stranger, today=ISSUED, now=noon(ISSUED))


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("林地", True),
        ("使用林地手续 州林业局", True),
        ("林", True),
        ("手续林地", False),
        ("1号", True),
        ("矿", False),
    ],
)
def test_the_archive_finds_minutes_by_any_words_of_their_text(
    words, is_found, dispatcher: User, officer: User
):
    whole(officer, dispatcher)

    assert search_minutes(minutes_list(actor=dispatcher), words).exists() == is_found


def test_a_unit_sees_its_own_topics_items_and_resolutions_alone(
    dispatcher: User, officer: User, stranger: User, department: User
):
    whole(officer, dispatcher)
    other = collected(stranger, dispatcher, project=ProjectFactory(organisation=organisation("522725")))

    assert list(Topic.objects.visible_to(stranger)) == [other]
    assert not Topic.objects.visible_to(department).filter(pk=other.pk).exists()
    # The water office helps with one resolution: that and its item concern it.
    assert Resolution.objects.visible_to(department).count() == 1
    assert Resolution.objects.visible_to(stranger).count() == 0
    assert Topic.objects.visible_to(dispatcher).count() == 2


def test_a_quarter_warns_ten_working_days_before_its_end_and_is_met_or_explained(dispatcher: User):
    council(dispatcher)
    assert len(watch_quarters(today=date(2026, 7, 1))) == 1
    assert watch_quarters(today=date(2026, 8, 1)) == []
    watch = QuarterWatch.objects.select_related("deadline").get()
    assert watch.deadline.due_on == date(2026, 9, 30)
    assert watch.deadline.reminder_days == [10]
    assert watch.deadline.holder_organisation.code == "522700-ZRZY-BZ"

    explain_quarter(watch_id=watch.pk, reason="与四季度合并召开", actor=dispatcher, today=date(2026, 10, 8))
    watch.deadline.refresh_from_db()
    assert watch.deadline.state == Deadline.State.CANCELLED
    with pytest.raises(QuarterHeld):
        explain_quarter(watch_id=watch.pk, reason="再说", actor=dispatcher, today=date(2026, 10, 9))


def test_a_mobilisation_lays_out_its_areas_and_is_through_when_the_last_was_held(dispatcher: User):
    found = council(dispatcher)
    new = NewSeries(
        kind=MeetingKind.MOBILISATION,
        title="用地保障动员会",
        first_on=date(2026, 4, 20),
        last_on=date(2026, 4, 25),
        basis="4月20日至25日分4个片区召开",
        areas=["东片", "南片", "西片", "北片"],
    )
    with pytest.raises(DayOutOfOrder):
        open_series(council=found, new=new, actor=dispatcher, today=date(2026, 4, 21))
    series = open_series(council=found, new=new, actor=dispatcher, today=date(2026, 4, 13))

    rows = list(series.meetings.order_by("round_number"))
    assert [row.area for row in rows] == new.areas
    assert len({row.held_on for row in rows}) == 4
    assert all(new.first_on <= row.held_on <= new.last_on for row in rows)
    assert series.deadline.due_on == date(2026, 4, 24)
    for row in rows:
        meetings.start_meeting(meeting_id=row.pk, actor=dispatcher, today=row.held_on)
        meetings.end_meeting(meeting_id=row.pk, actor=dispatcher, today=row.held_on)
    series.deadline.refresh_from_db()
    assert series.deadline.state == Deadline.State.MET


def test_the_yearly_consultation_runs_from_the_economic_work_conference(dispatcher: User):
    found = council(dispatcher)
    new = NewSeries(
        kind=MeetingKind.ANNUAL,
        title="2026年度会商",
        first_on=date(2026, 1, 12),
        last_on=date(2026, 1, 30),
        basis="经济工作会议之后集中对接一次",
        areas=["第一轮", "第二轮"],
        triggered_on=date(2026, 1, 6),
    )

    series = open_series(council=found, new=new, actor=dispatcher, today=date(2026, 1, 7))

    assert series.deadline.due_on == _calendar().nth_working_day(date(2026, 1, 6), 30)
    assert [row.round_number for row in series.meetings.order_by("pk")] == [1, 2]


def test_attendance_is_answered_counted_and_each_item_confirmed(
    dispatcher: User, officer: User, department: User, stranger: User
):
    found = council(dispatcher)
    collected(officer, dispatcher)
    meeting = called(found, dispatcher)
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=MET)
    meetings.notify_units(meeting_id=meeting.pk, actor=dispatcher, today=MET, now=noon(MET))
    # The county, no member, is asked to sit in, for its topic is on the agenda.
    assert meeting.attendances.get(organisation__code="522701").is_observer

    own = meeting.attendances.get(organisation__code=WATER)
    leave = meetings.AttendanceReply(person="", is_coming="LEAVE")
    with pytest.raises(ReasonMissing):
        meetings.reply(attendance_id=own.pk, answer=leave, actor=department, today=MET, now=noon(MET))
    with pytest.raises(Attendance.DoesNotExist):
        meetings.reply(attendance_id=own.pk, answer=leave, actor=stranger, today=MET, now=noon(MET))
    leave = meetings.AttendanceReply(person="", is_coming="LEAVE", note="防汛值守")
    meetings.reply(attendance_id=own.pk, answer=leave, actor=department, today=MET, now=noon(MET))
    item = meeting.items.get()
    agenda.confirm_item(item_id=item.pk, note="情况属实", actor=officer, today=MET)
    item.refresh_from_db()
    assert (item.confirmed_on, item.confirmed_by) == (MET, officer)

    record = {row.organisation.code: row for row in unit_records(actor=dispatcher, year=2026)}
    assert (record[WATER].attended.replied, record[WATER].attended.leave) == (1, 1)
    assert record["522701"].raised == 1
    assert [row.organisation.code for row in unit_records(actor=department, year=2026)] == [WATER]


def test_a_reopened_task_opens_its_closed_topic_again(dispatcher: User, officer: User):
    minutes_ = whole(officer, dispatcher)
    resolution = Resolution.objects.select_related("task__holder", "item__topic").get(
        item__meeting=minutes_.meeting
    )
    done(resolution.task, dispatcher, on=date(2026, 9, 25))
    topic = resolution.item.topic
    topics.close_topic(topic_id=topic.pk, result="已落实", actor=dispatcher, today=date(2026, 9, 28))

    tasks.send_back(task_id=resolution.task_id, reason="批文不全", actor=dispatcher, today=date(2026, 9, 29))

    topic.refresh_from_db()
    assert (topic.state, topic.state_reason) == ("ASSIGNED", "任务退回重办")
    assert official(resolution.lead).organisation == resolution.lead


def test_offers_leave_out_what_was_raised(dispatcher: User, officer: User):
    council(dispatcher)
    problem = problem_raised(officer, on=MET)
    today = date(2026, 11, 23)
    lacking = ProjectFactory(priority_class="URGENT")
    before = {offer.key for offer in offers(actor=officer, today=today)}
    assert before == {f"PROBLEM-{problem.pk}", f"QUOTA-{lacking.pk}"}

    raised(officer, project=lacking, origin=Origin("PROBLEM", problem.pk, problem.title))
    raised(officer, project=lacking, origin=Origin("QUOTA", lacking.pk, "指标不足"))

    assert offers(actor=officer, today=today) == []


def test_a_problem_that_goes_up_is_put_to_the_council_once(dispatcher: User, officer: User):
    council(dispatcher)
    found = problem_raised(officer, on=MET)

    problems.escalate(problem_id=found.pk, reason="普遍性政策问题", actor=dispatcher, today=ISSUED)

    topic = Topic.objects.get()
    assert (topic.source, topic.source_id, topic.kind.code) == ("PROBLEM", found.pk, "FARMLAND")
    assert topic.proposal == "提请研究：普遍性政策问题"
    assert topic.stuck_since == MET
