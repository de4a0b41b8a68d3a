"""Forms of the year's list, its quota, a project's course and the guarantee plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.models import Organisation, OrganisationQuerySet, User
from core.units import AreaUnit
from projects.models import LandClass, QuotaRoute
from projects.services.annual_plan import Drafting, ItemFacts, LifeDates, QuotaIssue
from projects.services.maturity import Revision
from ui.forms import OfficeForm

FIRST_YEAR, LAST_YEAR = 2020, 2100


class YearForm(OfficeForm):
    """A year in an address; anything else falls back to this year."""

    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)


class PublishForm(OfficeForm):
    published_on = forms.DateField(label="发布日期")
    reason = forms.CharField(
        label="发布说明", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：年中调整，增补第三批重大项目。",
    )  # fmt: skip
    doc_no = forms.CharField(label="文号", max_length=100, required=False)


class ReasonForm(OfficeForm):
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class QuotaForm(OfficeForm):
    """One handing-out of the annual plan."""

    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    organisation = forms.ModelChoiceField(
        label="下达单位", queryset=Organisation.objects.none(), empty_label="选择县市或本级"
    )
    land_class = forms.ChoiceField(label="指标类别", choices=LandClass.choices)
    value = forms.DecimalField(
        label="面积", max_digits=14, decimal_places=6, help_text="调减的填负数；更正录错的，填相反数并说明。"
    )
    unit = forms.ChoiceField(
        label="单位",
        choices=[(unit.value, unit.label) for unit in (AreaUnit.MU, AreaUnit.HA, AreaUnit.WANMU)],
    )
    issued_on = forms.DateField(label="下达日期")
    doc_no = forms.CharField(label="下达文号", max_length=100)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, units: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = units

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if value == 0:
            raise forms.ValidationError("面积不能为 0。")
        return value

    def issue(self) -> QuotaIssue:
        facts = dict(self.cleaned_data)
        return QuotaIssue(unit=AreaUnit(facts.pop("unit")), **facts)


def quota_units(actor: User) -> OrganisationQuerySet:
    """The prefecture itself, its counties and parks."""
    kinds = (Organisation.Kind.PREFECTURE, *Organisation.REPORTING_KINDS)
    return Organisation.objects.visible_to(actor).filter(kind__in=kinds).order_by("path")


class CourseForm(OfficeForm):
    started_on = forms.DateField(label="实际开工", required=False)
    finished_on = forms.DateField(label="实际竣工", required=False)
    effect_planned_on = forms.DateField(label="计划达效", required=False)
    effect_on = forms.DateField(label="实际达效", required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def dates(self) -> LifeDates:
        return LifeDates(**self.cleaned_data)


class RouteForm(OfficeForm):
    route = forms.ChoiceField(label="指标来源", choices=QuotaRoute.choices)
    route_reason = forms.CharField(label="理由", max_length=300)


class PlanItemForm(OfficeForm):
    problem = forms.CharField(label="存在问题", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    measure = forms.CharField(label="保障措施", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    responsible = forms.ModelChoiceField(
        label="责任单位", queryset=Organisation.objects.none(), empty_label="选择单位"
    )
    person = forms.CharField(label="责任人", max_length=60, required=False)
    limit_on = forms.DateField(label="完成时限", help_text="到期前由系统提醒责任单位。")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        field.queryset = Organisation.objects.visible_to(actor).filter(is_active=True).order_by("path")

    def facts(self) -> ItemFacts:
        return ItemFacts(**self.cleaned_data)


class CloseItemForm(OfficeForm):
    outcome = forms.CharField(
        label="解决情况或移出理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    closed_on = forms.DateField(label="解决日期", required=False)


class DraftPlanForm(OfficeForm):
    limit_on = forms.DateField(label="统一完成时限", help_text="生成后可逐项修改。")

    def drafting(self, year: int) -> Drafting:
        limit: date = self.cleaned_data["limit_on"]
        return Drafting(year=year, limit_on=limit)


class MaturityForm(OfficeForm):
    """A criterion from a day on; without a step it is the mark from which a project is mature."""

    step_code = forms.RegexField(
        label="步骤代码", regex=r"^[A-Z]\d{2}$", required=False, help_text="如 A03；留空为成熟线。"
    )
    label = forms.CharField(label="条件", max_length=60)
    points = forms.IntegerField(
        label="分值", min_value=0, max_value=1000, required=False, help_text="留空表示不再计分。"
    )
    effective_from = forms.DateField(label="生效日期")

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if not facts.get("step_code") and facts.get("points") is None and "points" not in self.errors:
            self.add_error("points", "成熟线须填分值。")
        return facts

    def revision(self) -> Revision:
        return Revision(**self.cleaned_data)
