"""The forms of a step's actions: is the input well-formed? The services decide the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.models import Organisation, User
from approvals import rules, selectors
from approvals.models import HandlingSetting, PromiseException, Step, StepLimit
from approvals.services.pauses import most_extension
from approvals.services.skips import rules_for
from deadlines.models import LineKind, LineUnit, PauseKind
from deadlines.rules import LineName
from papers.forms import SECRECY_NOTICE
from papers.inspection import FORMAT_NAMES, FORMATS
from ui.forms import OfficeForm


class StepForm(OfficeForm):
    """A form about one step, filled in by `actor` on `today`."""

    def __init__(self, *args: Any, step: Step, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.actor = actor
        self.today = today
        self.set_up()

    def set_up(self) -> None:
        """Choices and first values that depend on the step."""


class LimitField(forms.TypedChoiceField):
    """A choice among the catalogue's alternative limits."""

    def __init__(self, *, label: str) -> None:
        # Not required: handled jointly no limit is chosen, and the service refuses an open choice.
        super().__init__(label=label, widget=forms.RadioSelect, coerce=int, empty_value=None, required=False)

    def offer(self, rows: list[StepLimit]) -> None:
        self.choices = [(row.pk, limit_words(row)) for row in rows]


def limit_words(row: StepLimit) -> str:
    """20个工作日 · 行政许可法42条 …"""
    length = "无固定日数" if row.value is None else f"{row.value}{row.get_unit_display()}"
    return f"{length}（{row.get_kind_display()}）· {row.basis}"


def _rows(step: Step, limits: list[rules.Limit]) -> list[StepLimit]:
    wanted = {limit.id for limit in limits}
    return [row for row in step.step_type.limits.all() if row.pk in wanted]


class ReceiveForm(StepForm):
    received_on = forms.DateField(label="收件日期", help_text="当日不计；补正告知期自次日起算。")

    def set_up(self) -> None:
        self.fields["received_on"].initial = self.today
        days = selectors.handling_setting(self.today).notice_days
        self.fields[
            "received_on"
        ].help_text = f"当日不计；须在 {days} 个工作日内一次告知补正，逾期未告知自收件之日起视为受理。"


class NotifyForm(StepForm):
    notified_on = forms.DateField(label="告知日期")
    listed = forms.MultipleChoiceField(
        label="缺少或不合要求的材料", widget=forms.CheckboxSelectMultiple, required=False
    )
    others = forms.CharField(
        label="其他补正内容",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一项；只能告知一次，请写全。",
    )

    def set_up(self) -> None:
        self.fields["notified_on"].initial = self.today
        names = [name[:200] for name in self.step.step_type.materials]
        if names:
            _choices(self.fields["listed"], [(name, name) for name in names])
        else:
            del self.fields["listed"]

    def items(self) -> list[str]:
        """Everything the notice lists."""
        return [*self.cleaned_data.get("listed", []), *str(self.cleaned_data["others"]).splitlines()]


def _joint_words(periods: HandlingSetting) -> str:
    return f"法定时限改按 {periods.joint_days} 个工作日，可延长 {periods.joint_extension_days} 个工作日。"


