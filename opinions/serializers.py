"""Rounds, requests and answers as the API speaks them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from opinions.models import Reply, Request, Round
from opinions.models.requests import VERDICTS
from opinions.rules import Verdict
from opinions.services.requests import Answer


class OpinionReplyOut(serializers.ModelSerializer[Reply]):
    entered_by = serializers.CharField(source="entered_by.label", default=None)
    supplement = serializers.CharField(source="supplement.note", default=None)

    class Meta:
        model = Reply
        fields = [
            *("id", "verdict", "text", "conditions", "answered_on", "entered_at", "entered_by", "signer"),
            *("via_link", "is_late", "after_lapse", "supplement"),
        ]


class OpinionRequestOut(serializers.ModelSerializer[Request]):
    project = serializers.IntegerField(source="round.project_id")
    name = serializers.CharField(source="round.project.name")
    title = serializers.CharField(source="round.title")
    question = serializers.CharField(source="round.question")
    organisation = serializers.CharField(source="organisation.code")
    started_on = serializers.DateField(source="deadline.started_on", default=None)
    due_on = serializers.DateField(allow_null=True)
    may_lapse = serializers.BooleanField(source="round.kind.may_lapse")
    handler = serializers.CharField(source="handler.label", default=None)
    replies = OpinionReplyOut(many=True)

    class Meta:
        model = Request
        fields = [
            *("id", "round", "project", "name", "title", "question", "organisation", "ask", "reason"),
            *("state", "sent_on", "received_on", "receipt_proof", "started_on", "due_on", "may_lapse"),
            *("handler", "answered_on", "lapsed_on", "lapsed_at", "withdrawn_reason", "replies"),
        ]


class OpinionRoundOut(serializers.ModelSerializer[Round]):
    kind = serializers.CharField(source="kind.code")
    name = serializers.CharField(source="project.name")
    organisation = serializers.CharField(source="project.organisation.code")
    asked = serializers.IntegerField()
    waiting = serializers.IntegerField()
    lapsed = serializers.IntegerField()
    drafted_by = serializers.CharField(source="drafted_by.label")

    class Meta:
        model = Round
        fields = [
            *("id", "project", "name", "organisation", "kind", "step_code", "number", "title", "question"),
            *("state", "asked", "waiting", "lapsed", "drafted_by", "sent_on", "concluded_on"),
            *("redo_of", "redo_reason", "withdrawn_reason"),
        ]


class OpinionRoundIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    kind = serializers.CharField(max_length=20)
    question = serializers.CharField(max_length=2000)


class OpinionDraftIn(serializers.Serializer[Any]):
    question = serializers.CharField(max_length=2000)
    departments = serializers.ListField(child=serializers.CharField(max_length=30), max_length=60)


class OpinionReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class OpinionReceiptIn(serializers.Serializer[Any]):
    received_on = serializers.DateField()
    proof = serializers.CharField(max_length=200, default="", allow_blank=True)


class OpinionAnswerIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=VERDICTS)
    text = serializers.CharField(max_length=2000, default="", allow_blank=True)
    conditions = serializers.CharField(max_length=2000, default="", allow_blank=True)
    signer = serializers.CharField(max_length=60, default="", allow_blank=True)

    def answer(self) -> Answer:
        data = self.validated_data
        return Answer(Verdict(data["verdict"]), data["text"], data["conditions"], data["signer"])


class OpinionDelegateIn(serializers.Serializer[Any]):
    handler = serializers.CharField(max_length=150, help_text="用户名")


class OpinionSupplyIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=500)


class OpinionRecordOut(serializers.Serializer[Any]):
    organisation = serializers.CharField(source="organisation.code")
    asked = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    lapsed = serializers.IntegerField()
    replied_after_lapse = serializers.IntegerField()
    waiting = serializers.IntegerField()
