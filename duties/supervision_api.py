"""督办函、上门服务、督导检查、责任书、任务分解、设置 under /api/v1/, by the pages' own forms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from duties import selectors
from duties import supervision_forms as forms
from duties.api import sound
from duties.forms import ReasonForm
from duties.models import (
    DutyLetter,
    DutySetting,
    Finding,
    Inspection,
    SupervisionLetter,
    TaskBook,
    Visit,
)
from duties.services import books, letters, visits
from duties.services import settings as settings_services

PARSERS = (JSONParser, MultiPartParser, FormParser)
BOTH = ("application/json", "multipart/form-data")


class SupervisionLetterOut(serializers.ModelSerializer[SupervisionLetter]):
    issued_for = serializers.CharField(source="issued_for.code")
    addressee = serializers.CharField(source="addressee.code")
    due_on = serializers.DateField(source="deadline.due_on", default=None)
    tasks = serializers.IntegerField(help_text="督办任务数")

    class Meta:
        model = SupervisionLetter
        fields = [
            *("id", "number", "year", "serial", "issued_for", "addressee", "demand", "tasks", "sent_on"),
            *("due_on", "state", "reply", "replied_on", "paper", "withdrawn_reason"),
        ]


class UrgeIn(serializers.Serializer[Any]):
    tasks = serializers.ListField(child=serializers.IntegerField(), min_length=1)
    demand = serializers.CharField(max_length=300)


class LetterReplyIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)
    file = serializers.FileField(required=False)


class DutyReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class SupervisionLetterViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SupervisionLetter]
):
    """督办函：发函、回复、撤回。"""

    serializer_class = SupervisionLetterOut
    queryset = SupervisionLetter.objects.none()
    keyset_order = ("-id",)
    parser_classes = PARSERS

    def get_queryset(self) -> QuerySet[SupervisionLetter]:
        return selectors.letter_list(actor=actor_of(self.request))

    @extend_schema(request=UrgeIn, responses={201: SupervisionLetterOut(many=True)})
    def create(self, request: Request) -> Response:
        """就若干任务发督办函，每个责任单位一份。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.SUPERVISE)
        form = sound(forms.UrgeForm(request.data, actor=actor, today=today))
        sent = letters.urge(
            task_ids=form.task_ids(), demand=form.cleaned_data["demand"], actor=actor, today=today
        )
        rows = self.get_queryset().filter(pk__in=[letter.pk for letter in sent]).order_by("pk")
        return Response(SupervisionLetterOut(rows, many=True).data, status=201)

    @extend_schema(request=dict.fromkeys(BOTH, LetterReplyIn), responses=SupervisionLetterOut)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """回复办理情况。"""
        letter, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, Right.HANDLE_TASKS)
        form = sound(forms.ReplyForm(request.data, request.FILES, actor=actor, today=today))
        text, proof = form.cleaned_data["text"], form.evidence()
        letters.reply(letter_id=letter.pk, text=text, evidence=proof, actor=actor, today=today)
        return Response(SupervisionLetterOut(self.get_object()).data)

    @extend_schema(request=DutyReasonIn, responses=SupervisionLetterOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """撤回督办函。"""
        letter, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, Right.SUPERVISE)
        form = sound(ReasonForm(request.data, actor=actor, today=today))
        reason = form.cleaned_data["reason"]
        letters.withdraw_letter(letter_id=letter.pk, reason=reason, actor=actor, today=today)
        return Response(SupervisionLetterOut(self.get_object()).data)


class VisitOut(serializers.ModelSerializer[Visit]):
    leader = serializers.CharField(source="leader.__str__")
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = Visit
        fields = [
            *("id", "kind", "leader", "leader_id", "organisation", "project", "visited_on"),
            *("offices", "topic", "outcome"),
        ]


class VisitIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Visit.Kind.choices)
    leader = serializers.IntegerField(help_text="领导岗位")
    organisation = serializers.CharField(max_length=30)
    visited_on = serializers.DateField()
    topic = serializers.CharField(max_length=200)
    outcome = serializers.CharField(max_length=2000)
    offices = serializers.CharField(max_length=200, required=False)
    project = serializers.CharField(max_length=40, required=False)


class LeaderVisitsOut(serializers.Serializer[Any]):
    leader = serializers.CharField(source="post.__str__")
    leader_id = serializers.IntegerField(source="post.pk")
    done = serializers.IntegerField()
    minimum = serializers.IntegerField()
    last_on = serializers.DateField(allow_null=True)
    lamp = serializers.CharField()


class VisitViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Visit]):
    """上门服务和现场协调登记。"""

    serializer_class = VisitOut
    queryset = Visit.objects.none()
    keyset_order = ("-visited_on", "-id")

    def get_queryset(self) -> QuerySet[Visit]:
        return selectors.visit_list(actor=actor_of(self.request))

    @extend_schema(request=VisitIn, responses={201: VisitOut})
    def create(self, request: Request) -> Response:
        """登记一次。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.KEEP_VISITS)
        form = sound(forms.VisitForm(request.data, actor=actor, today=today))
        visit = visits.record_visit(actor=actor, facts=form.facts(), today=today)
        return Response(VisitOut(visit).data, status=201)

    @extend_schema(
        parameters=[OpenApiParameter("year", int)], responses=LeaderVisitsOut(many=True), filters=False
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def leaders(self, request: Request) -> Response:
        """各领导当年上门服务次数。"""
        asked, today = request.query_params.get("year", ""), clock.today()
        year = int(asked) if asked.isdecimal() and 2000 < int(asked) < 2100 else today.year
        rows = selectors.visits_of_leaders(actor=actor_of(request), year=year, today=today)
        return Response(LeaderVisitsOut(rows, many=True).data)


class InspectionOut(serializers.ModelSerializer[Inspection]):
    host = serializers.CharField(source="host.code")

    class Meta:
        model = Inspection
        fields = [
            *("id", "title", "team", "leader", "members", "host", "focus", "from_on", "to_on"),
            *("summary", "concluded_on"),
        ]


class InspectionIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=100)
    team = serializers.CharField(max_length=60)
    leader = serializers.IntegerField(required=False, help_text="领导岗位")
    members = serializers.CharField(max_length=300, required=False)
    focus = serializers.CharField(max_length=2000)
    from_on = serializers.DateField()
    to_on = serializers.DateField()


class InspectionFindingOut(serializers.ModelSerializer[Finding]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = Finding
        fields = ["id", "organisation", "project", "found_on", "place", "text", "demand"]


class InspectionFindingIn(serializers.Serializer[Any]):
    organisation = serializers.CharField(max_length=30)
    found_on = serializers.DateField()
    place = serializers.CharField(max_length=100)
    text = serializers.CharField(max_length=2000)
    demand = serializers.CharField(max_length=300, required=False)
    due_on = serializers.DateField(required=False)
    project = serializers.CharField(max_length=40, required=False)
    photos = serializers.ListField(child=serializers.FileField(), required=False)


class SummaryIn(serializers.Serializer[Any]):
    summary = serializers.CharField(max_length=2000)


class InspectionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Inspection]
):
    """督导检查：计划、现场发现、办结。"""

    serializer_class = InspectionOut
    queryset = Inspection.objects.none()
    keyset_order = ("-from_on", "-id")
    parser_classes = PARSERS

    def get_queryset(self) -> QuerySet[Inspection]:
        return selectors.inspection_list(actor=actor_of(self.request))

    @extend_schema(request=InspectionIn, responses={201: InspectionOut})
    def create(self, request: Request) -> Response:
        """拟定督导检查。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.KEEP_VISITS)
        form = sound(forms.PlanForm(request.data, actor=actor, today=today))
        row = visits.plan_inspection(actor=actor, plan=form.plan(), today=today)
        return Response(InspectionOut(row).data, status=201)

    @extend_schema(methods=["GET"], responses=InspectionFindingOut(many=True), filters=False)
    @extend_schema(
        methods=["POST"],
        request=dict.fromkeys(BOTH, InspectionFindingIn),
        responses={201: InspectionFindingOut},
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def findings(self, request: Request, pk: str) -> Response:
        """现场发现。"""
        row, actor, today = self.get_object(), actor_of(request), clock.today()
        if request.method == "GET":
            return Response(InspectionFindingOut(selectors.findings_of(row, actor=actor), many=True).data)
        require(actor, Right.KEEP_VISITS)
        form = sound(forms.FindingForm(request.data, request.FILES, actor=actor, today=today))
        found = visits.record_finding(actor=actor, inspection_id=row.pk, facts=form.facts(), today=today)
        return Response(InspectionFindingOut(found).data, status=201)

    @extend_schema(request=SummaryIn, responses=InspectionOut)
    @action(detail=True, methods=["post"])
    def conclude(self, request: Request, pk: str) -> Response:
        """办结。"""
        row, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, Right.KEEP_VISITS)
        form = sound(forms.SummaryForm(request.data, actor=actor, today=today))
        summary = form.cleaned_data["summary"]
        visits.conclude_inspection(actor=actor, inspection_id=row.pk, summary=summary, today=today)
        return Response(InspectionOut(self.get_object()).data)