class AcceptForm(StepForm):
    accepted_on = forms.DateField(label="受理日期", help_text="当日不计，自次日起算。")
    limit_id = LimitField(label="适用的法定时限")
    is_joint = forms.BooleanField(label="联合办理（统一、联合、集中办理）", required=False)
    missing = forms.MultipleChoiceField(
        label="缺少的材料（容缺受理）",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="不勾选即为材料齐全。",
    )
    other_missing = forms.CharField(
        label="清单外缺件", required=False, max_length=200, help_text="多件用顿号分开。"
    )
    promised_on = forms.DateField(label="承诺补齐日期", required=False)
    holder = forms.ModelChoiceField(
        label="经办人", queryset=User.objects.none(), required=False, empty_label="暂不指定"
    )

    def set_up(self) -> None:
        self.fields["accepted_on"].initial = self._first_day()
        _offer_limits(self)
        periods = selectors.handling_setting(self.today)
        self.fields["is_joint"].help_text = _joint_words(periods)
        self.fields[
            "promised_on"
        ].help_text = f"有缺件时填写；不填为受理后 {periods.missing_papers_days} 个工作日。"
        names = [name[:200] for name in self.step.step_type.materials]
        if names:
            _choices(self.fields["missing"], [(name, name) for name in names])
        else:
            del self.fields["missing"]
        _people(self.fields["holder"], self.step.holder_organisation.path)

    def _first_day(self) -> date:
        receipt = selectors.receipt_of(self.step)
        bound = rules.binding_acceptance_day(receipt, accepted_on=self.today) if receipt else None
        return bound or self.today

    def missing_names(self) -> list[str]:
        """Every owed paper, from the checklist and beside it."""
        beside = str(self.cleaned_data.get("other_missing") or "").replace("，", "、").split("、")
        return [*self.cleaned_data.get("missing", []), *(name for name in beside if name.strip())]


def _offer_limits(form: StepForm) -> None:
    """The alternatives of the step's limit; no field where there is nothing to choose."""
    alternatives = rules.handling_limits(selectors.step_limits(form.step))
    if len(alternatives) < 2:
        del form.fields["limit_id"]
        return
    field = form.fields["limit_id"]
    assert isinstance(field, LimitField)
    field.offer(_rows(form.step, alternatives))


def _choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _people(field: forms.Field, path: str) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = User.objects.filter(organisation__path__startswith=path, is_active=True)


def proof_field(*, required: bool) -> forms.FileField:
    """The file behind a fact."""
    return forms.FileField(
        label="凭证文件",
        required=required,
        allow_empty_file=True,
        help_text=f"可上传 {FORMAT_NAMES}；可以以后补传。{SECRECY_NOTICE}",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
        error_messages={"required": "还没有选择文件，选定后再上传。"},
    )


class PauseForm(StepForm):
    kind = forms.ModelChoiceField(label="事由", queryset=PauseKind.objects.none(), empty_label="请选择")
    first_on = forms.DateField(label="起（含）")
    last_on = forms.DateField(label="止（含）", required=False, help_text="仍在暂停的不填。")
    evidence = forms.CharField(label="依据", max_length=300, help_text="写明文件名称和文号，如会议通知。")
    proof = proof_field(required=False)
    expected_end_on = forms.DateField(
        label="预计结束", required=False, help_text="仍在暂停的须填写；到期未恢复的会提醒。"
    )
    next_step = forms.CharField(
        label="下一步", max_length=200, required=False, help_text="仍在暂停的须填写，如“整理评审意见”。"
    )

    def set_up(self) -> None:
        self.fields["first_on"].initial = self.today
        kinds = selectors.excludable_kinds(self.step, on=self.today)
        field = self.fields["kind"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = PauseKind.objects.filter(pk__in=[kind.pk for kind in kinds]).order_by(
            "stops_statutory", "id"
        )
        field.label_from_instance = _kind_words  # type: ignore[method-assign, assignment]


def _kind_words(kind: PauseKind) -> str:
    stops = "两条线都停" if kind.stops_statutory else "只停承诺线"
    usual = f"；通常 {kind.usual_days} 个工作日" if kind.usual_days else ""
    return f"{kind.label}（{stops}；{kind.evidence_hint}{usual}）"


class PlanPauseForm(OfficeForm):
    """When an open pause should end, and what comes next."""

    expected_end_on = forms.DateField(label="预计结束", help_text="到期未恢复的会提醒经办人。")
    next_step = forms.CharField(label="下一步", max_length=200)


class ProofForm(OfficeForm):
    """The file behind a pause."""

    proof = proof_field(required=True)
    occurred_on = forms.DateField(label="成文日期", required=False, help_text="不填按上传当日。")


class ResumeForm(StepForm):
    last_on = forms.DateField(label="暂停截至（含）", help_text="当日仍不计，自次日恢复计时。")

    def set_up(self) -> None:
        self.fields["last_on"].initial = self.today


class ExtendForm(StepForm):
    line = forms.ChoiceField(label="延长哪条线")
    days = forms.IntegerField(label="延长天数", min_value=1, max_value=365)
    approved_by = forms.CharField(label="批准人", max_length=60)
    approved_on = forms.DateField(label="批准日期", help_text="应在原到期日之前。")
    told_on = forms.DateField(label="告知申请人日期")
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def set_up(self) -> None:
        deadline = self.step.deadline
        lines = [
            (name.value, name.label)
            for name in (LineName.STATUTORY, LineName.COMMITTED)
            if deadline is not None
            and getattr(deadline, f"{name}_limit") is not None
            and most_extension(self.step, deadline, name) != 0
        ]
        _choices(self.fields["line"], lines)
        if deadline is not None and deadline.statutory_limit is not None:
            most = most_extension(self.step, deadline, LineName.STATUTORY)
            unit = deadline.get_statutory_unit_display()
            if most:
                self.fields["days"].help_text = f"按所选线的单位计。法定线共可延长 {most} {unit}。"
        self.fields["approved_on"].initial = self.today
        self.fields["told_on"].initial = self.today


class ReissueForm(StepForm):
    limit_id = LimitField(label="适用的法定时限")
    is_joint = forms.BooleanField(label="联合办理（统一、联合、集中办理）", required=False)
    note = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明依据。",
    )

    def set_up(self) -> None:
        _offer_limits(self)
        self.fields["is_joint"].initial = self.step.is_joint
        self.fields["is_joint"].help_text = _joint_words(selectors.handling_setting(self.today))


