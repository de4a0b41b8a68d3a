"""信息编报: a bulletin is drafted from a week's facts, edited, and issued with its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from consultations import rules
from consultations.documents import BulletinWords, bulletin_document
from consultations.errors import BulletinClosed, BulletinIncomplete, DayOutOfOrder
from consultations.models import Bulletin, BulletinItem, Council
from consultations.selectors.bulletins import week_facts
from consultations.selectors.topics import council_for
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach

KIND = "consultations.bulletin"
MARK = "用地要素保障"


@dataclass(frozen=True, slots=True)
class BulletinFacts:
    """What an issue reports of: its kind, title and days, both included."""

    kind: str
    title: str
    first_on: date
    last_on: date
    copies_to: str = ""


@transaction.atomic
def draft_bulletin(*, facts: BulletinFacts, actor: User, today: date) -> Bulletin:
    """A new issue with paragraphs drafted from what happened in its days; all of them may be edited.

    Raises:
        BulletinIncomplete: no title, or the prefecture has no council.
        DayOutOfOrder: it ends before it begins, or after today.
    """
    require(actor, Right.RUN_MEETINGS)
    council = council_for(actor)
    if council is None:
        raise BulletinIncomplete("本州（市）还没有建立会商组织；请先建立，再编报。")
    _refuse_nonsense(facts, today)
    bulletin = Bulletin.objects.create(
        council=council,
        kind=facts.kind,
        title=facts.title.strip()[:120],
        first_on=facts.first_on,
        last_on=facts.last_on,
        copies_to=facts.copies_to.strip()[:300],
        drafted_by=actor,
        drafted_on=today,
    )
    happened = week_facts(actor=actor, first_on=facts.first_on, last_on=facts.last_on)
    lines = rules.draft_lines(happened)
    BulletinItem.objects.bulk_create(
        BulletinItem(bulletin=bulletin, section=line.section, place=place, text=line.text[:2000])
        for place, line in enumerate(lines, start=1)
    )
    _log(bulletin, "bulletin.drafted", actor=actor, today=today, items=len(lines))
    return bulletin


def _refuse_nonsense(facts: BulletinFacts, today: date) -> None:
    if not facts.title.strip():
        raise BulletinIncomplete("还没有填写标题，填写后再保存。")
    if not facts.first_on <= facts.last_on <= today:
        raise DayOutOfOrder(
            f"起止日期须前后有序，止日不能晚于今天（{today}）。",
            first_on=facts.first_on,
            last_on=facts.last_on,
        )


@transaction.atomic
def change_bulletin(*, bulletin_id: int, facts: BulletinFacts, actor: User, today: date) -> Bulletin:
    """Another title, other days or copies; the paragraphs stay. Kind and number follow the issue.

    Raises:
        BulletinClosed, BulletinIncomplete, DayOutOfOrder.
    """
    bulletin = _draft(bulletin_id, actor)
    _refuse_nonsense(facts, today)
    bulletin.kind, bulletin.title = facts.kind, facts.title.strip()[:120]
    bulletin.first_on, bulletin.last_on = facts.first_on, facts.last_on
    bulletin.copies_to = facts.copies_to.strip()[:300]
    bulletin.save(update_fields=["kind", "title", "first_on", "last_on", "copies_to"])
    _log(bulletin, "bulletin.changed", actor=actor, today=today)
    return bulletin


def _draft(bulletin_id: int, actor: User) -> Bulletin:
    """The issue under its row lock, if it may still be edited."""
    require(actor, Right.RUN_MEETINGS)
    rows = Bulletin.objects.visible_to(actor).select_related("council__organisation")
    bulletin = rows.select_for_update(of=("self",)).get(pk=bulletin_id)
    if not bulletin.is_draft:
        raise BulletinClosed(
            f"“{bulletin.title}”已印发，不能再修改；需更正的另编一期。", bulletin=bulletin.pk
        )
    return bulletin


@transaction.atomic
def write_item(*, bulletin_id: int, section: str, text: str, actor: User, today: date) -> BulletinItem:
    """One more paragraph. Raises BulletinClosed; BulletinIncomplete without words."""
    bulletin = _draft(bulletin_id, actor)
    last = bulletin.items.aggregate(most=Max("place"))["most"] or 0
    item = BulletinItem.objects.create(bulletin=bulletin, section=section, place=last + 1, text=_words(text))
    _log(bulletin, "bulletin.changed", actor=actor, today=today, added=item.text[:200])
    return item


@transaction.atomic
def change_item(*, item_id: int, section: str, text: str, actor: User, today: date) -> BulletinItem:
    """Other words. Raises BulletinClosed; BulletinIncomplete without words."""
    item, bulletin = _item(item_id, actor)
    before, item.section, item.text = item.text, section, _words(text)
    item.save(update_fields=["section", "text"])
    _log(bulletin, "bulletin.changed", actor=actor, today=today, before=before[:200], after=item.text[:200])
    return item


@transaction.atomic
def strike_item(*, item_id: int, actor: User, today: date) -> Bulletin:
    """The paragraph goes; the log keeps it. Raises BulletinClosed."""
    item, bulletin = _item(item_id, actor)
    item.delete()
    _log(bulletin, "bulletin.changed", actor=actor, today=today, struck=item.text[:200])
    return bulletin


def _item(item_id: int, actor: User) -> tuple[BulletinItem, Bulletin]:
    known = BulletinItem.objects.visible_to(actor).values_list("bulletin_id", flat=True).get(pk=item_id)
    bulletin = _draft(known, actor)
    return BulletinItem.objects.get(pk=item_id), bulletin


def _words(text: str) -> str:
    if not text.strip():
        raise BulletinIncomplete("内容不能为空；不需要的条目请删除。")
    return text.strip()[:2000]


@transaction.atomic
def issue_bulletin(*, bulletin_id: int, actor: User, today: date) -> Bulletin:
    """Issue a draft: it gets the next number of its kind and year, and its Word file is kept.

    Raises:
        BulletinClosed: it was issued before.
        BulletinIncomplete: it says nothing.
    """
    bulletin = _draft(bulletin_id, actor)
    if not bulletin.items.exists():
        raise BulletinIncomplete("还没有内容，补充条目后再印发。", bulletin=bulletin.pk)
    # Numbers are given out one after the other: the council's row is the queue.
    council = (
        Council.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=bulletin.council_id)
    )
    issued = Bulletin.objects.filter(council=council, kind=bulletin.kind, year=today.year)
    bulletin.year, bulletin.number = today.year, (issued.aggregate(most=Max("number"))["most"] or 0) + 1
    bulletin.issued_on, bulletin.issued_by = today, actor
    bulletin.document = attach(
        actor=actor,
        owner=PaperOwner(KIND, bulletin.pk, str(bulletin), None, council.organisation),
        upload=Upload(f"{bulletin.title}.docx", bulletin_document(words_of(bulletin, today=today))),
        kind=Paper.Kind.OTHER,
        title=f"{bulletin.get_kind_display()}{bulletin.number_text} {bulletin.title}",
        today=today,
    )
    bulletin.state = Bulletin.State.ISSUED
    bulletin.save(update_fields=["year", "number", "issued_on", "issued_by", "document", "state"])
    _log(bulletin, "bulletin.issued", actor=actor, today=today, number=bulletin.number_text)
    return bulletin


def words_of(bulletin: Bulletin, *, today: date) -> BulletinWords:
    """The issue as it stands now, its paragraphs in the order of the headings. One query."""
    gathered: dict[rules.Section, list[str]] = {}
    for item in bulletin.items.all():
        gathered.setdefault(rules.Section(item.section), []).append(item.text)
    return BulletinWords(
        mark=f"{MARK}{bulletin.get_kind_display()}",
        number=bulletin.number_text,
        title=bulletin.title,
        sections=[(section.label, gathered[section]) for section in sorted(gathered, key=lambda s: s.place)],
        copies_to=bulletin.copies_to,
        issued_by=bulletin.council.office_name,
        issued_on=bulletin.issued_on or today,
    )


def _log(bulletin: Bulletin, verb: str, *, actor: User, today: date, **facts: object) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=bulletin,
        facts={"title": bulletin.title, **facts},
        scope_path=bulletin.council.organisation.path,
        occurred_on=today,
    )
