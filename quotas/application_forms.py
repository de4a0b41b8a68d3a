"""Forms of an application: what is asked for, the papers, what offices say, the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from core.units import AreaUnit, from_m2, to_m2
from papers.forms import FileFieldsMixin
from papers.services import Upload
from quotas import rules
from quotas.models import Application, ApplicationOpinion, ChecklistItem
from quotas.rules import Asked, Instrument, Pool
from quotas.services.applications import Request, Wanted
from ui.forms import OfficeForm

LARGEST = Decimal(1_000_000_000)


class AmountField(forms.DecimalField):
    """An amount in the unit in which people write it: 公顷 for land, 公斤 for grain."""

    def __init__(self, instrument: Instrument, *, label: str, required: bool = False) -> None:
        self.instrument = instrument
        unit = "公顷" if instrument.is_land else "公斤"
        super().__init__(
            label=f"{label}（{unit}）",
            min_value=0,
            max_value=LARGEST,
            decimal_places=4 if instrument.is_land else 0,
            required=required,
        )


def in_units(instrument: Instrument, amount: Decimal | None) -> int:
    """Whole m² or kg of a figure as typed; nothing typed is nothing."""
    if amount is None:
        return 0
    return to_m2(amount, AreaUnit.HA) if instrument.is_land else int(amount)


def as_typed(instrument: Instrument, amount: int) -> Decimal | int:
    """The figure that stands for an amount in its form field."""
    return from_m2(amount, AreaUnit.HA) if instrument.is_land else amount


class ApplicationForm(OfficeForm):
    """What one county asks one pool for. `proposed` fills the figures of a new one."""

    statement = forms.CharField(label="申请理由", max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(
        self,
        *args: Any,
        pool: Pool,
        proposed: Sequence[Asked] = (),
        row: Application | None = None,
        **kwargs: Any,
    ) -> None:
        self.pool = pool
        kwargs.setdefault("initial", _initial(pool, proposed, row))
        super().__init__(*args, **kwargs)
        for instrument in pool.instruments:
            self.fields[f"need_{instrument}"] = AmountField(instrument, label=f"{instrument.label}项目需求")
            self.fields[f"amount_{instrument}"] = AmountField(instrument, label=f"{instrument.label}申请数量")
        if pool is Pool.SCALE:
            self.fields["clauses"] = forms.MultipleChoiceField(
                label="适用条款（第5条）",
                choices=[(clause.value, clause.label) for clause in rules.ScaleClause],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if pool is Pool.FARMLAND:
            self.fields["funding"] = forms.CharField(label="价款筹集", max_length=300)
        if pool is Pool.PLAN:
            self.fields["disposal_target"] = forms.DecimalField(
                label="上年存量处置目标（公顷）", min_value=0, max_value=LARGEST, decimal_places=4
            )
            self.fields["disposal_done"] = forms.DecimalField(
                label="上年存量处置完成（公顷）", min_value=0, max_value=LARGEST, decimal_places=4
            )

    def pairs(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Need and amount of each instrument, side by side."""
        for instrument in self.pool.instruments:
            yield self[f"need_{instrument}"], self[f"amount_{instrument}"]

    def others(self) -> list[BoundField]:
        """The fields besides the figures."""
        return [bound for bound in self if not bound.name.startswith(("need_", "amount_"))]

    def request(self) -> Request:
        """What the service takes."""
        data = self.cleaned_data
        return Request(
            lines=[
                Wanted(
                    instrument,
                    need=in_units(instrument, data[f"need_{instrument}"]),
                    amount=in_units(instrument, data[f"amount_{instrument}"]),
                )
                for instrument in self.pool.instruments
            ],
            statement=data["statement"],
            funding=data.get("funding", ""),
            clauses=data.get("clauses", ()),
            disposal_target_m2=_m2(data.get("disposal_target")),
            disposal_done_m2=_m2(data.get("disposal_done")),
        )


def _m2(hectares: Decimal | None) -> int | None:
    return None if hectares is None else to_m2(hectares, AreaUnit.HA)


def _initial(pool: Pool, proposed: Sequence[Asked], row: Application | None) -> dict[str, object]:
    if row is None:
        lines = [(line.instrument, line.need, line.amount) for line in proposed]
        found: dict[str, object] = {}
    else:
        lines = [(Instrument(line.instrument), line.need, line.amount) for line in row.lines.all()]
        found = {"statement": row.statement, "funding": row.funding, "clauses": row.clauses}
        for name, value in (("target", row.disposal_target_m2), ("done", row.disposal_done_m2)):
            if value is not None:
                found[f"disposal_{name}"] = from_m2(value, AreaUnit.HA)
    for instrument, need, amount in lines:
        found[f"need_{instrument}"] = as_typed(instrument, need)
        found[f"amount_{instrument}"] = as_typed(instrument, amount)
    return found


class MaterialForm(OfficeForm, FileFieldsMixin):
    """One paper for one item of the checklist."""

    item = forms.ModelChoiceField(queryset=ChecklistItem.objects.none(), label="材料", empty_label=None)

    field_order = ("item", "file", "occurred_on")

    def __init__(self, *args: Any, items: Sequence[ChecklistItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ChecklistItem.objects.filter(pk__in=[item.pk for item in items]).order_by("position")

    def upload(self) -> Upload:
        file = self.cleaned_data["file"]
        return Upload(name=file.name, content=file.read())


class OpinionForm(OfficeForm):
    verdict = forms.ChoiceField(label="意见", choices=ApplicationOpinion.Verdict.choices)
    text = forms.CharField(
        label="理由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(OfficeForm):
    """A verb that needs its reason: return, withdraw."""

    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class StartForm(OfficeForm):
    """Which project, from which pool."""

    pool = forms.ChoiceField(label="调节池", choices=[(pool.value, pool.label) for pool in Pool])
    project = forms.ChoiceField(label="项目", choices=())

    def __init__(self, *args: Any, projects: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["project"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(projects)
