"""The list over the API: projects, submissions, imports. Writes go through the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from jobs import broker
from projects import api_round_trip, selectors
from projects.api_round_trip import ChooseIn, HeadingsIn, JobAskedOut
from projects.filters import ProjectFilterSet
from projects.list_columns import all_columns, values_of
from projects.list_question import asked_columns, facts_in
from projects.models import ImportDraft, Project, Submission
from projects.preview_json import kept_preview_json, preview_json
from projects.rules.three_way import Take
from projects.selectors import ListRow, ProjectRow
from projects.selectors.previews import preview_of
from projects.selectors.shown import kept_preview, preview_job
from projects.serializers import (
    ConfirmIn,
    ImportIn,
    PreviewOut,
    ProjectOut,
    SubmissionDetailOut,
    SubmissionOut,
)
from projects.services import importing, large_uploads, round_trip
from projects.services.undoing import undo_submission

KEPT_ROWS = 500


class ProjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Project]):
    """项目库：与页面相同的筛选；默认只列已采纳的项目。"""

    serializer_class = ProjectOut
    filterset_class = ProjectFilterSet
    queryset = Project.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Project]:
        rows = selectors.project_list(actor=actor_of(self.request))
        return rows.select_related("annual_list")

    @extend_schema(
        parameters=[OpenApiParameter("cols", str, description="按需带出的列（见 list-columns），逗号隔开。")]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._written(page or []))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.get_queryset().filter(pk=_number(kwargs["pk"])).first()
        if found is None:
            raise Http404
        return Response(self._written([found])[0])

    def _written(self, projects: Any) -> Any:
        rows = selectors.with_clocks(projects, today=clock.today())
        context = {
            **self.get_serializer_context(),
            "rows": {row.project.pk: row for row in rows},
            "columns": self._columns_of(rows),
        }
        return ProjectOut(projects, many=True, context=context).data

    def _columns_of(self, projects: Sequence[ProjectRow]) -> dict[int, dict[str, Any]]:
        """The values of the columns that were asked for, project by project; none asked, none read."""
        keys = asked_columns(self.request.GET)
        columns = [column for column in all_columns() if column.key in keys]
        if not columns:
            return {}
        known = {row.project.pk: row.urgent for row in projects}
        found = facts_in(list(known), columns=columns, actor=actor_of(self.request))
        rows = [ListRow(facts, known[facts["pk"]]) for facts in found]
        return {
            row.pk: {column.key: cell for column, cell in zip(columns, cells, strict=True)}
            for row, cells in zip(rows, values_of(columns, rows), strict=True)
        }


class SubmissionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Submission]):
    """清单报送：确认过的工作簿、逐行结果和州局答复。"""

    serializer_class = SubmissionOut
    queryset = Submission.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Submission]:
        return selectors.submission_list(actor=actor_of(self.request))

    @extend_schema(responses=SubmissionDetailOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self._detail(pk))

    @extend_schema(request=None, responses=SubmissionDetailOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """整批撤销：项目在导入后未被审核或修改时可以撤销。"""
        found = self.get_object()
        undo_submission(actor=actor_of(request), submission_id=found.pk, today=clock.today(), now=clock.now())
        return Response(self._detail(pk))

    def _detail(self, pk: str) -> Any:
        found: Any = self.get_object()
        found.answered_rows = selectors.submission_rows(found)
        return SubmissionDetailOut(found).data


class ImportViewSet(viewsets.ViewSet):
    """导入：上传得到预检结果，确认后才写入项目库。只能看到自己的。"""

    queryset = ImportDraft.objects.none()
    parser_classes = (MultiPartParser, JSONParser)

    @extend_schema(request={"multipart/form-data": ImportIn}, responses={201: PreviewOut})
    def create(self, request: Request) -> Response:
        data = ImportIn(data=request.data)
        data.is_valid(raise_exception=True)
        file = data.validated_data["file"]
        draft = large_uploads.stage(
            actor=actor_of(request),
            filename=file.name,
            content=file.read(),
            today=clock.today(),
            now=clock.now(),
            window_id=data.validated_data.get("window"),
        )
        if draft.is_large:
            broker.wake()
        return Response(_preview(request, draft.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        responses=PreviewOut,
        parameters=[OpenApiParameter("after", int, description="大文件每次给 500 行，从这个行号之后。")],
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """大文件在后台预检：完成前只有 `job`。"""
        return Response(_preview(request, _number(pk)))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """放弃上传的文件。"""
        if not ImportDraft.objects.visible_to(actor_of(request)).filter(pk=_number(pk)).exists():
            raise Http404
        importing.discard(actor=actor_of(request), draft_id=_number(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ChooseIn, responses=PreviewOut)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: str) -> Response:
        """冲突取舍：逐格、逐行或全部，以文件为准或保留系统。"""
        _visible_draft(request, pk)
        data = ChooseIn(data=request.data)
        data.is_valid(raise_exception=True)
        take = data.validated_data["take"]
        round_trip.choose(
            actor=actor_of(request),
            draft_id=_number(pk),
            take=Take(take) if take else None,
            today=clock.today(),
            project_id=data.validated_data["project"],
            key=data.validated_data["key"],
        )
        return Response(_preview(request, _number(pk)))

    @extend_schema(request=HeadingsIn, responses=PreviewOut)
    @action(detail=True, methods=["post"])
    def headings(self, request: Request, pk: str) -> Response:
        """说明没有认出的表头对应哪一列。"""
        draft = _visible_draft(request, pk)
        data = HeadingsIn(data=request.data)
        data.is_valid(raise_exception=True)
        actor, said = actor_of(request), data.validated_data["headings"]
        round_trip.explain_headings(actor=actor, draft_id=draft.pk, headings=said)
        if draft.is_large:
            large_uploads.look_again(actor=actor, draft_id=draft.pk, today=clock.today(), now=clock.now())
            broker.wake()
        return Response(_preview(request, draft.pk))

    @extend_schema(request=ConfirmIn, responses={201: SubmissionDetailOut, 202: JobAskedOut})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """`rows=all` 全部导入或都不导入；`rows=good` 只导入无误的行。"""
        data = ConfirmIn(data=request.data)
        data.is_valid(raise_exception=True)
        draft = _visible_draft(request, pk)
        good_only = data.validated_data["rows"] == "good"
        if draft.is_large:
            return self._confirm_later(request, draft, good_only=good_only, seen=data.validated_data["seen"])
        act = importing.confirm_good_rows if good_only else importing.confirm_whole
        done = act(
            actor=actor_of(request),
            draft_id=_number(pk),
            today=clock.today(),
            seen=data.validated_data["seen"],
        )
        found: Any = selectors.submission_list(actor=actor_of(request)).get(pk=done.pk)
        found.answered_rows = selectors.submission_rows(found)
        return Response(SubmissionDetailOut(found).data, status=status.HTTP_201_CREATED)

    def _confirm_later(self, request: Request, draft: ImportDraft, *, good_only: bool, seen: str) -> Response:
        """A large file: the job that imports it."""
        job = large_uploads.request_import(
            actor=actor_of(request),
            draft_id=draft.pk,
            good_only=good_only,
            seen=seen,
            today=clock.today(),
            now=clock.now(),
        )
        broker.wake()
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


def _visible_draft(request: Request, pk: str) -> ImportDraft:
    drafts = ImportDraft.objects.visible_to(actor_of(request)).select_related("organisation")
    draft = drafts.filter(pk=_number(pk)).first()
    if draft is None:
        raise Http404
    return draft


def _preview(request: Request, draft_id: int) -> dict[str, Any]:
    """A large file's preview is kept: its first rows from `after` on, or the job that computes it."""
    draft = _visible_draft(request, str(draft_id))
    if not draft.is_large:
        found = preview_of(draft, actor=actor_of(request), today=clock.today())
        return {"id": draft.pk, "seen": found.fingerprint, **preview_json(found)}
    if draft.preview is None:
        job = preview_job(draft)
        return {"id": draft.pk, "file": draft.filename, "job": job.pk if job else None}
    after = request.query_params.get("after", "0")
    rows = draft.preview_rows.filter(row__gt=_number(after)).order_by("row")[:KEPT_ROWS]
    shown = kept_preview(draft, list(rows))
    return {"id": draft.pk, "seen": shown.seen, **kept_preview_json(draft, shown)}


def _number(pk: str) -> int:
    """An id from the address; what is none names no row."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        raise Http404
    return int(pk)


def register(router: BaseRouter) -> None:
    router.register("projects", ProjectViewSet, basename="project")
    router.register("submissions", SubmissionViewSet, basename="submission")
    router.register("imports", ImportViewSet, basename="import")
    api_round_trip.register(router)
