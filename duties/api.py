"""督办 under /api/v1/: the pages' own filters, forms, selectors and services."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
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
from duties.acts import PROBLEM_ACTS, TASK_ACTS
from duties.filters import ProblemFilterSet, TaskFilterSet
from duties.forms import DutyForm, IssueForm, RaiseForm
from duties.models import Problem, ProblemKind, Task
from duties.serializers import (
    DutyActIn,
    DutyProblemOut,
    DutyProgressOut,
    DutyTaskOut,
    ProblemIn,
    ProblemKindIn,
    ProblemKindOut,
    ProblemMoveOut,
    TaskIn,
)
from duties.services.problems import raise_problem
from duties.services.settings import revise_kind
from duties.services.tasks import issue_tasks
from duties.supervision_forms import NewKindForm

ACT = {"application/json": DutyActIn, "multipart/form-data": DutyActIn}
PARSERS = (JSONParser, MultiPartParser, FormParser)


def sound(form: DutyForm) -> Any:
    """The form, if it is well-formed."""
    if not form.is_valid():
        raise serializers.ValidationError(
            {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        )
    return form


class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Task]):
    """任务清单：交办、接收、进展、报告、核验、退回、撤销。"""

    serializer_class = DutyTaskOut
    filterset_class = TaskFilterSet
    queryset = Task.objects.none()
    keyset_order = ("-id",)
    parser_classes = PARSERS

    def get_queryset(self) -> QuerySet[Task]:
        return selectors.task_list(actor=actor_of(self.request))

    @extend_schema(request=TaskIn, responses={201: DutyTaskOut})
    def create(self, request: Request) -> Response:
        """交办一项任务。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.ISSUE_TASKS)
        form = sound(IssueForm(request.data, actor=actor, today=today))
        [task] = issue_tasks(actor, [form.draft()], today=today)
        return Response(DutyTaskOut(self.get_queryset().get(pk=task.pk)).data, status=201)

    @extend_schema(operation_id="duty_tasks_act", request=ACT, responses=DutyTaskOut)
    @action(detail=True, methods=["post"], url_path=f"(?P<verb>{'|'.join(TASK_ACTS)})", url_name="act")
    def act(self, request: Request, pk: str, verb: str) -> Response:
        """办理一项；各动作的字段与页面表单相同。"""
        actor, today, deed = actor_of(request), clock.today(), TASK_ACTS[verb]
        task = self.get_object()
        require(actor, deed.right)
        deed.run(actor, task, sound(deed.form(request.data, request.FILES, actor=actor, today=today)), today)
        return Response(DutyTaskOut(self.get_object()).data)

    @extend_schema(responses=DutyProgressOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def record(self, request: Request, pk: str) -> Response:
        """办理记录。"""
        rows = selectors.progress_of(self.get_object(), actor=actor_of(request))
        return Response(DutyProgressOut(rows, many=True).data)


class ProblemViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Problem]):
    """问题清单：登记、转办、退回分办、会办、提级、交办、办结、销号。"""

    serializer_class = DutyProblemOut
    filterset_class = ProblemFilterSet
    queryset = Problem.objects.none()
    keyset_order = ("-id",)
    parser_classes = PARSERS

    def get_queryset(self) -> QuerySet[Problem]:
        return selectors.problem_list(actor=actor_of(self.request))

    @extend_schema(request=ProblemIn, responses={201: DutyProblemOut})
    def create(self, request: Request) -> Response:
        """登记一个问题。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.RAISE_PROBLEM)
        form = sound(RaiseForm(request.data, actor=actor, today=today))
        problem = raise_problem(actor, form.draft(), today=today)
        return Response(DutyProblemOut(self.get_queryset().get(pk=problem.pk)).data, status=201)

    @extend_schema(operation_id="duty_problems_act", request=ACT, responses=DutyProblemOut)
    @action(detail=True, methods=["post"], url_path=f"(?P<verb>{'|'.join(PROBLEM_ACTS)})", url_name="act")
    def act(self, request: Request, pk: str, verb: str) -> Response:
        """办理一项；各动作的字段与页面表单相同。"""
        actor, today, deed = actor_of(request), clock.today(), PROBLEM_ACTS[verb]
        problem = self.get_object()
        require(actor, deed.right)
        form = sound(deed.form(request.data, request.FILES, actor=actor, today=today))
        deed.run(actor, problem, form, today)
        return Response(DutyProblemOut(self.get_object()).data)

    @extend_schema(responses=ProblemMoveOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def record(self, request: Request, pk: str) -> Response:
        """办理记录。"""
        rows = selectors.moves_of(self.get_object(), actor=actor_of(request))
        return Response(ProblemMoveOut(rows, many=True).data)


class ProblemKindViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ProblemKind]):
    """问题类别及承办处室，各版。"""

    serializer_class = ProblemKindOut
    queryset = ProblemKind.objects.select_related("office")
    keyset_order = ("id",)

    @extend_schema(request=ProblemKindIn, responses={201: ProblemKindOut})
    def create(self, request: Request) -> Response:
        """新增类别，或给现有类别增加一版。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.EDIT_DUTY_RULES)
        form = sound(NewKindForm(request.data, actor=actor, today=today))
        data = form.cleaned_data
        row = revise_kind(
            code=data["code"],
            terms=form.terms(),
            effective_from=data["effective_from"],
            actor=actor,
            today=today,
        )
        return Response(ProblemKindOut(row).data, status=201)


def register(router: BaseRouter) -> None:
    router.register("duty-tasks", TaskViewSet, basename="duty-task")
    router.register("duty-problems", ProblemViewSet, basename="duty-problem")
    router.register("problem-kinds", ProblemKindViewSet, basename="problem-kind")
