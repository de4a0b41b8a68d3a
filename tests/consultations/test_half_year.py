"""Two quarters of the council: what is not done comes back on the next agenda, with its count."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from accounts.models import User
from consultations.models import AgendaItem, Carried, Meeting, QuarterWatch, Resolution, Topic
from consultations.services import agenda, room, topics
from consultations.services.quarters import watch_quarters
from duties.models import Task
from duties.services import tasks
from projects.models import Project
from tests.consultations.scenes import (
    called,
    collected,
    council,
    done,
    ended,
    issued,
    resolved,
    running,
)
from tests.factories import ProjectFactory

SECOND, ISSUED = date(2026, 11, 18), date(2026, 11, 20)
CLASSES = (Project.PriorityClass.ORDINARY, Project.PriorityClass.URGENT, Project.PriorityClass.KEY)


def test_two_quarters_with_40_topics_and_60_resolutions_carry_over_exactly_what_is_unfinished(
    dispatcher: User, officer: User
):
    # 40 topics in the third quarter; classes in turn, each a day longer stuck than the one before.
    found = council(dispatcher)
    watch_quarters(today=date(2026, 7, 1))
    for place in range(40):
        collected(
            officer,
            dispatcher,
            project=ProjectFactory(priority_class=CLASSES[place % 3]),
            stuck_since=date(2026, 8, 31) - timedelta(days=place),
            title=f"议题{place:02d}",
        )
    first = running(called(found, dispatcher), dispatcher)

    # One click: by class, within it the longest stuck first.
    items = list(first.items.select_related("topic__project").order_by("place"))
    assert [item.place for item in items] == list(range(1, 41))
    assert [item.topic.project.priority_class for item in items] == ["URGENT"] * 13 + ["KEY"] * 13 + [
        "ORDINARY"
    ] * 14
    for one, other in pairwise(items):
        if one.topic.project.priority_class == other.topic.project.priority_class:
            assert one.days_stuck > other.days_stuck
    assert {item.times for item in items} == {1}

    # 60 resolutions: two on every second topic, one on the others; issued they are tasks.
    for place, item in enumerate(items):
        for number in range(2 if place % 2 else 1):
            resolved(item, dispatcher, text=f"事项{place:02d}-{number}")
    minutes = issued(ended(first, dispatcher), dispatcher)
    assert Resolution.objects.count() == Task.objects.count() == 60
    assert minutes.number_text == "用地会商纪要〔2026〕1号"
    assert set(Topic.objects.values_list("state", flat=True)) == {"ASSIGNED"}
    assert QuarterWatch.objects.get(number=3).meeting == first

    # 40 of them are verified, 3 withdrawn; a topic is done when its last one is.
    rows = list(Resolution.objects.select_related("task__holder", "item__topic").order_by("pk"))
    for row in rows[:40]:
        done(row.task, dispatcher, on=date(2026, 10, 20))
    for row in rows[40:43]:
        tasks.withdraw(task_id=row.task.pk, reason="项目取消", actor=dispatcher, today=date(2026, 10, 20))
    unfinished = {row.pk for row in rows[43:]}
    open_topics = {row.item.topic_id for row in rows[43:]}
    assert Topic.objects.filter(state="DONE").count() == 40 - len(open_topics)

    # Four more topics; the second agenda holds them and exactly what is unfinished, second time up.
    new = {collected(officer, dispatcher, title=f"新议题{n}", on=date(2026, 11, 2)).pk for n in range(4)}
    watch_quarters(today=date(2026, 10, 8))
    second = running(called(found, dispatcher, on=SECOND, title="第四季度集中会商会议"), dispatcher)
    on_agenda = Carried.objects.filter(item__meeting=second)
    assert set(on_agenda.values_list("resolution_id", flat=True)) == unfinished
    assert set(on_agenda.values_list("times", flat=True)) == {2}
    assert set(second.items.values_list("topic_id", flat=True)) == open_topics | new
    assert set(second.items.filter(carried__isnull=False).values_list("times", flat=True)) == {2}
    assert set(second.items.filter(topic__in=new).values_list("times", flat=True)) == {1}

    # Held, issued again: what is carried goes on as the same tasks, no new ones; new topics get theirs.
    for item in second.items.order_by("place"):
        if item.topic_id in new:
            resolved(item, dispatcher, text=f"新事项{item.place}")
        else:
            room.write_item(
                item_id=item.pk, discussion="继续办理。", outcome="RESOLVED", actor=dispatcher, today=SECOND
            )
    again = issued(ended(second, dispatcher), dispatcher, on=ISSUED)
    assert Task.objects.count() == 64
    assert again.number_text == "用地会商纪要〔2026〕2号"
    assert "第 2 次上会，继续办理" in again.text
    assert QuarterWatch.objects.get(number=4).meeting == second

    # A third one: third time up, and what is verified while it is prepared leaves the agenda by itself.
    third = called(found, dispatcher, on=date(2027, 1, 20), title="2027年第一季度集中会商会议")
    agenda.build_agenda(meeting_id=third.pk, actor=dispatcher, today=date(2027, 1, 15))
    old = Carried.objects.filter(item__meeting=third, resolution__in=unfinished)
    assert set(old.values_list("times", flat=True)) == {3}
    last = rows[-1]
    done(last.task, dispatcher, on=date(2027, 1, 16))
    assert not Carried.objects.filter(item__meeting=third, resolution=last).exists()
    topic = last.item.topic
    topic.refresh_from_db()
    siblings = [row for row in rows[43:] if row.item.topic_id == topic.pk and row.pk != last.pk]
    assert topic.state == ("ON_AGENDA" if siblings else "DONE")
    assert AgendaItem.objects.filter(meeting=third, topic=topic).exists() == bool(siblings)

    # Closed only when done.
    finished = Topic.objects.filter(state="DONE").first()
    topics.close_topic(topic_id=finished.pk, result="已落实", actor=dispatcher, today=date(2027, 1, 18))
    assert Meeting.objects.filter(state="HELD").count() == 2
