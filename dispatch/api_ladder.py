"""The ladder, the log of reminders, absences over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from dispatch.ladder_filters import ReminderFilter
from dispatch.models import Absence, Ladder, Level, OfficeDigest, Reminder, Rung
from dispatch.rules.ladder import RungPlan
from dispatch.selectors import reminders as selectors
from dispatch.selectors.people import people_at_work
from dispatch.services import ladder as services


class LadderRungOut(serializers.ModelSerializer[Rung]):
    class Meta:
        model = Rung
        fields = ("level", "days_before", "on_due", "days_after", "repeat_every")


class LadderOut(serializers.ModelSerializer[Ladder]):
    rungs = LadderRungOut(many=True, read_only=True)

    class Meta:
        model = Ladder
        fields = ("id", "effective_from", "quiet_from", "quiet_to", "working_days_only", "note", "rungs")


def _days() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=200), max_length=10, default=list
    )


class LadderRungIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=Level.choices)
    days_before = _days()
    on_due = serializers.BooleanField(default=False)
    days_after = _days()
    repeat_every = serializers.IntegerField(min_value=1, max_value=200, allow_null=True, default=None)


class LadderIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    quiet_from = serializers.TimeField()
    quiet_to = serializers.TimeField()
    working_days_only = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=300)
    rungs = LadderRungIn(many=True)

    def validate_rungs(self, rungs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        levels = [rung["level"] for rung in rungs]
        if len(set(levels)) != len(levels):
            raise serializers.ValidationError("每一级对象只能有一行。")
        return rungs


class LadderViewSet(mixins.ListModelMixin, GenericViewSet[Ladder]):
    """提醒升级规则，按生效日期。"""

    queryset = Ladder.objects.none()
    serializer_class = LadderOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[Ladder]:
        return Ladder.objects.prefetch_related("rungs")

    @extend_schema(request=LadderIn, responses={201: LadderOut})
    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_ROUNDS)
        data = LadderIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        rungs = [
            RungPlan(
                rung["level"],
                tuple(rung["days_before"]),
                rung["on_due"],
                tuple(rung["days_after"]),
                rung["repeat_every"],
            )
            for rung in given.pop("rungs")
        ]
        row = services.set_ladder(**given, rungs=rungs, actor=actor_of(request))
        return Response(LadderOut(row).data, status=status.HTTP_201_CREATED)


class LadderReminderOut(serializers.ModelSerializer[Reminder]):
    recipient = serializers.CharField(source="recipient.label", read_only=True, default=None)
    subject = serializers.CharField(source="deadline.subject_label", read_only=True)
    project_name = serializers.CharField(source="deadline.project_name", read_only=True)

    class Meta:
        model = Reminder
        fields = (
            *("id", "deadline", "project_name", "subject", "recipient", "level", "stage", "due_on"),
            *("planned_on", "reason", "skipped", "digest_on"),
        )


class ReminderViewSet(mixins.ListModelMixin, GenericViewSet[Reminder]):
    """提醒记录：发给谁、为什么发、为什么没发。"""

    queryset = Reminder.objects.none()
    serializer_class = LadderReminderOut
    filterset_class = ReminderFilter
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Reminder]:
        return selectors.reminder_log(actor=actor_of(self.request))


class AbsenceOut(serializers.ModelSerializer[Absence]):
    user = serializers.CharField(source="user.username", read_only=True)
    deputy = serializers.CharField(source="deputy.username", read_only=True)

    class Meta:
        model = Absence
        fields = ("id", "user", "deputy", "first_on", "last_on", "note")


class AbsenceIn(serializers.Serializer[Any]):
    user = serializers.CharField(max_length=150, help_text="休假人账号")
    deputy = serializers.CharField(max_length=150, help_text="代办人账号")
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    note = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class AbsenceViewSet(mixins.ListModelMixin, GenericViewSet[Absence]):
    """休假代办。"""

    queryset = Absence.objects.none()
    serializer_class = AbsenceOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Absence]:
        return Absence.objects.visible_to(actor_of(self.request)).select_related("user", "deputy")

    @extend_schema(request=AbsenceIn, responses={201: AbsenceOut})
    def create(self, request: Request) -> Response:
        """登记休假代办：本人的，或由调度办登记他人的。"""
        actor = actor_of(request)
        data = AbsenceIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        people = people_at_work(actor=actor)
        row = services.enter_absence(
            user=get_object_or_404(people, username=given.pop("user")),
            deputy=get_object_or_404(people, username=given.pop("deputy")),
            **given,
            actor=actor,
        )
        return Response(AbsenceOut(row).data, status=status.HTTP_201_CREATED)


class OfficeDigestOut(serializers.ModelSerializer[OfficeDigest]):
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    recipient = serializers.CharField(source="recipient.username", read_only=True)

    class Meta:
        model = OfficeDigest
        fields = ("id", "organisation", "recipient")


class OfficeDigestIn(serializers.Serializer[Any]):
    organisation = serializers.CharField(max_length=30, help_text="单位代码")
    recipient = serializers.CharField(
        max_length=150, allow_null=True, allow_blank=True, default=None, help_text="账号；空即取消汇总"
    )


class OfficeDigestViewSet(mixins.ListModelMixin, GenericViewSet[OfficeDigest]):
    """科室汇总提醒：一个科室的提醒汇总给一人。"""

    queryset = OfficeDigest.objects.none()
    serializer_class = OfficeDigestOut
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[OfficeDigest]:
        actor = actor_of(self.request)
        require(actor, Right.EDIT_ROUNDS)
        return OfficeDigest.objects.visible_to(actor).select_related("organisation", "recipient")

    @extend_schema(request=OfficeDigestIn, responses={204: None})
    def create(self, request: Request) -> Response:
        """设定或取消一个科室的汇总。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_ROUNDS)
        data = OfficeDigestIn(data=request.data)
        data.is_valid(raise_exception=True)
        name = data.validated_data["recipient"]
        units = Organisation.objects.visible_to(actor)
        services.choose_office_digest(
            organisation=get_object_or_404(units, code=data.validated_data["organisation"]),
            recipient=get_object_or_404(people_at_work(actor=actor), username=name) if name else None,
            actor=actor,
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("ladders", LadderViewSet, basename="ladder")
    router.register("reminders", ReminderViewSet, basename="reminder")
    router.register("absences", AbsenceViewSet, basename="absence")
    router.register("office-digests", OfficeDigestViewSet, basename="office-digest")
