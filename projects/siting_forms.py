"""Forms of a project's site: one for each statement that can be made about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField

from accounts.models import Organisation
from core.units import AreaUnit
from papers.inspection import FORMAT_NAMES, FORMATS
from papers.models import Paper
from papers.services import Upload
from projects.land_forms import LARGEST_AREA, UNIT_CHOICES
from projects.models import (
    AreaAdjustment,
    ComplianceCheck,
    LadderAnswer,
    MapShare,
    PlanningMark,
    Siting,
    SitingItem,
    SitingSetting,
)
from projects.rules.boundaries import Extent, reference_label, references
from projects.rules.siting import scheme_steps
from projects.selectors.siting import SitingReading
from projects.services.boundaries import FORMATS as BOUNDARY_FORMATS
from projects.services.boundaries import BoundarySettingValues, BoundaryUpload
from projects.services.editing import EnteredArea
from projects.services.evidence import Proof
from projects.services.map_shares import Sharing
from projects.services.siting import Finding
from ui.forms import OfficeForm

if TYPE_CHECKING:
    _UnitField = forms.ModelChoiceField[Organisation]
else:
    _UnitField = forms.ModelChoiceField


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form may offer: the state of the site and the papers at hand."""

    reading: SitingReading
    papers: Sequence[Paper]


class SiteForm(OfficeForm):
    """A statement about a site. Subclasses read what they offer from `offer`."""

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare(offer)

    def prepare(self, offer: Offer) -> None:
        """Fill choices from what is there."""

    def choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


class ProvenForm(SiteForm):
    """A statement that may carry a paper: one of the dossier, or a file handed in with it."""

    paper = forms.ChoiceField(label="佐证：已有附件", required=False)
    file = forms.FileField(
        label="佐证：上传文件",
        required=False,
        help_text=f"可上传 {FORMAT_NAMES}；与已有附件二选一，上传的优先。",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
        allow_empty_file=True,
    )

    def prepare(self, offer: Offer) -> None:
        self.choose("paper", [("", "不选"), *((str(p.pk), p.title) for p in offer.papers)])

    def proof(self) -> Proof:
        file, paper = self.cleaned_data.get("file"), self.cleaned_data.get("paper")
        return Proof(
            paper_id=int(paper) if paper else None,
            upload=Upload(file.name, file.read()) if file else None,
        )


class BeginForm(SiteForm):
    place = forms.CharField(label="选址位置", max_length=200, help_text="乡镇、村组或地块名称。")


