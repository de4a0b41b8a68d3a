"""Gates, targets and cases over the API: the same reads and verbs as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.utils.urls import replace_query_param

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from approvals import gates, rules, selectors
from approvals.gate_filters import GateFilterSet, ViolationFilterSet
from approvals.gate_views import read_cursor, write_cursor
from approvals.models import (
    GateName,
    GateRule,
    GateStatement,
    Step,
    StockTarget,
    ViolationCase,
    ViolationCaseQuerySet,
)
from approvals.services import violations
from approvals.services.gates import (
    GateValues,
    Release,
    Target,
    override_gates,
    revise_gate,
    set_stock_target,
    state_gate,
)
from core import clock
from projects.services.evidence import Proof
from ui.pagination import PAGE_SIZE


class GateReadingOut(serializers.Serializer[rules.GateReading]):
    """One gate as it stands for a step."""

    gate = serializers.ChoiceField(choices=GateName.choices)
    verdict = serializers.ChoiceField(choices=[(v.value, v.label) for v in rules.Verdict])
    clause = serializers.CharField()
    contact = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    found = serializers.CharField()


class ClosedGateOut(serializers.Serializer[Any]):
    """A project's step and one gate that is closed for it."""

    project = serializers.IntegerField(source="step.project_id")
    project_name = serializers.CharField(source="step.project.name")
    step = serializers.IntegerField(source="step.pk")
    code = serializers.CharField(source="step.code")
    gate = serializers.ChoiceField(source="reading.gate", choices=GateName.choices)
    missing = serializers.ListField(source="reading.missing", child=serializers.CharField())
    clause = serializers.CharField(source="reading.clause")
    contact = serializers.CharField(source="reading.contact")


class ClosedPageOut(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = ClosedGateOut(many=True)


class StepGatesOut(serializers.Serializer[gates.StepGates]):
    """The gates of one step."""

    step = serializers.IntegerField(source="step.pk")
    code = serializers.CharField(source="step.code")
    gates = GateReadingOut(source="readings", many=True)


class OverrideIn(serializers.Serializer[Any]):
    gates = serializers.MultipleChoiceField(choices=GateName.choices)
    doc_no = serializers.CharField(max_length=100)
    authority = serializers.CharField(max_length=100)
    dated_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)
    paper = serializers.IntegerField(help_text="项目附件的编号；先上传附件。")


class StepGatesViewSet(viewsets.GenericViewSet[Any]):
    """The gates of a step, and the document that lets it pass."""

    queryset = Step.objects.none()
    serializer_class = StepGatesOut
    pagination_class = None

    def get_queryset(self) -> QuerySet[Step]:
        return selectors.step_list(actor=actor_of(self.request))

    def retrieve(self, request: Request, pk: str) -> Response:
        """步骤的各道闸门。"""
        found = gates.gates_of(self.get_object(), on=clock.today())
        return Response(StepGatesOut(found).data)

    @extend_schema(request=OverrideIn, responses=StepGatesOut)
    @action(detail=True, methods=["post"])
    def override(self, request: Request, pk: str) -> Response:
        """凭政府文件放行。"""
        step = self.get_object()
        require(actor_of(request), Right.OVERRIDE_GATES)
        data = OverrideIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        chosen, paper = sorted(given.pop("gates")), given.pop("paper")
        override_gates(
            actor=actor_of(request),
            step_id=step.pk,
            chosen=chosen,
            release=Release(**given),
            proof=Proof(paper_id=paper),
            today=clock.today(),
        )
        return self.retrieve(request, pk)


class ClosedGateViewSet(viewsets.GenericViewSet[Any]):
    """Every closed gate of every waiting step, with the filters of the page."""

    queryset = Step.objects.none()
    serializer_class = ClosedGateOut
    pagination_class = None

    @extend_schema(
        responses=ClosedPageOut,
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR)
            for name in ("q", "unit", "gate", "code", "only", "cursor")
        ],
    )
    def list(self, request: Request) -> Response:
        """现在未通过的闸门。"""
        actor, today = actor_of(request), clock.today()
        rows = gates.waiting_steps(actor=actor, on=today)
        filterset = GateFilterSet(request.query_params, queryset=rows, actor=actor)
        if filterset.errors:
            raise serializers.ValidationError(filterset.errors)
        found = gates.closed_gates(
            filterset.qs,
            gate=filterset.chosen_gate,
            after=read_cursor(request.query_params.get("cursor")),
            size=PAGE_SIZE,
            on=today,
        )
        cursor = write_cursor(found.next_after)
        address = request.build_absolute_uri()
        following = replace_query_param(address, "cursor", cursor) if cursor else None
        return Response({"next": following, "results": ClosedGateOut(found.rows, many=True).data})


