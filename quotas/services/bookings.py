"""Entering what comes in, goes out or is held back: one booking, its paper, its movements.

Every verb here checks the right, writes the booking and posts all its movements in one statement.
Safe to repeat with the same `key`: the first booking comes back.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Model

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import Act, entries_of, record_all
from core.bulk import insert_rows, maker
from core.calls import as_composite, as_row, call, stored
from core.clock import written_at
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from quotas import rules, selectors
from quotas.errors import (
    AdvanceOverCap,
    BookingIncomplete,
    BookingInFuture,
    DeductionRefused,
    NotReversible,
    PaperMissing,
    RepaymentTooLarge,
    RepeatedRequestDiffers,
)
from quotas.models import Account, Booking, Consolidation, Movement
from quotas.rules import Instrument, Pool
from quotas.selectors import AccountKey
from quotas.services import supply
from quotas.services.ledger import Transfer, open_accounts, post_movements, refusal_of, reversal_of
from quotas.words import shown

Kind = Booking.Kind
Place = Account.Place
Move = tuple[str, AccountKey, AccountKey, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every booking says beside its figures. `upload` or `document_no` proves it."""

    reason: str
    occurred_on: date
    document_no: str = ""
    upload: Upload | None = None
    key: uuid.UUID | None = None
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Gross:
    """One dimension of a stock-in as the paper has it, in m² (kg)."""

    gross: int
    deduction: int = 0
    province: int = 0


@dataclass(frozen=True, slots=True)
class _Draft:
    """A booking about to be written, and its transfers between keys."""

    kind: Booking.Kind
    pool: Pool
    county: Organisation
    moves: Sequence[tuple[str, AccountKey, AccountKey, int]]
    period: int = 0
    more: Mapping[str, object] = field(default_factory=dict)


# --- sources (R1) -----------------------------------------------------------------------------


@transaction.atomic
def stock_in(
    *,
    actor: User,
    county: Organisation,
    amounts: Mapping[Instrument, Gross],
    sheet: Sheet,
    today: date,
    record_no: str = "",
    state_share: Decimal = Decimal(0),
    consolidation: Consolidation | None = None,
) -> Booking:
    """Farmland quota as recorded: the deduction and the province's share come off, the pool gets its
    part of the rest, the county keeps what remains. What is pooled stays the county's property.

    Args:
        state_share: the prefecture's share of a co-operation project by its agreement; it goes to
            the pool as the prefecture's own, before the percentage is taken of the rest.

    Raises:
        BookingIncomplete: no dimension, more paddy than area, nothing left after the deductions.

    Source: S4, annex 3, article 10; domain.md 3.2 R1.
    """
    require(actor, Right.KEEP_QUOTA)
    policy = selectors.policy_on(sheet.occurred_on)
    prefecture = selectors.prefecture_of(county)
    _check_dimensions(amounts)
    moves: list[tuple[str, AccountKey, AccountKey, int]] = []
    figures: dict[str, object] = {"rate": str(policy.farmland_rate), "state_share": str(state_share)}
    for instrument, entered in amounts.items():
        usable = rules.usable_amount(
            gross=entered.gross, deduction=entered.deduction, province=entered.province
        )
        agreed = rules.pooled_share(usable=usable, rate=state_share)
        share = rules.pooled_share(usable=agreed.kept, rate=policy.farmland_rate)
        own = AccountKey(instrument, Place.AVAILABLE, county.pk, county.pk)
        source = AccountKey(instrument, Place.SOURCE, county.pk, county.pk)
        pooled = AccountKey(instrument, Place.AVAILABLE, prefecture.pk, county.pk)
        agreed_to = AccountKey(instrument, Place.AVAILABLE, prefecture.pk, prefecture.pk)
        moves += [
            (Movement.Kind.STOCK_IN, source, own, usable),
            (Movement.Kind.TO_POOL, own, agreed_to, agreed.pooled),
            (Movement.Kind.TO_POOL, own, pooled, share.pooled),
        ]
        figures[instrument] = {
            "gross": entered.gross,
            "deduction": entered.deduction,
            "province": entered.province,
            "usable": usable,
            "agreed": agreed.pooled,
            "pooled": share.pooled,
            "kept": share.kept,
        }
    more: dict[str, object] = {
        "figures": figures,
        "policy": policy,
        "record_no": record_no.strip(),
        "consolidation": consolidation,
        "channel": Booking.Channel.COOPERATION if state_share else Booking.Channel.CONSOLIDATION,
    }
    return _enter(_Draft(Kind.STOCK_IN, Pool.FARMLAND, county, moves, more=more), sheet, actor, today)


