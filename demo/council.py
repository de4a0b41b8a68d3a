"""The council: last quarter's meeting with its minutes, half of them done; one to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from accounts.models import Organisation, Post, User
from accounts.posts import Holder, install, name_contact
from consultations import rules
from consultations.models import Attendance, Council, Meeting, MeetingKind, Resolution, Topic, TopicKind
from consultations.selectors.sources import Offer, offers
from consultations.selectors.topics import kinds_in_force
from consultations.services import agenda, bulletins, calling, meetings, minutes, room, topics
from consultations.services.bulletins import BulletinFacts
from consultations.services.calling import MeetingFacts
from consultations.services.council import establish_council
from consultations.services.quarters import watch_quarters
from consultations.services.room import ResolutionTerms
from consultations.services.topics import NewTopic, Origin
from deadlines.selectors import working_calendar
from demo.moments import noon
from duties.services import tasks

PREFECTURE = "522700"
# Who leads, what is resolved, after how many working days, and whether it was done.
RESOLVED: tuple[tuple[str, str, str, int, bool], ...] = (
    ("LYJ", "linye", "落实使用林地定额，出具林地审核意见", 10, True),
    ("SWJ", "shuiwu", "完成水土保持方案审批", 10, True),
    ("HBJ", "huanbao", "核实饮用水源保护区范围，明确避让要求", 15, True),
    ("FGW", "fagai", "将补充耕地费用纳入项目概算", 20, False),
    ("JTJ", "jiaotong", "稳定用地边界，补报勘测定界成果", 20, False),
    ("LYJ", "linye", "协调公益林占补，报省林业局", 30, False),
)
PROPOSAL = "需要部门共同研究，请会商确定责任单位和时限。"


def hold(*, dispatcher: User, accounts: Mapping[str, User], today: date) -> None:
    """Set the council up, hold last quarter's meeting, prepare the next."""
    calendar = working_calendar()
    previous = rules.quarter_of(rules.quarter_of(today).first_on - timedelta(days=1))
    held_on = calendar.nth_working_day_before(previous.last_on, 8)
    raised_on = calendar.nth_working_day_before(held_on, 10)
    prefecture = Organisation.objects.get(code=PREFECTURE)
    council = establish_council(organisation=prefecture, actor=dispatcher, today=previous.first_on)
    _posts(council, dispatcher, accounts, previous.first_on)
    for day in (previous.first_on, today):
        watch_quarters(today=day)
    found = [offer for offer in offers(actor=dispatcher, today=today) if offer.project is not None]
    if not found:
        return
    kinds = {kind.code: kind for kind in kinds_in_force(today)}
    # A problem raised since cannot have been ordered upon then: its clock began later.
    past = [offer for offer in found if offer.source != Topic.Source.PROBLEM][: len(RESOLVED)]
    coming = [offer for offer in found if offer not in past]
    for offer in past:
        raised = _topic(kinds[offer.kind_code], raised_on, dispatcher, offer)
        _collect(raised, dispatcher, raised_on)
    _past(council, dispatcher, accounts, previous, held_on, today)
    for offer in coming[:3]:
        _collect(_topic(kinds[offer.kind_code], today, dispatcher, offer), dispatcher, today)
    for offer in coming[3:6]:
        _topic(kinds[offer.kind_code], today, dispatcher, offer)
    _coming(council, dispatcher, today)
    _bulletins(dispatcher, today)


def _bulletins(dispatcher: User, today: date) -> None:
    """Last week's brief, issued, and this week's as a draft."""
    monday = today - timedelta(days=today.weekday())
    for first_on, last_on in ((monday - timedelta(days=7), monday - timedelta(days=1)), (monday, today)):
        title = (
            f"一周用地要素保障情况（{first_on.month}月{first_on.day}日至{last_on.month}月{last_on.day}日）"
        )
        facts = BulletinFacts("BRIEF", title, first_on, last_on, "州政府办公室")
        made = bulletins.draft_bulletin(facts=facts, actor=dispatcher, today=today)
        if last_on < monday:
            bulletins.write_item(
                bulletin_id=made.pk,
                section="OTHER",
                text="各县（市）完成本周台账核实。",
                actor=dispatcher,
                today=today,
            )
            bulletins.issue_bulletin(bulletin_id=made.pk, actor=dispatcher, today=today)


def _posts(council: Council, dispatcher: User, accounts: Mapping[str, User], since: date) -> None:
    """Names of posts, no personal ones; departments with an account name their liaison and handler."""
    for seat in council.seats.select_related("post__organisation"):
        if not seat.post.tenures.exists():
            name = f"{seat.post.organisation.short_name}分管领导"
            install(actor=dispatcher, post_id=seat.post_id, holder=Holder(name=name), starts_on=since)
    for code, account, *_ in RESOLVED[:5]:
        unit = Organisation.objects.get(code=f"{PREFECTURE}-{code}")
        for duty in (Post.Duty.LIAISON, Post.Duty.OFFICER):
            if not Post.objects.filter(organisation=unit, duty=duty, is_active=True).exists():
                holder = Holder(user=accounts[account])
                name_contact(actor=dispatcher, organisation=unit, duty=duty, holder=holder, starts_on=since)