class ArgueForm(ProvenForm):
    mode = forms.ChoiceField(label="论证方式", choices=Siting.Mode.choices)
    argued_on = forms.DateField(label="论证日期")
    attendees = forms.CharField(label="参加单位", max_length=500, required=False)
    opinion = forms.CharField(
        label="论证意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    field_order = ("mode", "argued_on", "attendees", "opinion", "paper", "file")

    def prepare(self, offer: Offer) -> None:
        super().prepare(offer)
        siting = offer.reading.siting
        if siting is not None and siting.mode:
            self.initial = {
                "mode": siting.mode,
                "argued_on": siting.argued_on,
                "attendees": siting.attendees,
                "opinion": siting.opinion,
                **self.initial,
            }


class CheckForm(ProvenForm):
    """All items of the comparison at once; an item without a result stays as it is."""

    checked_on = forms.DateField(label="比对日期")

    def prepare(self, offer: Offer) -> None:
        super().prepare(offer)
        self.codes = [row.item.code for row in offer.reading.checks]
        for row in offer.reading.checks:
            item, check = row.item, row.check
            self.fields[f"result-{item.code}"] = forms.ChoiceField(
                label=item.name,
                choices=[("", "未比对"), *ComplianceCheck.Result.choices],
                required=False,
                help_text=item.help,
                initial=check.result if check else "",
            )
            self.fields[f"note-{item.code}"] = forms.CharField(
                label=f"{item.name}说明", max_length=300, required=False, initial=check.note if check else ""
            )
        self.order_fields(
            [*(f"{part}-{code}" for code in self.codes for part in ("result", "note")), "checked_on"]
        )

    @property
    def pairs(self) -> list[tuple[BoundField, BoundField]]:
        """Result and note of each item, side by side on the page."""
        return [(self[f"result-{code}"], self[f"note-{code}"]) for code in self.codes]

    @property
    def others(self) -> list[BoundField]:
        return [self[name] for name in ("checked_on", "paper", "file")]

    def findings(self) -> dict[str, Finding]:
        data = self.cleaned_data
        return {
            code: Finding(data[f"result-{code}"], data[f"note-{code}"])
            for code in self.codes
            if data[f"result-{code}"]
        }


class DecideForm(ProvenForm):
    outcome = forms.ChoiceField(label="判断结论", choices=Siting.Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="判断理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    decided_on = forms.DateField(label="判断日期")
    scheme_days = forms.IntegerField(
        label="方案报批时限（工作日）",
        min_value=1,
        max_value=500,
        required=False,
        help_text="仅用于一致性处理：填写后按工作日计时并提醒，由县（市）承办。",
    )

    field_order = ("outcome", "reason", "decided_on", "scheme_days", "paper", "file")


class SchemeForm(ProvenForm):
    scheme = forms.ChoiceField(label="进度")
    on = forms.DateField(label="办理日期")
    number = forms.CharField(label="批复文号", max_length=60, required=False, help_text="已批准时必填。")

    field_order = ("scheme", "on", "number", "paper", "file")

    def prepare(self, offer: Offer) -> None:
        super().prepare(offer)
        siting = offer.reading.siting
        steps = scheme_steps(siting.scheme) if siting else ()
        self.choose("scheme", [(step, str(Siting.Scheme(step).label)) for step in steps])


class RungForm(ProvenForm):
    """The answer to the rung that is next, or a correction of the last one."""

    code = forms.ChoiceField(label="核实事项")
    answer = forms.ChoiceField(label="结论", choices=LadderAnswer.Answer.choices, widget=forms.RadioSelect)
    met = forms.DecimalField(
        label="可满足面积", min_value=0, max_value=LARGEST_AREA, decimal_places=6, required=False,
        help_text="部分满足时必填。",
    )  # fmt: skip
    met_unit = forms.ChoiceField(label="面积单位", choices=UNIT_CHOICES)
    reason = forms.CharField(label="情况说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    answered_on = forms.DateField(label="核实日期")

    field_order = ("code", "answer", "met", "met_unit", "reason", "answered_on", "paper", "file")

    def prepare(self, offer: Offer) -> None:
        super().prepare(offer)
        answered = [row.item for row in offer.reading.rungs if row.answer]
        following = [row.item for row in offer.reading.rungs if row.is_next]
        self.choose("code", [(item.code, item.name) for item in (*following, *answered[-1:])])

    def met_area(self) -> EnteredArea | None:
        met = self.cleaned_data["met"]
        return None if met is None else EnteredArea(met, AreaUnit(self.cleaned_data["met_unit"]))


class MarkForm(ProvenForm):
    kind = forms.ChoiceField(label="标识", choices=PlanningMark.Kind.choices)
    name_in_plan = forms.CharField(label="规划中的名称或图层", max_length=200, required=False)
    marked_on = forms.DateField(label="入库或标识日期")

    field_order = ("kind", "name_in_plan", "marked_on", "paper", "file")


class StandardForm(SiteForm):
    is_standard = forms.ChoiceField(
        label="是否按标准地供应", choices=[("yes", "按标准地供应"), ("no", "不按标准地供应")]
    )
    reason = forms.CharField(label="说明", max_length=300, required=False, help_text="不按标准地供应时必填。")


class FieldsForm(SiteForm):
    codes = forms.MultipleChoiceField(label="优先领域", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, items: Sequence[SitingItem], **kwargs: Any) -> None:
        self.items = items
        super().__init__(*args, **kwargs)

    def prepare(self, offer: Offer) -> None:
        self.choose("codes", [(item.code, f"{item.name}（权重 {item.weight}）") for item in self.items])
        self.initial.setdefault("codes", [tag.code for tag in offer.reading.fields])


class ProposeForm(ProvenForm):
    kind = forms.ChoiceField(label="限制区", choices=AreaAdjustment.Kind.choices)
    need = forms.CharField(label="调整需求", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    area = forms.DecimalField(
        label="拟调整面积", min_value=0, max_value=LARGEST_AREA, decimal_places=6, required=False
    )
    area_unit = forms.ChoiceField(label="面积单位", choices=UNIT_CHOICES)

    field_order = ("kind", "need", "area", "area_unit", "paper", "file")

    def entered(self) -> EnteredArea | None:
        area = self.cleaned_data["area"]
        return None if area is None else EnteredArea(area, AreaUnit(self.cleaned_data["area_unit"]))


class MoveForm(SiteForm):
    kind = forms.ChoiceField(label="限制区")
    state = forms.ChoiceField(label="进度", choices=AreaAdjustment.State.choices[1:])
    on = forms.DateField(label="进度日期")
    doc_no = forms.CharField(label="文号", max_length=60, required=False)
    answer = forms.CharField(label="办理意见", max_length=300, required=False, help_text="未获批准时必填。")

    def prepare(self, offer: Offer) -> None:
        under_way = [row for row in offer.reading.adjustments if row.state in ("PROPOSED", "REPORTED")]
        self.choose("kind", [(row.kind, row.get_kind_display()) for row in under_way])


class BoundaryForm(SiteForm):
    file = forms.FileField(
        label="红线文件",
        help_text="SHP 压缩包（.zip）或 GeoJSON（.geojson），CGCS2000；须先确认不涉密。",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(BOUNDARY_FORMATS)}),
        allow_empty_file=True,
    )
    epsg = forms.TypedChoiceField(
        label="坐标系",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "按文件所写"), *((code, reference_label(code)) for code in references())],
        help_text="文件没有写明坐标系时选择。",
    )
    note = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="面积与填报相差较大，或有一部分在本州范围之外时必填。",
    )  # fmt: skip

    def given(self) -> BoundaryUpload:
        file = self.cleaned_data["file"]
        return BoundaryUpload(
            Upload(file.name, file.read()), self.cleaned_data["epsg"], self.cleaned_data["note"]
        )


