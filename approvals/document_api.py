"""Approvals, certificates and batches over the API, and the figures of a year."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from approvals.document_filters import BatchFilterSet, DocumentFilterSet
from approvals.document_selectors import YearRow, batch_list, document_list, year_figures
from approvals.models import (
    Batch,
    BatchMode,
    BatchProject,
    DocumentKind,
    DocumentTerm,
    LandDocument,
    LandDocumentArea,
)
from approvals.services import batches, document_terms, documents
from core import clock


class DocumentAreaOut(serializers.ModelSerializer[LandDocumentArea]):
    """Areas in m²; null is not stated."""

    class Meta:
        model = LandDocumentArea
        fields = [
            "project",
            *(f"{side}_{name}_m2" for side in ("applied", "approved") for name in LandDocumentArea.CLASSES),
        ]


class DocumentOut(serializers.ModelSerializer[LandDocument]):
    organisation = serializers.CharField(source="organisation.code")
    valid_until = serializers.DateField(source="validity.due_on", default=None, read_only=True)
    restore_by = serializers.DateField(source="restoration.due_on", default=None, read_only=True)
    areas = DocumentAreaOut(many=True)

    class Meta:
        model = LandDocument
        fields = [
            *("id", "kind", "organisation", "batch", "number", "supervision_no", "issuer", "decided_on"),
            *("received_on", "floor_area_m2", "term", "valid_until", "restore_by", "restored_on", "paper"),
            *("note", "revoked_on", "revoked_reason", "entered_at", "areas"),
        ]


class ClassAreasIn(serializers.Serializer[Any]):
    """m² by class; what is left out is not stated."""

    total = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    agri = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    arable = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    pbf = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    forest = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    construction = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    unused = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    new_construction = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    requisition = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class DocumentAreaIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    applied = ClassAreasIn(required=False)
    approved = ClassAreasIn(required=False)


class DocumentIn(serializers.Serializer[Any]):
    """A document with its projects. `term` is needed for ADVANCE and TEMPORARY."""

    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    issuer = serializers.CharField(max_length=100)
    decided_on = serializers.DateField()
    number = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    supervision_no = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    received_on = serializers.DateField(required=False, allow_null=True, default=None)
    floor_area_m2 = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, allow_null=True, default=None
    )
    term = serializers.IntegerField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    batch = serializers.IntegerField(required=False, allow_null=True, default=None)
    areas = DocumentAreaIn(many=True)

    def facts(self) -> documents.DocumentFacts:
        given = dict(self.validated_data)
        given["term_id"] = given.pop("term")
        return documents.DocumentFacts(
            **{name: value for name, value in given.items() if name not in ("areas", "batch")}
        )

    def area_facts(self) -> dict[int, documents.AreaFacts]:
        return {
            row["project"]: documents.AreaFacts(row.get("applied", {}), row.get("approved", {}))
            for row in self.validated_data["areas"]
        }


class RevokeIn(serializers.Serializer[Any]):
    revoked_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class RestoreIn(serializers.Serializer[Any]):
    restored_on = serializers.DateField()


class KindSumsOut(serializers.Serializer[Any]):
    """Areas in m²; what was revoked is counted and gives no area."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()
    applied_m2 = serializers.IntegerField()
    approved_m2 = serializers.IntegerField()
    difference_m2 = serializers.IntegerField()
    floor_m2 = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)


class DocumentSumsOut(serializers.Serializer[Any]):
    """`land_m2` is 获批建设用地; areas of different kinds are never added to one another."""

    number = serializers.IntegerField()
    land_m2 = serializers.IntegerField()
    kinds = KindSumsOut(many=True)


class DocumentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[LandDocument]
):
    """批复与证书：文号、电子监管号、批准与申请面积、有效期和复垦期限。"""

    queryset = LandDocument.objects.none()
    serializer_class = DocumentOut
    filterset_class = DocumentFilterSet
    keyset_order = ("-decided_on", "-id")

    def get_queryset(self) -> QuerySet[LandDocument]:
        return document_list(actor=actor_of(self.request))

    @extend_schema(responses=DocumentSumsOut)
    @action(detail=False, pagination_class=None)
    def sums(self, request: Request) -> Response:
        """按类型小计，以及获批建设用地。筛选条件同列表。"""
        filterset = DocumentFilterSet(request.GET, queryset=self.get_queryset(), request=request)
        return Response(DocumentSumsOut(filterset.sums).data)

    @extend_schema(request=DocumentIn)
    def create(self, request: Request) -> Response:
        """登记批复（证书）。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = DocumentIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = documents.record_document(
            actor=actor_of(request),
            facts=data.facts(),
            areas=data.area_facts(),
            batch_id=data.validated_data["batch"],
            today=clock.today(),
        )
        return Response(self._shown(row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=DocumentIn)
    def update(self, request: Request, pk: str) -> Response:
        """更正。"""
        row = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)
        data = DocumentIn(data=request.data)
        data.is_valid(raise_exception=True)
        documents.change_document(
            actor=actor_of(request),
            document_id=row.pk,
            facts=data.facts(),
            areas=data.area_facts(),
            today=clock.today(),
        )
        return Response(self._shown(row.pk))

    @extend_schema(request=RevokeIn)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """撤销。"""
        row = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)
        data = RevokeIn(data=request.data)
        data.is_valid(raise_exception=True)
        documents.revoke_document(
            actor=actor_of(request), document_id=row.pk, today=clock.today(), **data.validated_data
        )
        return Response(self._shown(row.pk))

    @extend_schema(request=RestoreIn)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """登记复垦验收。"""
        row = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)
        data = RestoreIn(data=request.data)
        data.is_valid(raise_exception=True)
        documents.restore_land(
            actor=actor_of(request), document_id=row.pk, today=clock.today(), **data.validated_data
        )
        return Response(self._shown(row.pk))

    def _shown(self, pk: int) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=pk)).data


class BatchMemberOut(serializers.ModelSerializer[BatchProject]):
    class Meta:
        model = BatchProject
        fields = ["project", "area_m2"]


class BatchOut(serializers.ModelSerializer[Batch]):
    organisation = serializers.CharField(source="organisation.code")
    members = BatchMemberOut(many=True)
    documents = serializers.SerializerMethodField()

    class Meta:
        model = Batch
        fields = [
            *(
                "id",
                "organisation",
                "year",
                "number",
                "mode",
                "submitted_on",
                "request_no",
                "accepted_on",
                "note",
            ),
            *("members", "documents"),
        ]

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_documents(self, row: Batch) -> list[int]:
        """Ids of the approvals of its land."""
        return [each.pk for each in getattr(row, "approvals", [])]


class BatchIn(serializers.Serializer[Any]):
    organisation = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.all(), required=False
    )
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    number = serializers.IntegerField(min_value=1, max_value=999)
    mode = serializers.ChoiceField(
        choices=BatchMode.choices, required=False, default=BatchMode.ORDINARY.value
    )
    submitted_on = serializers.DateField(required=False, allow_null=True, default=None)
    request_no = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    accepted_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class JoinIn(serializers.Serializer[Any]):
    """A project's part in m²; 0 takes it out."""

    project = serializers.IntegerField()
    area_m2 = serializers.IntegerField(min_value=0)


class BatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Batch]):
    """用地批次：项目及其面积、请示、受理、批复。"""

    queryset = Batch.objects.none()
    serializer_class = BatchOut
    filterset_class = BatchFilterSet
    keyset_order = ("-year", "-number", "-id")

    def get_queryset(self) -> QuerySet[Batch]:
        return batch_list(actor=actor_of(self.request)).prefetch_related("members")

    @extend_schema(request=BatchIn)
    def create(self, request: Request) -> Response:
        """新建批次；县市人员不填单位即为本县市。"""
        actor = actor_of(request)
        require(actor, Right.RUN_STEPS)
        data = BatchIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        organisation = given.pop("organisation", None) or actor.reporting_unit
        if organisation is None:
            raise serializers.ValidationError({"organisation": ["请填县市代码。"]})
        organisation = get_object_or_404(Organisation.objects.visible_to(actor), pk=organisation.pk)
        row = batches.create_batch(
            actor=actor,
            organisation=organisation,
            facts=batches.BatchFacts(**given),
            today=clock.today(),
        )
        return Response(self._shown(row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=BatchIn)
    def update(self, request: Request, pk: str) -> Response:
        """修改批次的办理情况。"""
        row = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)
        data = BatchIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = {name: value for name, value in data.validated_data.items() if name != "organisation"}
        batches.change_batch(
            actor=actor_of(request),
            batch_id=row.pk,
            facts=batches.BatchFacts(**given),
            today=clock.today(),
        )
        return Response(self._shown(row.pk))

    @extend_schema(request=JoinIn)
    @action(detail=True, methods=["post"])
    def join(self, request: Request, pk: str) -> Response:
        """列入项目、改面积；面积为 0 即退出。"""
        row, actor = self.get_object(), actor_of(request)
        require(actor, Right.RUN_STEPS)
        data = JoinIn(data=request.data)
        data.is_valid(raise_exception=True)
        project_id, area_m2 = data.validated_data["project"], data.validated_data["area_m2"]
        if area_m2:
            batches.join_batch(actor=actor, batch_id=row.pk, project_id=project_id, area_m2=area_m2)
        else:
            batches.leave_batch(actor=actor, batch_id=row.pk, project_id=project_id)
        return Response(self._shown(row.pk))

    def _shown(self, pk: int) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=pk)).data


class YearRowOut(serializers.Serializer[YearRow]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the row, named as shown
    land_m2 = serializers.IntegerField()
    land_projects = serializers.IntegerField()
    land_permits = serializers.IntegerField()
    works_permits = serializers.IntegerField()
    floor_m2 = serializers.DecimalField(max_digits=18, decimal_places=2)


class YearFiguresOut(serializers.Serializer[Any]):
    """Areas in m²; each of the three ways sums to `whole`."""

    year = serializers.IntegerField()
    first = serializers.DateField()
    last = serializers.DateField()
    whole = YearRowOut()
    by_county = YearRowOut(many=True)
    by_class = YearRowOut(many=True)
    by_kind = YearRowOut(many=True)


class YearIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)
    as_of = serializers.DateField(required=False)


class YearFiguresViewSet(viewsets.ViewSet):
    """年度批准情况：获批建设用地、规划许可、建筑面积。"""

    queryset = LandDocument.objects.none()

    @extend_schema(parameters=[YearIn], responses=YearFiguresOut)
    def list(self, request: Request) -> Response:
        asked = YearIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        as_of = asked.validated_data.get("as_of") or clock.today()
        year = asked.validated_data.get("year") or as_of.year
        return Response(YearFiguresOut(year_figures(actor=actor_of(request), year=year, as_of=as_of)).data)


class TermOut(serializers.ModelSerializer[DocumentTerm]):
    class Meta:
        model = DocumentTerm
        fields = [
            *("id", "kind", "name", "months", "restoration_months", "basis"),
            *("effective_from", "effective_to"),
        ]
        read_only_fields = ("id", "effective_to")


class TermViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[DocumentTerm]):
    """先行和临时用地期限及其历史版本。"""

    queryset = DocumentTerm.objects.order_by("id")
    serializer_class = TermOut
    keyset_order = ("id",)

    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = self.get_serializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = {"restoration_months": None, **data.validated_data}
        row = document_terms.add_term(actor=actor_of(request), **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("documents", DocumentViewSet, basename="document")
    router.register("document-terms", TermViewSet, basename="document-term")
    router.register("batches", BatchViewSet, basename="batch")
    router.register("year-figures", YearFiguresViewSet, basename="year-figures")
