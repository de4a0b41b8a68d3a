"""The words of minutes, read from the rows that are tasks: item, resolution, who came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from consultations import rules
from consultations.documents import ItemWords, MinutesWords
from consultations.models import AgendaItem, Attendance, Meeting, MeetingSetting, Minutes, Resolution
from officefiles.documents import office_day

State, Outcome = Attendance.State, AgendaItem.Outcome


def words_of(
    minutes: Minutes, items: Sequence[AgendaItem], *, setting: MeetingSetting, today: date
) -> MinutesWords:
    """The minutes of a meeting as they stand now. One query for who came.

    A resolution that was given out prints its task's words, holder and day: minutes and tasks cannot
    differ. `items` as `selectors.meetings.agenda_of` gives them.
    """
    meeting = minutes.meeting
    council = meeting.council
    people = list(meeting.attendances.select_related("organisation", "post").order_by("place", "pk"))
    return MinutesWords(
        mark=setting.mark,
        number=minutes.number_text,
        title=minutes.title,
        opening=minutes.opening or opening_of(meeting, items),
        items=[_item(place, item) for place, item in enumerate(items, start=1)],
        present=_names(row for row in people if row.state == State.PRESENT and not row.is_observer),
        on_leave=_names(row for row in people if row.state == State.LEAVE),
        observing=_names(row for row in people if row.state == State.PRESENT and row.is_observer),
        copies_to=minutes.copies_to,
        issued_by=council.seal.name,
        seal_note="（代章）",
        issued_on=minutes.issued_on or today,
    )


def opening_of(meeting: Meeting, items: Sequence[AgendaItem]) -> str:
    """The first paragraph as the meeting itself gives it."""
    return rules.minutes_opening(
        held_on=meeting.held_on,
        place=meeting.place,
        chair=meeting.chair,
        title=meeting.title,
        topics=[item.topic.title for item in items],
    )


def _item(place: int, item: AgendaItem) -> ItemWords:
    resolutions = [_resolution(row) for row in item.resolutions.all()]
    resolutions += [
        f"{_resolution(row.resolution).rstrip('）')}；{rules.times_words(row.times)}，继续办理）"
        for row in item.carried.all()
    ]
    ending = {
        Outcome.DEFERRED: "会议决定下次会商再议。",
        Outcome.NOTED: "会议知悉有关情况，无须另行交办。",
        Outcome.ESCALATED: "会议决定提请领导小组专题研究。",
    }.get(Outcome(item.outcome) if item.outcome else Outcome.RESOLVED, "")
    said = item.discussion.strip()
    return ItemWords(
        heading=f"{rules.chinese_number(place)}、关于{item.topic.title}",
        discussion=f"{said}{ending}",
        resolutions=resolutions,
    )


def _resolution(row: Resolution) -> str:
    task = row.task
    if task is None:
        due = office_day(row.due_on) if row.due_on else f"纪要印发后{row.limit_days}个工作日内"
        text, lead = row.text, row.lead.name
    else:
        due, text, lead = office_day(task.due_on), task.title, row.lead.name
        if len(row.text) > len(text):
            text = row.text
    return rules.resolution_sentence(
        text=text, lead=lead, together_with=[unit.name for unit in row.helpers.all()], due=due
    )


def _names(rows: Iterable[Attendance]) -> str:
    people = [
        (row.organisation.name, f"{row.post.title if row.post else ''} {row.person}".strip()) for row in rows
    ]
    return rules.names_line(people)