class UnitField(_UnitField):
    """A unit by its full name."""

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class ShareForm(ProvenForm):
    layer = forms.ChoiceField(label="共享内容", required=False)
    receiver = UnitField(label="接收单位", queryset=Organisation.objects.none())
    format = forms.ChoiceField(label="形式", choices=MapShare.Format.choices)
    purpose = forms.CharField(label="用途", max_length=200)
    shared_on = forms.DateField(label="共享日期")

    field_order = ("layer", "receiver", "format", "purpose", "shared_on", "paper", "file")

    def __init__(
        self, *args: Any, layers: Sequence[SitingItem], receivers: QuerySet[Organisation], **kwargs: Any
    ) -> None:
        self.layers = layers
        super().__init__(*args, **kwargs)
        field = self.fields["receiver"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = receivers

    def prepare(self, offer: Offer) -> None:
        super().prepare(offer)
        self.choose("layer", [("", "选址红线（最新版）"), *((item.code, item.name) for item in self.layers)])

    def sharing(self) -> Sharing:
        data = self.cleaned_data
        return Sharing(data["receiver"].pk, data["layer"], data["format"], data["purpose"], data["shared_on"])


class WithdrawForm(SiteForm):
    """Nothing to fill in; the button is the statement."""


# --- the office's lists ----------------------------------------------------------------------------


class ItemForm(OfficeForm):
    kind = forms.ChoiceField(label="类别", choices=SitingItem.Kind.choices)
    name = forms.CharField(label="名称", max_length=60)
    group = forms.CharField(label="分组", max_length=40, required=False)
    help = forms.CharField(label="口径", max_length=300, required=False)
    position = forms.IntegerField(label="顺序", min_value=1, max_value=999)
    ends_search = forms.BooleanField(label="能满足即不再申请新增（仅用地次序）", required=False)
    weight = forms.IntegerField(label="权重（仅优先领域）", min_value=0, max_value=100, required=False)
    effective_from = forms.DateField(label="生效日期")


class NewItemForm(ItemForm):
    code = forms.SlugField(label="代号", max_length=40, help_text="小写字母、数字和连字符。")

    field_order = ("code",)


class SettingForm(OfficeForm):
    industrial_words = forms.CharField(label="工业项目用词", max_length=300, help_text="用顿号隔开。")
    standard_area = forms.ChoiceField(
        label="须按标准地供应的区域", choices=SitingSetting.StandardArea.choices
    )
    standard_share_percent = forms.IntegerField(label="应达到的标准地比例（%）", min_value=0, max_value=100)
    note = forms.CharField(label="依据", max_length=200, required=False)
    effective_from = forms.DateField(label="生效日期")


class BoundarySettingForm(OfficeForm):
    tolerance_percent = forms.DecimalField(
        label="面积允许相差（%）",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    west = forms.DecimalField(label="最西经度", min_value=73, max_value=136, max_digits=9, decimal_places=6)
    east = forms.DecimalField(label="最东经度", min_value=73, max_value=136, max_digits=9, decimal_places=6)
    south = forms.DecimalField(label="最南纬度", min_value=3, max_value=54, max_digits=8, decimal_places=6)
    north = forms.DecimalField(label="最北纬度", min_value=3, max_value=54, max_digits=8, decimal_places=6)
    note = forms.CharField(label="依据", max_length=200, required=False)
    effective_from = forms.DateField(label="生效日期")

    def values(self) -> BoundarySettingValues:
        data = self.cleaned_data
        return BoundarySettingValues(
            data["tolerance_percent"],
            Extent(data["west"], data["south"], data["east"], data["north"]),
            data["note"],
        )
