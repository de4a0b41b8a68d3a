"""What an application must bring, who reviews it and for how long: dated rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder, end_row, refuse_earlier
from quotas.models import ChecklistItem, ReviewSetting


@dataclass(frozen=True, slots=True)
class Item:
    """What an item of a checklist says; see `ChecklistItem`."""

    name: str
    note: str
    clause: str
    position: int
    is_required: bool


@transaction.atomic
def revise_item(
    *, actor: User, pool: str, code: str, item: Item | None, effective_from: date
) -> ChecklistItem | None:
    """A new version of an item from a day on, a new item, or with `item` None its end.

    Applications handed in before keep what they brought.

    Raises:
        SettingOutOfOrder: the version in force begins on that day or later; nothing to end.
    """
    require(actor, Right.EDIT_QUOTA_POLICY)
    current = (
        ChecklistItem.objects.select_for_update()
        .filter(pool=pool, code=code, effective_to__isnull=True)
        .first()
    )
    if current is None and item is None:
        raise SettingOutOfOrder("这项材料已经停用，不用再停用。", code=code)
    if current is not None:
        end_row(current, on=effective_from)
    row = None
    if item is not None:
        row = ChecklistItem.objects.create(
            pool=pool, code=code, effective_from=effective_from, **asdict(item)
        )
    subject = row or current
    assert subject is not None
    facts = {"pool": pool, "code": code, "name": subject.name, "effective_from": effective_from}
    record(actor=actor, verb="quota_checklist.revised", subject=subject, facts=facts)
    return row


@dataclass(frozen=True, slots=True)
class Review:
    """Who is asked (codes of organisations) and how long things take, in working days.

    `reviewer` takes applications in; empty is the prefecture itself.
    """

    reviewer: str
    offices: tuple[str, ...]
    review_days: int
    opinion_days: int
    payment_days: int
    note: str


@transaction.atomic
def set_review(*, actor: User, effective_from: date, review: Review) -> ReviewSetting:
    """Another setting from a day on; reviews that run keep theirs.

    Raises:
        SettingOutOfOrder: not after the newest row, or an office is not known.
    """
    require(actor, Right.EDIT_QUOTA_POLICY)
    newest = ReviewSetting.objects.select_for_update().order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    named = [*review.offices, *([review.reviewer] if review.reviewer else [])]
    known = set(Organisation.objects.filter(code__in=named).values_list("code", flat=True))
    unknown = [code for code in named if code not in known]
    if unknown:
        raise SettingOutOfOrder(f"没有这些单位代码：{'、'.join(unknown)}；请核对。", unknown=unknown)
    row = ReviewSetting.objects.create(
        effective_from=effective_from,
        reviewer=review.reviewer,
        offices=",".join(review.offices),
        review_days=review.review_days,
        opinion_days=review.opinion_days,
        payment_days=review.payment_days,
        note=review.note.strip(),
    )
    facts = {"effective_from": effective_from, **asdict(review)}
    record(actor=actor, verb="quota_review.changed", subject=row, facts=facts)
    return row
