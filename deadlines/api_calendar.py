"""The working-day calendar over the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from deadlines import services
from deadlines.errors import NoticeUnreadable
from deadlines.models import CalendarDay, CalendarRevision, CalendarYear
from deadlines.notice import read_notice
from ui.filters import FilterSet


class CalendarDayOut(serializers.ModelSerializer[CalendarDay]):
    class Meta:
        model = CalendarDay
        fields = ("date", "is_working", "name", "notice_no", "status", "notice_year")


class CalendarDayFilter(FilterSet):
    year = django_filters.NumberFilter(field_name="date__year", label="年度")
    first = django_filters.DateFilter(field_name="date", lookup_expr="gte", label="起（含）")
    last = django_filters.DateFilter(field_name="date", lookup_expr="lte", label="止（含）")

    class Meta:
        model = CalendarDay
        fields = ("year", "first", "last", "is_working", "status")


class CalendarDayViewSet(ReadOnlyModelViewSet[CalendarDay]):
    """与平常周次不同的日子：放假日和调休上班日。没有列出的日子，周一至周五上班。"""

    queryset = CalendarDay.objects.all()
    serializer_class = CalendarDayOut
    filterset_class = CalendarDayFilter
    lookup_field = "date"
    lookup_value_regex = r"\d{4}-\d{2}-\d{2}"
    keyset_order = ("date",)

    def get_queryset(self) -> QuerySet[CalendarDay]:
        return CalendarDay.objects.order_by("date")


class CalendarYearOut(serializers.ModelSerializer[CalendarYear]):
    class Meta:
        model = CalendarYear
        fields = ("year", "status", "notice_no")


class NoticeIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=50_000, help_text="通知全文")
    notice_no = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class RevisionOut(serializers.ModelSerializer[CalendarRevision]):
    class Meta:
        model = CalendarRevision
        fields = ("id", "year", "status", "notice_no", "changed_days", "recomputed", "entered_at")


class CalendarYearViewSet(ReadOnlyModelViewSet[CalendarYear]):
    """各年度放假安排：正式（有通知）或暂定。"""

    queryset = CalendarYear.objects.all()
    serializer_class = CalendarYearOut
    lookup_field = "year"
    lookup_value_regex = r"\d{4}"
    keyset_order = ("year",)

    @extend_schema(request=NoticeIn, responses={201: RevisionOut})
    def create(self, request: Request) -> Response:
        """录入国务院办公厅通知，重算未办结期限。有问题的通知不录入。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CALENDAR)
        entered = NoticeIn(data=request.data)
        entered.is_valid(raise_exception=True)
        notice = read_notice(entered.validated_data["text"])
        number = entered.validated_data["notice_no"] or notice.number
        problems = [*notice.problems, *([] if number else ["正文没有文号，请填写通知文号。"])]
        if problems or notice.year is None:
            raise NoticeUnreadable(problems)
        revision = services.load_year(
            days=services.YearDays(
                year=notice.year, holidays=notice.holidays, makeup_days=notice.makeup_days
            ),
            status=CalendarYear.Status.OFFICIAL,
            notice_no=number,
            source=entered.validated_data["text"],
            actor=actor,
            today=clock.today(),
        )
        return Response(RevisionOut(revision).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("calendar-days", CalendarDayViewSet, basename="calendar-day")
    router.register("calendar-years", CalendarYearViewSet, basename="calendar-year")
