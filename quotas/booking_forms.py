"""Forms of what is booked into the pool: is the input well-formed? The services decide the rest."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organisation, User
from papers.services import Upload
from quotas import selectors
from quotas.models import Account, Booking, Consolidation
from quotas.rules import Instrument, Pool
from quotas.services import bookings
from quotas.services.bookings import Gross, Sheet
from quotas.units import Shown, Unit
from ui.forms import OfficeForm

FIRST_YEAR, LAST_YEAR = 2020, 2100
DIMENSIONS = (
    ("area", Instrument.FARMLAND_AREA, "耕地数量"),
    ("paddy", Instrument.FARMLAND_PADDY, "水田规模"),
    ("grain", Instrument.FARMLAND_GRAIN, "粮食产能"),
)


class AmountField(forms.DecimalField):
    """An amount in hectares, mu, kilograms …: the form's unit says which."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), "max_digits": 16, "decimal_places": 6, **kwargs})


class SheetForm(OfficeForm):
    """What every booking says beside its figures; `key` makes a double click one booking."""

    reason = forms.CharField(label="事由", max_length=300)
    document_no = forms.CharField(
        label="依据文号", max_length=120, required=False, help_text="文号、文件至少填一项。"
    )
    file = forms.FileField(label="依据文件", required=False)
    occurred_on = forms.DateField(label="发生日期")
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        initial = {"occurred_on": today, "key": uuid.uuid4(), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.actor, self.today = actor, today

    def sheet(self) -> Sheet:
        data = self.cleaned_data
        file = data.get("file")
        return Sheet(
            reason=data["reason"],
            occurred_on=data["occurred_on"],
            document_no=data["document_no"],
            upload=Upload(file.name, file.read()) if file else None,
            key=data.get("key"),
        )


class CountyForm(SheetForm):
    """A booking of a county. The figures stand before the sheet."""

    county = forms.ModelChoiceField(
        label="县（市）", queryset=Organisation.objects.none(), empty_label="选择县市"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["county"]
        field.queryset = selectors.counties(actor=self.actor).filter(kind__in=Organisation.REPORTING_KINDS)
        own = [name for name in self.fields if name not in SheetForm.base_fields]
        self.order_fields([*own, *SheetForm.base_fields])

    def book(self) -> Booking:
        raise NotImplementedError


class UnitMixin(forms.Form):
    """Which unit the amounts are in."""

    unit = forms.ChoiceField(
        label="面积单位", choices=[(Shown.LARGE.value, "公顷"), (Shown.SMALL.value, "亩")]
    )

    def m2(self, name: str, instrument: Instrument) -> int:
        value = self.cleaned_data.get(name) or Decimal(0)
        if not instrument.is_land:
            return Unit(instrument, Shown.SMALL).read(value)
        return Unit(instrument, Shown(self.cleaned_data["unit"])).read(value)


class StockInForm(UnitMixin, CountyForm):
    """占补入库: gross, deduction and the province's share of each dimension."""

    record_no = forms.CharField(label="部系统备案编号", max_length=80)
    state_share = forms.DecimalField(
        label="州级协议份额（%）",
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=2,
        required=False,
        help_text="州县合作项目按协议填写，其余不填。",
    )
    consolidation = forms.ModelChoiceField(
        label="来源整治项目", queryset=Consolidation.objects.none(), required=False, empty_label="不关联"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consolidation"]
        field.queryset = Consolidation.objects.visible_to(self.actor).filter(stage__in=("ACCEPTED", "FILED"))
        for name, instrument, label in DIMENSIONS:
            unit = "" if instrument.is_land else "（公斤）"
            self.fields[f"{name}_gross"] = AmountField(label=f"{label}新增{unit}", required=False)
            self.fields[f"{name}_deduction"] = AmountField(label=f"{label}按规定扣除{unit}", required=False)
            self.fields[f"{name}_province"] = AmountField(label=f"{label}省级统筹{unit}", required=False)
        figures = [f"{n}_{part}" for n, *_ in DIMENSIONS for part in ("gross", "deduction", "province")]
        head = ["county", "consolidation", "record_no", "state_share", "unit"]
        self.order_fields([*head, *figures, *SheetForm.base_fields])

    def book(self) -> Booking:
        amounts = {
            instrument: Gross(
                self.m2(f"{name}_gross", instrument),
                self.m2(f"{name}_deduction", instrument),
                self.m2(f"{name}_province", instrument),
            )
            for name, instrument, _ in DIMENSIONS
        }
        return bookings.stock_in(
            actor=self.actor,
            county=self.cleaned_data["county"],
            amounts={name: entered for name, entered in amounts.items() if entered.gross},
            sheet=self.sheet(),
            today=self.today,
            record_no=self.cleaned_data["record_no"],
            state_share=(self.cleaned_data["state_share"] or Decimal(0)) / 100,
            consolidation=self.cleaned_data["consolidation"],
        )


class YearAmountForm(UnitMixin, CountyForm):
    """One amount of one year."""

    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    amount = AmountField(label="数量")
    instrument = Instrument.ANNUAL_PLAN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = self.today.year
        own = ["county", "year", *(["channel"] if "channel" in self.fields else []), "amount", "unit"]
        self.order_fields([*own, *SheetForm.base_fields])

    def facts(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "county": self.cleaned_data["county"],
            "year": self.cleaned_data["year"],
            "amount": self.m2("amount", self.instrument),
            "sheet": self.sheet(),
            "today": self.today,
        }


_PLAN_CHANNELS = ("REGULAR", "INFRASTRUCTURE", "MAJOR", "FOREIGN", "DISPOSAL", "OTHER")


class AllotmentForm(YearAmountForm):
    """计划下达, with where it comes from."""

    channel = forms.ChoiceField(
        label="来源渠道",
        choices=[(value, label) for value, label in Booking.Channel.choices if value in _PLAN_CHANNELS],
    )

    def book(self) -> Booking:
        return bookings.allot_plan(channel=self.cleaned_data["channel"], **self.facts())


class ScaleForm(YearAmountForm):
    instrument = Instrument.UGB_SCALE

    def book(self) -> Booking:
        return bookings.enter_scale(**self.facts())


class AdvanceForm(YearAmountForm):
    def book(self) -> Booking:
        return bookings.advance_plan(**self.facts())


class PurchaseForm(UnitMixin, CountyForm):
    """异地购买."""

    seller = forms.CharField(label="转让方", max_length=120)
    amount_yuan = forms.DecimalField(
        label="价款（元）", min_value=Decimal(0), max_digits=18, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, instrument, label in DIMENSIONS:
            unit = "" if instrument.is_land else "（公斤）"
            self.fields[name] = AmountField(label=f"{label}{unit}", required=False)
        names = [name for name, *_ in DIMENSIONS]
        self.order_fields(["county", "seller", "unit", *names, "amount_yuan", *SheetForm.base_fields])

    def book(self) -> Booking:
        amounts = {instrument: self.m2(name, instrument) for name, instrument, _ in DIMENSIONS}
        return bookings.record_purchase(
            actor=self.actor,
            county=self.cleaned_data["county"],
            amounts={name: amount for name, amount in amounts.items() if amount},
            seller=self.cleaned_data["seller"],
            amount_yuan=self.cleaned_data["amount_yuan"],
            sheet=self.sheet(),
            today=self.today,
        )


# What can be booked for a county: the address's word, the title, the form.
BOOKINGS: dict[str, tuple[str, type[CountyForm]]] = {
    "stock-in": ("占补指标入库", StockInForm),
    "allotment": ("年度计划下达", AllotmentForm),
    "scale": ("年度城镇开发边界规模", ScaleForm),
    "purchase": ("异地购买指标", PurchaseForm),
    "advance": ("规模预支", AdvanceForm),
}


class AmountForm(SheetForm):
    """An amount of one account, in the unit the reader chooses."""

    amount = AmountField(label="数量")
    unit = forms.ChoiceField(label="单位")

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        field: Any = self.fields["unit"]
        order = (Shown.LARGE, Shown.SMALL) if instrument.is_land else (Shown.SMALL, Shown.LARGE)
        field.choices = [(shown.value, Unit(instrument, shown).label) for shown in order]
        self.order_fields(["amount", "unit", *SheetForm.base_fields])

    def amount_read(self) -> int:
        return Unit(self.instrument, Shown(self.cleaned_data["unit"])).read(self.cleaned_data["amount"])


AccountVerb = Callable[..., Booking]
# What can be done to one account: the address's word, the button, the places it applies to, the service.
ACCOUNT_VERBS: dict[str, tuple[str, tuple[str, ...], AccountVerb]] = {
    "use": ("核销使用", (Account.Place.AVAILABLE,), bookings.use_own),
    "freeze": ("冻结", (Account.Place.AVAILABLE,), bookings.freeze),
    "unfreeze": ("解冻", (Account.Place.FROZEN,), bookings.unfreeze),
    "deduct": ("扣减", (Account.Place.AVAILABLE, Account.Place.FROZEN), bookings.deduct),
}


class PrepareForm(OfficeForm):
    """Which pool's which year is closed."""

    pool = forms.ChoiceField(
        label="调节池", choices=[(pool.value, pool.label) for pool in (Pool.SCALE, Pool.PLAN)]
    )
    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    occurred_on = forms.DateField(label="记账日期")


class CommitForm(OfficeForm):
    document_no = forms.CharField(label="依据文号", max_length=120)
    reason = forms.CharField(label="事由", max_length=300)


class ReasonForm(OfficeForm):
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ListingForm(OfficeForm):
    """A county onto the negative list."""

    county = forms.ModelChoiceField(
        label="县（市）", queryset=Organisation.objects.none(), empty_label="选择县市"
    )
    reason = forms.CharField(label="原因", max_length=300)
    listed_on = forms.DateField(label="列入日期")
    until = forms.DateField(label="期限至", required=False, help_text="不填表示至解除为止。")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["county"]
        field.queryset = selectors.counties(actor=actor).filter(kind__in=Organisation.REPORTING_KINDS)


class CompleteForm(OfficeForm):
    completed_on = forms.DateField(label="完成日期")
    document_no = forms.CharField(label="调出方案文号", max_length=120)
