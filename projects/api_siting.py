"""The site of projects over the API: the state of the search, and every statement about it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from projects.api_land import number_of
from projects.models import AreaAdjustment, ComplianceCheck, LadderAnswer, MapShare, SiteBoundary, Siting
from projects.rules.boundaries import references
from projects.selectors.boundaries import boundary_card
from projects.selectors.siting import read_siting
from projects.views.land import project_of
from projects.views.siting import ACTS, bound_form, may_act


class AttemptOut(serializers.ModelSerializer[Siting]):
    class Meta:
        model = Siting
        fields = [
            *("round", "place", "mode", "argued_on", "attendees", "opinion", "argument_paper", "outcome"),
            *("reason", "decided_on", "decision_paper", "scheme", "scheme_due_on", "scheme_on", "scheme_no"),
            "scheme_paper",
        ]


class CheckOut(serializers.ModelSerializer[ComplianceCheck]):
    name = serializers.CharField(source="item.name")

    class Meta:
        model = ComplianceCheck
        fields = ["code", "name", "result", "note", "checked_on", "evidence"]


class RungOut(serializers.ModelSerializer[LadderAnswer]):
    name = serializers.CharField(source="item.name")

    class Meta:
        model = LadderAnswer
        fields = ["code", "name", "answer", "met_m2", "reason", "evidence", "answered_on"]


class AdjustmentOut(serializers.ModelSerializer[AreaAdjustment]):
    class Meta:
        model = AreaAdjustment
        fields = ["kind", "area_m2", "need", "state", "state_on", "doc_no", "answer", "evidence"]


class BoundaryOut(serializers.ModelSerializer[SiteBoundary]):
    """A version of the boundary, without its corners: those come with the file, by `paper`."""

    tolerance_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, source="setting.tolerance_percent"
    )

    class Meta:
        model = SiteBoundary
        fields = [
            *("version", "paper", "epsg", "area_m2", "parts", "points", "stated_m2", "difference_percent"),
            *("tolerance_percent", "note", "entered_on"),
        ]


class SitingOut(serializers.Serializer[Any]):
    """Where the search for a site stands; `state` and `follow_up` in words."""

    project = serializers.IntegerField()
    state = serializers.CharField(allow_blank=True)
    follow_up = serializers.CharField(allow_blank=True)
    is_settled = serializers.BooleanField()
    attempts = AttemptOut(many=True)
    checks = CheckOut(many=True)
    open_checks = serializers.ListField(child=serializers.CharField())
    boundaries = BoundaryOut(many=True)
    ladder = RungOut(many=True)
    ladder_says = serializers.CharField()
    may_apply_for_new_land = serializers.BooleanField()
    marks = serializers.DictField(child=serializers.DateField(allow_null=True))
    is_standard_land = serializers.BooleanField(allow_null=True)
    standard_land_problem = serializers.CharField(allow_blank=True)
    priority_fields = serializers.ListField(child=serializers.CharField())
    weight = serializers.IntegerField()
    adjustments = AdjustmentOut(many=True)


class StatementIn(serializers.Serializer[Any]):
    """A statement about the site. Each verb takes its own of these fields; `file` by multipart."""

    place = serializers.CharField(required=False)
    mode = serializers.ChoiceField(choices=Siting.Mode.choices, required=False)
    argued_on = serializers.DateField(required=False)
    attendees = serializers.CharField(required=False)
    opinion = serializers.CharField(required=False)
    epsg = serializers.ChoiceField(choices=references(), required=False)
    note = serializers.CharField(required=False)
    layer = serializers.CharField(required=False)
    receiver = serializers.IntegerField(required=False)
    format = serializers.ChoiceField(choices=MapShare.Format.choices, required=False)
    purpose = serializers.CharField(required=False)
    shared_on = serializers.DateField(required=False)
    checked_on = serializers.DateField(required=False)
    outcome = serializers.ChoiceField(choices=Siting.Outcome.choices, required=False)
    decided_on = serializers.DateField(required=False)
    scheme_days = serializers.IntegerField(required=False)
    scheme = serializers.ChoiceField(choices=Siting.Scheme.choices, required=False)
    number = serializers.CharField(required=False)
    code = serializers.CharField(required=False)
    answer = serializers.CharField(required=False)
    met = serializers.DecimalField(max_digits=18, decimal_places=6, required=False)
    met_unit = serializers.CharField(required=False)
    answered_on = serializers.DateField(required=False)
    kind = serializers.CharField(required=False)
    name_in_plan = serializers.CharField(required=False)
    marked_on = serializers.DateField(required=False)
    is_standard = serializers.ChoiceField(choices=["yes", "no"], required=False)
    codes = serializers.ListField(child=serializers.CharField(), required=False)
    need = serializers.CharField(required=False)
    area = serializers.DecimalField(max_digits=18, decimal_places=6, required=False)
    area_unit = serializers.CharField(required=False)
    state = serializers.CharField(required=False)
    on = serializers.DateField(required=False)
    doc_no = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    paper = serializers.IntegerField(required=False)
    file = serializers.FileField(required=False)


class SitingViewSet(viewsets.ViewSet):
    """选址：论证、合规比对、判断、新增用地前的次序、规划标识、标准地、优先领域、限制区调整。"""

    queryset = Siting.objects.none()
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    @extend_schema(responses=SitingOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(_detail(request, pk))

    @extend_schema(
        request={"application/json": StatementIn, "multipart/form-data": StatementIn}, responses=SitingOut
    )
    @action(detail=True, methods=["post"], url_path=f"(?P<verb>{'|'.join(ACTS)})", url_name="act")
    def act(self, request: Request, pk: str, verb: str) -> Response:
        """登记一项；各动作的字段与页面表单相同。"""
        actor, today, deed = actor_of(request), clock.today(), ACTS[verb]
        project = project_of(actor, number_of(pk))
        may_act(actor, project, deed)
        form = bound_form(deed, project, request.data, request.FILES, actor=actor, today=today)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            )
        deed.run(actor, project.pk, form, today)
        return Response(_detail(request, pk))


def _detail(request: Request, pk: str) -> Any:
    project = project_of(actor_of(request), number_of(pk))
    reading = read_siting(project=project, today=clock.today())
    state = reading.state
    card = boundary_card(actor=actor_of(request), project=project, siting=reading.siting)
    attempts = [*([reading.siting] if reading.siting else []), *reading.earlier]
    return SitingOut(
        {
            "project": project.pk,
            "state": state.sentence if state else "",
            "follow_up": state.follow_up if state else "",
            "is_settled": bool(state and state.is_settled),
            "attempts": attempts,
            "checks": [row.check for row in reading.checks if row.check],
            "open_checks": reading.open_checks,
            "boundaries": card.versions,
            "ladder": [row.answer for row in reading.rungs if row.answer],
            "ladder_says": reading.ladder.sentence,
            "may_apply_for_new_land": reading.ladder.may_apply,
            "marks": {label: mark.marked_on if mark else None for label, mark in reading.marks},
            "is_standard_land": reading.standard.is_standard if reading.standard else None,
            "standard_land_problem": reading.standard_reading.problem,
            "priority_fields": [tag.item.name for tag in reading.fields],
            "weight": reading.weight,
            "adjustments": reading.adjustments,
        }
    ).data


def register(router: BaseRouter) -> None:
    router.register("sitings", SitingViewSet, basename="siting")
