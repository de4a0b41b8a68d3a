"""Windows, gathering, duplicates, pushes and early contact over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.views import APIView

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from projects.collecting_filters import ContactFilterSet, LateFilterSet, PushFilterSet
from projects.filters import WaitingFilterSet
from projects.models import CollectionWindow, DuplicatePair, PreContact, Project, Push, WindowDuty
from projects.selectors import contacts, duplicates, gathering, pushes, windows
from projects.services import duplicates as pair_services
from projects.services import gathering as gathering_services
from projects.services import merging, pushing
from projects.services import windows as window_services
from projects.services.duplicates import require_judge


class Gathers(BasePermission):
    """The county for its area, and the bureau."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            require_judge(actor_of(request))
        return bool(request.user.is_authenticated)


class DutyOut(serializers.ModelSerializer[WindowDuty]):
    organisation = serializers.CharField(source="organisation.code")
    due_on = serializers.DateField(source="deadline.due_on", default=None)
    answered_by = serializers.CharField(source="answered_by.label", default=None)
    rows = serializers.IntegerField()
    from_departments = serializers.IntegerField()
    waiting = serializers.IntegerField()
    passed = serializers.IntegerField()
    adopted = serializers.IntegerField()
    returned = serializers.IntegerField()
    dropped = serializers.IntegerField()

    class Meta:
        model = WindowDuty
        fields = [
            *("organisation", "due_on", "answer", "answered_on", "answered_by", "was_late", "reason"),
            *("rows", "from_departments", "waiting", "passed", "adopted", "returned", "dropped"),
        ]


class WindowOut(serializers.ModelSerializer[CollectionWindow]):
    organisation = serializers.CharField(source="organisation.code")
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    late = serializers.IntegerField()
    rows = serializers.IntegerField()

    class Meta:
        model = CollectionWindow
        fields = [
            *("id", "organisation", "kind", "title", "year", "opens_on", "closes_on", "gathering"),
            *("reminder_days", "note", "state", "closed_on", "asked", "answered", "late", "rows"),
        ]


class WindowDetailOut(WindowOut):
    duties = DutyOut(many=True, source="shown_duties")

    class Meta(WindowOut.Meta):
        fields = [*WindowOut.Meta.fields, "duties"]


class LateDutyOut(DutyOut):
    title = serializers.CharField(source="window.title")

    class Meta(DutyOut.Meta):
        fields = ["window", "title", *DutyOut.Meta.fields]


class NothingIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class WindowViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[CollectionWindow]):
    """报送批次：应报单位、报送情况、零报告。"""

    serializer_class = WindowOut
    queryset = CollectionWindow.objects.none()
    keyset_order = ("-opens_on", "-id")

    def get_queryset(self) -> QuerySet[CollectionWindow]:
        return windows.window_list(actor=actor_of(self.request))

    @extend_schema(responses=WindowDetailOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self._detail())

    @extend_schema(responses=LateDutyOut(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def late(self, request: Request) -> Response:
        """迟报名单：到期未报和逾期报送的单位，最近的批次在前；`window`、`answered` 可筛选。"""
        rows = windows.late_list(actor=actor_of(request), today=clock.today())
        found = LateFilterSet(request.query_params, queryset=rows, request=request)
        return Response(LateDutyOut(found.qs, many=True).data)

    @extend_schema(request=NothingIn, responses=WindowDetailOut)
    @action(detail=True, methods=["post"])
    def nothing(self, request: Request, pk: str) -> Response:
        """本单位在这一批次零报告。"""
        actor = actor_of(request)
        require(actor, Right.SUBMIT_LIST)
        found = self.get_object()
        own = actor.reporting_unit or actor.organisation
        duty = get_object_or_404(WindowDuty.objects.visible_to(actor), window=found, organisation=own)
        data = NothingIn(data=request.data)
        data.is_valid(raise_exception=True)
        window_services.report_nothing(
            actor=actor, duty_id=duty.pk, reason=data.validated_data["reason"], today=clock.today()
        )
        return Response(self._detail())

    def _detail(self) -> Any:
        found: Any = self.get_object()
        duties = windows.duty_list(actor=actor_of(self.request), today=clock.today())
        found.shown_duties = duties.filter(window=found)
        return WindowDetailOut(found).data


class GatheringOut(serializers.ModelSerializer[Project]):
    organisation = serializers.CharField(source="organisation.code")
    submitted_by = serializers.CharField(source="submitted_by.code")
    total_m2 = serializers.IntegerField(source="land.total_m2", default=None)

    class Meta:
        model = Project
        fields = [
            *("id", "code", "name", "organisation", "submitted_by", "window", "owner_unit", "status"),
            *("total_m2", "gathered_on"),
        ]


class SendBackIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class GatheringViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Project]):
    """县市汇总：待汇总的项目，汇总上报或退回报送单位。"""

    serializer_class = GatheringOut
    filterset_class = WaitingFilterSet
    queryset = Project.objects.none()
    permission_classes = (Gathers,)
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[Project]:
        return gathering.gathering_queue(actor=actor_of(self.request))

    @extend_schema(request=None, responses=GatheringOut)
    @action(detail=True, methods=["post"], url_path="pass")
    def pass_on(self, request: Request, pk: str) -> Response:
        """汇总上报。"""
        [done] = gathering_services.pass_on(
            actor=actor_of(request), project_ids=[self._visible_id()], today=clock.today()
        )
        return Response(GatheringOut(done).data)

    @extend_schema(request=SendBackIn, responses=GatheringOut)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """退回报送单位并说明理由。"""
        project_id = self._visible_id()
        require(actor_of(request), Right.GATHER_LIST)
        data = SendBackIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = gathering_services.send_back(
            actor=actor_of(request),
            project_id=project_id,
            reason=data.validated_data["reason"],
            today=clock.today(),
        )
        return Response(GatheringOut(done).data)

    def _visible_id(self) -> int:
        visible = Project.objects.visible_to(actor_of(self.request))
        return int(get_object_or_404(visible, pk=self.kwargs["pk"]).pk)


class PairOut(serializers.ModelSerializer[DuplicatePair]):
    first_name = serializers.CharField(source="first.name")
    second_name = serializers.CharField(source="second.name")
    reasons = serializers.ListField(child=serializers.CharField())
    decided_by = serializers.CharField(source="decided_by.label", default=None)

    class Meta:
        model = DuplicatePair
        fields = [
            *("id", "first", "first_name", "second", "second_name", "alike", "reasons", "state"),
            *("found_on", "decided_by", "decided_at", "decision_reason"),
        ]


class MergePairIn(serializers.Serializer[Any]):
    keep = serializers.IntegerField(help_text="保留哪个项目。")
    reason = serializers.CharField(max_length=500, default="", allow_blank=True)
    take = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="采用并入项目内容的字段。"
    )


class DismissPairIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class PairViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[DuplicatePair]):
    """疑似重复：两个项目、理由，合并或判定不是同一项目。"""

    serializer_class = PairOut
    queryset = DuplicatePair.objects.none()
    permission_classes = (Gathers,)
    filterset_fields = ("state",)
    keyset_order = ("-alike", "id")

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        return duplicates.pair_list(actor=actor_of(self.request))

    @extend_schema(request=MergePairIn, responses=PairOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """合并：保留一个，另一个并入，逐项留存。"""
        pair = self.get_object()
        data = MergePairIn(data=request.data)
        data.is_valid(raise_exception=True)
        keep = data.validated_data["keep"]
        if keep not in (pair.first_id, pair.second_id):
            raise serializers.ValidationError({"keep": ["须是这一对中的一个项目。"]})
        merging.merge(
            actor=actor_of(request),
            project_id=pair.second_id if keep == pair.first_id else pair.first_id,
            target_id=keep,
            reason=data.validated_data["reason"],
            take=data.validated_data["take"],
            today=clock.today(),
            now=clock.now(),
        )
        return Response(PairOut(self.get_object()).data)

    @extend_schema(request=DismissPairIn, responses=PairOut)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str) -> Response:
        """判定不是同一项目，今后不再提示。"""
        pair = self.get_object()
        data = DismissPairIn(data=request.data)
        data.is_valid(raise_exception=True)
        pair_services.dismiss(
            actor=actor_of(request),
            pair_id=pair.pk,
            reason=data.validated_data["reason"],
            today=clock.today(),
            now=clock.now(),
        )
        return Response(PairOut(self.get_object()).data)


