"""A person's messages over the API, and the mails that did not get through."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from notifications import selectors, services
from notifications.filters import MessageFilter
from notifications.models import Delivery, Message, Preference


class MessageOut(serializers.ModelSerializer[Message]):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Message
        fields = ["id", "kind", "kind_label", "title", "body", "url", "created_at", "read_at"]


class UpToIn(serializers.Serializer[Any]):
    up_to = serializers.IntegerField(min_value=0, help_text="已看到的最新一条消息的编号；更新的保持未读")


class CountOut(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class MessageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Message]):
    """本人的消息：查看、标为已读。"""

    serializer_class = MessageOut
    filterset_class = MessageFilter
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return selectors.message_list(actor=actor_of(self.request))

    @extend_schema(request=None, responses=MessageOut)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """标为已读。"""
        services.mark_read(message_id=self.get_object().pk, actor=actor_of(request), now=clock.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=UpToIn, responses=CountOut)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """将编号不大于 up_to 的消息全部标为已读。"""
        data = UpToIn(data=request.data)
        data.is_valid(raise_exception=True)
        count = services.mark_all_read(
            up_to_id=data.validated_data["up_to"], actor=actor_of(request), now=clock.now()
        )
        return Response({"count": count})


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    title = serializers.CharField(source="message.title", read_only=True)
    recipient = serializers.CharField(source="message.recipient.label", read_only=True)

    class Meta:
        model = Delivery
        fields = ["id", "title", "recipient", "channel", "address", "planned_at", "claimed_at", "error"]


class UnsentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Delivery]):
    """未确认发出的邮件：查看、手工重发。"""

    serializer_class = DeliveryOut
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        require(actor_of(self.request), Right.RUN_JOBS)
        return selectors.unsent_list(actor=actor_of(self.request), now=clock.now())

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str) -> Response:
        """重新排队发送。"""
        services.resend(delivery_id=self.get_object().pk, actor=actor_of(request), now=clock.now())
        return Response(status=204)


class PreferenceOut(serializers.ModelSerializer[Preference]):
    class Meta:
        model = Preference
        fields = ("by_mail", "robot", "robot_key", "daily_digest")


class PreferenceIn(serializers.Serializer[Any]):
    by_mail = serializers.BooleanField(default=True)
    robot = serializers.ChoiceField(
        choices=[("", "不用"), *((c.value, c.label) for c in Delivery.ROBOTS)], allow_blank=True, default=""
    )
    robot_key = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    daily_digest = serializers.BooleanField(default=False)


class PreferenceViewSet(viewsets.ViewSet):
    """本人的接收方式。"""

    serializer_class = PreferenceOut

    @extend_schema(responses=PreferenceOut)
    @action(detail=False, methods=["get"])
    def own(self, request: Request) -> Response:
        """查看。"""
        return Response(PreferenceOut(selectors.preference_of(actor=actor_of(request))).data)

    @extend_schema(request=PreferenceIn, responses=PreferenceOut)
    @own.mapping.put
    def choose(self, request: Request) -> Response:
        """选择：邮件、群机器人、每日汇总。"""
        data = PreferenceIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = services.choose_channels(actor=actor_of(request), **data.validated_data)
        return Response(PreferenceOut(row).data)


def register(router: BaseRouter) -> None:
    router.register("messages", MessageViewSet, basename="message")
    router.register("unsent-mails", UnsentViewSet, basename="unsent-mail")
    router.register("channels", PreferenceViewSet, basename="channel")
