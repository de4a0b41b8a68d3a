"""The office's dated rules over the API: maturity, the table of levels, the lists for siting.

Everybody reads them; who may revise criteria adds versions, checked by the pages' own forms.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from projects.annual_forms import MaturityForm
from projects.land_forms import NewRuleForm
from projects.list_kind_forms import split_words
from projects.models import (
    ApprovalRule,
    ListKind,
    ListScope,
    MaturityCriterion,
    Project,
    SitingItem,
    SitingSetting,
)
from projects.selectors.land import rule_list
from projects.selectors.siting import item_list, setting_list
from projects.services.levels import end_rule, revise_rule
from projects.services.list_kinds import KindFacts, add_kind, edit_kind
from projects.services.maturity import revise_criterion
from projects.services.siting_rules import SettingValues, end_item, revise_item, revise_setting
from projects.siting_forms import NewItemForm, SettingForm
from projects.views.levels import rule_values
from projects.views.siting_rules import item_values
from ui.ending import EndForm, EndIn


def checked(form: forms.Form) -> dict[str, Any]:
    """What the page's form reads out of the request; its complaints become the API's."""
    if not form.is_valid():
        raise serializers.ValidationError(
            {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        )
    return form.cleaned_data


# --- maturity ---------------------------------------------------------------------------------------


class MaturityCriterionOut(serializers.ModelSerializer[MaturityCriterion]):
    class Meta:
        model = MaturityCriterion
        fields = ["id", "step_code", "label", "points", "effective_from", "effective_to"]


class MaturityCriterionIn(serializers.Serializer[Any]):
    """不写步骤代码为成熟线；分值为 null 表示自生效日期起不再计分。"""

    step_code = serializers.CharField(max_length=10, allow_blank=True, default="")
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # the field, not DRF's label
    points = serializers.IntegerField(min_value=0, max_value=1000, allow_null=True, default=None)
    effective_from = serializers.DateField()


class MaturityCriterionViewSet(viewsets.ViewSet):
    """成熟度条件及其历史版本。"""

    queryset = MaturityCriterion.objects.none()

    @extend_schema(responses=MaturityCriterionOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(_criteria())

    @extend_schema(request=MaturityCriterionIn, responses={201: MaturityCriterionOut(many=True)})
    def create(self, request: Request) -> Response:
        """自某日起按新分值计算；回答全部条件。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        form = MaturityForm(request.data)
        checked(form)
        revise_criterion(actor=actor, revision=form.revision(), today=clock.today())
        return Response(_criteria(), status=status.HTTP_201_CREATED)


def _criteria() -> Any:
    rows = MaturityCriterion.objects.order_by("step_code", "-effective_from")
    return MaturityCriterionOut(rows, many=True).data


# --- lists ------------------------------------------------------------------------------------------


class ListKindOut(serializers.ModelSerializer[ListKind]):
    class Meta:
        model = ListKind
        fields = [
            *("id", "code", "name", "words", "counts_as", "position", "in_use_from", "in_use_until", "basis"),
        ]


class ListKindIn(serializers.Serializer[Any]):
    """一类清单：名称、其他写法、政策口径和起止日期。"""

    name = serializers.CharField(max_length=20)
    counts_as = serializers.ChoiceField(choices=ListScope.choices)
    words = serializers.ListField(child=serializers.CharField(max_length=40), max_length=40, default=list)
    position = serializers.IntegerField(min_value=1, max_value=999)
    in_use_from = serializers.DateField()
    in_use_until = serializers.DateField(allow_null=True, default=None)
    basis = serializers.CharField(max_length=300, allow_blank=True, default="")

    def facts(self) -> KindFacts:
        said = self.validated_data
        words = split_words(" ".join(said["words"]))
        return KindFacts(**{**said, "words": words, "counts_as": ListScope(said["counts_as"])})