class ExceptForm(StepForm):
    cause = forms.ChoiceField(
        label="原因类别",
        choices=[("", "请选择"), *PromiseException.Cause.choices],
        help_text="非主观原因不计入按期率；其他原因照常计入。",
    )
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    approved_by = forms.CharField(label="批准人", max_length=60)
    approved_on = forms.DateField(label="批准日期")

    def set_up(self) -> None:
        self.fields["approved_on"].initial = self.today


class DecideForm(StepForm):
    decided_on = forms.DateField(label="办结日期")
    result = forms.ChoiceField(label="结论", choices=[(word, word) for word in rules.RESULT_WORDS])
    doc_no = forms.CharField(
        label="文号或证号", max_length=100, required=False, help_text="半角或方括号会改写为〔〕。"
    )
    validity_limit_id = LimitField(label="有效期")
    note = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def set_up(self) -> None:
        self.fields["decided_on"].initial = self.today
        alternatives = selectors.validities(self.step)
        if len(alternatives) > 1:
            field = self.fields["validity_limit_id"]
            assert isinstance(field, LimitField)
            field.offer(_rows(self.step, alternatives))
        else:
            del self.fields["validity_limit_id"]


class ReasonForm(StepForm):
    """An ending with its day and its reason."""

    ended_on = forms.DateField(label="日期")
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def set_up(self) -> None:
        self.fields["ended_on"].initial = self.today


class NotInvolvedForm(StepForm):
    rule_id = forms.TypedChoiceField(
        label="依据",
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        required=False,
        help_text="有现行的简化规定时选择；没有选择的，按不涉及写明原因。",
    )
    reason = forms.CharField(
        label="原因",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不涉及的写明为何不涉及；依简化规定的可写明如何符合条件。",
    )

    def set_up(self) -> None:
        offered = list(rules_for(self.step, on=self.today))
        if not offered:
            del self.fields["rule_id"]
            self.fields["reason"].required = True
            return
        field = self.fields["rule_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "不涉及"),
            *((row.pk, f"{row}（{row.condition}）") for row in offered),
        ]


