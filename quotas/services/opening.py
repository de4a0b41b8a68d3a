"""Opening balances from a workbook: read, shown with every error at once, then taken over whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.units import AreaUnit, to_m2
from officefiles.headings import ColumnSpec
from officefiles.reading import read_workbook
from officefiles.tables import Table, TableRow, find_in_workbook
from officefiles.values import NumberKind, clean_text, parse_number
from quotas import selectors
from quotas.errors import OpeningRefused
from quotas.models import Account, Booking, Movement, OpeningDraft
from quotas.rules import Instrument, Pool
from quotas.selectors import AccountKey
from quotas.services import bookings
from quotas.services.bookings import Sheet
from quotas.services.ledger import open_accounts

PLACES = {"可用": "AVAILABLE", "冻结": "FROZEN", "已核销": "USED"}
LAND_UNITS = {"公顷": AreaUnit.HA, "亩": AreaUnit.MU, "平方米": AreaUnit.M2}
GRAIN_UNITS = {"公斤": 1, "千克": 1, "万公斤": 10_000, "吨": 1_000}
SPECS = (
    ColumnSpec("instrument", "指标", ("指标名称", "指标类型"), required=True, fill_down=True),
    ColumnSpec("holder", "指标所在", ("行政区", "县（市）", "账户"), required=True, fill_down=True),
    ColumnSpec("owner", "权属", ("权属单位",)),
    ColumnSpec("period", "年度", ("年份",)),
    ColumnSpec("place", "性质", ("状态",)),
    ColumnSpec("amount", "数量", ("余额", "期初余额"), required=True),
    ColumnSpec("measure", "单位", ("计量单位",), required=True),
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where something is wrong."""

    row: int
    cell: str
    message: str

    def stored(self) -> dict[str, object]:
        return {"row": self.row, "cell": self.cell, "message": self.message}


class _Reader:
    """Reads the rows of one table; gathers every problem instead of stopping at the first."""

    def __init__(self, table: Table, units: Sequence[Organisation]) -> None:
        self.table = table
        self.units = {name: unit for unit in units for name in (unit.code, unit.name, unit.short_name)}
        self.problems: list[_Cell] = []
        self.seen: dict[tuple[object, ...], int] = {}

    def rows(self) -> list[dict[str, object]]:
        found = [self._row(row) for row in self.table.data_rows()]
        return [row for row in found if row is not None]

    def _wrong(self, row: TableRow, key: str, message: str) -> None:
        self.problems.append(_Cell(row.number, self.table.cell(row.number, key), message))

    def _text(self, row: TableRow, key: str) -> str:
        return clean_text(row.values.get(key))

    def _row(self, row: TableRow) -> dict[str, object] | None:
        before = len(self.problems)
        instrument = self._instrument(row)
        holder, owner = self._unit(row, "holder"), self._unit(row, "owner", default="holder")
        place = self._place(row)
        amount = self._amount(row, instrument)
        period = self._period(row, instrument)
        if len(self.problems) > before or instrument is None or holder is None or owner is None:
            return None
        key = (instrument.value, place, holder.pk, owner.pk, period)
        if key in self.seen:
            self._wrong(row, "holder", f"与第 {self.seen[key]} 行是同一账户。请合并为一行。")
            return None
        self.seen[key] = row.number
        return {
            "row": row.number,
            "instrument": instrument.value,
            "place": place,
            "holder": holder.pk,
            "owner": owner.pk,
            "period": period,
            "amount": amount,
            "words": [instrument.label, holder.short_name, owner.short_name, Account.Place(place).label],
        }

    def _instrument(self, row: TableRow) -> Instrument | None:
        text = self._text(row, "instrument")
        found = next((name for name in Instrument if text in (name.label, name.value)), None)
        if found is None:
            names = "、".join(name.label for name in Instrument)
            self._wrong(row, "instrument", f"没有“{text}”这类指标。请填写{names}之一。")
        return found

    def _unit(self, row: TableRow, key: str, default: str = "") -> Organisation | None:
        text = self._text(row, key) or (self._text(row, default) if default else "")
        found = self.units.get(text)
        if found is None and not (default and not self._text(row, key)):
            self._wrong(row, key, f"没有“{text}”这个县市。请填写简称、全称或代码。")
        return found

    def _place(self, row: TableRow) -> str:
        text = self._text(row, "place") or "可用"
        if text not in PLACES:
            self._wrong(row, "place", f"没有“{text}”这种性质。请填写可用、冻结或已核销。")
        return PLACES.get(text, "")

    def _period(self, row: TableRow, instrument: Instrument | None) -> int:
        text = self._text(row, "period").removesuffix("年").removesuffix(".0")
        is_yearly = instrument is Instrument.ANNUAL_PLAN
        if not text and not is_yearly:
            return 0
        if not text.isdecimal() or not 2020 <= int(text) <= 2100:
            self._wrong(
                row, "period", "年度计划须填写四位年度，如 2026。" if is_yearly else "年度不是四位年份。"
            )
            return 0
        return int(text)

    def _amount(self, row: TableRow, instrument: Instrument | None) -> int:
        read = parse_number(row.values.get("amount"))
        unit = self._text(row, "measure") or read.unit
        if read.kind is not NumberKind.NUMBER or read.number is None or read.number <= 0:
            self._wrong(row, "amount", f"“{read.text}”不是大于 0 的数量。")
            return 0
        if instrument is None:
            return 0
        units = LAND_UNITS if instrument.is_land else GRAIN_UNITS
        if unit not in units:
            self._wrong(row, "measure", f"“{unit}”不能用于{instrument.label}。请填写{'、'.join(units)}。")
            return 0
        if instrument.is_land:
            amount = to_m2(read.number, LAND_UNITS[unit])
        else:
            amount = int((read.number * GRAIN_UNITS[unit]).to_integral_value(rounding="ROUND_HALF_UP"))
        if not amount:
            smallest = "1 平方米" if instrument.is_land else "1 公斤"
            self._wrong(row, "amount", f"“{read.text}”{unit}不足 {smallest}。请核对数量和单位。")
        return amount


