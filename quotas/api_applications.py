"""Applications over the API: the same list, checks and verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from projects.models import Project
from quotas import rules
from quotas.api_verbs import Call, upload_of, verb
from quotas.filters import ApplicationFilterSet
from quotas.models import Application, ApplicationLine, ApplicationOpinion, ChecklistItem
from quotas.rules import Instrument, Pool
from quotas.selectors import applications as selectors
from quotas.services import applications as services
from quotas.services.applications import Wanted

_POOLS = [(pool.value, pool.label) for pool in Pool]
_INSTRUMENTS = [(instrument.value, instrument.label) for instrument in Instrument]


class ApplicationLineOut(serializers.ModelSerializer[ApplicationLine]):
    """Amounts in whole m², grain in kg."""

    class Meta:
        model = ApplicationLine
        fields = ["instrument", "need", "amount", "own"]


class ApplicationOut(serializers.ModelSerializer[Application]):
    applicant = serializers.CharField(source="applicant.code")
    project = serializers.IntegerField(source="project_id")
    project_name = serializers.CharField(source="project.name")
    lines = ApplicationLineOut(many=True)
    due_on = serializers.DateField(source="deadline.due_on", default=None, allow_null=True)

    class Meta:
        model = Application
        fields = [
            *("id", "pool", "state", "applicant", "project", "project_name", "year", "lines", "statement"),
            *("funding", "clauses", "disposal_target_m2", "disposal_done_m2", "submitted_on", "due_on"),
            *("answer_reason", "decision_no", "decided_on", "use_by_on"),
        ]


class QuotaRefusalOut(serializers.Serializer[Any]):
    """One no with its clause."""

    reason = serializers.CharField(source="slug")
    clause = serializers.CharField()
    sentence = serializers.CharField()


class ApplicationCheckOut(serializers.Serializer[Any]):
    """What the rules say to the application today."""

    is_eligible = serializers.BooleanField()
    refusals = QuotaRefusalOut(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    missing_materials = serializers.ListField(child=serializers.CharField())


class WantedIn(serializers.Serializer[Any]):
    """Whole m², grain in whole kg."""

    instrument = serializers.ChoiceField(choices=_INSTRUMENTS)
    need = serializers.IntegerField(min_value=1, max_value=10**15)
    amount = serializers.IntegerField(min_value=1, max_value=10**15)


class ApplicationChangeIn(serializers.Serializer[Any]):
    lines = WantedIn(many=True)
    statement = serializers.CharField(max_length=2_000)
    funding = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    clauses = serializers.ListField(
        child=serializers.ChoiceField(choices=[clause.value for clause in rules.ScaleClause]),
        required=False,
        default=list,
    )
    disposal_target_m2 = serializers.IntegerField(min_value=0, required=False, default=None, allow_null=True)
    disposal_done_m2 = serializers.IntegerField(min_value=0, required=False, default=None, allow_null=True)

    def request(self) -> services.Request:
        data = self.validated_data
        lines = [Wanted(Instrument(row["instrument"]), row["need"], row["amount"]) for row in data["lines"]]
        return services.Request(
            lines=lines,
            statement=data["statement"],
            funding=data["funding"],
            clauses=data["clauses"],
            disposal_target_m2=data["disposal_target_m2"],
            disposal_done_m2=data["disposal_done_m2"],
        )


class ApplicationIn(ApplicationChangeIn):
    project = serializers.IntegerField(min_value=1)
    pool = serializers.ChoiceField(choices=_POOLS)


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class MaterialIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=30, help_text="材料清单中的代码")
    file = serializers.FileField()


class OpinionIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=ApplicationOpinion.Verdict.choices)
    text = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class OpinionOut(serializers.ModelSerializer[ApplicationOpinion]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = ApplicationOpinion
        fields = ["id", "application", "organisation", "asked_on", "verdict", "text", "answered_on"]


def _of_application(service: Callable[..., Application]) -> Callable[[Call], None]:
    """A service that takes the application, perhaps a reason, and the day."""

    def act(call: Call) -> None:
        values = {} if call.data is None else call.values
        service(actor=call.actor, application_id=call.row.pk, today=call.today, **values)

    return act


def _hand_in(call: Call) -> None:
    items = ChecklistItem.objects.in_force(call.today)
    item = items.filter(pool=call.row.pool, code=call.values["code"]).first()
    if item is None:
        raise serializers.ValidationError({"code": ["材料清单中没有这一项。"]})
    services.attach_material(
        actor=call.actor,
        application_id=call.row.pk,
        item=item,
        upload=upload_of(call),
        today=call.today,
    )


class QuotaApplicationViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Application]
):
    """调节池指标申请：填报、核对、提交、会同审核、退回、撤回。"""

    queryset = Application.objects.none()
    serializer_class = ApplicationOut
    filterset_class = ApplicationFilterSet
    keyset_order = ("-id",)
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> QuerySet[Application]:
        return selectors.application_list(actor=actor_of(self.request))

    @extend_schema(request=ApplicationIn, responses={201: ApplicationOut})
    def create(self, request: Request) -> Response:
        """填报一份草稿。"""
        data = ApplicationIn(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            row = services.draft_application(
                actor=actor_of(request),
                project_id=data.validated_data["project"],
                pool=Pool(data.validated_data["pool"]),
                request=data.request(),
                today=clock.today(),
            )
        except Project.DoesNotExist as missing:
            raise Http404 from missing
        return self._answer(row.pk, status.HTTP_201_CREATED)

    @extend_schema(request=ApplicationChangeIn, responses=ApplicationOut)
    def update(self, request: Request, pk: str) -> Response:
        """修改草稿或退回的申请。"""
        row = self.get_object()
        data = ApplicationChangeIn(data=request.data)
        data.is_valid(raise_exception=True)
        services.change_application(actor=actor_of(request), application_id=row.pk, request=data.request())
        return self._answer(row.pk)

    @extend_schema(responses=ApplicationCheckOut)
    @action(detail=True, methods=["get"])
    def check(self, request: Request, pk: str) -> Response:
        """按今天的规则和余额核对资格和材料。"""
        row, today = self.get_object(), clock.today()
        found = selectors.check_application(row, today=today)
        missing = selectors.missing_materials(row, today=today)
        answer = {
            "is_eligible": found.is_eligible,
            "refusals": found.refusals,
            "warnings": found.warnings,
            "missing_materials": [item.name for item in missing],
        }
        return Response(ApplicationCheckOut(answer).data)

    material = verb(
        "material", "上传一项材料。", _hand_in, takes=MaterialIn, answers=ApplicationOut, with_file=True
    )
    submit = verb(
        "submit",
        "提交；不符合条件的，逐条返回理由和依据。",
        _of_application(services.submit_application),
        answers=ApplicationOut,
    )
    review = verb("review", "发出会同审核。", _of_application(services.begin_review), answers=ApplicationOut)
    send_back = verb(
        "send_back",
        "退回并说明理由。",
        _of_application(services.return_application),
        takes=ReasonIn,
        answers=ApplicationOut,
        path="return",
    )
    withdraw = verb(
        "withdraw",
        "撤回并说明理由。",
        _of_application(services.withdraw_application),
        takes=ReasonIn,
        answers=ApplicationOut,
    )

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(ApplicationOut(self.get_queryset().get(pk=pk)).data, status=code)


class QuotaOpinionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ApplicationOpinion]
):
    """会同审核意见。"""

    queryset = ApplicationOpinion.objects.none()
    serializer_class = OpinionOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[ApplicationOpinion]:
        rows = ApplicationOpinion.objects.visible_to(actor_of(self.request))
        return rows.select_related("organisation").order_by("-id")

    answer = verb(
        "answer",
        "登记意见。",
        lambda call: services.answer_opinion(
            actor=call.actor, opinion_id=call.row.pk, today=call.today, **call.values
        ),
        takes=OpinionIn,
        answers=OpinionOut,
    )


def register(router: BaseRouter) -> None:
    router.register("quota-applications", QuotaApplicationViewSet, basename="quota-application")
    router.register("quota-opinions", QuotaOpinionViewSet, basename="quota-opinion")
