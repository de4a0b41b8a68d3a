"""Topics, meetings, resolutions and minutes as the API speaks them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Organisation
from consultations import rules
from consultations.models import (
    SCOPES,
    SECTIONS,
    AgendaItem,
    Attendance,
    Bulletin,
    BulletinItem,
    Circulation,
    Meeting,
    MeetingKind,
    Minutes,
    Resolution,
    Topic,
)
from consultations.selectors.council import UnitContacts
from consultations.services.bulletins import BulletinFacts
from consultations.services.calling import MeetingFacts
from consultations.services.meetings import AttendanceReply


class TopicOut(serializers.ModelSerializer[Topic]):
    kind = serializers.CharField(source="kind.code")
    project_name = serializers.CharField(source="project.name", default=None)
    organisation = serializers.CharField(source="organisation.code")
    raised_by_unit = serializers.CharField(source="raised_by_unit.code")
    raised_by = serializers.CharField(source="raised_by.label")
    lead = serializers.CharField(source="lead.code")
    times_held = serializers.IntegerField()

    class Meta:
        model = Topic
        fields = [
            *("id", "title", "kind", "project", "project_name", "organisation", "raised_by_unit"),
            *("raised_by", "raised_on", "stuck_since", "situation", "proposal", "lead", "scopes"),
            *("scope_reason", "state", "state_reason", "state_since", "source", "source_label", "times_held"),
        ]


class TopicIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    kind = serializers.CharField(max_length=20)
    situation = serializers.CharField(max_length=2000)
    proposal = serializers.CharField(max_length=2000, default="", allow_blank=True)
    project = serializers.IntegerField(default=None, allow_null=True)
    stuck_since = serializers.DateField(default=None, allow_null=True)
    lead = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.all(), default=None, allow_null=True
    )
    units = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.all(), many=True, required=False
    )


class TopicCollectIn(serializers.Serializer[Any]):
    scopes = serializers.MultipleChoiceField(choices=SCOPES)
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)

    def chosen(self) -> list[rules.Scope]:
        return [rules.Scope(scope) for scope in self.validated_data["scopes"]]


class TopicReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class AttendanceOut(serializers.ModelSerializer[Attendance]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = Attendance
        fields = ["id", "organisation", "person", "is_observer", "state", "note", "replied_at"]


class ResolutionOut(serializers.ModelSerializer[Resolution]):
    lead = serializers.CharField(source="lead.code")
    helpers = serializers.SerializerMethodField()
    task_state = serializers.CharField(source="task.state", default=None)

    class Meta:
        model = Resolution
        fields = [
            *("id", "item", "place", "text", "requirement", "lead", "helpers", "due_on", "limit_days"),
            *("task", "task_state"),
        ]

    def get_helpers(self, row: Resolution) -> list[str]:
        return [unit.code for unit in row.helpers.all()]


class ResolutionIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=500)
    requirement = serializers.CharField(max_length=500, default="", allow_blank=True)
    lead = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.all())
    helpers = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.all(), many=True, required=False
    )
    due_on = serializers.DateField(default=None, allow_null=True)
    limit_days = serializers.IntegerField(min_value=1, max_value=400, default=None, allow_null=True)


class CarriedOut(serializers.Serializer[Any]):
    resolution = serializers.IntegerField(source="resolution_id")
    text = serializers.CharField(source="resolution.text")
    times = serializers.IntegerField()


class AgendaItemOut(serializers.ModelSerializer[AgendaItem]):
    title = serializers.CharField(source="topic.title")
    resolutions = ResolutionOut(many=True)
    carried = CarriedOut(many=True)

    class Meta:
        model = AgendaItem
        fields = [
            *("id", "place", "topic", "title", "times", "days_stuck", "discussion", "outcome"),
            *("confirmed_on", "resolutions", "carried"),
        ]


class AgendaItemIn(serializers.Serializer[Any]):
    discussion = serializers.CharField(max_length=4000, default="", allow_blank=True)
    outcome = serializers.ChoiceField(choices=AgendaItem.Outcome.choices, default="", allow_blank=True)


class MeetingOut(serializers.ModelSerializer[Meeting]):
    topics = serializers.IntegerField()
    asked = serializers.IntegerField()
    present = serializers.IntegerField()

    class Meta:
        model = Meeting
        fields = [
            *("id", "kind", "title", "series", "round_number", "area", "held_on", "starts_at", "place"),
            *("chair", "state", "cancelled_reason", "notified_at", "topics", "asked", "present"),
        ]


class MeetingIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    title = serializers.CharField(max_length=100)
    held_on = serializers.DateField()
    starts_at = serializers.CharField(max_length=20, default="", allow_blank=True)
    place = serializers.CharField(max_length=100, default="", allow_blank=True)
    chair = serializers.CharField(max_length=60, default="", allow_blank=True)

    def facts(self) -> MeetingFacts:
        return MeetingFacts(**{name: v for name, v in self.validated_data.items() if name != "kind"})


class AttendanceReplyIn(serializers.Serializer[Any]):
    attendance = serializers.IntegerField()
    is_coming = serializers.ChoiceField(choices=[("COMING", "参加"), ("LEAVE", "请假")])
    person = serializers.CharField(max_length=60, default="", allow_blank=True)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)

    def reply(self) -> AttendanceReply:
        data = {name: v for name, v in self.validated_data.items() if name != "attendance"}
        return AttendanceReply(**data)


class CirculationOut(serializers.ModelSerializer[Circulation]):
    organisation = serializers.CharField(source="organisation.code")
    read_by = serializers.CharField(source="read_by.label", default=None)

    class Meta:
        model = Circulation
        fields = ["organisation", "sent_at", "read_at", "read_by"]


class MinutesOut(serializers.ModelSerializer[Minutes]):
    sent = serializers.IntegerField()
    read = serializers.IntegerField()

    class Meta:
        model = Minutes
        fields = [
            *("id", "meeting", "version", "number_text", "title", "state", "issued_on", "copies_to"),
            *("reason", "text", "sent", "read"),
        ]


class CouncilUnitOut(serializers.Serializer[UnitContacts]):
    unit = serializers.CharField(source="unit.code")
    seats = serializers.SerializerMethodField()
    liaison = serializers.CharField()
    handler = serializers.CharField()
    is_complete = serializers.BooleanField()

    def get_seats(self, row: UnitContacts) -> list[str]:
        return [f"{each.seat.get_role_display()} {each.words}" for each in row.seats]


class BulletinItemOut(serializers.ModelSerializer[BulletinItem]):
    class Meta:
        model = BulletinItem
        fields = ["id", "section", "place", "text"]


class BulletinOut(serializers.ModelSerializer[Bulletin]):
    items = BulletinItemOut(many=True, read_only=True)
    number_text = serializers.CharField(read_only=True)

    class Meta:
        model = Bulletin
        fields = [
            *("id", "kind", "title", "first_on", "last_on", "copies_to", "state", "year", "number"),
            *("number_text", "document", "drafted_on", "issued_on", "items"),
        ]


class BulletinIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Bulletin.Kind.choices)
    title = serializers.CharField(max_length=120)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    copies_to = serializers.CharField(max_length=300, default="", allow_blank=True)

    def facts(self) -> BulletinFacts:
        return BulletinFacts(**self.validated_data)


class BulletinItemIn(serializers.Serializer[Any]):
    section = serializers.ChoiceField(choices=SECTIONS)
    text = serializers.CharField(max_length=2000)


class BulletinItemChangeIn(BulletinItemIn):
    item = serializers.IntegerField()


class BulletinItemStrikeIn(serializers.Serializer[Any]):
    item = serializers.IntegerField()
