"""Bringing in over the API: the same ledgers, figures, rows and verbs as the pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation, Rollout, User
from accounts.rights import Right, require
from core import clock
from jobs import broker
from jobs.api import JobOut
from onboarding import selectors
from onboarding.readers import require_reader
from onboarding.services import settling, staging, taking
from onboarding.services.people import check_people, create_people
from onboarding.services.rolling_out import set_rollout
from projects.models import BringingIn


class BringingOut(serializers.ModelSerializer[BringingIn]):
    uploaded_by = serializers.CharField(source="uploaded_by.label", read_only=True)
    taken_by = serializers.CharField(source="taken_by.label", read_only=True, default=None)
    signed_by = serializers.CharField(source="signed_by.label", read_only=True, default=None)

    class Meta:
        model = BringingIn
        fields = (
            *("id", "filename", "reported_on", "state", "replaces", "summary", "uploaded_by", "uploaded_at"),
            *("taken_by", "taken_at", "undone_at", "signed_by", "signed_at", "signing_note"),
        )


class UploadIn(serializers.Serializer[Any]):
    file = serializers.FileField()
    reported_on = serializers.DateField(required=False)
    replaces = serializers.IntegerField(required=False)


class SigningIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class AreaLineOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the words of one
    printed = serializers.IntegerField(allow_null=True, help_text="台账印出的合计，平方米")
    counted = serializers.IntegerField(help_text="各行相加，平方米")
    stored = serializers.IntegerField(help_text="系统中，平方米")
    difference = serializers.IntegerField()


class UnitLineOut(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code", default="-")
    rows = serializers.IntegerField()
    projects = serializers.IntegerField()
    total = AreaLineOut()
    differing = serializers.IntegerField()


class StepLineOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the words of one
    done = serializers.IntegerField()
    stored_done = serializers.IntegerField()
    running = serializers.IntegerField()
    stored_running = serializers.IntegerField()
    differing = serializers.IntegerField()


class ReconciliationOut(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    projects = serializers.IntegerField()
    differing_rows = serializers.IntegerField()
    noted_rows = serializers.IntegerField()
    areas = AreaLineOut(many=True)
    units = UnitLineOut(many=True)
    steps = StepLineOut(many=True)


class BroughtRowOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(source="row.row")
    name = serializers.CharField(source="row.name")
    unit = serializers.CharField(source="row.unit.code", default=None)
    verdict = serializers.CharField(source="row.verdict")
    project = serializers.IntegerField(source="row.project_id", allow_null=True)
    notes = serializers.ListField(source="row.notes", child=serializers.CharField())
    differences = serializers.SerializerMethodField()

    def get_differences(self, reading: selectors.RowReading) -> list[dict[str, str]]:
        return [asdict(difference) for difference in reading.differences]


class BringingViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[BringingIn],
):
    """在办台账的导入：上传、导入、核对、撤销、签认。"""

    queryset = BringingIn.objects.none()
    serializer_class = BringingOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[BringingIn]:
        require_reader(actor_of(self.request))
        return selectors.bringing_list(actor=actor_of(self.request))

    @extend_schema(request={"multipart/form-data": UploadIn}, responses={201: BringingOut})
    def create(self, request: Request) -> Response:
        """上传一份台账，只读取，不改动项目库。"""
        require(actor_of(request), Right.BRING_IN)
        data = UploadIn(data=request.data)
        data.is_valid(raise_exception=True)
        file = data.validated_data["file"]
        row = staging.stage_ledger(
            actor=actor_of(request),
            filename=file.name,
            content=file.read(),
            today=clock.today(),
            reported_on=data.validated_data.get("reported_on"),
            replaces_id=data.validated_data.get("replaces"),
        )
        return Response(BringingOut(row).data, status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: BringingIn) -> None:
        """删除没有导入的台账。"""
        staging.discard_ledger(actor=actor_of(self.request), bringing_id=instance.pk)

    @extend_schema(request=None, responses=JobOut)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """在后台导入。"""
        job = taking.request_taking(
            actor=actor_of(request),
            bringing_id=self.get_object().pk,
            today=clock.today(),
            now=clock.now(),
        )
        broker.wake()
        return Response(JobOut(job).data)

    @extend_schema(request=None, responses=BringingOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """整批撤销。"""
        row = settling.undo_bringing(
            actor=actor_of(request),
            bringing_id=self.get_object().pk,
            today=clock.today(),
            now=clock.now(),
        )
        return Response(BringingOut(row).data)

    @extend_schema(request=SigningIn, responses=BringingOut)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """签认新旧合计一致。"""
        data = SigningIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = settling.sign_bringing(
            actor=actor_of(request),
            bringing_id=self.get_object().pk,
            note=data.validated_data["note"],
            today=clock.today(),
            now=clock.now(),
        )
        return Response(BringingOut(row).data)

    @extend_schema(responses=ReconciliationOut)
    @action(detail=True, methods=["get"])
    def reconciliation(self, request: Request, pk: str) -> Response:
        """新旧合计：按列、按县市、按环节。"""
        return Response(ReconciliationOut(selectors.reconciliation(self.get_object())).data)

    @extend_schema(
        responses=BroughtRowOut(many=True),
        parameters=[
            OpenApiParameter("unit", str, description="县市代码"),
            OpenApiParameter("column", str, description="列"),
            OpenApiParameter("kind", str, enum=["differing", "noted", "out"]),
        ],
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def rows(self, request: Request, pk: str) -> Response:
        """台账各行和不一致之处。"""
        chosen = {name: request.query_params.get(name, "") for name in ("unit", "column", "kind")}
        return Response(BroughtRowOut(selectors.chosen_rows(self.get_object(), **chosen), many=True).data)


class PeopleIn(serializers.Serializer[Any]):
    file = serializers.FileField()
    is_final = serializers.BooleanField(default=False, help_text="建立账号；否则只检查")


class PersonLineOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    username = serializers.CharField()
    title = serializers.CharField()
    organisation = serializers.CharField()
    role = serializers.CharField()
    problems = serializers.ListField(child=serializers.CharField())


class NewAccountOut(serializers.Serializer[Any]):
    username = serializers.CharField(source="user.username")
    password = serializers.CharField(help_text="一次性密码，只在这一次答复中")


class PeopleOut(serializers.Serializer[Any]):
    lines = PersonLineOut(many=True)
    made = NewAccountOut(many=True)


class PeopleViewSet(viewsets.GenericViewSet[User]):
    """按人员表检查或建立账号。"""

    queryset = User.objects.none()
    serializer_class = PeopleOut
    pagination_class = None

    @extend_schema(request={"multipart/form-data": PeopleIn}, responses=PeopleOut)
    def create(self, request: Request) -> Response:
        """逐行检查；没有问题时可全部建立。"""
        actor = actor_of(request)
        require(actor, Right.MANAGE_USERS)
        data = PeopleIn(data=request.data)
        data.is_valid(raise_exception=True)
        file = data.validated_data["file"]
        lines = check_people(actor=actor, filename=file.name, content=file.read())
        made = create_people(actor=actor, lines=lines) if data.validated_data["is_final"] else []
        return Response(PeopleOut({"lines": lines, "made": made}).data)


class RolloutLineOut(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code")
    name = serializers.CharField(source="unit.short_name")
    stage = serializers.CharField(source="rollout.stage", default="LIVE")
    live_from = serializers.DateField(source="rollout.live_from", default=None)
    note = serializers.CharField(source="rollout.note", default="")
    words = serializers.CharField()


class RolloutIn(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=30)
    stage = serializers.ChoiceField(choices=Rollout.Stage.choices)
    live_from = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class RolloutViewSet(viewsets.GenericViewSet[Rollout]):
    """分县启用：未启用、试运行（只看）、正式启用。"""

    queryset = Rollout.objects.none()
    serializer_class = RolloutLineOut
    pagination_class = None

    @extend_schema(responses=RolloutLineOut(many=True))
    def list(self, request: Request) -> Response:
        """各县市的阶段。"""
        actor = actor_of(request)
        require(actor, Right.ROLL_OUT)
        lines = selectors.rollout_lines(actor=actor, today=clock.today())
        return Response(RolloutLineOut(lines, many=True).data)

    @extend_schema(request=RolloutIn, responses=RolloutLineOut(many=True))
    def create(self, request: Request) -> Response:
        """安排一个县市的阶段。"""
        actor = actor_of(request)
        require(actor, Right.ROLL_OUT)
        data = RolloutIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        units = Organisation.objects.visible_to(actor).reporting_units()
        unit = get_object_or_404(units, code=given["unit"])
        set_rollout(
            actor=actor,
            code=unit.code,
            stage=Rollout.Stage(given["stage"]),
            live_from=given["live_from"],
            note=given["note"],
        )
        return self.list(request)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("bringings-in", BringingViewSet, basename="bringing")
    router.register("people-sheets", PeopleViewSet, basename="people-sheet")
    router.register("rollouts", RolloutViewSet, basename="rollout")
