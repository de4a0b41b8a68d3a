"""The order of projects and who answers for them, over the API. Writes go through the services."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.posts import Holder, post_list
from core import clock
from projects.models import (
    AreaLink,
    BracketSet,
    CriteriaSet,
    LiaisonReply,
    Link,
    Project,
    ScopeFlag,
    TaskForce,
)
from projects.people_filters import ContactFilterSet, LiaisonReplyFilterSet, QueueFilterSet
from projects.selectors import matrix
from projects.selectors import ordering as order
from projects.selectors import people as reading
from projects.selectors.people import GAPS
from projects.services import ordering, people
from projects.services.people import Target

_CLASSES = Project.PriorityClass.choices


# --- the queue -------------------------------------------------------------------------------------


class QueueOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="project.pk")
    number = serializers.CharField(source="project.number")
    name = serializers.CharField(source="project.name")
    organisation = serializers.CharField(source="project.organisation.code")
    place = serializers.IntegerField(allow_null=True, help_text="在全部可见项目中的顺序")
    priority_class = serializers.CharField(source="project.priority_class")
    proposed_class = serializers.CharField(source="proposal.priority_class")
    proposed_because = serializers.CharField(source="proposal.reason")
    scope_flags = serializers.ListField(
        child=serializers.CharField(), source="standing.scope_flags", default=[]
    )
    class_confirmed_on = serializers.DateField(source="standing.class_confirmed_on", default=None)
    investment_yuan = serializers.DecimalField(
        max_digits=18, decimal_places=2, source="project.investment_yuan", allow_null=True
    )
    jumped_to = serializers.CharField(source="jump.to_class", default="")
    jump_reason = serializers.CharField(source="jump.reason", default="")
    jumped_on = serializers.DateField(source="jump.jumped_on", default=None)


class ClassIn(serializers.Serializer[Any]):
    priority_class = serializers.ChoiceField(choices=_CLASSES)
    reason = serializers.CharField(max_length=300)


class JumpIn(serializers.Serializer[Any]):
    to_class = serializers.ChoiceField(choices=_CLASSES)
    reason = serializers.CharField(max_length=300)


class FlagsIn(serializers.Serializer[Any]):
    flags = serializers.ListField(child=serializers.ChoiceField(choices=ScopeFlag.choices))


class QueueViewSet(viewsets.GenericViewSet[Project]):
    """项目顺序：急需、重点、一般、预备，同类按投资；定类别、标情形、调整顺序。"""

    serializer_class = QueueOut  # of rows, not of projects
    filterset_class = QueueFilterSet
    queryset = Project.objects.none()
    keyset_order = order.QUEUE_ORDER
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Project]:
        return order.queue(actor=actor_of(self.request))

    @extend_schema(responses=QueueOut(many=True))
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = order.queue_rows(page, actor=actor_of(request), today=clock.today())
        return self.get_paginated_response(QueueOut(rows, many=True).data)

    @extend_schema(request=ClassIn, responses=QueueOut)
    @action(detail=True, methods=["post"], url_path="class")
    def confirm_class(self, request: Request, pk: str) -> Response:
        """确定项目类别。"""
        entered = _valid(ClassIn(data=request.data))
        ordering.confirm_class(actor=actor_of(request), project_id=int(pk), today=clock.today(), **entered)
        return self._row(pk)

    @extend_schema(request=FlagsIn, responses=QueueOut)
    @action(detail=True, methods=["post"])
    def flags(self, request: Request, pk: str) -> Response:
        """标注涉及情形，以所列为准。"""
        entered = _valid(FlagsIn(data=request.data))
        ordering.flag_project(actor=actor_of(request), project_id=int(pk), today=clock.today(), **entered)
        return self._row(pk)

    @extend_schema(request=JumpIn, responses=QueueOut)
    @action(detail=True, methods=["post"])
    def jump(self, request: Request, pk: str) -> Response:
        """排到一类最前，须有理由。"""
        entered = _valid(JumpIn(data=request.data))
        ordering.jump_queue(actor=actor_of(request), project_id=int(pk), today=clock.today(), **entered)
        return self._row(pk)

    @extend_schema(request=None, responses=QueueOut)
    @action(detail=True, methods=["post"], url_path="end-jump")
    def end_jump(self, request: Request, pk: str) -> Response:
        """恢复原来的顺序。"""
        ordering.end_jump(actor=actor_of(request), project_id=int(pk), today=clock.today())
        return self._row(pk)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A project out of sight is not found, before anything else is said."""
        super().initial(request, *args, **kwargs)
        if "pk" in kwargs:
            get_object_or_404(Project.objects.visible_to(actor_of(request)), pk=kwargs["pk"])

    def _row(self, pk: str) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        [row] = order.queue_rows([found], actor=actor_of(self.request), today=clock.today())
        return Response(QueueOut(row).data)


def _valid(entered: serializers.Serializer[Any]) -> dict[str, Any]:
    entered.is_valid(raise_exception=True)
    return dict(entered.validated_data)


# --- links and gaps --------------------------------------------------------------------------------


