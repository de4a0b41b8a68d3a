"""What people add to a project, over the API: comments, verifications, follows, thresholds."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from projects.filters_comments import CommentFilter
from projects.filters_verification import VerificationFilter
from projects.models import Comment, Follow, Project, StalenessSetting, Verification
from projects.selectors.comments import comment_list, follow_list
from projects.selectors.verification import staleness_settings, verification_list
from projects.services import following
from projects.services.comments import comment, withdraw_comment
from projects.services.verification import note_progress, set_staleness, verify_unchanged


class CommentOut(serializers.ModelSerializer[Comment]):
    written_by = serializers.CharField(source="written_by.label")
    text = serializers.SerializerMethodField(help_text="已撤回的为空")
    withdrawn_at = serializers.DateTimeField(source="withdrawal.withdrawn_at", default=None)
    withdrawal_reason = serializers.CharField(source="withdrawal.reason", default="")

    class Meta:
        model = Comment
        fields = [
            *("id", "project", "text", "is_directive", "written_by", "written_at"),
            *("withdrawn_at", "withdrawal_reason"),
        ]

    def get_text(self, said: Comment) -> str:
        return said.shown_text


class CommentIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class CommentReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class CommentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Comment]):
    """意见和批示：列表、发表、撤回。"""

    serializer_class = CommentOut
    filterset_class = CommentFilter
    queryset = Comment.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Comment]:
        return comment_list(actor=actor_of(self.request))

    @extend_schema(request=CommentIn, responses={201: CommentOut})
    def create(self, request: Request) -> Response:
        require(actor_of(request), Right.COMMENT)
        data = CommentIn(data=request.data)
        data.is_valid(raise_exception=True)
        project = _project(request, data.validated_data["project"])
        done = comment(actor=actor_of(request), project=project, text=data.validated_data["text"])
        return Response(CommentOut(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CommentReasonIn, responses=CommentOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """撤回本人发表的意见，须写明理由。"""
        data = CommentReasonIn(data=request.data)
        data.is_valid(raise_exception=True)
        withdraw_comment(actor=actor_of(request), comment=self.get_object(), **data.validated_data)
        return Response(CommentOut(self.get_object()).data)


class VerificationOut(serializers.ModelSerializer[Verification]):
    project_name = serializers.CharField(source="project.name")
    county = serializers.CharField(source="project.organisation.short_name")
    verified_by = serializers.CharField(source="verified_by.label")

    class Meta:
        model = Verification
        fields = [
            *("id", "project", "project_name", "county", "verified_on", "week", "note"),
            *("verified_by", "verified_at"),
        ]


class VerificationIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    note = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="空：已核实无变化；否则为今日进展"
    )


class VerificationViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Verification]):
    """核实记录：谁在哪一天核实了哪个项目。"""

    serializer_class = VerificationOut
    filterset_class = VerificationFilter
    queryset = Verification.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Verification]:
        return verification_list(actor=actor_of(self.request))

    @extend_schema(request=VerificationIn, responses={201: VerificationOut})
    def create(self, request: Request) -> Response:
        require(actor_of(request), Right.VERIFY_PROJECT)
        data = VerificationIn(data=request.data)
        data.is_valid(raise_exception=True)
        project = _project(request, data.validated_data["project"])
        actor, today, note = actor_of(request), clock.today(), data.validated_data["note"]
        if note:
            done = note_progress(actor=actor, project=project, note=note, today=today)
        else:
            done = verify_unchanged(actor=actor, project=project, today=today)
        return Response(VerificationOut(done).data, status=status.HTTP_201_CREATED)


class FollowOut(serializers.ModelSerializer[Follow]):
    project_name = serializers.CharField(source="project.name", read_only=True)

    class Meta:
        model = Follow
        fields = ["id", "project", "project_name", "since"]


class FollowIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()


class FollowViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Follow]):
    """本人关注的项目。"""

    serializer_class = FollowOut
    queryset = Follow.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Follow]:
        return follow_list(actor=actor_of(self.request))

    @extend_schema(request=FollowIn, responses={201: FollowOut})
    def create(self, request: Request) -> Response:
        data = FollowIn(data=request.data)
        data.is_valid(raise_exception=True)
        project = _project(request, data.validated_data["project"])
        done = following.follow(actor=actor_of(request), project=project)
        return Response(FollowOut(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """取消关注。"""
        following.unfollow(actor=actor_of(request), project=self.get_object().project)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StalenessOut(serializers.ModelSerializer[StalenessSetting]):
    class Meta:
        model = StalenessSetting
        fields = ["id", "effective_from", "amber_after_days", "red_after_days", "note"]


class StalenessIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    amber_after_days = serializers.IntegerField(min_value=1, max_value=365)
    red_after_days = serializers.IntegerField(min_value=2, max_value=730)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class StalenessViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[StalenessSetting]):
    """核实时限：超过几天算久未核实、情况不明，按生效日期。"""

    serializer_class = StalenessOut
    queryset = StalenessSetting.objects.none()
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[StalenessSetting]:
        return staleness_settings()

    @extend_schema(request=StalenessIn, responses={201: StalenessOut})
    def create(self, request: Request) -> Response:
        require(actor_of(request), Right.EDIT_STALENESS)
        data = StalenessIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = set_staleness(actor=actor_of(request), today=clock.today(), **data.validated_data)
        return Response(StalenessOut(done).data, status=status.HTTP_201_CREATED)


def _project(request: Request, pk: int) -> Project:
    found = Project.objects.visible_to(actor_of(request)).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def register(router: BaseRouter) -> None:
    router.register("comments", CommentViewSet, basename="comment")
    router.register("verifications", VerificationViewSet, basename="verification")
    router.register("follows", FollowViewSet, basename="follow")
    router.register("staleness-settings", StalenessViewSet, basename="staleness")
