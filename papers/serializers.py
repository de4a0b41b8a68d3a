"""What the API says of papers, and what it takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from papers.models import Paper


class WithdrawalOut(serializers.Serializer[Any]):
    reason = serializers.CharField()
    withdrawn_by = serializers.CharField(source="withdrawn_by.label")
    withdrawn_at = serializers.DateTimeField()


class PaperOut(serializers.ModelSerializer[Paper]):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    organisation = serializers.CharField(source="scope_organisation.code", read_only=True)
    department = serializers.CharField(source="department.code", read_only=True, default=None)
    uploaded_by = serializers.CharField(source="uploader", read_only=True)
    replaced_by = serializers.IntegerField(source="replaced_by.pk", read_only=True, default=None)
    withdrawal = WithdrawalOut(read_only=True, default=None)

    class Meta:
        model = Paper
        fields = [
            *(
                "id",
                "subject_kind",
                "subject_id",
                "subject_label",
                "project_id",
                "organisation",
                "department",
            ),
            *(
                "department",
                "kind",
                "kind_label",
                "title",
                "filename",
                "media_type",
                "size",
                "sha256",
                "version",
            ),
            *("replaces", "replaced_by", "occurred_on", "uploaded_by", "uploaded_at", "withdrawal"),
        ]


class NewVersionIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=200)
    occurred_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="成文日期")


class PaperIn(NewVersionIn):
    kind = serializers.ChoiceField(choices=Paper.Kind.choices)
    title = serializers.CharField(max_length=200, default="", allow_blank=True)


class PaperWithdrawIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
