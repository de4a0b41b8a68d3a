"""What was escalated is studied by the leading group, and comes back as tasks or as settled."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from consultations.errors import AgendaEmpty
from consultations.models import Topic
from consultations.selectors.agenda import escalated_waiting
from consultations.services import agenda, room
from duties.models import Problem
from duties.services import problems
from tests.consultations.scenes import (
    begun,
    called,
    collected,
    council,
    done,
    ended,
    issued,
    resolved,
)
from tests.duties.scenes import raised as problem_raised
from tests.factories import ProjectFactory

UP, MET, ISSUED, LATER = date(2026, 9, 8), date(2026, 9, 16), date(2026, 9, 18), date(2026, 9, 25)
COUNTY = "522701"


def escalated(dispatcher: User, officer: User) -> Problem:
    problem = problem_raised(officer, project=ProjectFactory(), on=date(2026, 9, 1))
    return problems.escalate(
        problem_id=problem.pk, reason="全州普遍存在，县市无法自行平衡", actor=dispatcher, today=UP
    )


def test_one_click_gathers_what_was_escalated_and_the_decision_flows_back(dispatcher: User, officer: User):
    found = council(dispatcher)
    ordinary = collected(officer, dispatcher, on=UP)
    to_task, settled, put_off = (escalated(dispatcher, officer) for _ in range(3))
    assert escalated_waiting(actor=dispatcher) == 3
    meeting = called(found, dispatcher, on=MET, title="领导小组专题研究会议", kind="GROUP")

    counts = [agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=UP) for _ in range(2)]

    items = {item.topic.source_id: item for item in meeting.items.select_related("topic")}
    ordinary.refresh_from_db()
    assert (counts, set(items)) == ([3, 3], {to_task.pk, settled.pk, put_off.pk})
    assert (ordinary.state, escalated_waiting(actor=dispatcher)) == ("COLLECTED", 0)
    assert {item.topic.is_for_group for item in items.values()} == {True}

    # Taken off it waits for the group again, not for the council.
    agenda.take_off(item_id=items[put_off.pk].pk, actor=dispatcher, today=UP)
    assert Topic.objects.get(source_id=put_off.pk).state == "ESCALATED"
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=UP)
    items = {item.topic.source_id: item for item in meeting.items.select_related("topic")}

    begun(meeting, dispatcher)
    resolution = resolved(items[to_task.pk], dispatcher, text="州级统筹补充耕地指标", lead=COUNTY)
    for problem, outcome, said in (
        (to_task, "RESOLVED", "由州级统筹"),
        (settled, "NOTED", "按现行口径执行"),
        (put_off, "DEFERRED", "补充情况"),
    ):
        room.write_item(
            item_id=items[problem.pk].pk, discussion=said, outcome=outcome, actor=dispatcher, today=MET
        )
    issued(ended(meeting, dispatcher), dispatcher, on=ISSUED)

    for problem in (to_task, settled, put_off):
        problem.refresh_from_db()
    resolution.refresh_from_db()
    states = dict(Topic.objects.exclude(pk=ordinary.pk).values_list("source_id", "state"))
    assert [to_task.state, settled.state, put_off.state] == ["ASSIGNED", "RESOLVED", "ESCALATED"]
    assert states == {to_task.pk: "ASSIGNED", settled.pk: "DONE", put_off.pk: "ESCALATED"}
    assert (resolution.task.problem, settled.outcome) == (to_task, "领导小组专题研究：按现行口径执行")

    # The unfinished resolution comes up again before the group, and not before the council.
    following = called(found, dispatcher, on=LATER, kind="GROUP")
    quarter = called(found, dispatcher, on=LATER)
    sizes = [
        agenda.build_agenda(meeting_id=row.pk, actor=dispatcher, today=ISSUED) for row in (following, quarter)
    ]
    assert sizes == [2, 1]
    done(resolution.task, dispatcher, on=LATER, handler=officer)
    to_task.refresh_from_db()
    assert (to_task.state, following.items.count()) == ("RESOLVED", 1)


def test_a_group_without_anything_escalated_has_no_agenda(dispatcher: User, officer: User):
    found = council(dispatcher)
    collected(officer, dispatcher, on=UP)
    meeting = called(found, dispatcher, on=MET, kind="GROUP")

    with pytest.raises(AgendaEmpty, match="没有提级"):
        agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=UP)
