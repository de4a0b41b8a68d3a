"""The land of projects over the API: figures, split, the tables of rules, and writing projects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from core.units import AreaUnit
from officefiles.values import parse_date
from projects.create_forms import TYPED_AREAS, as_cells
from projects.models import LandShare, LandUse, Project
from projects.rules.land_tree import GRAIN
from projects.selectors.land import read_land
from projects.serializers import ListKindField
from projects.services.creating import create_project
from projects.services.editing import EnteredArea, EnteredGrain, Figure, edit_project
from projects.services.land import EnteredShare, split_land
from projects.views.land import project_of

_UNITS = [AreaUnit.MU.value, AreaUnit.HA.value, AreaUnit.M2.value]


def _area() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=6, min_value=Decimal(0))


class LandProblemOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    message = serializers.CharField()
    suggestion = serializers.CharField()


class ShareOut(serializers.ModelSerializer[LandShare]):
    """One county's part in whole m²."""

    organisation = serializers.CharField(source="organisation.code")
    county = serializers.CharField(source="organisation.short_name")

    class Meta:
        model = LandShare
        fields = ["organisation", "county", *LandShare.AREA_FIELDS, "entered"]


class LevelOut(serializers.Serializer[Any]):
    """What the table proposes, by which row, from which figures."""

    level = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    rule = serializers.CharField(source="proposal.rule.key", default=None)
    version = serializers.IntegerField(source="proposal.rule.version", default=None)
    clause = serializers.CharField(source="proposal.rule.clause", default=None)
    reason = serializers.CharField(source="proposal.reason", default=None)
    assumptions = serializers.ListField(
        child=serializers.CharField(), source="proposal.assumptions", default=[]
    )


class LandDetailOut(serializers.Serializer[Any]):
    """A project's figures in whole m² (grain in kg), as typed, with problems and proposals."""

    project = serializers.IntegerField()
    seen_at = serializers.DateTimeField(help_text="修改时原样带回，期间有人保存过则拒绝。")
    figures = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    entered = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    shares = ShareOut(many=True)
    refusals = LandProblemOut(many=True)
    warnings = LandProblemOut(many=True)
    proposed_level = LevelOut()
    proposed_track = serializers.CharField()
    track_reason = serializers.CharField()
    approval_level = serializers.CharField()
    track = serializers.CharField()


class LandIn(serializers.Serializer[Any]):
    """Figures to change, all in `area_unit` (grain in kg); null clears one, fields left out stay."""

    seen_at = serializers.DateTimeField()
    area_unit = serializers.ChoiceField(choices=_UNITS)
    figures = serializers.DictField(child=serializers.DecimalField(
        max_digits=18, decimal_places=6, min_value=Decimal(0), allow_null=True
    ))  # fmt: skip

    def validate_figures(self, value: Mapping[str, Decimal | None]) -> Mapping[str, Decimal | None]:
        unknown = sorted(value.keys() - set(LandUse.FIGURE_FIELDS))
        if unknown:
            raise serializers.ValidationError(f"没有这些面积：{'、'.join(unknown)}。")
        return value

    def entered(self) -> dict[str, Figure | None]:
        unit = AreaUnit(self.validated_data["area_unit"])
        figures: Mapping[str, Decimal | None] = self.validated_data["figures"]
        return {name: _figure(name, value, unit) for name, value in figures.items()}


def _figure(name: str, value: Decimal | None, unit: AreaUnit) -> Figure | None:
    if value is None:
        return None
    return EnteredGrain(int(value)) if name == GRAIN else EnteredArea(value, unit)


