"""One action on many projects over the API: what there is, start, and what became of each project."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import require
from core import clock
from projects import bulk
from projects.list_question import MOST_CHOSEN, chosen_rows, kept_query, read_question
from projects.list_refusals import ListChangedMeanwhile, NothingChosen
from projects.models import BulkResult, BulkRun


class ActionFieldOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    required = serializers.BooleanField()  # type: ignore[assignment]  # the same


class BulkActionOut(serializers.Serializer[Any]):
    """An action that one's role may do; `asks` is what `facts` has to hold."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    asks = ActionFieldOut(many=True)


class BulkActionViewSet(viewsets.ViewSet):
    """本岗位可以批量办理的动作。"""

    queryset = BulkRun.objects.none()

    @extend_schema(responses=BulkActionOut(many=True))
    def list(self, request: Request) -> Response:
        actor = actor_of(request)
        found = [
            {
                "slug": each.slug,
                "label": each.label,
                "asks": [
                    {"name": name, "label": field.label or "", "required": field.required}
                    for name, field in each.form_for(actor).fields.items()
                ],
            }
            for each in bulk.actions_for(actor)
        ]
        return Response(BulkActionOut(found, many=True).data)


class BulkRunIn(serializers.Serializer[Any]):
    """对 `ids` 所列项目办理；不写 `ids` 则对 `query` 符合条件的全部办理，并须在 `expected` 写明数量。"""

    action = serializers.CharField(max_length=40)
    facts = serializers.DictField(default=dict)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        allow_null=True,
        default=None,
        allow_empty=False,
        max_length=MOST_CHOSEN,
    )
    query = serializers.CharField(max_length=1000, allow_blank=True, default="")
    expected = serializers.IntegerField(min_value=1, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ids"] is None and attrs["expected"] is None:
            raise serializers.ValidationError({"expected": "对符合条件的全部办理时，写明数量。"})
        return attrs


class BulkRunOut(serializers.ModelSerializer[BulkRun]):
    """A run: its job at `jobs/`, and how many projects are done, refused, waiting."""

    job = serializers.IntegerField(source="job_id", allow_null=True)
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    waiting = serializers.IntegerField()

    class Meta:
        model = BulkRun
        fields = [
            *("id", "action", "facts", "query", "chosen", "expected", "refusal", "job"),
            *("done", "refused", "waiting", "created_at"),
        ]


class BulkResultOut(serializers.ModelSerializer[BulkResult]):
    project_name = serializers.CharField(source="project.name")

    class Meta:
        model = BulkResult
        fields = ["id", "project", "project_name", "outcome", "message"]


class BulkRunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[BulkRun]):
    """批量办理：本人发起的各批及逐个项目的结果。"""

    serializer_class = BulkRunOut
    queryset = BulkRun.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[BulkRun]:
        def how_many(outcome: str) -> Count:
            return Count("results", filter=Q(results__outcome=outcome))

        rows = BulkRun.objects.visible_to(actor_of(self.request))
        return rows.annotate(done=how_many("DONE"), refused=how_many("REFUSED"), waiting=how_many("WAITING"))

    @extend_schema(request=BulkRunIn, responses={201: BulkRunOut})
    def create(self, request: Request) -> Response:
        """批量办理：少量当场办完，多的在后台逐个办理；每个项目一条结果。"""
        data = BulkRunIn(data=request.data)
        data.is_valid(raise_exception=True)
        said, actor, today = data.validated_data, actor_of(request), clock.today()
        asked = bulk.action_called(said["action"])
        if asked.right is not None:
            require(actor, asked.right)
        query = kept_query(QueryDict(said["query"]))
        if said["ids"] is None:
            rows = read_question(QueryDict(query), actor=actor, today=today).rows
        else:
            rows = chosen_rows(said["ids"], actor=actor)
        count = rows.count()
        _check_count(count, said["expected"])
        form = asked.form_for(actor, said["facts"])
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            )
        run = bulk.begin(
            actor=actor,
            action=asked,
            facts={name: said["facts"].get(name, "") for name in form.fields},
            query=query,
            chosen=None if said["ids"] is None else list(rows.values_list("pk", flat=True)),
            expected=count,
            clock=clock.now,
        )
        found = self.get_queryset().get(pk=run.pk)
        return Response(BulkRunOut(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        responses=BulkResultOut(many=True),
        parameters=[OpenApiParameter("outcome", str, enum=BulkResult.Outcome.values)],
    )
    @action(detail=True, methods=["get"])
    def results(self, request: Request, pk: str) -> Response:
        """逐个项目的结果：未办的说明原因。"""
        found: Any = BulkResult.objects.filter(run=self.get_object()).select_related("project")
        outcome = request.query_params.get("outcome")
        page: Any = self.paginate_queryset(found.filter(outcome=outcome) if outcome else found)
        return self.get_paginated_response(BulkResultOut(page, many=True).data)


def _check_count(count: int, expected: int | None) -> None:
    if not count:
        raise NothingChosen("没有选中任何项目；核对条件或所选项目后再办理。")
    if expected is not None and count != expected:
        raise ListChangedMeanwhile(
            f"数量已变化：您写明的是 {expected} 个，现在是 {count} 个。核对后再次提交。",
            expected=expected,
            found=count,
        )


def register(router: BaseRouter) -> None:
    router.register("bulk-actions", BulkActionViewSet, basename="bulk-action")
    router.register("bulk-runs", BulkRunViewSet, basename="bulk-run")
