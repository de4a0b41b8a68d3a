"""Reports, differences and rules of rounds over the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from dispatch.filters import ReportFilter
from dispatch.models import LedgerSnapshot, Report, RoundKind, RoundRule
from dispatch.presentation import Changed, changes_of
from dispatch.round_rule_views import possible_units
from dispatch.rules.reporting import standing_of
from dispatch.selectors import differences
from dispatch.selectors import ledgers as ledger_selectors
from dispatch.selectors import rounds as selectors
from dispatch.services import reports as services
from dispatch.services.round_rules import RuleFacts, set_duties, set_round_rule


class ReportOut(serializers.ModelSerializer[Report]):
    period = serializers.CharField(source="round.period", read_only=True)
    due_on = serializers.DateField(source="round.due_on", read_only=True)
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    reported_by = serializers.CharField(source="reported_by.label", read_only=True, default=None)
    standing = serializers.SerializerMethodField(help_text="waiting、on_time、late、missing")

    class Meta:
        model = Report
        fields = (
            *("id", "round", "period", "due_on", "organisation", "standing", "reported_at", "reported_on"),
            *("reported_by", "is_unchanged", "remarks"),
        )

    def get_standing(self, row: Report) -> str:
        standing = standing_of(reported_on=row.reported_on, due_on=row.round.due_on, today=clock.today())
        return standing.value


class ReportIn(serializers.Serializer[Any]):
    is_unchanged = serializers.BooleanField(default=False)
    remarks = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ReportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Report]):
    """各单位的调度报送。"""

    queryset = Report.objects.none()
    serializer_class = ReportOut
    filterset_class = ReportFilter
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Report]:
        return selectors.report_list(actor=actor_of(self.request))

    @extend_schema(request=ReportIn, responses={200: ReportOut})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """报送：已核实无变化，或写明变化。"""
        require(actor_of(request), Right.REPORT_ROUND)
        row = self.get_object()
        data = ReportIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = services.report(
            report_id=row.pk,
            **data.validated_data,
            actor=actor_of(request),
            today=clock.today(),
            now=clock.now(),
        )
        return Response(ReportOut(done).data)


class LedgerCellChangeOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    old = serializers.CharField()
    new = serializers.CharField()


class LedgerRowChangeOut(serializers.Serializer[Any]):
    project_id = serializers.IntegerField()
    name = serializers.CharField()
    unit = serializers.CharField()
    lamp_before = serializers.CharField()
    lamp_after = serializers.CharField()
    cells = LedgerCellChangeOut(many=True)


class LedgerDifferenceOut(serializers.Serializer[Any]):
    old = serializers.IntegerField(allow_null=True, help_text="前一期全州台账编号；没有为空")
    new = serializers.IntegerField(allow_null=True, help_text="后一期全州台账编号；还没有定稿为空")
    unit = serializers.CharField()
    added = LedgerRowChangeOut(many=True)
    gone = LedgerRowChangeOut(many=True)
    turned = LedgerRowChangeOut(many=True)
    changed = LedgerRowChangeOut(many=True)


def _nothing(unit: str) -> dict[str, Any]:
    """Before the first ledger is frozen there is nothing to compare."""
    return {"old": None, "new": None, "unit": unit} | {
        name: [] for name in ("added", "gone", "turned", "changed")
    }


class DifferenceViewSet(ViewSet):
    """两期定稿台账的差异：新增、退出、灯号变化、逐格变化。"""

    serializer_class = LedgerDifferenceOut

    @extend_schema(
        parameters=[
            OpenApiParameter("new", int, description="后一期全州台账编号；不填为最近一期"),
            OpenApiParameter("old", int, description="前一期全州台账编号；不填为同类上一期"),
            OpenApiParameter("unit", str, description="单位代码；不填为本人可看的最大范围"),
        ],
        responses={200: LedgerDifferenceOut},
    )
    def list(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.READ_LEDGERS)
        units = ledger_selectors.ledger_units(actor=actor, prefecture_code=settings.PREFECTURE_CODE)
        code = request.query_params.get("unit", "")
        unit = next((each for each in units if not code or each.code == code), None)
        if unit is None:
            raise Http404
        asked = request.query_params
        try:
            pair = differences.pair_of(new=asked.get("new", ""), old=asked.get("old", ""))
        except LedgerSnapshot.DoesNotExist as unknown:
            raise Http404 from unknown
        if pair.new is None:
            return Response(LedgerDifferenceOut(_nothing(unit.code)).data)
        found = differences.difference_of(pair.old, pair.new, unit=unit, actor=actor)
        shown = changes_of(found) if found else Changed()
        out = {
            "old": pair.old.pk if pair.old else None,
            "new": pair.new.pk,
            "unit": unit.code,
            "added": shown.new,
            "gone": shown.gone,
            "turned": shown.turned,
            "changed": shown.changed,
        }
        return Response(LedgerDifferenceOut(out).data)


class RoundRuleOut(serializers.ModelSerializer[RoundRule]):
    class Meta:
        model = RoundRule
        fields = (
            *("id", "kind", "effective_from", "is_held", "weekday", "days_after", "opens_before"),
            *("reminder_days", "note"),
        )


class RoundRuleIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=RoundKind.choices)
    effective_from = serializers.DateField()
    is_held = serializers.BooleanField(default=True)
    weekday = serializers.IntegerField(min_value=0, max_value=6, default=3)
    days_after = serializers.IntegerField(min_value=0, max_value=20, default=0)
    opens_before = serializers.IntegerField(min_value=0, max_value=20, default=5)
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=60), max_length=10
    )
    note = serializers.CharField(max_length=300)


class DutyIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=RoundKind.choices)
    units = serializers.ListField(child=serializers.CharField(max_length=30), max_length=200)


class RoundRuleViewSet(mixins.ListModelMixin, GenericViewSet[RoundRule]):
    """调度规则：报送日、提前提醒、应报单位。"""

    queryset = RoundRule.objects.none()
    serializer_class = RoundRuleOut
    keyset_order = ("kind", "-effective_from")

    def get_queryset(self) -> QuerySet[RoundRule]:
        return RoundRule.objects.all()

    @extend_schema(request=RoundRuleIn, responses={201: RoundRuleOut})
    def create(self, request: Request) -> Response:
        """增加一版规则。"""
        require(actor_of(request), Right.EDIT_ROUNDS)
        data = RoundRuleIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        kind, since = given.pop("kind"), given.pop("effective_from")
        row = set_round_rule(
            kind=kind, effective_from=since, facts=RuleFacts(**given), actor=actor_of(request)
        )
        return Response(RoundRuleOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=DutyIn, responses={204: None})
    @action(detail=False, methods=["post"])
    def duties(self, request: Request) -> Response:
        """设定某类调度的应报单位（单位代码），自下一期起适用。"""
        require(actor_of(request), Right.EDIT_ROUNDS)
        data = DutyIn(data=request.data)
        data.is_valid(raise_exception=True)
        units = list(possible_units().filter(code__in=data.validated_data["units"]))
        set_duties(
            kind=data.validated_data["kind"], units=units, actor=actor_of(request), today=clock.today()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("round-reports", ReportViewSet, basename="round-report")
    router.register("round-differences", DifferenceViewSet, basename="round-difference")
    router.register("round-rules", RoundRuleViewSet, basename="round-rule")