class ReopenForm(StepForm):
    reason = forms.CharField(
        label="原因", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class SupplyForm(StepForm):
    material_id = forms.TypedChoiceField(label="补齐的材料", widget=forms.RadioSelect, coerce=int)
    supplied_on = forms.DateField(label="补齐日期")

    def set_up(self) -> None:
        owed = self.step.materials.filter(is_missing=True, supplied_on__isnull=True)
        rows = [(str(row.pk), f"{row.name}（承诺 {row.promised_on}）") for row in owed]
        _choices(self.fields["material_id"], rows)
        if len(rows) == 1:
            self.fields["material_id"].initial = rows[0][0]
        self.fields["supplied_on"].initial = self.today


class AssignForm(StepForm):
    organisation = forms.ModelChoiceField(label="责任单位", queryset=Organisation.objects.none())
    holder = forms.ModelChoiceField(
        label="经办人", queryset=User.objects.none(), required=False, empty_label="暂不指定"
    )

    def set_up(self) -> None:
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        visible = Organisation.objects.visible_to(self.actor).filter(is_active=True)
        own = Organisation.objects.filter(path__startswith=self.step.project.organisation.path)
        offices = visible.filter(kind__in=(Organisation.Kind.OFFICE, Organisation.Kind.DEPARTMENT))
        field.queryset = (offices | (visible & own)).distinct().order_by("path")
        field.initial = self.step.holder_organisation_id
        people = self.fields["holder"]
        assert isinstance(people, forms.ModelChoiceField)
        people.queryset = (
            User.objects.visible_to(self.actor)
            .filter(is_active=True, organisation__in=field.queryset)
            .select_related("organisation")
            .order_by("organisation__path", "username")
        )
        people.label_from_instance = _person_words  # type: ignore[method-assign, assignment]
        people.initial = self.step.holder_id


def _person_words(user: User) -> str:
    return f"{user.label}（{user.organisation}）"


# --- the catalogue ---------------------------------------------------------------------------


class RevisionForm(OfficeForm):
    """A new version of a step type."""

    effective_from = forms.DateField(label="生效日期", help_text="现行版本自该日起停用；在办步骤不受影响。")
    revision_note = forms.CharField(label="修订依据或原因", max_length=300)
    name = forms.CharField(label="名称", max_length=100)
    short = forms.CharField(label="简称", max_length=40)
    condition = forms.CharField(label="适用条件", max_length=300, required=False)
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    materials = forms.CharField(
        label="材料清单", required=False, widget=forms.Textarea(attrs={"rows": 6}), help_text="每行一件。"
    )

    def columns(self) -> dict[str, Any]:
        """The columns of the step type that the form speaks of."""
        lines = str(self.cleaned_data["materials"]).splitlines()
        return {
            **{name: self.cleaned_data[name] for name in ("name", "short", "condition", "note")},
            "materials": [line.strip() for line in lines if line.strip()],
        }


class LimitForm(OfficeForm):
    """One limit of a new version; an empty basis leaves the row out."""

    line = forms.ChoiceField(label="线", choices=StepLimit.LineName)
    round = forms.IntegerField(label="自第几轮起", min_value=1, max_value=9, required=False)
    value = forms.IntegerField(label="时限", min_value=0, max_value=999, required=False)
    unit = forms.ChoiceField(label="单位", choices=[("", "无"), *LineUnit.choices], required=False)
    kind = forms.ChoiceField(label="性质", choices=LineKind)
    extension = forms.IntegerField(label="可延长", min_value=0, max_value=365, required=False)
    basis = forms.CharField(label="依据", max_length=300, required=False)
    evidence = forms.CharField(label="核实程度", max_length=60, required=False)
    excluded = forms.CharField(label="不计入（顿号分开）", max_length=200, required=False)
    is_reference = forms.BooleanField(label="仅参考", required=False)
    goes_with = forms.CharField(label="仅随（哪一条依据）", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("value") is not None and not cleaned.get("unit"):
            self.add_error("unit", "填了时限须选单位。")
        if cleaned.get("value") is not None and not cleaned.get("basis"):
            self.add_error("basis", "时限须写明依据。")
        return cleaned


LimitFormSet = forms.formset_factory(LimitForm, extra=2, max_num=12)