def _check_dimensions(amounts: Mapping[Instrument, Gross]) -> None:
    if not any(entered.gross > 0 for entered in amounts.values()):
        raise BookingIncomplete("没有填写入库数量。请至少填写一类指标。")
    if any(instrument.pool is not Pool.FARMLAND for instrument in amounts):
        raise BookingIncomplete("占补入库只登记耕地数量、水田和粮食产能。")
    area, paddy = (
        amounts.get(name, Gross(0)) for name in (Instrument.FARMLAND_AREA, Instrument.FARMLAND_PADDY)
    )
    if paddy.gross > area.gross:
        raise BookingIncomplete("水田规模大于耕地数量。请核对两项数字。", area=area.gross, paddy=paddy.gross)


@transaction.atomic
def allot_plan(
    *,
    actor: User,
    county: Organisation,
    year: int,
    amount: int,
    sheet: Sheet,
    today: date,
    channel: str = Booking.Channel.REGULAR,
) -> Booking:
    """Plan quota of a year handed out to a county: the prefecture's share goes to the pool.

    Every handing-out is split, later ones too (ambiguity 14). Quota that the province assigns to
    one kind of project (all channels but the regular plan and rewards) stays whole.

    Source: S4, annex 3, article 16.
    """
    require(actor, Right.KEEP_QUOTA)
    policy = selectors.policy_on(sheet.occurred_on)
    prefecture = selectors.prefecture_of(county)
    is_split = channel in (Booking.Channel.REGULAR, Booking.Channel.DISPOSAL)
    rate = policy.plan_rate if is_split else Decimal(0)
    share = rules.pooled_share(usable=amount, rate=rate)
    instrument = Instrument.ANNUAL_PLAN
    own = AccountKey(instrument, Place.AVAILABLE, county.pk, county.pk, year)
    source = AccountKey(instrument, Place.SOURCE, county.pk, county.pk, year)
    pooled = AccountKey(instrument, Place.AVAILABLE, prefecture.pk, prefecture.pk, year)
    moves = [
        (Movement.Kind.STOCK_IN, source, own, amount),
        (Movement.Kind.TO_POOL, own, pooled, share.pooled),
    ]
    figures = {
        "rate": str(rate),
        instrument: {"usable": amount, "pooled": share.pooled, "kept": share.kept},
    }
    more = {"figures": figures, "policy": policy, "channel": channel}
    return _enter(_Draft(Kind.ALLOTMENT, Pool.PLAN, county, moves, year, more), sheet, actor, today)


@transaction.atomic
def enter_scale(
    *, actor: User, county: Organisation, year: int, amount: int, sheet: Sheet, today: date
) -> Booking:
    """A county's boundary scale for a year, as the office decomposes it (ambiguity 1).

    All of it is the county's until the year's end, when what is unused moves into the pool.
    """
    require(actor, Right.KEEP_QUOTA)
    instrument = Instrument.UGB_SCALE
    own = AccountKey(instrument, Place.AVAILABLE, county.pk, county.pk, year)
    source = AccountKey(instrument, Place.SOURCE, county.pk, county.pk, year)
    moves = [(Movement.Kind.STOCK_IN, source, own, amount)]
    more = {"figures": {instrument: {"usable": amount}}}
    return _enter(_Draft(Kind.SCALE, Pool.SCALE, county, moves, year, more), sheet, actor, today)


@transaction.atomic
def record_purchase(
    *,
    actor: User,
    county: Organisation,
    amounts: Mapping[Instrument, int],
    seller: str,
    amount_yuan: Decimal,
    sheet: Sheet,
    today: date,
) -> Booking:
    """Farmland quota bought outside the prefecture (异地购买, S2-04): all of it is the buyer's.

    Raises:
        BookingIncomplete: no amount, no seller, another pool.
    """
    require(actor, Right.KEEP_QUOTA)
    if not seller.strip():
        raise BookingIncomplete("异地购买须写明转让方。请补充转让方名称。")
    moves = []
    for instrument, amount in amounts.items():
        own = AccountKey(instrument, Place.AVAILABLE, county.pk, county.pk)
        source = AccountKey(instrument, Place.SOURCE, county.pk, county.pk)
        moves.append((Movement.Kind.STOCK_IN, source, own, amount))
    more = {
        "seller": seller.strip(),
        "amount_yuan": amount_yuan,
        "figures": {name: {"usable": amount} for name, amount in amounts.items()},
    }
    return _enter(_Draft(Kind.PURCHASE, Pool.FARMLAND, county, moves, more=more), sheet, actor, today)


