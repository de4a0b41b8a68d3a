"""A county's books beside the pool: the development fund (S3-15) and what its plan still allows (S3-26)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from quotas import rules
from quotas.errors import BookOverdrawn, EntryRefused
from quotas.models import Consolidation, CountyEntry
from quotas.selectors.county_books import book_balance
from quotas.selectors.pools import policy_on
from quotas.selectors.supply import own_links_m2
from quotas.words import in_book

Book, Act = CountyEntry.Book, CountyEntry.Act
# What people enter; the rest follows from a settlement or undoes an entry.
ENTERED = (Act.SPENT, Act.GRANTED, Act.USED)


@dataclass(frozen=True, slots=True)
class Voucher:
    """What every entry says beside its amount. `key` makes a repeated request the same request."""

    reason: str
    document_no: str
    occurred_on: date
    key: uuid.UUID | None = None
    project_id: int | None = None


@transaction.atomic
def enter(
    *,
    actor: User,
    book: str,
    act: str,
    county: Organisation,
    amount: int,
    voucher: Voucher,
    today: date,
) -> CountyEntry:
    """Plan space granted or used, or money spent from the fund; `amount` positive, m² or 分.

    Safe to repeat with the same key: the first entry comes back.

    Raises:
        BookOverdrawn: the book holds less.
        EntryRefused: the act does not belong to the book, nothing is entered, dated ahead, or the
            key stands for another entry.
    """
    require(actor, Right.KEEP_QUOTA)
    allowed = (Act.SPENT,) if book == Book.FUND else (Act.GRANTED, Act.USED)
    if act not in allowed or amount <= 0:
        raise EntryRefused("这个账目不登记这类记录，或没有填写数量。请核对。", book=book, act=act)
    signed = -amount if act in CountyEntry.OUTWARD else amount
    row = _row(book, act, county, signed, voucher, actor)
    return _write(row, today)


@transaction.atomic
def settle_fund(
    *,
    actor: User,
    consolidation_id: int,
    fee: Decimal,
    cost: Decimal,
    voucher: Voucher,
    today: date,
) -> list[CountyEntry]:
    """Pay a county for the quota of its own project that the prefecture takes; the rest is its fund.

    What the county links with its own projects stays its own. All or nothing; a project is settled
    once, unless its entries were undone.

    Args:
        fee: the reclamation fee, 元/亩. cost: what the development cost the county, 元.

    Raises:
        Consolidation.DoesNotExist: not visible to the actor.
        EntryRefused: not stocked in yet, settled before, or nothing is left for the prefecture.

    Source: S3, 玉政办发〔2009〕21号.
    """
    require(actor, Right.KEEP_QUOTA)
    rows = Consolidation.objects.visible_to(actor).select_related("county")
    row = rows.select_for_update(of=("self",)).get(pk=consolidation_id)
    if row.stage != Consolidation.Stage.STOCKED:
        raise EntryRefused("该整治项目还没有入库，不能结算。请先登记入库。", stage=row.stage)
    before = CountyEntry.objects.filter(consolidation=row, act=Act.ALLOCATED, reversed_by__isnull=True)
    if before.exists():
        raise EntryRefused("该整治项目已结算。如需更正，请先冲正原记录。")
    policy = policy_on(voucher.occurred_on)
    own = own_links_m2(row)
    share = rules.fund_share(area_m2=row.area_m2, own_m2=own, fee=fee, rate=policy.fund_rate, cost=cost)
    if share.due <= 0:
        raise EntryRefused("指标全部由本县使用或没有填写开垦费标准，无需拨付。", own_m2=share.own_m2)
    figures = {
        "area_m2": row.area_m2,
        "own_m2": share.own_m2,
        "taken_m2": share.taken_m2,
        "fee": fee,
        "rate": policy.fund_rate,
        "cost": cost,
        "fund": share.fund,
    }
    entries = [_row(Book.FUND, Act.ALLOCATED, row.county, _fen(share.due), voucher, actor)]
    if share.cost:
        entries.append(_row(Book.FUND, Act.COST, row.county, -_fen(share.cost), voucher, actor))
        entries[1].key = entries[0].key
    for entry in entries:
        entry.consolidation, entry.figures = row, figures
    return [_write(entry, today) for entry in entries]


@transaction.atomic
def reverse_entry(*, actor: User, entry_id: int, voucher: Voucher, today: date) -> CountyEntry:
    """Undo an entry by one the other way, once.

    Raises:
        CountyEntry.DoesNotExist: not visible to the actor.
        EntryRefused: it is a reversal, or was undone.
        BookOverdrawn: what it brought has been spent.
    """
    require(actor, Right.REVERSE_QUOTA)
    found = CountyEntry.objects.visible_to(actor).select_related("county").get(pk=entry_id)
    if found.act == Act.REVERSAL or CountyEntry.objects.filter(reverses=found).exists():
        raise EntryRefused("这笔记录已冲正，或本身就是冲正，不能再冲正。请刷新页面查看。")
    row = _row(found.book, Act.REVERSAL, found.county, -found.amount, voucher, actor)
    row.reverses, row.consolidation_id, row.project_id = found, found.consolidation_id, found.project_id
    return _write(row, today)


def _row(
    book: str, act: str, county: Organisation, amount: int, voucher: Voucher, actor: User
) -> CountyEntry:
    return CountyEntry(
        key=voucher.key or uuid.uuid4(),
        book=book,
        act=act,
        county=county,
        amount=amount,
        reason=voucher.reason.strip(),
        document_no=voucher.document_no.strip(),
        project_id=voucher.project_id,
        occurred_on=voucher.occurred_on,
        entered_by=actor,
    )


def _write(row: CountyEntry, today: date) -> CountyEntry:
    if row.occurred_on > today:
        raise EntryRefused(f"发生日期 {row.occurred_on} 晚于今天。请填写实际日期。")
    if not row.reason or not row.document_no:
        raise EntryRefused("请写明事由和依据文号。")
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        return _first_time(row, error)
    record(
        actor=row.entered_by,
        verb="quota.county_book_entered",
        subject=row,
        facts={"book": row.book, "act": row.act, "amount": row.amount, "document_no": row.document_no},
        project_id=row.project_id,
        scope_path=row.county.path,
        occurred_on=row.occurred_on,
    )
    return row


def _first_time(row: CountyEntry, error: IntegrityError) -> CountyEntry:
    """The entry of a repeated request; else the refusal that the database's words stand for."""
    # First of all: a repeated request may find the book emptied by its own first time.
    before = CountyEntry.objects.filter(key=row.key, act=row.act).first()
    if before is not None:
        if (before.book, before.county_id, before.amount) == (row.book, row.county_id, row.amount):
            return before
        raise EntryRefused("同一请求编号已用于另一笔记录。请重新发起。") from error
    if "would fall below zero" in str(error):
        left = book_balance(book=row.book, county=row.county)
        raise BookOverdrawn(
            f"{row.county.short_name}{row.get_book_display()}余额 {in_book(row.book, left)}，"
            f"不够 {in_book(row.book, -row.amount)}。请核对。",
            left=left,
            asked=-row.amount,
        ) from error
    if "quotas_countyentry_reverses_id_key" in str(error):
        raise EntryRefused("这笔记录已冲正，不能再次冲正。请刷新页面查看。") from error
    raise error


def _fen(yuan: Decimal) -> int:
    return int(yuan * 100)
