"""会商 under /api/v1/: the pages' own filters, selectors and services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import User
from accounts.rights import Right, require
from consultations.filters import BulletinFilterSet, MeetingFilterSet, MinutesFilterSet, TopicFilterSet
from consultations.models import AgendaItem, Attendance, Bulletin, Meeting, Minutes, Topic
from consultations.selectors.bulletins import bulletin_list
from consultations.selectors.council import contacts
from consultations.selectors.meetings import agenda_of, meeting_list
from consultations.selectors.minutes import circulations_of, minutes_list
from consultations.selectors.topics import council_for, kinds_in_force, topic_list
from consultations.serializers import (
    AgendaItemIn,
    AgendaItemOut,
    AttendanceOut,
    AttendanceReplyIn,
    BulletinIn,
    BulletinItemChangeIn,
    BulletinItemIn,
    BulletinItemStrikeIn,
    BulletinOut,
    CirculationOut,
    CouncilUnitOut,
    MeetingIn,
    MeetingOut,
    MinutesOut,
    ResolutionIn,
    ResolutionOut,
    TopicCollectIn,
    TopicIn,
    TopicOut,
    TopicReasonIn,
)
from consultations.services import agenda, bulletins, calling, meetings, minutes, room, topics
from consultations.services.room import ResolutionTerms
from consultations.services.topics import NewTopic
from core import clock
from projects.models import Project


def _read(kind: type[Any], request: Request) -> Any:
    """The body, well-formed."""
    data = kind(data=request.data)
    data.is_valid(raise_exception=True)
    return data


class TopicViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Topic]):
    """会商议题：提出、汇总、退回、转办、提级、销号、重新办理。"""

    serializer_class = TopicOut
    filterset_class = TopicFilterSet
    queryset = Topic.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Topic]:
        return topic_list(actor=actor_of(self.request))

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(TopicOut(self.get_queryset().get(pk=pk)).data, status=status)

    def _run(self) -> tuple[Topic, User]:
        found, actor = self.get_object(), actor_of(self.request)
        require(actor, Right.RUN_MEETINGS)
        return found, actor

    @extend_schema(request=TopicIn, responses={201: TopicOut})
    def create(self, request: Request) -> Response:
        """提请会商。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.RAISE_TOPIC)
        data = dict(_read(TopicIn, request).validated_data)
        code, asked = data.pop("kind"), data.pop("project")
        kind = next((k for k in kinds_in_force(today) if k.code == code), None)
        project = Project.objects.visible_to(actor).select_related("organisation").filter(pk=asked).first()
        if kind is None or (asked is not None and project is None):
            raise serializers.ValidationError(
                {"kind" if kind is None else "project": ["不存在，或不在您的可见范围内。"]}
            )
        done = topics.raise_topic(new=NewTopic(**data, kind=kind, project=project), actor=actor, today=today)
        return self._shown(done.pk, 201)

    @extend_schema(request=TopicCollectIn, responses=TopicOut)
    @action(detail=True, methods=["post"])
    def collect(self, request: Request, pk: str) -> Response:
        """汇总，认定会商范围。"""
        found, actor = self._run()
        data = _read(TopicCollectIn, request)
        reason = data.validated_data["reason"]
        topics.collect_topic(
            topic_id=found.pk,
            scopes=data.chosen(),
            reason=reason,
            lead=None,
            actor=actor,
            today=clock.today(),
        )
        return self._shown(found.pk)

    def _aside(self, request: Request, service: Callable[..., Topic], argument: str = "reason") -> Response:
        found, actor = self._run()
        reason = _read(TopicReasonIn, request).validated_data["reason"]
        service(topic_id=found.pk, actor=actor, today=clock.today(), **{argument: reason})
        return self._shown(found.pk)

    @extend_schema(request=TopicReasonIn, responses=TopicOut)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """退回。"""
        return self._aside(request, topics.return_topic)

    @extend_schema(request=TopicReasonIn, responses=TopicOut)
    @action(detail=True, methods=["post"])
    def refer(self, request: Request, pk: str) -> Response:
        """转办。"""
        return self._aside(request, topics.refer_topic)

    @extend_schema(request=TopicReasonIn, responses=TopicOut)
    @action(detail=True, methods=["post"])
    def escalate(self, request: Request, pk: str) -> Response:
        """提级。"""
        return self._aside(request, topics.escalate_topic)

    @extend_schema(request=TopicReasonIn, responses=TopicOut)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """销号；有任务未核验的不能销号。"""
        return self._aside(request, topics.close_topic, "result")

    @extend_schema(request=TopicReasonIn, responses=TopicOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """重新办理。"""
        return self._aside(request, topics.reopen_topic)


class MeetingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Meeting]):
    """会商会议：筹备、一键生成议程、通知、回执、开会、结束。"""

    serializer_class = MeetingOut
    filterset_class = MeetingFilterSet
    queryset = Meeting.objects.none()
    keyset_order = ("-held_on", "-id")

    def get_queryset(self) -> QuerySet[Meeting]:
        return meeting_list(actor=actor_of(self.request))

    def _run(self) -> tuple[Meeting, User]:
        found, actor = self.get_object(), actor_of(self.request)
        require(actor, Right.RUN_MEETINGS)
        return found, actor

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(MeetingOut(self.get_queryset().get(pk=pk)).data, status=status)

    @extend_schema(request=MeetingIn, responses={201: MeetingOut})
    def create(self, request: Request) -> Response:
        """筹备会议。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.RUN_MEETINGS)
        data = _read(MeetingIn, request)
        council = council_for(actor)
        if council is None:
            raise serializers.ValidationError({"kind": ["还没有建立会商组织。"]})
        kind = data.validated_data["kind"]
        done = calling.call_meeting(council=council, kind=kind, facts=data.facts(), actor=actor, today=today)
        return self._shown(done.pk, 201)

    @extend_schema(responses=AgendaItemOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def agenda(self, request: Request, pk: str) -> Response:
        """议程和议定事项。"""
        found = agenda_of(self.get_object(), actor=actor_of(request))
        return Response(AgendaItemOut(found, many=True).data)

    @extend_schema(request=None, responses=MeetingOut)
    @action(detail=True, methods=["post"], url_path="build-agenda")
    def build_agenda(self, request: Request, pk: str) -> Response:
        """一键生成议程。"""
        found, actor = self._run()
        agenda.build_agenda(meeting_id=found.pk, actor=actor, today=clock.today())
        return self._shown(found.pk)

    @extend_schema(request=None, responses=MeetingOut)
    @action(detail=True, methods=["post"])
    def notify(self, request: Request, pk: str) -> Response:
        """发会议通知。"""
        found, actor = self._run()
        meetings.notify_units(meeting_id=found.pk, actor=actor, today=clock.today(), now=clock.now())
        return self._shown(found.pk)

    @extend_schema(request=None, responses=MeetingOut)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """开会。"""
        found, actor = self._run()
        meetings.start_meeting(meeting_id=found.pk, actor=actor, today=clock.today())
        return self._shown(found.pk)

    @extend_schema(request=None, responses=MeetingOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """结束会议。"""
        found, actor = self._run()
        meetings.end_meeting(meeting_id=found.pk, actor=actor, today=clock.today())
        return self._shown(found.pk)

    @extend_schema(responses=AttendanceOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def attendance(self, request: Request, pk: str) -> Response:
        """参会单位；单位只看本单位。"""
        rows = Attendance.objects.visible_to(actor_of(request)).filter(meeting=self.get_object())
        return Response(AttendanceOut(rows.select_related("organisation"), many=True).data)

    @extend_schema(request=AttendanceReplyIn, responses=AttendanceOut)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """参会回执。"""
        found, actor = self.get_object(), actor_of(request)
        require(actor, Right.REPLY_MEETING)
        data = _read(AttendanceReplyIn, request)
        row = found.attendances.visible_to(actor).filter(pk=data.validated_data["attendance"]).first()
        if row is None:
            raise serializers.ValidationError({"attendance": ["不是本单位的参会回执。"]})
        done = meetings.reply(
            attendance_id=row.pk, answer=data.reply(), actor=actor, today=clock.today(), now=clock.now()
        )
        return Response(AttendanceOut(done).data)


class AgendaItemViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[AgendaItem]):
    """会议议程：记录讨论和结果，记入议定事项。"""

    serializer_class = AgendaItemOut
    queryset = AgendaItem.objects.none()

    def get_queryset(self) -> QuerySet[AgendaItem]:
        rows = AgendaItem.objects.visible_to(actor_of(self.request)).select_related("topic")
        return rows.prefetch_related("resolutions__lead", "resolutions__helpers", "carried__resolution")

    def _run(self) -> tuple[AgendaItem, User]:
        found, actor = self.get_object(), actor_of(self.request)
        require(actor, Right.RUN_MEETINGS)
        return found, actor

    @extend_schema(request=AgendaItemIn, responses=AgendaItemOut)
    @action(detail=True, methods=["post"])
    def write(self, request: Request, pk: str) -> Response:
        """记录讨论和结果。"""
        found, actor = self._run()
        data = _read(AgendaItemIn, request).validated_data
        room.write_item(item_id=found.pk, actor=actor, today=clock.today(), **data)
        return Response(AgendaItemOut(self.get_queryset().get(pk=found.pk)).data)

    @extend_schema(request=ResolutionIn, responses={201: ResolutionOut})
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """记入一条议定事项。"""
        found, actor = self._run()
        terms = ResolutionTerms(**_read(ResolutionIn, request).validated_data)
        done = room.add_resolution(item_id=found.pk, terms=terms, actor=actor, today=clock.today())
        return Response(ResolutionOut(done).data, status=201)


class MinutesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Minutes]):
    """会商纪要：检索、印发、签收。"""

    serializer_class = MinutesOut
    filterset_class = MinutesFilterSet
    queryset = Minutes.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Minutes]:
        return minutes_list(actor=actor_of(self.request))

    @extend_schema(request=None, responses=MinutesOut)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """印发，交办议定事项。"""
        found, actor = self.get_object(), actor_of(request)
        require(actor, Right.RUN_MEETINGS)
        minutes.issue_minutes(minutes_id=found.pk, actor=actor, today=clock.today(), now=clock.now())
        return Response(MinutesOut(self.get_queryset().get(pk=found.pk)).data)

    @extend_schema(request=None, responses=MinutesOut)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """签收。"""
        found = self.get_object()
        minutes.acknowledge(
            minutes_id=found.pk, actor=actor_of(request), today=clock.today(), now=clock.now()
        )
        return Response(MinutesOut(self.get_queryset().get(pk=found.pk)).data)

    @extend_schema(responses=CirculationOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def readers(self, request: Request, pk: str) -> Response:
        """送达和签收情况。"""
        rows = circulations_of(self.get_object(), actor=actor_of(request))
        return Response(CirculationOut(rows, many=True).data)


class BulletinViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Bulletin]):
    """简报专报：起草、修改、印发。"""

    serializer_class = BulletinOut
    filterset_class = BulletinFilterSet
    queryset = Bulletin.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Bulletin]:
        return bulletin_list(actor=actor_of(self.request)).prefetch_related("items")

    def _run(self) -> tuple[Bulletin, User]:
        found, actor = self.get_object(), actor_of(self.request)
        require(actor, Right.RUN_MEETINGS)
        return found, actor

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(BulletinOut(self.get_queryset().get(pk=pk)).data, status=status)

    def _item(self, found: Bulletin, asked: int) -> int:
        if not found.items.filter(pk=asked).exists():
            raise serializers.ValidationError({"item": ["不是本期的条目。"]})
        return asked

    @extend_schema(request=BulletinIn, responses={201: BulletinOut})
    def create(self, request: Request) -> Response:
        """按起止日期内的情况起草一期。"""
        actor = actor_of(request)
        require(actor, Right.RUN_MEETINGS)
        facts = _read(BulletinIn, request).facts()
        done = bulletins.draft_bulletin(facts=facts, actor=actor, today=clock.today())
        return self._shown(done.pk, 201)

    @extend_schema(request=BulletinIn, responses=BulletinOut)
    def update(self, request: Request, pk: str) -> Response:
        """修改标题、种类、起止日期和抄送。"""
        found, actor = self._run()
        facts = _read(BulletinIn, request).facts()
        bulletins.change_bulletin(bulletin_id=found.pk, facts=facts, actor=actor, today=clock.today())
        return self._shown(found.pk)

    @extend_schema(request=BulletinItemIn, responses=BulletinOut)
    @action(detail=True, methods=["post"], url_path="add-item")
    def add_item(self, request: Request, pk: str) -> Response:
        """增加一条。"""
        found, actor = self._run()
        data = _read(BulletinItemIn, request).validated_data
        bulletins.write_item(bulletin_id=found.pk, actor=actor, today=clock.today(), **data)
        return self._shown(found.pk)

    @extend_schema(request=BulletinItemChangeIn, responses=BulletinOut)
    @action(detail=True, methods=["post"], url_path="change-item")
    def change_item(self, request: Request, pk: str) -> Response:
        """修改一条。"""
        found, actor = self._run()
        data = dict(_read(BulletinItemChangeIn, request).validated_data)
        item = self._item(found, data.pop("item"))
        bulletins.change_item(item_id=item, actor=actor, today=clock.today(), **data)
        return self._shown(found.pk)

    @extend_schema(request=BulletinItemStrikeIn, responses=BulletinOut)
    @action(detail=True, methods=["post"], url_path="strike-item")
    def strike_item(self, request: Request, pk: str) -> Response:
        """删除一条。"""
        found, actor = self._run()
        item = self._item(found, _read(BulletinItemStrikeIn, request).validated_data["item"])
        bulletins.strike_item(item_id=item, actor=actor, today=clock.today())
        return self._shown(found.pk)

    @extend_schema(request=None, responses=BulletinOut)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """印发，取得期号。"""
        found, actor = self._run()
        bulletins.issue_bulletin(bulletin_id=found.pk, actor=actor, today=clock.today())
        return self._shown(found.pk)


class CouncilViewSet(viewsets.ViewSet):
    """会商组织：成员单位、席位、联络员和经办人。"""

    @extend_schema(responses=CouncilUnitOut(many=True))
    def list(self, request: Request) -> Response:
        """成员单位今天的任职人员。"""
        council = council_for(actor_of(request))
        rows = contacts(council, clock.today()) if council else []
        return Response([CouncilUnitOut(row).data for row in rows])


def register(router: BaseRouter) -> None:
    router.register("topics", TopicViewSet, basename="topic")
    router.register("meetings", MeetingViewSet, basename="meeting")
    router.register("agenda-items", AgendaItemViewSet, basename="agenda-item")
    router.register("minutes", MinutesViewSet, basename="minutes")
    router.register("bulletins", BulletinViewSet, basename="bulletin")
    router.register("council-units", CouncilViewSet, basename="council-unit")