@transaction.atomic
def advance_plan(
    *, actor: User, county: Organisation, year: int, amount: int, sheet: Sheet, today: date
) -> Booking:
    """Plan quota used ahead of its allotment, up to the dated share of last year's (S2-02).

    Raises:
        AdvanceOverCap: with what is advanced and not repaid it would exceed the share (facts).
    """
    require(actor, Right.KEEP_QUOTA)
    policy = selectors.policy_on(sheet.occurred_on)
    instrument = Instrument.ANNUAL_PLAN
    own = AccountKey(instrument, Place.AVAILABLE, county.pk, county.pk, year)
    source = AccountKey(instrument, Place.SOURCE, county.pk, county.pk, year)
    _lock(own, source)
    base = selectors.plan_base(county=county, year=year - 1)
    cap = rules.pooled_share(usable=base, rate=policy.advance_rate).pooled
    outstanding = sum(row.outstanding for row in selectors.open_advances(county=county, year=year))
    if outstanding + amount > cap:
        raise AdvanceOverCap(
            f"{year - 1} 年下达 {shown(instrument, base)}，可预支 {shown(instrument, cap)}，"
            f"已预支 {shown(instrument, outstanding)}。请减少预支数量或先归还。",
            base=base,
            cap=cap,
            outstanding=outstanding,
            asked=amount,
        )
    figures = {"base": base, "cap": cap, "rate": str(policy.advance_rate), instrument: {"usable": amount}}
    moves = [(Movement.Kind.ADVANCE, source, own, amount)]
    more = {"figures": figures, "policy": policy}
    return _enter(_Draft(Kind.ADVANCE, Pool.PLAN, county, moves, year, more), sheet, actor, today)


@transaction.atomic
def repay_advance(*, actor: User, advance: Booking, amount: int, sheet: Sheet, today: date) -> Booking:
    """Give advanced plan quota back out of what the county has by now.

    Raises:
        RepaymentTooLarge: more than is still advanced.
        InsufficientQuota: the county has not got it.
    """
    require(actor, Right.KEEP_QUOTA)
    county, year = advance.county, advance.period
    own = AccountKey(Instrument.ANNUAL_PLAN, Place.AVAILABLE, county.pk, county.pk, year)
    source = AccountKey(Instrument.ANNUAL_PLAN, Place.SOURCE, county.pk, county.pk, year)
    _lock(own, source)
    open_rows = selectors.open_advances(county=county, year=year)
    left = next((row.outstanding for row in open_rows if row.booking.pk == advance.pk), 0)
    if amount > left:
        raise RepaymentTooLarge(
            f"这笔预支还有 {shown(Instrument.ANNUAL_PLAN, left)} 未归还，不能多还。请核对数量。",
            left=left,
            asked=amount,
        )
    moves = [(Movement.Kind.REPAY, own, source, amount)]
    more = {"repays": advance, "figures": {Instrument.ANNUAL_PLAN: {"usable": amount}}}
    draft = _Draft(Kind.REPAYMENT, Pool.PLAN, county, moves, year, more)
    return _enter(draft, sheet, actor, today)


# --- what happens to one account ---------------------------------------------------------------


def use_own(*, actor: User, account: Account, amount: int, sheet: Sheet, today: date) -> Booking:
    """A county uses its own quota: written off for good."""
    require(actor, Right.KEEP_QUOTA)
    if account.holder_id != account.owner_id or account.place != Place.AVAILABLE:
        raise BookingIncomplete("只能核销本单位自有的可用指标。池内指标按调剂申请办理。")
    return _change_place(actor, account, Place.USED, Kind.USE, amount, sheet, today)


def freeze(*, actor: User, account: Account, amount: int, sheet: Sheet, today: date) -> Booking:
    """Hold available quota back: it stays where it is and cannot be used."""
    require(actor, Right.KEEP_QUOTA)
    _must_lie(account, Place.AVAILABLE)
    return _change_place(actor, account, Place.FROZEN, Kind.FREEZE, amount, sheet, today)


