"""Posts and succession over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Post
from accounts.posts import Holder
from core import clock
from desk import succession
from desk.posts_views import ORDER, PostFilterSet, posts_with_work


class PostOut(serializers.ModelSerializer[Post]):
    organisation = serializers.CharField(source="organisation.code")
    holder = serializers.CharField(source="holder_name")
    held_since = serializers.DateField(allow_null=True)
    next_holder = serializers.CharField(source="next_name")
    next_on = serializers.DateField(allow_null=True)
    open_deadlines = serializers.IntegerField(source="promises")
    projects = serializers.IntegerField()

    class Meta:
        model = Post
        fields = (
            *("id", "organisation", "title", "duty", "is_active", "needs_check", "holder", "held_since"),
            *("next_holder", "next_on", "open_deadlines", "projects"),
        )


class SucceedIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=40, default="", allow_blank=True)
    starts_on = serializers.DateField()


class PostViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Post]):
    """岗位：现任、将接任的人、随岗位交接的在办期限和项目。"""

    serializer_class = PostOut
    queryset = Post.objects.none()
    filterset_class = PostFilterSet
    keyset_order = ORDER
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Post]:
        return posts_with_work(actor=actor_of(self.request))

    @extend_schema(request=SucceedIn, responses=PostOut)
    @action(detail=True, methods=["post"])
    def succeed(self, request: Request, pk: str) -> Response:
        """登记接任（没有账号的人员）；将来的日期到期自动承接。"""
        actor = actor_of(request)
        found = get_object_or_404(Post.objects.visible_to(actor), pk=pk)
        entered = SucceedIn(data=request.data)
        entered.is_valid(raise_exception=True)
        said = entered.validated_data
        succession.succeed(
            actor=actor,
            post_id=found.pk,
            holder=Holder(name=said["name"], phone=said["phone"]),
            starts_on=said["starts_on"],
            today=clock.today(),
        )
        return Response(PostOut(self.get_queryset().get(pk=found.pk)).data)


def register(router: BaseRouter) -> None:
    router.register("posts", PostViewSet, basename="post")