@transaction.atomic
def stage_opening(*, actor: User, filename: str, content: bytes) -> OpeningDraft:
    """Read the workbook and keep what it says, with every problem by row and cell. Moves nothing.

    Raises:
        WorkbookRefused, TableNotFound, ColumnsMissing: not a workbook, or without the columns.
        OpeningRefused: no row in it.
    """
    require(actor, Right.KEEP_QUOTA)
    table = find_in_workbook(read_workbook(content, filename=filename), SPECS, called="期初余额表")
    reader = _Reader(table, list(selectors.counties(actor=actor)))
    rows = reader.rows()
    if not rows and not reader.problems:
        raise OpeningRefused("表中没有数据行。请填写后重新上传。")
    return OpeningDraft.objects.create(
        filename=filename[:200],
        rows=rows,
        problems=[problem.stored() for problem in reader.problems],
        uploaded_by=actor,
    )


@transaction.atomic
def take_opening(*, actor: User, draft_id: int, document_no: str, occurred_on: date, today: date) -> Booking:
    """Book the balances of a draft without errors, all of them or none. Safe to repeat.

    Raises:
        OpeningDraft.DoesNotExist: not the actor's.
        OpeningRefused: it has errors, or an account in it has movements that still count.
        PaperMissing, BookingInFuture.
    """
    require(actor, Right.KEEP_QUOTA)
    draft = OpeningDraft.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=draft_id)
    if draft.booking_id is not None:
        return Booking.objects.get(pk=draft.booking_id)
    if draft.problems:
        raise OpeningRefused(f"表中有 {len(draft.problems)} 处问题。请改正后重新上传。")
    assert actor.organisation is not None
    keys = [_key(row) for row in draft.rows]
    in_use = _in_use(keys)
    used = [row["words"][1] for row, key in zip(draft.rows, keys, strict=True) if key in in_use]
    if used:
        raise OpeningRefused(
            f"{'、'.join(sorted(set(used)))}的账户已有记录，不能再导入期初余额。请改用登记或冲正。"
        )
    moves = [
        (Movement.Kind.STOCK_IN.value, _source(key), key, int(row["amount"]))
        for row, key in zip(draft.rows, keys, strict=True)
    ]
    booking = bookings.enter_opening(
        prefecture=selectors.prefecture_of(actor.organisation),
        pool=Pool(Instrument(keys[0].instrument).pool),
        moves=moves,
        sheet=Sheet(
            reason=f"期初余额：{draft.filename}"[:300],
            occurred_on=occurred_on,
            document_no=document_no,
            key=draft.key,
        ),
        actor=actor,
        today=today,
    )
    draft.booking = booking
    draft.save(update_fields=["booking"])
    record(actor=actor, verb="quota.opening_taken", subject=draft, facts={"rows": len(draft.rows)})
    return booking


def _in_use(keys: Sequence[AccountKey]) -> set[AccountKey]:
    """Those of `keys` whose accounts have movements that were not undone.

    The accounts stay locked to the end of the transaction, so that two workbooks with the same
    account come in one after the other, and the second finds it in use.
    """
    accounts = open_accounts([*keys, *map(_source, keys)])
    ids = [account.pk for account in accounts.values()]
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    list(rows.values_list("pk"))
    standing = Movement.objects.exclude(kind=Movement.Kind.REVERSAL).filter(reversed_by__isnull=True)
    ends = standing.filter(Q(source__in=ids) | Q(target__in=ids)).values_list("source_id", "target_id")
    touched = {account_id for pair in ends for account_id in pair}
    return {key for key in keys if accounts[key].pk in touched}


def _key(row: dict[str, object]) -> AccountKey:
    return AccountKey(
        str(row["instrument"]),
        str(row["place"]),
        int(str(row["holder"])),
        int(str(row["owner"])),
        int(str(row["period"])),
    )


def _source(key: AccountKey) -> AccountKey:
    return AccountKey(key.instrument, Account.Place.SOURCE, key.owner_id, key.owner_id, key.period)