def unfreeze(*, actor: User, account: Account, amount: int, sheet: Sheet, today: date) -> Booking:
    """Make frozen quota available again."""
    require(actor, Right.KEEP_QUOTA)
    _must_lie(account, Place.FROZEN)
    return _change_place(actor, account, Place.AVAILABLE, Kind.UNFREEZE, amount, sheet, today)


def deduct(*, actor: User, account: Account, amount: int, sheet: Sheet, today: date) -> Booking:
    """Take quota away for good, e.g. at the plan evaluation (S4, annex 3, article 8)."""
    require(actor, Right.KEEP_QUOTA)
    if account.place not in (Place.AVAILABLE, Place.FROZEN):
        raise BookingIncomplete("只能扣减可用或冻结的指标。请重新选择账户。")
    return _change_place(actor, account, Place.DEDUCTED, Kind.DEDUCTION, amount, sheet, today)


@transaction.atomic
def deduct_scale(*, actor: User, county: Organisation, amount: int, sheet: Sheet, today: date) -> Booking:
    """Take boundary scale off a county at the plan evaluation, in one booking: what is frozen first,
    then what is available, the oldest year first, in its own hands before the pool's.

    Raises:
        DeductionRefused: the county has not got so much (facts).
    """
    require(actor, Right.KEEP_QUOTA)
    rows = list(
        Account.objects.select_for_update(of=("self",), no_key=True)
        .filter(instrument=Instrument.UGB_SCALE, owner=county, place__in=[Place.FROZEN, Place.AVAILABLE])
        .order_by("pk")
    )
    rows.sort(key=lambda row: (row.place != Place.FROZEN, row.holder_id != county.pk, row.period, row.pk))
    moves, lacking = [], amount
    for row in rows:
        part = min(row.balance, lacking)
        if part > 0:
            here = selectors.key_of(row)
            there = AccountKey(here.instrument, Place.DEDUCTED, here.holder_id, here.owner_id, here.period)
            moves.append((Movement.Kind.DEDUCT, here, there, part))
            lacking -= part
    if lacking:
        raise DeductionRefused(
            f"{county.short_name}现有规模不足，尚差 {shown(Instrument.UGB_SCALE, lacking)}。"
            "请待下年度规模下达后再办理。",
            lacking=lacking,
        )
    more = {"figures": {Instrument.UGB_SCALE: {"usable": amount}}}
    return _enter(_Draft(Kind.DEDUCTION, Pool.SCALE, county, moves, more=more), sheet, actor, today)


_MOVEMENT_OF = {
    Kind.USE: Movement.Kind.POST,
    Kind.FREEZE: Movement.Kind.FREEZE,
    Kind.UNFREEZE: Movement.Kind.UNFREEZE,
    Kind.DEDUCTION: Movement.Kind.DEDUCT,
}


def _must_lie(account: Account, place: Account.Place) -> None:
    if account.place != place:
        raise BookingIncomplete(
            f"这个账户不是{place.label}账户。请从指标台账中重新选择。", place=account.place
        )


def _change_place(
    actor: User,
    account: Account,
    place: Account.Place,
    kind: Booking.Kind,
    amount: int,
    sheet: Sheet,
    today: date,
) -> Booking:
    here = selectors.key_of(account)
    there = AccountKey(here.instrument, place, here.holder_id, here.owner_id, here.period)
    pool = Instrument(account.instrument).pool
    moves = [(_MOVEMENT_OF[kind], here, there, amount)]
    more = {"figures": {account.instrument: {"usable": amount}, "account": account.pk}}
    return _enter(_Draft(kind, pool, account.owner, moves, account.period, more), sheet, actor, today)


# --- corrections ------------------------------------------------------------------------------


@transaction.atomic
def reverse_booking(*, actor: User, booking: Booking, sheet: Sheet, today: date) -> Booking:
    """Undo a booking as a whole: every movement of it the other way, once.

    Raises:
        NotReversible: it is a reversal, was reversed, is a run's (its own page undoes it), or an
            advance that is partly repaid.
        InsufficientQuota: what it brought has been spent meanwhile.
    """
    require(actor, Right.REVERSE_QUOTA)
    if booking.kind == Kind.YEAR_END:
        raise NotReversible("年末结转请在“年末结转”页面整批冲正。")
    return undo(actor=actor, booking=booking, sheet=sheet, today=today)


