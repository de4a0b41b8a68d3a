"""Saved views of lists over the API: list, save, share, open with, delete."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import User
from projects.list_question import kept_query
from projects.models import ListName, ListPreference, SavedView
from projects.services import saved_views


class SavedViewOut(serializers.ModelSerializer[SavedView]):
    """A list's address under a name: its page and its API take `query` as it is."""

    owner = serializers.CharField(source="owner.label")
    is_mine = serializers.SerializerMethodField()
    is_default = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = [
            *("id", "list_name", "name", "query", "shared_roles", "owner", "is_mine", "is_default"),
            "created_at",
        ]

    def get_is_mine(self, view: SavedView) -> bool:
        reader: User = self.context["request"].user
        return view.owner_id == reader.pk

    def get_is_default(self, view: SavedView) -> bool:
        return view.pk in self.context["defaults"]


class SavedViewIn(serializers.Serializer[Any]):
    list_name = serializers.ChoiceField(choices=ListName.choices)
    name = serializers.CharField(max_length=30)
    query = serializers.CharField(max_length=1000, allow_blank=True, default="")
    shared_roles = serializers.MultipleChoiceField(choices=User.Role.choices, default=set)
    is_default = serializers.BooleanField(default=False, help_text="打开清单时使用")


class OpenWithIn(serializers.Serializer[Any]):
    list_name = serializers.ChoiceField(choices=ListName.choices)
    view = serializers.IntegerField(allow_null=True, min_value=1, help_text="null：打开清单时显示全部")


class SavedViewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SavedView]):
    """保存的筛选：本人的和共享给本岗位的。"""

    serializer_class = SavedViewOut
    queryset = SavedView.objects.none()
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[SavedView]:
        rows = SavedView.objects.visible_to(actor_of(self.request)).select_related("owner")
        of_list = self.request.query_params.get("list_name")
        return rows.filter(list_name=of_list) if of_list and self.action == "list" else rows

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False):
            mine = ListPreference.objects.filter(owner=actor_of(self.request), default_view__isnull=False)
            context["defaults"] = set(mine.values_list("default_view_id", flat=True))
        return context

    @extend_schema(parameters=[OpenApiParameter("list_name", str, enum=ListName.values)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=SavedViewIn, responses={201: SavedViewOut})
    def create(self, request: Request) -> Response:
        """保存筛选；共享给岗位需要相应权限。"""
        data = SavedViewIn(data=request.data)
        data.is_valid(raise_exception=True)
        said, actor = data.validated_data, actor_of(request)
        of_list = ListName(said["list_name"])
        view = saved_views.save_view(
            actor=actor,
            list_name=of_list,
            name=said["name"],
            query=kept_query(QueryDict(said["query"])),
            shared_roles=sorted(said["shared_roles"]),
        )
        if said["is_default"]:
            saved_views.open_with(actor=actor, list_name=of_list, view_id=view.pk)
        return Response(self.get_serializer(view).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """删除本人的筛选。"""
        actor, found = actor_of(request), self.get_object()
        if found.owner_id != actor.pk:
            raise Http404
        saved_views.delete_view(actor=actor, view_id=found.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=OpenWithIn, responses={204: None})
    @action(detail=False, methods=["post"], url_path="open-with")
    def open_with(self, request: Request) -> Response:
        """打开清单时使用哪个筛选。"""
        data = OpenWithIn(data=request.data)
        data.is_valid(raise_exception=True)
        of_list, view = ListName(data.validated_data["list_name"]), data.validated_data["view"]
        if view is not None and not self.get_queryset().filter(list_name=of_list, pk=view).exists():
            raise Http404
        saved_views.open_with(actor=actor_of(request), list_name=of_list, view_id=view)
        return Response(status=status.HTTP_204_NO_CONTENT)


def register(router: BaseRouter) -> None:
    router.register("saved-views", SavedViewViewSet, basename="saved-view")