class DutyLetterOut(serializers.ModelSerializer[DutyLetter]):
    party_a = serializers.CharField(source="party_a.code")
    party_b = serializers.CharField(source="party_b.code", default=None)

    class Meta:
        model = DutyLetter
        fields = [
            *("id", "year", "title", "level", "party_a", "party_b", "party_b_name", "signer_a"),
            *("signer_b", "signed_on", "paper"),
        ]


class DutyLetterIn(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    title = serializers.CharField(max_length=100)
    level = serializers.ChoiceField(choices=DutyLetter.Level.choices)
    party_b = serializers.CharField(max_length=30, required=False)
    party_b_name = serializers.CharField(max_length=60, required=False)
    signer_a = serializers.CharField(max_length=60)
    signer_b = serializers.CharField(max_length=60)
    signed_on = serializers.DateField()
    file = serializers.FileField(required=False)


class DutyLetterViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[DutyLetter]):
    """责任书登记。"""

    serializer_class = DutyLetterOut
    queryset = DutyLetter.objects.none()
    keyset_order = ("-id",)
    parser_classes = PARSERS

    def get_queryset(self) -> QuerySet[DutyLetter]:
        return selectors.duty_letter_list(actor=actor_of(self.request))

    @extend_schema(request=dict.fromkeys(BOTH, DutyLetterIn), responses={201: DutyLetterOut})
    def create(self, request: Request) -> Response:
        """登记一份责任书。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.KEEP_DUTY_LETTERS)
        form = sound(forms.DutyLetterForm(request.data, request.FILES, actor=actor, today=today))
        facts = form.facts(selectors.seat_of_actor(actor))
        row = visits.register_duty_letter(actor=actor, facts=facts, scan=form.scan(), today=today)
        return Response(DutyLetterOut(row).data, status=201)


class TaskBookOut(serializers.ModelSerializer[TaskBook]):
    organisation = serializers.CharField(source="organisation.code")
    problems = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = TaskBook
        fields = [
            *("id", "organisation", "title", "year", "expected_main", "expected_sub", "filename", "state"),
            *("problems", "confirmed_on", "undone_on", "undo_reason"),
        ]


class TaskBookLineOut(TaskBookOut):
    number_of_tasks = serializers.IntegerField()
    number_finished = serializers.IntegerField()

    class Meta(TaskBookOut.Meta):
        fields = [
            *("id", "organisation", "title", "year", "expected_main", "expected_sub", "filename", "state"),
            *("number_of_tasks", "number_finished", "confirmed_on", "undone_on", "undo_reason"),
        ]

    problems = None  # type: ignore[assignment]  # a list does not print every error of every book


class TaskBookIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=100)
    year = serializers.IntegerField()
    expected_main = serializers.IntegerField(min_value=1)
    expected_sub = serializers.IntegerField(min_value=0)
    file = serializers.FileField()


class TaskBookViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[TaskBook]):
    """任务分解：读取、确认交办、整批撤销。"""

    serializer_class = TaskBookLineOut
    queryset = TaskBook.objects.none()
    keyset_order = ("-id",)
    parser_classes = PARSERS

    def get_queryset(self) -> QuerySet[TaskBook]:
        return selectors.book_list(actor=actor_of(self.request))

    def _shown(self, pk: int | str, status: int = 200) -> Response:
        return Response(TaskBookOut(get_object_or_404(self.get_queryset(), pk=pk)).data, status=status)

    @extend_schema(responses=TaskBookOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._shown(self.get_object().pk)

    @extend_schema(request={"multipart/form-data": TaskBookIn}, responses={201: TaskBookOut})
    def create(self, request: Request) -> Response:
        """读取任务分解表，返回全部问题；不交办。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.ISSUE_TASKS)
        form = sound(forms.BookForm(request.data, request.FILES, actor=actor, today=today))
        book = books.read_task_book(actor=actor, facts=form.facts(), upload=form.upload(), today=today)
        return self._shown(book.pk, 201)

    @extend_schema(request=None, responses=TaskBookOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """确认交办全部任务。"""
        book, actor = self.get_object(), actor_of(request)
        require(actor, Right.ISSUE_TASKS)
        books.confirm_task_book(actor=actor, book_id=book.pk, today=clock.today())
        return self._shown(book.pk)

    @extend_schema(request=DutyReasonIn, responses=TaskBookOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """整批撤销，限无人开始办理时。"""
        book, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, Right.ISSUE_TASKS)
        form = sound(ReasonForm(request.data, actor=actor, today=today))
        reason = form.cleaned_data["reason"]
        books.undo_task_book(actor=actor, book_id=book.pk, reason=reason, today=today)
        return self._shown(book.pk)


class DutySettingOut(serializers.ModelSerializer[DutySetting]):
    class Meta:
        model = DutySetting
        fields = [
            *("id", "effective_from", "letter_reply_days", "visits_a_year", "visit_warning_days"),
            *("verify_days", "note"),
        ]


class DutySettingIn(serializers.Serializer[Any]):
    letter_reply_days = serializers.IntegerField(min_value=1)
    visits_a_year = serializers.IntegerField(min_value=0)
    visit_warning_days = serializers.IntegerField(min_value=0)
    verify_days = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=300, required=False)
    effective_from = serializers.DateField()


class DutySettingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[DutySetting]):
    """督办设置，各版。"""

    serializer_class = DutySettingOut
    queryset = DutySetting.objects.all()
    keyset_order = ("-effective_from",)

    @extend_schema(request=DutySettingIn, responses={201: DutySettingOut})
    def create(self, request: Request) -> Response:
        """增加一版。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.EDIT_DUTY_RULES)
        form = sound(forms.SettingForm(request.data, actor=actor, today=today))
        day = form.cleaned_data["effective_from"]
        row = settings_services.revise_setting(
            terms=form.terms(), effective_from=day, actor=actor, today=today
        )
        return Response(DutySettingOut(row).data, status=201)


def register(router: BaseRouter) -> None:
    router.register("supervision-letters", SupervisionLetterViewSet, basename="supervision-letter")
    router.register("visits", VisitViewSet, basename="visit")
    router.register("inspections", InspectionViewSet, basename="inspection")
    router.register("duty-letters", DutyLetterViewSet, basename="duty-letter")
    router.register("task-books", TaskBookViewSet, basename="task-book")
    router.register("duty-settings", DutySettingViewSet, basename="duty-setting")