class LinkOut(serializers.ModelSerializer[Link]):
    target = serializers.SerializerMethodField()

    class Meta:
        model = Link
        fields = ("id", "project", "kind", "post", "organisation", "task_force", "target", "from_on", "to_on")

    def get_target(self, link: Link) -> str:
        return str(link.target)


class LinkIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(choices=Link.Kind.choices)
    post = serializers.IntegerField(min_value=1, required=False, help_text="岗位；领办领导、县局领导、联络员")
    organisation = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.all(), required=False, help_text="单位；主办部门"
    )
    task_force = serializers.IntegerField(min_value=1, required=False, help_text="专班")
    from_on = serializers.DateField()
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class LinkViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Link]):
    """项目责任关系：领办领导、主办部门、专班、县局联系领导、镇街联络员；每种一个现任。"""

    serializer_class = LinkOut
    queryset = Link.objects.none()
    filterset_fields = ("project", "kind")
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Link]:
        rows = Link.objects.visible_to(actor_of(self.request)).active()
        return rows.select_related("post__organisation", "organisation", "task_force")

    @extend_schema(request=LinkIn, responses={201: LinkOut})
    def create(self, request: Request) -> Response:
        """指定；原来的自起始日结束。"""
        actor = actor_of(request)
        entered = _valid(LinkIn(data=request.data))
        get_object_or_404(Project.objects.visible_to(actor), pk=entered["project"])
        on = clock.today()
        target = Target(
            post=_one(post_list(actor=actor, on=on), entered.get("post")),
            organisation=entered.get("organisation"),
            task_force=_one(TaskForce.objects.visible_to(actor), entered.get("task_force")),
        )
        done = people.assign_link(
            actor=actor,
            project_id=entered["project"],
            kind=Link.Kind(entered["kind"]),
            target=target,
            from_on=entered["from_on"],
            reason=entered["reason"],
            today=on,
        )
        return Response(LinkOut(done).data, status=status.HTTP_201_CREATED)


def _one(rows: QuerySet[Any], pk: int | None) -> Any:
    return None if pk is None else get_object_or_404(rows, pk=pk)


class GapOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    asks = serializers.CharField(help_text="核对范围")
    count = serializers.IntegerField()


class GapProjectOut(serializers.ModelSerializer[Project]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = Project
        fields = ("id", "number", "name", "organisation", "list_category", "priority_class")


class GapViewSet(viewsets.GenericViewSet[Project]):
    """责任缺口：缺领办领导、专班、方案、主办部门、县局领导、联络员的项目。"""

    serializer_class = GapProjectOut
    queryset = Project.objects.none()
    filterset_class = None
    keyset_order = ("organisation__code", "number")
    lookup_field = "slug"
    lookup_value_regex = "[a-z]+"

    @extend_schema(responses=GapOut(many=True))
    def list(self, request: Request) -> Response:
        """每种缺口的项目数。"""
        counts = reading.gap_counts(actor=actor_of(request), terms=reading.terms_on(clock.today()))
        rows = [
            {"slug": gap.slug, "label": gap.label, "asks": gap.asks, "count": counts[gap.slug]}
            for gap in GAPS.values()
        ]
        return Response(GapOut(rows, many=True).data)

    @extend_schema(
        operation_id="gaps_projects",
        parameters=[OpenApiParameter("slug", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses=GapProjectOut(many=True),
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """有这种缺口的项目。"""
        gap = GAPS.get(slug)
        if gap is None:
            return Response(status=status.HTTP_404_NOT_FOUND)
        terms = reading.terms_on(clock.today())
        page = self.paginate_queryset(reading.gap_projects(actor=actor_of(request), gap=gap, terms=terms))
        return self.get_paginated_response(GapProjectOut(page or [], many=True).data)


# --- areas, contacts, task forces, liaisons -------------------------------------------------------------


class AreaLinkOut(serializers.ModelSerializer[AreaLink]):
    leader = serializers.CharField(source="leader_post.title")
    office = serializers.CharField(source="office.code", default=None)
    area = serializers.CharField(source="area.code")

    class Meta:
        model = AreaLink
        fields = ("id", "leader_post", "leader", "office", "office_name", "area", "from_on", "needs_check")


class AreaLinkViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[AreaLink]):
    """包联责任：领导、责任处室、地区。"""

    serializer_class = AreaLinkOut
    queryset = AreaLink.objects.none()
    keyset_order = ("area__path",)

    def get_queryset(self) -> QuerySet[AreaLink]:
        return matrix.area_links(actor=actor_of(self.request))


class ContactOut(serializers.ModelSerializer[Organisation]):
    head = serializers.SerializerMethodField()
    deputy = serializers.SerializerMethodField()
    liaison = serializers.SerializerMethodField()

    class Meta:
        model = Organisation
        fields = ("code", "name", "kind", "head", "deputy", "liaison")

    def get_head(self, unit: Any) -> str:
        return str(unit.head or unit.head_account)

    def get_deputy(self, unit: Any) -> str:
        return str(unit.deputy or unit.deputy_account)

    def get_liaison(self, unit: Any) -> str:
        return str(unit.liaison or unit.liaison_account)


class ContactViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Organisation]):
    """联络员名录：第一责任人、分管负责人、业务联络员。"""

    serializer_class = ContactOut
    queryset = Organisation.objects.none()
    filterset_class = ContactFilterSet
    keyset_order = ("path",)

    def get_queryset(self) -> QuerySet[Organisation]:
        return reading.contact_list(actor=actor_of(self.request), on=clock.today())


class TaskForceOut(serializers.ModelSerializer[TaskForce]):
    host = serializers.CharField(source="host.code")
    projects = serializers.IntegerField()
    members = serializers.SerializerMethodField()

    class Meta:
        model = TaskForce
        fields = (
            *("id", "name", "host", "duty", "scope_flags", "classes", "established_on", "dissolved_on"),
            *("projects", "members"),
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_members(self, force: Any) -> list[str]:
        return [f"{member.get_role_display()} {member.post}" for member in force.present]


class TaskForceViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[TaskForce]):
    """工作专班及其成员。"""

    serializer_class = TaskForceOut
    queryset = TaskForce.objects.none()
    keyset_order = ("name",)

    def get_queryset(self) -> QuerySet[TaskForce]:
        return reading.task_forces(actor=actor_of(self.request), on=clock.today())


class LiaisonReplyOut(serializers.ModelSerializer[LiaisonReply]):
    organisation = serializers.CharField(source="organisation.code")
    title = serializers.CharField(source="call.title")
    due_on = serializers.DateField(source="call.due_on")
    liaison = serializers.SerializerMethodField()

    class Meta:
        model = LiaisonReply
        fields = ("id", "call", "title", "organisation", "due_on", "replied_on", "liaison")

    def get_liaison(self, reply: Any) -> str:
        return getattr(reply, "liaison_name", "")


class LiaisonIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=40, default="", allow_blank=True)


class LiaisonReplyViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[LiaisonReply]):
    """联络员报送：各单位对通知的报送。"""

    serializer_class = LiaisonReplyOut
    queryset = LiaisonReply.objects.none()
    filterset_class = LiaisonReplyFilterSet
    keyset_order = ("-call", "organisation__path")

    def get_queryset(self) -> QuerySet[LiaisonReply]:
        return reading.liaison_replies(actor=actor_of(self.request), on=clock.today())

    @extend_schema(request=LiaisonIn, responses=LiaisonReplyOut)
    @action(detail=True, methods=["post"], url_path="name", url_name="name")
    def name_liaison(self, request: Request, pk: str) -> Response:
        """报送本单位联络员。"""
        actor = actor_of(request)
        reply = get_object_or_404(LiaisonReply.objects.visible_to(actor), pk=pk)
        entered = _valid(LiaisonIn(data=request.data))
        people.name_liaison(actor=actor, reply_id=reply.pk, holder=Holder(**entered), today=clock.today())
        return Response(LiaisonReplyOut(self.get_queryset().get(pk=reply.pk)).data)


# --- dated rules -----------------------------------------------------------------------------------


class RuleLineOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    says = serializers.CharField()
    note = serializers.CharField()


class CriteriaSetOut(serializers.ModelSerializer[CriteriaSet]):
    lines = serializers.SerializerMethodField()

    class Meta:
        model = CriteriaSet
        fields = (
            *("effective_from", "note", "key_classes", "key_categories", "lead_flags"),
            *("liaison_categories", "lines"),
        )

    @extend_schema_field(RuleLineOut(many=True))
    def get_lines(self, row: CriteriaSet) -> Any:
        return RuleLineOut(order.criteria_lines(row, self.context["words"]), many=True).data


class CriteriaSetViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[CriteriaSet]):
    """分类标准：各期的分类条件。"""

    serializer_class = CriteriaSetOut
    queryset = CriteriaSet.objects.prefetch_related("criteria")
    keyset_order = ("-effective_from",)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "words": order.class_words()}


class BracketSetOut(serializers.ModelSerializer[BracketSet]):
    lines = serializers.SerializerMethodField()

    class Meta:
        model = BracketSet
        fields = ("effective_from", "note", "boundary", "lines")

    @extend_schema_field(RuleLineOut(many=True))
    def get_lines(self, row: BracketSet) -> Any:
        return RuleLineOut(order.bracket_lines(row), many=True).data


class BracketSetViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[BracketSet]):
    """投资分级：各期的档次和分界数归属。"""

    serializer_class = BracketSetOut
    queryset = BracketSet.objects.prefetch_related("brackets")
    keyset_order = ("-effective_from",)


def register(router: BaseRouter) -> None:
    router.register("queue", QueueViewSet, basename="queue")
    router.register("links", LinkViewSet, basename="link")
    router.register("gaps", GapViewSet, basename="gap")
    router.register("area-links", AreaLinkViewSet, basename="area-link")
    router.register("contacts", ContactViewSet, basename="contact")
    router.register("task-forces", TaskForceViewSet, basename="task-force")
    router.register("liaison-replies", LiaisonReplyViewSet, basename="liaison-reply")
    router.register("criteria", CriteriaSetViewSet, basename="criteria-set")
    router.register("brackets", BracketSetViewSet, basename="bracket-set")