class PushOut(serializers.ModelSerializer[Push]):
    name = serializers.CharField(source="project.name")
    number = serializers.CharField(source="project.number", default=None)
    organisation = serializers.CharField(source="project.organisation.code")
    total_m2 = serializers.IntegerField(source="project.land.total_m2", default=None)
    recipient = serializers.CharField(source="recipient.code")
    due_on = serializers.DateField(source="deadline.due_on", default=None)
    pushed_by = serializers.CharField(source="pushed_by.label")
    received_by = serializers.CharField(source="received_by.label", default=None)

    class Meta:
        model = Push
        fields = [
            *("id", "project", "name", "number", "organisation", "total_m2", "recipient", "ask", "reason"),
            *("state", "pushed_on", "pushed_at", "pushed_by", "due_on", "received_on", "received_at"),
            *("received_by", "receipt_note", "withdrawn_reason"),
        ]


class PushReceiptIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, default="", allow_blank=True)


class PushIn(serializers.Serializer[Any]):
    projects = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=500)


class PushViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Push]):
    """项目推送：部门读取推送给自己的项目并签收；州局按规则推送。"""

    serializer_class = PushOut
    filterset_class = PushFilterSet
    queryset = Push.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Push]:
        return pushes.push_list(actor=actor_of(self.request))

    @extend_schema(request=PushIn, responses={201: PushOut(many=True)})
    def create(self, request: Request) -> Response:
        """按规则把已采纳的项目推送到有关部门。"""
        actor = actor_of(request)
        require(actor, Right.PUSH_PROJECTS)
        data = PushIn(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = set(data.validated_data["projects"])
        if Project.objects.visible_to(actor).filter(pk__in=wanted).count() != len(wanted):
            raise serializers.ValidationError({"projects": ["有项目不存在，或不在您的可见范围内。"]})
        done = pushing.push(actor=actor, project_ids=sorted(wanted), today=clock.today())
        rows = self.get_queryset().filter(pk__in=[push.pk for push in done])
        return Response(PushOut(rows, many=True).data, status=201)

    @extend_schema(request=PushReceiptIn, responses=PushOut)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, pk: str) -> Response:
        """签收。"""
        found = self.get_object()
        require(actor_of(request), Right.RECEIVE_PUSH)
        data = PushReceiptIn(data=request.data)
        data.is_valid(raise_exception=True)
        pushing.receive(
            actor=actor_of(request),
            push_ids=[found.pk],
            note=data.validated_data["note"],
            today=clock.today(),
            now=clock.now(),
        )
        return Response(PushOut(self.get_object()).data)


class PreContactOut(serializers.ModelSerializer[PreContact]):
    name = serializers.CharField(source="project.name")
    person = serializers.CharField(source="person.label")
    due_on = serializers.DateField(source="deadline.due_on", default=None)

    class Meta:
        model = PreContact
        fields = [
            *("id", "project", "name", "person", "phone", "state", "assigned_on", "letter_no", "letter_on"),
            *("addressee", "materials", "due_on", "received_on", "received_by", "receipt_note"),
        ]


class PreContactViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PreContact]
):
    """提前对接：对接人、函告、回执。"""

    serializer_class = PreContactOut
    filterset_class = ContactFilterSet
    queryset = PreContact.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[PreContact]:
        return contacts.contact_list(actor=actor_of(self.request))


def register(router: BaseRouter) -> None:
    router.register("windows", WindowViewSet, basename="window")
    router.register("gathering", GatheringViewSet, basename="gathering")
    router.register("duplicates", PairViewSet, basename="duplicate")
    router.register("pushes", PushViewSet, basename="push")
    router.register("pre-contacts", PreContactViewSet, basename="pre-contact")