class SharePartIn(serializers.Serializer[Any]):
    organisation = serializers.CharField(max_length=40)
    areas = serializers.DictField(child=_area())

    def validate_areas(self, value: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        if "total_m2" not in value or value.keys() - set(LandShare.AREA_FIELDS):
            raise serializers.ValidationError("须有 total_m2，且只能填可以分县的地类。")
        return value


class SplitIn(serializers.Serializer[Any]):
    """All shares of a project; an empty list makes it a project of one county again."""

    seen_at = serializers.DateTimeField()
    area_unit = serializers.ChoiceField(choices=_UNITS)
    shares = SharePartIn(many=True)


class LandViewSet(viewsets.ViewSet):
    """用地：项目各地类面积、分县面积、校验和规则建议。"""

    queryset = LandUse.objects.none()

    @extend_schema(responses=LandDetailOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(_detail(request, pk))

    @extend_schema(request=LandIn, responses=LandDetailOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """修改面积：按所给单位保存录入原值；自相矛盾的拒绝。"""
        project = project_of(actor_of(request), number_of(pk))
        data = LandIn(data=request.data)
        data.is_valid(raise_exception=True)
        edit_project(
            actor=actor_of(request),
            project_id=project.pk,
            seen_at=data.validated_data["seen_at"],
            facts={},
            areas=data.entered(),
            today=clock.today(),
        )
        return Response(_detail(request, pk))

    @extend_schema(request=SplitIn, responses=LandDetailOut)
    @action(detail=True, methods=["put"])
    def shares(self, request: Request, pk: str) -> Response:
        """整体替换分县面积；合计须等于项目面积。"""
        project = project_of(actor_of(request), number_of(pk))
        data = SplitIn(data=request.data)
        data.is_valid(raise_exception=True)
        unit = AreaUnit(data.validated_data["area_unit"])
        split_land(
            actor=actor_of(request),
            project_id=project.pk,
            seen_at=data.validated_data["seen_at"],
            shares=[
                EnteredShare(
                    part["organisation"],
                    {name: EnteredArea(value, unit) for name, value in part["areas"].items()},
                )
                for part in data.validated_data["shares"]
            ],
            today=clock.today(),
        )
        return Response(_detail(request, pk))


def _detail(request: Request, pk: str) -> Any:
    project = project_of(actor_of(request), number_of(pk))
    reading = read_land(project=project, today=clock.today())
    land = getattr(project, "land", None)
    return LandDetailOut(
        {
            "project": project.pk,
            "seen_at": project.updated_at,
            "figures": {name: getattr(land, name, None) for name in LandUse.FIGURE_FIELDS},
            "entered": land.entered if land else {},
            "shares": reading.shares,
            "refusals": reading.refusals,
            "warnings": reading.warnings,
            "proposed_level": reading.level,
            "proposed_track": reading.track.track,
            "track_reason": reading.track.reason,
            "approval_level": project.approval_level,
            "track": project.track,
        }
    ).data


def number_of(pk: str) -> int:
    """An id from the address; what is none names no row."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        raise Http404
    return int(pk)


# --- writing a project -----------------------------------------------------------------------------


class ProjectIn(serializers.Serializer[Any]):
    """A new project as a row of the list. `unit` is the county's name; a county need not state it."""

    unit = serializers.CharField(max_length=60, required=False)
    name = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    owner_unit = serializers.CharField(max_length=200, required=False, allow_blank=True)
    industry = serializers.CharField(max_length=40, required=False, allow_blank=True)
    list_category = ListKindField(required=False)
    priority_class = serializers.ChoiceField(choices=Project.PriorityClass.choices, required=False)
    level = serializers.ChoiceField(choices=Project.Level.choices, required=False)
    track = serializers.ChoiceField(choices=Project.Track.choices, required=False)
    investment_wan = serializers.DecimalField(
        max_digits=14, decimal_places=6, min_value=Decimal(0), required=False, source="investment_yuan"
    )
    planned_start = serializers.CharField(max_length=40, required=False, allow_blank=True)
    planned_finish = serializers.CharField(max_length=40, required=False, allow_blank=True)
    remark = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    area_unit = serializers.ChoiceField(choices=_UNITS, default=AreaUnit.MU.value)
    areas = serializers.DictField(child=_area(), default=dict)

    def validate_areas(self, value: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        if value.keys() - set(TYPED_AREAS):
            raise serializers.ValidationError(f"新建时只能填：{'、'.join(TYPED_AREAS)}。")
        return value


class ProjectEditIn(serializers.Serializer[Any]):
    """Facts to change; fields left out stay. Land has an address of its own."""

    seen_at = serializers.DateTimeField()
    name = serializers.CharField(max_length=200, required=False)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    owner_unit = serializers.CharField(max_length=200, required=False, allow_blank=True)
    industry = serializers.CharField(max_length=40, required=False, allow_blank=True)
    list_category = ListKindField(required=False, allow_blank=True)
    priority_class = serializers.ChoiceField(
        choices=Project.PriorityClass.choices, required=False, allow_blank=True
    )
    level = serializers.ChoiceField(choices=Project.Level.choices, required=False, allow_blank=True)
    investment_yuan = serializers.DecimalField(
        max_digits=18, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True
    )
    planned_start = serializers.CharField(max_length=40, required=False, allow_blank=True)
    planned_finish = serializers.CharField(max_length=40, required=False, allow_blank=True)
    remark = serializers.CharField(max_length=2_000, required=False, allow_blank=True)

    def facts(self) -> dict[str, object]:
        facts = {key: value for key, value in self.validated_data.items() if key != "seen_at"}
        for name in ("planned_start", "planned_finish"):
            if name in facts:
                facts[f"{name}_on"] = parse_date(facts[name]).last
        return facts


class NewProjectViewSet(viewsets.ViewSet):
    """新建和修改项目：与页面相同的校验；新建的项目等待审核。"""

    queryset = Project.objects.none()

    @extend_schema(request=ProjectIn, responses={201: LandDetailOut})
    def create(self, request: Request) -> Response:
        data = ProjectIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        unit = AreaUnit(values.pop("area_unit"))
        project = create_project(
            actor=actor_of(request),
            cells=as_cells(values | values.pop("areas")),
            area_unit=unit,
            today=clock.today(),
            now=clock.now(),
        )
        return Response(_detail(request, str(project.pk)), status=status.HTTP_201_CREATED)

    @extend_schema(request=ProjectEditIn, responses=LandDetailOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        project = project_of(actor_of(request), number_of(pk))
        data = ProjectEditIn(data=request.data)
        data.is_valid(raise_exception=True)
        edit_project(
            actor=actor_of(request),
            project_id=project.pk,
            seen_at=data.validated_data["seen_at"],
            facts=data.facts(),
            areas={},
            today=clock.today(),
        )
        return Response(_detail(request, pk))


def register(router: BaseRouter) -> None:
    router.register("land", LandViewSet, basename="land")
    router.register("project-entries", NewProjectViewSet, basename="project-entry")
