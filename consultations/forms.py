"""Forms of council, topics, meetings and minutes: is the input well-formed?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.forms import OrganisationChoice
from accounts.models import Organisation
from accounts.posts import Holder
from consultations import rules
from consultations.models import (
    SCOPES,
    SECTIONS,
    AgendaItem,
    Attendance,
    Bulletin,
    Meeting,
    MeetingKind,
    Seat,
    Topic,
    TopicKind,
)
from consultations.services.bulletins import BulletinFacts
from consultations.services.calling import MeetingFacts
from consultations.services.council import NewSeat
from consultations.services.meetings import AttendanceReply
from consultations.services.room import ResolutionTerms
from consultations.services.series import NewSeries
from consultations.services.settings import KindTerms, SettingTerms
from consultations.services.topics import NewTopic, Origin, TopicWords
from papers.forms import SECRECY_NOTICE
from papers.inspection import FORMAT_NAMES, FORMATS
from papers.services import Upload
from projects.models import Project
from ui.forms import OfficeForm

if TYPE_CHECKING:
    _Units = forms.ModelMultipleChoiceField[Organisation]
    _Kind = forms.ModelChoiceField[TopicKind]
else:
    _Units = forms.ModelMultipleChoiceField
    _Kind = forms.ModelChoiceField

_SEPARATORS = re.compile(r"[,，、;；\n]+")


def _long(label: str, *, rows: int = 4, most: int = 2000, required: bool = True, hint: str = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class UnitsField(_Units):
    """Units as boxes by their short names."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(queryset=Organisation.objects.none(), required=False, **kwargs)

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.short_name


class UnitField(OrganisationChoice):
    """One of the units that may lead."""


def _offer_units(form: forms.Form, units: Sequence[Organisation], *names: str) -> None:
    rows = Organisation.objects.filter(pk__in=[unit.pk for unit in units]).select_related("parent")
    for name in names:
        form.fields[name].queryset = rows.order_by("path")  # type: ignore[attr-defined]