def undo(*, actor: User, booking: Booking, sheet: Sheet, today: date) -> Booking:
    """As `reverse_booking`, for callers that have checked the right (a run is undone by its own verb)."""
    locked = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    if locked.kind == Kind.REVERSAL:
        raise NotReversible("冲正登记不能再冲正。请按实际情况重新登记。")
    if Booking.objects.filter(reverses=locked).exists():
        raise NotReversible("这笔登记已冲正，不能再次冲正。")
    if Booking.objects.filter(repays=locked, reversed_by__isnull=True).exists():
        raise NotReversible("这笔预支已有归还。请先冲正归还，再冲正预支。")
    movements = list(Movement.objects.filter(run_key=locked.key).select_related("source", "target"))
    _check_sheet(sheet, today)
    more = {"reverses": locked, "figures": {"reverses": locked.get_kind_display()}}
    draft = _Draft(Kind.REVERSAL, Pool(locked.pool), booking.county, (), locked.period, more)
    done, is_new = _write(_row_of(draft, sheet, actor))
    if is_new:
        transfers = [reversal_of(movement, reason=sheet.reason) for movement in movements]
        post_movements(transfers, entered_by=actor, occurred_on=sheet.occurred_on, run_key=done.key)
        supply.mark_filed_again(locked)
        _finish(done, sheet, actor, today)
    return done


def enter_run(
    *,
    pool: Pool,
    prefecture: Organisation,
    year: int,
    figures: Mapping[str, object],
    sheet: Sheet,
    actor: User,
) -> Booking:
    """The booking of a year-end run, whose movements the run itself posts.

    Raises:
        BookingIncomplete, PaperMissing: the sheet lacks its reason or its paper.
    """
    _check_sheet(sheet, sheet.occurred_on)
    draft = _Draft(Kind.YEAR_END, pool, prefecture, (), year, {"figures": dict(figures)})
    booking, is_new = _write(_row_of(draft, sheet, actor))
    if is_new:
        _finish(booking, sheet, actor, sheet.occurred_on)
    return booking


@transaction.atomic
def enter_opening(
    *,
    prefecture: Organisation,
    pool: Pool,
    moves: Sequence[tuple[str, AccountKey, AccountKey, int]],
    sheet: Sheet,
    actor: User,
    today: date,
) -> Booking:
    """The balances the pool begins with, out of nowhere; the caller has checked the right."""
    figures = {"accounts": len(moves)}
    draft = _Draft(Kind.OPENING, pool, prefecture, moves, more={"figures": figures})
    return _enter(draft, sheet, actor, today)


# --- writing ----------------------------------------------------------------------------------


def _lock(*keys: AccountKey) -> None:
    """Lock these accounts in the order of their ids: what is checked next stays true."""
    rows = open_accounts(keys)
    ids = [row.pk for row in rows.values()]
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _enter(draft: _Draft, sheet: Sheet, actor: User, today: date) -> Booking:
    moves = [move for move in draft.moves if move[3] != 0]
    if not moves or any(amount < 0 for *_, amount in moves):
        raise BookingIncomplete("数量须大于 0。请填写数量。")
    _check_sheet(sheet, today)
    row = _row_of(draft, sheet, actor)
    if sheet.upload is not None or row.consolidation_id is not None:
        with transaction.atomic():
            return _enter_with_more(row, moves, sheet, actor, today)
    return _enter_at_once(row, moves, actor)


def _row_of(draft: _Draft, sheet: Sheet, actor: User) -> Booking:
    """An unsaved booking; what it names is kept at hand."""
    named: dict[str, Model] = {"county": draft.county, "entered_by": actor}
    values: dict[str, object] = {}
    for name, value in draft.more.items():
        if isinstance(value, Model):
            named[name] = value
        else:
            values[name] = value
    row: Booking = maker(Booking)(
        related=named,
        key=sheet.key or uuid.uuid4(),
        kind=draft.kind.value,
        pool=draft.pool.value,
        period=draft.period,
        reason=sheet.reason.strip(),
        document_no=sheet.document_no.strip(),
        occurred_on=sheet.occurred_on,
        entered_at=written_at(),
        project_id=sheet.project_id,
        **values,
        **{f"{name}_id": other.pk for name, other in named.items()},
    )
    return row