class GateStatementOut(serializers.ModelSerializer[GateStatement]):
    """What was stated for a gate of a project."""

    class Meta:
        model = GateStatement
        fields = (
            *("id", "project", "gate", "doc_no", "authority", "dated_on", "area_m2", "method"),
            *("source_projects", "is_map_marked", "due_yuan", "paid_yuan", "paper", "entered_at"),
        )


class GateStatementIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    gate = serializers.ChoiceField(choices=GateName.choices)
    doc_no = serializers.CharField(max_length=100)
    authority = serializers.CharField(max_length=100)
    dated_on = serializers.DateField()
    area_m2 = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    method = serializers.CharField(max_length=40, allow_blank=True, default="")
    source_projects = serializers.CharField(max_length=300, allow_blank=True, default="")
    is_map_marked = serializers.BooleanField(default=False)
    due_yuan = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    paid_yuan = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    paper = serializers.IntegerField(allow_null=True, default=None)


class StatementViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[GateStatement]):
    """Proofs for the gates, newest first; `project` narrows."""

    queryset = GateStatement.objects.none()
    serializer_class = GateStatementOut
    keyset_order = ("-id",)
    filterset_fields = ("project", "gate")

    def get_queryset(self) -> QuerySet[GateStatement]:
        return GateStatement.objects.visible_to(actor_of(self.request))

    @extend_schema(request=GateStatementIn, responses=GateStatementOut)
    def create(self, request: Request) -> Response:
        """登记闸门证明。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = GateStatementIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        project, gate, paper = given.pop("project"), given.pop("gate"), given.pop("paper")
        row = state_gate(
            actor=actor_of(request),
            project_id=project,
            gate=rules.Gate(gate),
            stated=rules.Statement(**given),
            proof=Proof(paper_id=paper),
            today=clock.today(),
        )
        return Response(GateStatementOut(row).data, status=status.HTTP_201_CREATED)


class GateRuleOut(serializers.ModelSerializer[GateRule]):
    """One version of a gate."""

    class Meta:
        model = GateRule
        fields = (
            *("id", "gate", "effective_from", "step_codes", "clause", "contact"),
            *("least_percent", "closes_when_unknown", "note"),
        )


class GateRuleIn(serializers.Serializer[Any]):
    gate = serializers.ChoiceField(choices=GateName.choices)
    effective_from = serializers.DateField()
    step_codes = serializers.ListField(child=serializers.CharField(max_length=10))
    clause = serializers.CharField(max_length=300)
    contact = serializers.CharField(max_length=200, allow_blank=True, default="")
    least_percent = serializers.IntegerField(min_value=1, max_value=100, default=100)
    closes_when_unknown = serializers.BooleanField(default=True)
    note = serializers.CharField(max_length=300)


class GateRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[GateRule]):
    """Every version of every gate."""

    queryset = GateRule.objects.order_by("gate", "-effective_from")
    serializer_class = GateRuleOut
    keyset_order = ("id",)
    filterset_fields = ("gate",)

    @extend_schema(request=GateRuleIn, responses=GateRuleOut)
    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_GATES)
        data = GateRuleIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        gate, day = given.pop("gate"), given.pop("effective_from")
        values = GateValues(**{**given, "step_codes": tuple(given["step_codes"])})
        row = revise_gate(actor=actor_of(request), gate=rules.Gate(gate), effective_from=day, values=values)
        return Response(GateRuleOut(row).data, status=status.HTTP_201_CREATED)


class StockTargetOut(serializers.ModelSerializer[StockTarget]):
    """What a unit must keep and has, in m²."""

    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = StockTarget
        fields = (
            *("id", "organisation", "effective_from", "arable_target_m2", "arable_held_m2"),
            *("basic_target_m2", "basic_held_m2", "arable_left_m2", "basic_left_m2", "basis"),
        )


class StockTargetIn(serializers.Serializer[Any]):
    organisation = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.all())
    effective_from = serializers.DateField()
    arable_target_m2 = serializers.IntegerField(min_value=0)
    arable_held_m2 = serializers.IntegerField(min_value=0)
    basic_target_m2 = serializers.IntegerField(min_value=0)
    basic_held_m2 = serializers.IntegerField(min_value=0)
    basis = serializers.CharField(max_length=200)


class StockTargetViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[StockTarget]):
    """Targets of the units that the reader sees."""

    queryset = StockTarget.objects.none()
    serializer_class = StockTargetOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[StockTarget]:
        return gates.stock_targets(actor=actor_of(self.request)).order_by("-id")

    @extend_schema(request=StockTargetIn, responses=StockTargetOut)
    def create(self, request: Request) -> Response:
        """登记目标。"""
        require(actor_of(request), Right.EDIT_GATES)
        data = StockTargetIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        unit, day, basis = given.pop("organisation"), given.pop("effective_from"), given.pop("basis")
        row = set_stock_target(
            actor=actor_of(request),
            organisation=unit,
            effective_from=day,
            target=Target(**given),
            basis=basis,
        )
        return Response(StockTargetOut(row).data, status=status.HTTP_201_CREATED)


class ViolationOut(serializers.ModelSerializer[ViolationCase]):
    """One case."""

    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = ViolationCase
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "organisation", "project", "matter", "place", "facts", "area_m2", "arable_m2", "state"),
            *("found_on", "filed_on", "case_no", "decided_on", "decision_no", "fine_yuan", "recovered_m2"),
            *("closed_on", "closing_reason"),
        )


class FindingIn(serializers.Serializer[Any]):
    organisation = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.all(), allow_null=True, default=None
    )
    project_id = serializers.IntegerField(allow_null=True, default=None)
    matter = serializers.ChoiceField(choices=ViolationCase.Matter.choices, default="LAND")
    place = serializers.CharField(max_length=200)
    facts = serializers.CharField(max_length=500)
    area_m2 = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    arable_m2 = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    found_on = serializers.DateField()


class FileCaseIn(serializers.Serializer[Any]):
    filed_on = serializers.DateField()
    case_no = serializers.CharField(max_length=100)


class PenaltyIn(serializers.Serializer[Any]):
    decided_on = serializers.DateField()
    decision_no = serializers.CharField(max_length=100)
    fine_yuan = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    recovered_m2 = serializers.IntegerField(min_value=0, allow_null=True, default=None)


class CloseCaseIn(serializers.Serializer[Any]):
    closed_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class ViolationViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ViolationCase]
):
    """Cases with the filters of the page; each move is one service."""

    queryset = ViolationCase.objects.none()
    serializer_class = ViolationOut
    keyset_order = ("-found_on",)

    def get_queryset(self) -> ViolationCaseQuerySet:
        rows = gates.violation_list(actor=actor_of(self.request))
        if self.action != "list":
            return rows
        filterset = ViolationFilterSet(self.request.query_params, queryset=rows, actor=actor_of(self.request))
        if filterset.errors:
            raise serializers.ValidationError(filterset.errors)
        found: ViolationCaseQuerySet = filterset.qs
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR)
            for name in ("q", "unit", "state", "matter", "project", "found_after", "found_before")
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """违法用地案件。"""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=FindingIn, responses=ViolationOut)
    def create(self, request: Request) -> Response:
        """登记违法用地。"""
        require(actor_of(request), Right.RUN_CASES)
        data = FindingIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        unit = given.pop("organisation")
        case = violations.report_violation(
            actor=actor_of(request),
            organisation=unit,
            finding=violations.Finding(**given),
            today=clock.today(),
        )
        return Response(ViolationOut(case).data, status=status.HTTP_201_CREATED)

    def _given(self, shape: type[serializers.Serializer[Any]], right: Right) -> dict[str, Any]:
        require(actor_of(self.request), right)
        data = shape(data=self.request.data)
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    @extend_schema(request=FileCaseIn, responses=ViolationOut)
    @action(detail=True, methods=["post"])
    def file(self, request: Request, pk: str) -> Response:
        """立案。"""
        case = self.get_object()
        given = self._given(FileCaseIn, Right.RUN_CASES)
        violations.file_case(actor=actor_of(request), case_id=case.pk, today=clock.today(), **given)
        return Response(ViolationOut(self.get_object()).data)

    @extend_schema(request=PenaltyIn, responses=ViolationOut)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """处罚决定。"""
        case = self.get_object()
        penalty = violations.Penalty(**self._given(PenaltyIn, Right.RUN_CASES))
        violations.decide_case(actor=actor_of(request), case_id=case.pk, penalty=penalty, today=clock.today())
        return Response(ViolationOut(self.get_object()).data)

    @extend_schema(request=CloseCaseIn, responses=ViolationOut)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """结案；仅为线索的，不予立案。"""
        case = self.get_object()
        given = self._given(CloseCaseIn, Right.CLOSE_CASES)
        violations.close_case(actor=actor_of(request), case_id=case.pk, today=clock.today(), **given)
        return Response(ViolationOut(self.get_object()).data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("closed-gates", ClosedGateViewSet, basename="closed-gate")
    router.register("step-gates", StepGatesViewSet, basename="gates-of-step")
    router.register("gate-statements", StatementViewSet, basename="gate-statement")
    router.register("gate-rules", GateRuleViewSet, basename="gate-rule")
    router.register("stock-targets", StockTargetViewSet, basename="stock-target")
    router.register("violations", ViolationViewSet, basename="violation-case")