class TopicForm(OfficeForm):
    """A matter for the council."""

    title = forms.CharField(label="议题", max_length=120, help_text="一句话写明事项，如：某某项目使用林地。")
    kind = _Kind(label="会商内容", queryset=TopicKind.objects.none(), empty_label="请选择")
    situation = _long("情况和困难", rows=5, hint="写明办到哪一步、卡在哪里、影响什么。")
    proposal = _long("建议", rows=3, required=False, hint="希望会商解决什么、由谁办理。")
    stuck_since = forms.DateField(label="受阻自", required=False, help_text="不填按提出当日。")
    lead = UnitField(label="牵头单位", required=False, help_text="不选按会商内容的默认牵头单位。")
    units = UnitsField(label="涉及单位", help_text="会商时需要参加的其他单位。")

    def __init__(
        self, *args: Any, kinds: Sequence[TopicKind], units: Sequence[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = TopicKind.objects.filter(pk__in=[kind.pk for kind in kinds]).order_by("place", "code")
        self.fields["kind"].queryset = rows  # type: ignore[attr-defined]
        _offer_units(self, units, "lead", "units")

    def new(self, *, project: Project | None, origin: Origin) -> NewTopic:
        data = self.cleaned_data
        return NewTopic(**{**data, "units": list(data["units"])}, project=project, origin=origin)


class TopicWordsForm(OfficeForm):
    title = forms.CharField(label="议题", max_length=120)
    situation = _long("情况和困难", rows=5)
    proposal = _long("建议", rows=3, required=False)

    def words(self) -> TopicWords:
        return TopicWords(**self.cleaned_data)


class CollectForm(OfficeForm):
    """The five classes of the scope, and who leads."""

    scopes = forms.MultipleChoiceField(
        label="会商范围",
        choices=SCOPES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="已按项目情况勾选；另选其他范围的须写明依据。",
    )
    reason = _long("依据", rows=2, most=300, required=False, hint="如：州政府专题会议纪要文号。")
    lead = UnitField(label="牵头单位")

    def __init__(self, *args: Any, units: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, units, "lead")

    def chosen(self) -> list[rules.Scope]:
        return [rules.Scope(scope) for scope in self.cleaned_data["scopes"]]


class ReasonForm(OfficeForm):
    reason = _long("理由", rows=3, most=300)


class MeetingForm(OfficeForm):
    """When, where and under whom."""

    kind = forms.ChoiceField(label="形式", choices=MeetingKind.choices)
    title = forms.CharField(label="名称", max_length=100)
    held_on = forms.DateField(label="日期")
    starts_at = forms.CharField(label="时间", max_length=20, required=False, help_text="如：上午9:30")
    place = forms.CharField(label="地点", max_length=100, required=False)
    chair = forms.CharField(label="主持人", max_length=60, required=False, help_text="不填按召集人。")

    def facts(self) -> MeetingFacts:
        data = {name: value for name, value in self.cleaned_data.items() if name != "kind"}
        return MeetingFacts(**data)


class MeetingChangeForm(MeetingForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class AddTopicForm(OfficeForm):
    topic = forms.ModelChoiceField(label="议题", queryset=Topic.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, topics: Sequence[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Topic.objects.filter(pk__in=[topic.pk for topic in topics])
        self.fields["topic"].queryset = rows  # type: ignore[attr-defined]


class AskUnitForm(OfficeForm):
    organisation = UnitField(label="单位")
    person = forms.CharField(label="参会人", max_length=60, required=False)

    def __init__(self, *args: Any, units: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, units, "organisation")


class ReplyForm(OfficeForm):
    """Who comes; on leave with a reason."""

    is_coming = forms.ChoiceField(
        label="参会",
        choices=[
            (Attendance.State.COMING.value, Attendance.State.COMING.label),
            (Attendance.State.LEAVE.value, Attendance.State.LEAVE.label),
        ],
        widget=forms.RadioSelect,
    )
    person = forms.CharField(
        label="参会人", max_length=60, required=False, help_text="委托他人参会的，填参会人。"
    )
    note = _long("说明", rows=2, most=200, required=False, hint="请假的写明理由。")

    def reply(self) -> AttendanceReply:
        return AttendanceReply(**self.cleaned_data)


class ItemForm(OfficeForm):
    """What was said about an item and what it came to."""

    discussion = _long("讨论情况", rows=4, most=4000, required=False)
    outcome = forms.ChoiceField(
        label="结果", choices=[("", "未定"), *AgendaItem.Outcome.choices], required=False
    )


class ResolutionForm(OfficeForm):
    """One thing that is resolved."""

    text = _long("议定事项", rows=2, most=500)
    requirement = forms.CharField(label="完成标准", max_length=500, required=False)
    lead = UnitField(label="责任单位")
    helpers = UnitsField(label="配合单位")
    due_on = forms.DateField(label="完成日期", required=False)
    limit_days = forms.IntegerField(
        label="或时限（工作日）", min_value=1, max_value=400, required=False, help_text="自纪要印发次日起算。"
    )

    def __init__(self, *args: Any, units: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, units, "lead", "helpers")

    def terms(self) -> ResolutionTerms:
        data = self.cleaned_data
        return ResolutionTerms(**{**data, "helpers": list(data["helpers"])})


class MinutesForm(OfficeForm):
    title = forms.CharField(label="标题", max_length=120)
    opening = _long("开头", rows=4, required=False, hint="不填按会议时间、地点、主持和议题生成。")
    copies_to = forms.CharField(label="抄送", max_length=300, required=False)


class ScanForm(OfficeForm):
    file = forms.FileField(
        label="签发件扫描件",
        help_text=f"可上传 {FORMAT_NAMES}。{SECRECY_NOTICE}",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
    )

    def upload(self) -> Upload:
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read())


class SeatForm(OfficeForm):
    organisation = UnitField(label="单位")
    title = forms.CharField(label="岗位", max_length=60, help_text="已有同名岗位的沿用，没有的新设。")
    role = forms.ChoiceField(label="会商职责", choices=Seat.Role.choices, initial=Seat.Role.MEMBER)
    starts_on = forms.DateField(label="自")

    def new(self) -> NewSeat:
        return NewSeat(**self.cleaned_data)


class EndSeatForm(OfficeForm):
    ends_on = forms.DateField(label="停用日期", help_text="自这一天起不再是会商成员。")


class ContactForm(OfficeForm):
    """A unit's liaison or handler."""

    name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(label="电话", max_length=40, required=False)
    starts_on = forms.DateField(label="自")

    def holder(self) -> Holder:
        return Holder(name=self.cleaned_data["name"], phone=self.cleaned_data["phone"])


class SeriesForm(OfficeForm):
    """A yearly consultation, or a mobilisation area by area."""

    kind = forms.ChoiceField(
        label="类型",
        choices=[
            (MeetingKind.ANNUAL.value, MeetingKind.ANNUAL.label),
            (MeetingKind.MOBILISATION.value, MeetingKind.MOBILISATION.label),
        ],
    )
    title = forms.CharField(label="名称", max_length=80)
    triggered_on = forms.DateField(
        label="触发日期", required=False, help_text="年度会商填经济工作会议召开日期，时限自次日起算。"
    )
    first_on = forms.DateField(label="起")
    last_on = forms.DateField(label="止")
    areas = _long("片区或轮次", rows=3, most=400, hint="每行一个，每个安排一次会议。")
    basis = forms.CharField(label="依据", max_length=200)

    def clean_areas(self) -> list[str]:
        found = [area.strip()[:60] for area in _SEPARATORS.split(self.cleaned_data["areas"]) if area.strip()]
        if not 0 < len(found) <= 40:
            raise forms.ValidationError("至少写一个，最多四十个片区或轮次。")
        return found

    def new(self) -> NewSeries:
        return NewSeries(**self.cleaned_data)


class KindForm(OfficeForm):
    """A version of a kind of topic."""

    label = forms.CharField(label="名称", max_length=40)
    place = forms.IntegerField(label="排序", min_value=0, max_value=999)
    lead = UnitField(label="默认牵头单位", required=False)
    duty = forms.CharField(label="牵头单位职责", max_length=200, required=False)
    template = _long("填报要点", rows=3, most=500, required=False)
    is_active = forms.BooleanField(label="在用", required=False)
    basis = forms.CharField(label="依据", max_length=200)
    effective_from = forms.DateField(label="生效日期")

    def terms(self) -> KindTerms:
        return KindTerms(**{k: v for k, v in self.cleaned_data.items() if k != "effective_from"})


class SettingForm(OfficeForm):
    """The council's figures from a day on."""

    warn_days = forms.IntegerField(
        label="季末前提醒（工作日）", min_value=1, max_value=40, help_text="一个季度没有集中会商时提醒。"
    )
    task_days = forms.IntegerField(label="议定事项默认时限（工作日）", min_value=1, max_value=250)
    annual_days = forms.IntegerField(
        label="年度会商时限（工作日）", min_value=1, max_value=250, help_text="自经济工作会议次日起算。"
    )
    mark = forms.CharField(label="纪要标志", max_length=60)
    number_mark = forms.CharField(label="纪要编号代字", max_length=30)
    basis = forms.CharField(label="依据", max_length=200)
    effective_from = forms.DateField(label="生效日期")

    def terms(self) -> SettingTerms:
        return SettingTerms(**{k: v for k, v in self.cleaned_data.items() if k != "effective_from"})


def initial_meeting(meeting: Meeting) -> dict[str, object]:
    """What the form of a meeting begins with."""
    return {name: getattr(meeting, name) for name in ("title", "held_on", "starts_at", "place", "chair")}


class BulletinForm(OfficeForm):
    """Which issue: its kind, title, days and copies."""

    kind = forms.ChoiceField(label="种类", choices=Bulletin.Kind.choices)
    title = forms.CharField(label="标题", max_length=120)
    first_on = forms.DateField(label="起")
    last_on = forms.DateField(label="止", help_text="含当日。")
    copies_to = forms.CharField(label="抄送", max_length=300, required=False)

    def facts(self) -> BulletinFacts:
        return BulletinFacts(**self.cleaned_data)


class BulletinItemForm(OfficeForm):
    section = forms.ChoiceField(label="栏目", choices=SECTIONS)
    text = _long("内容", rows=5)