def _enter_at_once(row: Booking, moves: Sequence[Move], actor: User) -> Booking:
    """Booking, accounts, log and movements by one call of the database (`quotas_book`).

    A hot account is locked only while that one statement works and commits; with a statement of ours
    for each, everybody would wait for our turn to send the next one.
    """
    [entry] = entries_of(actor=actor, acts=[_act(row)], occurred_on=row.occurred_on)
    key, refused = call(
        "SELECT quotas_book(%s, %s, %s::quotas_move[])",
        "SELECT booking_id, refused FROM quotas_book_safely(%s, %s, %s::quotas_move[])",
        (as_row(row), as_row(entry), [_named(move) for move in moves]),
    )
    if refused == "quotas_booking_key_key":
        return _first_time(row)
    if refused is not None:
        asked = sum(amount for *_, amount in moves)
        raise refusal_of(refused, instrument=moves[0][1].instrument, asked=asked)
    stored(row, key)
    return row


def _named(move: Move) -> str:
    """A movement as the database's function reads it: its accounts by what makes them."""
    kind, (instrument, *here), (_, *there), amount = move
    return as_composite((kind, instrument, *here, *there, amount))


def _enter_with_more(row: Booking, moves: Sequence[Move], sheet: Sheet, actor: User, today: date) -> Booking:
    """The same step by step, with the paper that came along and the project of the pipeline."""
    booking, is_new = _write(row)
    if not is_new:
        return booking
    accounts = open_accounts(key for _, source, target, _ in moves for key in (source, target))
    transfers = [
        Transfer(
            kind=kind,
            source=accounts[source],
            target=accounts[target],
            amount=amount,
            reason=sheet.reason,
            document_no=sheet.document_no,
            project_id=sheet.project_id,
        )
        for kind, source, target, amount in moves
    ]
    supply.mark_stocked(booking)
    _finish(booking, sheet, actor, today)
    # Last: the accounts stay locked from here to the commit, and others wait at a hot one.
    post_movements(transfers, entered_by=actor, occurred_on=sheet.occurred_on, run_key=booking.key)
    return booking


def _check_sheet(sheet: Sheet, today: date) -> None:
    if sheet.occurred_on > today:
        raise BookingInFuture(
            f"发生日期 {sheet.occurred_on} 晚于今天。请填写实际发生的日期。", occurred_on=sheet.occurred_on
        )
    if not sheet.reason.strip():
        raise BookingIncomplete("没有填写事由。请写明原因。")
    if not sheet.document_no.strip() and sheet.upload is None:
        raise PaperMissing("没有依据文件。请填写文号或上传文件。")


def _write(row: Booking) -> tuple[Booking, bool]:
    """The booking of this request: a new one, or the first one of a repeated request."""
    if insert_rows([row], once="key"):
        return row, True
    return _first_time(row), False


def _first_time(row: Booking) -> Booking:
    """The booking that the same request wrote before."""
    before = Booking.objects.get(key=row.key)
    same = (before.kind, before.county_id, before.figures, before.period)
    if same != (row.kind, row.county_id, _stored(row.figures), row.period):
        raise RepeatedRequestDiffers("同一请求编号已用于另一笔登记。请重新发起。")
    return before


def _stored(figures: Mapping[str, object]) -> dict[str, object]:
    """Figures as JSON keeps them: the keys are plain words."""
    return {str(name): value for name, value in figures.items()}


def _finish(booking: Booking, sheet: Sheet, actor: User, today: date) -> None:
    if sheet.upload is not None:
        owner = PaperOwner(
            kind=Booking._meta.label_lower,
            pk=booking.pk,
            label=str(booking),
            project_id=booking.project_id,
            organisation=booking.county,
        )
        booking.paper = attach(
            actor=actor,
            owner=owner,
            upload=sheet.upload,
            kind=Paper.Kind.DECISION,
            title=f"{booking.get_kind_display()}依据",
            today=today,
            occurred_on=sheet.occurred_on,
        )
        booking.save(update_fields=["paper"])
    record_all(actor=actor, acts=[_act(booking)], occurred_on=booking.occurred_on)


def _act(booking: Booking) -> Act:
    return Act(
        "quota.booked" if booking.kind != Kind.REVERSAL else "quota.reversed",
        booking,
        {"kind": booking.kind, "figures": booking.figures, "document_no": booking.document_no},
        booking.project_id,
        booking.county.path,
    )