class ListKindViewSet(viewsets.ViewSet):
    """清单类别：项目可列入的各类清单，停用的也在内。"""

    queryset = ListKind.objects.none()
    lookup_field = "code"
    lookup_value_regex = "[A-Z0-9_]+"

    @extend_schema(responses=ListKindOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(ListKindOut(ListKind.objects.all(), many=True).data)

    @extend_schema(request=ListKindIn, responses={201: ListKindOut})
    def create(self, request: Request) -> Response:
        """新增一类清单。"""
        require(actor_of(request), Right.EDIT_CRITERIA)
        data = ListKindIn(data=request.data)
        data.is_valid(raise_exception=True)
        made = add_kind(actor=actor_of(request), facts=data.facts(), today=clock.today())
        return Response(ListKindOut(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ListKindIn, responses=ListKindOut)
    def update(self, request: Request, code: str) -> Response:
        """修改一类清单；改名后仍是同一类。"""
        require(actor_of(request), Right.EDIT_CRITERIA)
        kind = get_object_or_404(ListKind, code=code)
        data = ListKindIn(data=request.data)
        data.is_valid(raise_exception=True)
        saved = edit_kind(actor=actor_of(request), code=kind.code, facts=data.facts(), today=clock.today())
        return Response(ListKindOut(saved).data)


# --- levels -----------------------------------------------------------------------------------------


class ApprovalRuleOut(serializers.ModelSerializer[ApprovalRule]):
    region = serializers.CharField(source="region.code", default=None)

    class Meta:
        model = ApprovalRule
        fields = [
            *("key", "version", "position", "track", "region", "figure", "over_m2", "level", "clause"),
            *("note", "effective_from", "effective_to"),
        ]


class ApprovalRuleIn(serializers.Serializer[Any]):
    """一行规则自生效日期起的内容；代号已有的为新版本，没有的为新增一行。"""

    key = serializers.SlugField(max_length=40)
    position = serializers.IntegerField(min_value=1, max_value=999)
    track = serializers.ChoiceField(choices=Project.Track.choices, allow_blank=True, default="")
    region = serializers.CharField(allow_blank=True, default="", help_text="省或市州的代码")
    figure = serializers.ChoiceField(choices=ApprovalRule.Figure.choices, allow_blank=True, default="")
    over_ha = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True, default=None)
    level = serializers.ChoiceField(choices=Project.ApprovalLevel.choices)
    clause = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    effective_from = serializers.DateField()


class ApprovalRuleViewSet(viewsets.ViewSet):
    """审批级次规则：按顺序判定的各行及其历史版本。"""

    queryset = ApprovalRule.objects.none()
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    @extend_schema(responses=ApprovalRuleOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(ApprovalRuleOut(rule_list(actor=actor_of(request)), many=True).data)

    @extend_schema(request=ApprovalRuleIn, responses={201: ApprovalRuleOut})
    def create(self, request: Request) -> Response:
        """新增一行，或自某日起修订一行；此前的确认仍按原规则。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        said = checked(NewRuleForm(request.data))
        row = revise_rule(
            actor=actor, key=said["key"], values=rule_values(said), effective_from=said["effective_from"]
        )
        return Response(ApprovalRuleOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EndIn, responses=ApprovalRuleOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """自某日起停用一行。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        said = checked(EndForm(request.data))
        return Response(
            ApprovalRuleOut(end_rule(actor=actor, key=pk, effective_to=said["effective_to"])).data
        )


# --- siting -----------------------------------------------------------------------------------------


class SitingItemOut(serializers.ModelSerializer[SitingItem]):
    class Meta:
        model = SitingItem
        fields = [
            *("kind", "code", "name", "group", "help", "position", "ends_search", "weight"),
            *("effective_from", "effective_to"),
        ]


class SitingItemIn(serializers.Serializer[Any]):
    """一项自生效日期起的内容；代号已有的为新版本，没有的为新增事项。"""

    code = serializers.SlugField(max_length=40)
    kind = serializers.ChoiceField(choices=SitingItem.Kind.choices)
    name = serializers.CharField(max_length=60)
    group = serializers.CharField(max_length=40, allow_blank=True, default="")
    help = serializers.CharField(max_length=300, allow_blank=True, default="")
    position = serializers.IntegerField(min_value=1, max_value=999)
    ends_search = serializers.BooleanField(default=False)
    weight = serializers.IntegerField(min_value=0, max_value=100, default=0)
    effective_from = serializers.DateField()


class SitingItemViewSet(viewsets.ViewSet):
    """选址规则：合规比对项、新增用地前的次序、优先领域及其历史版本。"""

    queryset = SitingItem.objects.none()
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    @extend_schema(responses=SitingItemOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(SitingItemOut(item_list(actor=actor_of(request)), many=True).data)

    @extend_schema(request=SitingItemIn, responses={201: SitingItemOut})
    def create(self, request: Request) -> Response:
        """新增一项，或自某日起修订一项；已登记的内容不变。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        said = checked(NewItemForm(request.data))
        row = revise_item(
            actor=actor, code=said["code"], values=item_values(said), effective_from=said["effective_from"]
        )
        return Response(SitingItemOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EndIn, responses=SitingItemOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """自某日起停用一项。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        said = checked(EndForm(request.data))
        return Response(SitingItemOut(end_item(actor=actor, code=pk, effective_to=said["effective_to"])).data)


class SitingSettingOut(serializers.ModelSerializer[SitingSetting]):
    class Meta:
        model = SitingSetting
        fields = [
            *("id", "effective_from", "industrial_words", "standard_area", "standard_share_percent", "note")
        ]


class SitingSettingIn(serializers.Serializer[Any]):
    industrial_words = serializers.CharField(max_length=300, help_text="用顿号隔开。")
    standard_area = serializers.ChoiceField(choices=SitingSetting.StandardArea.choices)
    standard_share_percent = serializers.IntegerField(min_value=0, max_value=100)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    effective_from = serializers.DateField()


class SitingSettingViewSet(viewsets.ViewSet):
    """选址口径：工业项目用词、须按标准地供应的区域，按生效日期。"""

    queryset = SitingSetting.objects.none()

    @extend_schema(responses=SitingSettingOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(SitingSettingOut(setting_list(actor=actor_of(request)), many=True).data)

    @extend_schema(request=SitingSettingIn, responses={201: SitingSettingOut})
    def create(self, request: Request) -> Response:
        """自某日起适用新的口径。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        said = dict(checked(SettingForm(request.data)))
        effective_from = said.pop("effective_from")
        row = revise_setting(actor=actor, values=SettingValues(**said), effective_from=effective_from)
        return Response(SitingSettingOut(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("list-kinds", ListKindViewSet, basename="list-kind")
    router.register("maturity-criteria", MaturityCriterionViewSet, basename="maturity-criterion")
    router.register("approval-rules", ApprovalRuleViewSet, basename="approval-rule")
    router.register("siting-items", SitingItemViewSet, basename="siting-item")
    router.register("siting-settings", SitingSettingViewSet, basename="siting-setting")
