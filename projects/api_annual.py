"""The year's list, its quota and the guarantee plan over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from core import clock
from core.units import AreaUnit
from projects.annual_filters import EntryFilterSet, PlanItemFilterSet
from projects.annual_forms import FIRST_YEAR, LAST_YEAR, quota_units
from projects.models import (
    AnnualListEntry,
    AnnualListShare,
    AnnualListVersion,
    LandClass,
    PlanItem,
    PlanQuota,
    Project,
)
from projects.selectors import annual as lists
from projects.selectors import annual_plan as selectors
from projects.services import annual_plan as services
from projects.services.annual_list import publish_version

YEAR = OpenApiParameter("year", OpenApiTypes.INT, description="年度，默认今年")
ON = OpenApiParameter("on", OpenApiTypes.DATE, description="哪一天的清单，默认今天")
VERSION = OpenApiParameter("version", OpenApiTypes.INT, description="发布版本，优先于日期")


class StateIn(serializers.Serializer[Any]):
    """Which state of which year's list."""

    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    on = serializers.DateField(required=False)
    version = serializers.IntegerField(min_value=1, max_value=9999, required=False)


class EntryShareOut(serializers.ModelSerializer[AnnualListShare]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = AnnualListShare
        fields = ["organisation", *AnnualListEntry.AREAS]


class EntryOut(serializers.ModelSerializer[AnnualListEntry]):
    organisation = serializers.CharField(source="organisation.code")
    shares = EntryShareOut(many=True)

    class Meta:
        model = AnnualListEntry
        fields = [
            *("id", "project", "organisation", *AnnualListEntry.FACTS, *AnnualListEntry.AREAS),
            *("route", "join_reason", "shares"),
        ]


class VersionOut(serializers.ModelSerializer[AnnualListVersion]):
    year = serializers.IntegerField(source="annual_list.year")
    published_by = serializers.CharField(source="published_by.label")

    class Meta:
        model = AnnualListVersion
        fields = ["year", "number", "published_on", "published_by", "reason", "doc_no"]


class SumsOut(serializers.Serializer[Any]):
    projects = serializers.IntegerField()
    total_m2 = serializers.IntegerField()
    arable_m2 = serializers.IntegerField()
    new_construction_m2 = serializers.IntegerField()
    demand_m2 = serializers.IntegerField()


class StateOut(serializers.Serializer[Any]):
    """A state of the list: its version (null before the first) and what it adds up to."""

    version = VersionOut(allow_null=True)
    sums = SumsOut()


class ChangedCellOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class ListChangeOut(serializers.Serializer[Any]):
    project = serializers.IntegerField(source="row.key")
    name = serializers.CharField(source="row.label")
    reason = serializers.CharField()
    cells = ChangedCellOut(source="row.cells", many=True)


class ListDifferenceOut(serializers.Serializer[Any]):
    joined = ListChangeOut(many=True)
    left = ListChangeOut(many=True)
    changed = ListChangeOut(many=True)


class PublishIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    published_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    doc_no = serializers.CharField(max_length=100, default="", allow_blank=True)


class AnnualListViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[AnnualListEntry]):
    """年度清单：按日期或版本查看，版本、合计、差异，发布新版本。"""

    serializer_class = EntryOut
    filterset_class = EntryFilterSet
    queryset = AnnualListEntry.objects.none()
    keyset_order = ("number",)

    def get_queryset(self) -> QuerySet[AnnualListEntry]:
        return self._state().entries

    def _state(self) -> lists.ListAsOf:
        asked = StateIn(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        actor, facts = actor_of(self.request), asked.validated_data
        year = facts.get("year", clock.today().year)
        if "version" in facts:
            found = lists.versions(actor=actor, year=year).filter(number=facts["version"]).first()
            if found is None:
                raise Http404
            return lists.list_in(found, actor=actor)
        return lists.list_as_of(year=year, on=facts.get("on", clock.today()), actor=actor)

    @extend_schema(parameters=[YEAR, ON, VERSION])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[YEAR, ON, VERSION], responses=StateOut, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def state(self, request: Request) -> Response:
        """某一天或某一版本的清单合计。"""
        return Response(StateOut(self._state()).data)

    @extend_schema(parameters=[YEAR], responses=VersionOut(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def versions(self, request: Request) -> Response:
        """本年度已发布的版本，新的在前。"""
        found = lists.versions(actor=actor_of(request), year=_year(request))
        return Response(VersionOut(found, many=True).data)

    @extend_schema(
        parameters=[
            YEAR,
            OpenApiParameter("from", OpenApiTypes.INT, required=True, description="较早的版本"),
            OpenApiParameter("to", OpenApiTypes.INT, required=True, description="较晚的版本"),
        ],
        responses=ListDifferenceOut,
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def difference(self, request: Request) -> Response:
        """两个版本之间新增、调出和变更的项目，逐格列出。"""
        actor = actor_of(request)
        by_number = {str(v.number): v for v in lists.versions(actor=actor, year=_year(request))}
        pair = [by_number.get(request.query_params.get(name, "")) for name in ("from", "to")]
        older, newer = pair
        if older is None or newer is None:
            raise serializers.ValidationError({"from": ["没有这个版本，请从版本列表中选择。"]})
        found = lists.version_difference(older, newer, actor=actor)
        return Response(ListDifferenceOut(found).data)

    @extend_schema(request=PublishIn, responses={201: VersionOut}, filters=False)
    @action(detail=False, methods=["post"])
    def publish(self, request: Request) -> Response:
        """把上一版以来的变动发布为新版本。"""
        require(actor_of(request), Right.PUBLISH_LIST)
        data = PublishIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = publish_version(actor=actor_of(request), today=clock.today(), **data.validated_data)
        return Response(VersionOut(done).data, status=status.HTTP_201_CREATED)


def _year(request: Request) -> int:
    asked = StateIn(data={"year": request.query_params.get("year", clock.today().year)})
    asked.is_valid(raise_exception=True)
    return int(asked.validated_data["year"])


class QuotaOut(serializers.ModelSerializer[PlanQuota]):
    organisation = serializers.CharField(source="organisation.code")
    entered_by = serializers.CharField(source="entered_by.label")

    class Meta:
        model = PlanQuota
        fields = [
            *("id", "year", "organisation", "land_class", "area_m2", "entered_value", "entered_unit"),
            *("issued_on", "doc_no", "note", "entered_by", "entered_at"),
        ]


class QuotaIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    organisation = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.none())
    land_class = serializers.ChoiceField(choices=LandClass.choices)
    value = serializers.DecimalField(max_digits=14, decimal_places=6)
    value_unit = serializers.ChoiceField(choices=[unit.value for unit in AreaUnit])
    issued_on = serializers.DateField()
    doc_no = serializers.CharField(max_length=100)
    note = serializers.CharField(max_length=300, default="", allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "actor" in self.context:
            field: Any = self.fields["organisation"]
            field.queryset = quota_units(self.context["actor"])

    def validate_value(self, value: Any) -> Any:
        if value == 0:
            raise serializers.ValidationError("面积不能为 0。")
        return value


class PlanQuotaViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[PlanQuota]):
    """年度计划指标的下达记录；只增不改，更正另记一笔。"""

    serializer_class = QuotaOut
    queryset = PlanQuota.objects.none()
    keyset_order = ("issued_on", "id")

    def get_queryset(self) -> QuerySet[PlanQuota]:
        return selectors.plan_quotas(actor=actor_of(self.request), year=_year(self.request))

    @extend_schema(parameters=[YEAR])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=QuotaIn, responses={201: QuotaOut})
    def create(self, request: Request) -> Response:
        """登记一笔下达。"""
        actor = actor_of(request)
        require(actor, Right.ENTER_QUOTA)
        data = QuotaIn(data=request.data, context={"actor": actor})
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        issue = services.QuotaIssue(unit=AreaUnit(facts.pop("value_unit")), **facts)
        row = services.enter_quota(actor=actor, issue=issue, today=clock.today())
        return Response(QuotaOut(row).data, status=status.HTTP_201_CREATED)


class PlanItemOut(serializers.ModelSerializer[PlanItem]):
    organisation = serializers.CharField(source="project.organisation.code")
    project_name = serializers.CharField(source="project.name")
    responsible = serializers.CharField(source="responsible.code")

    class Meta:
        model = PlanItem
        fields = [
            *("id", "year", "project", "project_name", "organisation", "problem", "measure"),
            *("responsible", "person", "limit_on", "state", "outcome", "closed_on"),
        ]


class PlanItemIn(serializers.Serializer[Any]):
    problem = serializers.CharField(max_length=500)
    measure = serializers.CharField(max_length=500)
    responsible = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.none())
    person = serializers.CharField(max_length=60, default="", allow_blank=True)
    limit_on = serializers.DateField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "actor" in self.context:
            field: Any = self.fields["responsible"]
            field.queryset = Organisation.objects.visible_to(self.context["actor"])

    def facts(self) -> services.ItemFacts:
        names = ("problem", "measure", "responsible", "person", "limit_on")
        return services.ItemFacts(**{name: self.validated_data[name] for name in names})


class NewPlanItemIn(PlanItemIn):
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    project = serializers.IntegerField(min_value=1)


class SolveIn(serializers.Serializer[Any]):
    outcome = serializers.CharField(max_length=500)
    solved_on = serializers.DateField()


class StrikeIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class PlanItemViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PlanItem]):
    """年度要素保障方案：项目、问题、措施、责任。"""

    serializer_class = PlanItemOut
    filterset_class = PlanItemFilterSet
    queryset = PlanItem.objects.none()
    keyset_order = ("limit_on", "id")

    def get_queryset(self) -> QuerySet[PlanItem]:
        if self.action == "list":
            return selectors.plan_items(actor=actor_of(self.request), year=_year(self.request))
        return PlanItem.objects.visible_to(actor_of(self.request)).select_related(
            "project__organisation", "responsible"
        )

    def get_object(self) -> PlanItem:
        """By number; the filters are for lists, so a struck line is found too."""
        found = self.get_queryset().filter(pk=_number(self.kwargs["pk"])).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(parameters=[YEAR])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=NewPlanItemIn, responses={201: PlanItemOut})
    def create(self, request: Request) -> Response:
        """把项目的一个问题纳入方案。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_PLAN)
        data = NewPlanItemIn(data=request.data, context={"actor": actor})
        data.is_valid(raise_exception=True)
        project_id = data.validated_data["project"]
        if not Project.objects.visible_to(actor).filter(pk=project_id).exists():
            raise serializers.ValidationError({"project": ["没有这个项目，或不在您的可见范围内。"]})
        item = services.add_item(
            actor=actor,
            year=data.validated_data["year"],
            project_id=project_id,
            facts=data.facts(),
            today=clock.today(),
        )
        return Response(PlanItemOut(item).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PlanItemIn, responses=PlanItemOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """修改未解决的事项。"""
        actor, item = actor_of(request), self.get_object()
        require(actor, Right.EDIT_PLAN)
        data = PlanItemIn(data=request.data, context={"actor": actor})
        data.is_valid(raise_exception=True)
        done = services.change_item(actor=actor, item_id=item.pk, facts=data.facts(), today=clock.today())
        return Response(PlanItemOut(done).data)

    @extend_schema(request=SolveIn, responses=PlanItemOut)
    @action(detail=True, methods=["post"])
    def solve(self, request: Request, pk: str) -> Response:
        """问题已解决。"""
        actor, item = actor_of(request), self.get_object()
        require(actor, Right.RUN_STEPS)
        data = SolveIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = services.solve_item(actor=actor, item_id=item.pk, today=clock.today(), **data.validated_data)
        return Response(PlanItemOut(done).data)

    @extend_schema(request=StrikeIn, responses=PlanItemOut)
    @action(detail=True, methods=["post"])
    def strike(self, request: Request, pk: str) -> Response:
        """移出方案。"""
        actor, item = actor_of(request), self.get_object()
        require(actor, Right.EDIT_PLAN)
        data = StrikeIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = services.strike_item(actor=actor, item_id=item.pk, today=clock.today(), **data.validated_data)
        return Response(PlanItemOut(done).data)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def register(router: BaseRouter) -> None:
    router.register("annual-list", AnnualListViewSet, basename="annual-list")
    router.register("plan-quotas", PlanQuotaViewSet, basename="plan-quota")
    router.register("plan-items", PlanItemViewSet, basename="plan-item")