def _topic(kind: TopicKind, on: date, actor: User, offer: Offer) -> Topic:
    return topics.raise_topic(
        new=NewTopic(
            title=offer.title,
            kind=kind,
            situation=offer.situation,
            proposal=PROPOSAL,
            project=offer.project,
            stuck_since=min(offer.stuck_since, on),
            origin=Origin(offer.source, offer.pk, offer.label),
        ),
        actor=actor,
        today=on,
    )


def _collect(topic: Topic, dispatcher: User, on: date) -> None:
    topics.collect_topic(
        topic_id=topic.pk,
        scopes=[rules.Scope.ORDERED],
        reason="州政府月调度会议安排",
        lead=None,
        actor=dispatcher,
        today=on,
    )


def _past(
    council: Council,
    dispatcher: User,
    accounts: Mapping[str, User],
    quarter: rules.Quarter,
    held_on: date,
    today: date,
) -> None:
    meeting = calling.call_meeting(
        council=council,
        kind=MeetingKind.COLLECTIVE,
        facts=MeetingFacts(
            f"{quarter.label}用地要素保障集中会商会议", held_on, "上午9:30", "州政府二号会议室"
        ),
        actor=dispatcher,
        today=held_on,
    )
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=held_on)
    meetings.notify_units(meeting_id=meeting.pk, actor=dispatcher, today=held_on, now=noon(held_on))
    meetings.start_meeting(meeting_id=meeting.pk, actor=dispatcher, today=held_on)
    _attend(meeting, dispatcher, held_on)
    items = list(meeting.items.order_by("place"))
    for item, (lead, _, text, days, _) in zip(items, RESOLVED, strict=False):
        room.write_item(
            item_id=item.pk,
            discussion="会议听取了有关情况汇报，各单位提出了意见。",
            outcome="",
            actor=dispatcher,
            today=held_on,
        )
        unit = Organisation.objects.get(code=f"{PREFECTURE}-{lead}")
        terms = ResolutionTerms(text=text, lead=unit, limit_days=days)
        room.add_resolution(item_id=item.pk, terms=terms, actor=dispatcher, today=held_on)
    meetings.end_meeting(meeting_id=meeting.pk, actor=dispatcher, today=held_on)
    issued_on = working_calendar().nth_working_day(held_on, 3)
    draft = meeting.minutes.get()
    minutes.word_minutes(
        minutes_id=draft.pk,
        title=draft.title,
        opening="",
        copies_to="州政府办公室，各县（市）人民政府",
        actor=dispatcher,
        today=issued_on,
    )
    minutes.issue_minutes(minutes_id=draft.pk, actor=dispatcher, today=issued_on, now=noon(issued_on))
    for name in ("linye", "shuiwu"):
        minutes.acknowledge(minutes_id=draft.pk, actor=accounts[name], today=issued_on, now=noon(issued_on))
    _carry_out(meeting, dispatcher, accounts, issued_on, today)


def _attend(meeting: Meeting, dispatcher: User, on: date) -> None:
    """Everybody came but one, who had asked for leave."""
    rows = list(meeting.attendances.order_by("place"))
    marks = {row.pk: Attendance.State.PRESENT.value for row in rows}
    marks[rows[-1].pk] = Attendance.State.LEAVE.value
    meetings.mark_attendance(meeting_id=meeting.pk, marks=marks, actor=dispatcher, today=on)


def _carry_out(
    meeting: Meeting, dispatcher: User, accounts: Mapping[str, User], issued_on: date, today: date
) -> None:
    calendar = working_calendar()
    by_text = {text: (account, is_done) for _, account, text, _, is_done in RESOLVED}
    for row in Resolution.objects.filter(item__meeting=meeting).select_related("task").order_by("pk"):
        account, is_done = by_text[row.text]
        if not is_done or row.task is None:
            continue
        day = min(calendar.nth_working_day(issued_on, 6), today)
        tasks.accept(task_id=row.task.pk, actor=accounts[account], today=issued_on)
        tasks.report(task_id=row.task.pk, result="已办结，文件已报送。", actor=accounts[account], today=day)
        tasks.verify(task_id=row.task.pk, actor=dispatcher, today=day)


def _coming(council: Council, dispatcher: User, today: date) -> None:
    day = working_calendar().nth_working_day(today, 8)
    quarter = rules.quarter_of(day)
    meeting = calling.call_meeting(
        council=council,
        kind=MeetingKind.COLLECTIVE,
        facts=MeetingFacts(f"{quarter.label}用地要素保障集中会商会议", day, "上午9:30", "州政府二号会议室"),
        actor=dispatcher,
        today=today,
    )
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=today)
    meetings.notify_units(meeting_id=meeting.pk, actor=dispatcher, today=today, now=noon(today))
