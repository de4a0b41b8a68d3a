"""What the API says about steps, and what it takes."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation, User
from approvals import readings
from approvals.flow import Box, Chart, Edge
from approvals.models import Decision, Material, PromiseException, Step, StepLimit, StepType
from core import clock
from deadlines.models import LineKind, LineUnit, PauseKind
from deadlines.readings import reading_facts
from deadlines.rules import LineName


class MaterialOut(serializers.ModelSerializer[Material]):
    class Meta:
        model = Material
        fields = ("id", "name", "version", "is_missing", "promised_on", "supplied_on")


class DecisionOut(serializers.ModelSerializer[Decision]):
    valid_until = serializers.DateField(source="validity.due_on", default=None)

    class Meta:
        model = Decision
        fields = ("decided_on", "result", "doc_no", "note", "facts", "valid_until")


class StepOut(serializers.ModelSerializer[Step]):
    """A step on one line of a list."""

    project = serializers.IntegerField(source="project_id")
    project_name = serializers.CharField(source="project.name")
    name = serializers.CharField(source="step_type.name")
    stage = serializers.CharField(source="step_type.stage")
    holder_organisation = serializers.CharField(source="holder_organisation.code")
    holder = serializers.CharField(source="holder.username", default=None)
    deadline = serializers.IntegerField(source="deadline_id")
    due_on = serializers.DateField(source="deadline.due_on", default=None)
    lamp = serializers.SerializerMethodField()
    conclusion = serializers.SerializerMethodField()

    class Meta:
        model = Step
        fields: tuple[str, ...] = (
            "id",
            "project",
            "project_name",
            "code",
            "name",
            "stage",
            "round",
            "status",
            "holder_organisation",
            "holder",
            "received_on",
            "notified_on",
            "notice_items",
            "is_deemed_accepted",
            "is_joint",
            "accepted_on",
            "accepted_complete",
            "started_early",
            "closed_on",
            "closing_reason",
            "deadline",
            "due_on",
            "lamp",
            "conclusion",
        )

    def _view(self, step: Step) -> readings.StepView:
        return readings.read_step(step, today=clock.today(), calendar=self.context["calendar"])

    def get_lamp(self, step: Step) -> str:
        return self._view(step).lamp.value

    def get_conclusion(self, step: Step) -> str:
        return self._view(step).conclusion


class StepDetailOut(StepOut):
    """A step with both lines as they stand today, its papers and its decision."""

    lines = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()
    materials = MaterialOut(many=True)
    decision = serializers.SerializerMethodField()

    class Meta(StepOut.Meta):
        fields = (*StepOut.Meta.fields, "lines", "notes", "materials", "decision")

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_lines(self, step: Step) -> dict[str, Any]:
        reading = self._view(step).reading
        return reading_facts(reading) if reading else {}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_notes(self, step: Step) -> list[str]:
        return list(self._view(step).notes)

    @extend_schema_field(DecisionOut(allow_null=True))
    def get_decision(self, step: Step) -> Any:
        decision = getattr(step, "decision", None)
        return DecisionOut(decision).data if decision else None


class LimitOut(serializers.ModelSerializer[StepLimit]):
    class Meta:
        model = StepLimit
        fields = (
            "id",
            "line",
            "round",
            "value",
            "unit",
            "kind",
            "extension",
            "basis",
            "evidence",
            "note",
            "is_reference",
            "excluded",
            "goes_with",
        )


class StepTypeOut(serializers.ModelSerializer[StepType]):
    limits = LimitOut(many=True)

    class Meta:
        model = StepType
        fields = (
            "id",
            "code",
            "name",
            "short",
            "phase",
            "stage",
            "position",
            "actor",
            "applicant",
            "holder_kind",
            "condition",
            "note",
            "predecessors",
            "tracks",
            "materials",
            "outputs",
            "fields",
            "effective_from",
            "effective_to",
            "revision_note",
            "limits",
        )
        # The column is called `fields` as in the catalogue file.


class WhatIfIn(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=["extend", "pause", "accept"])
    line = serializers.ChoiceField(
        choices=[(name.value, name.label) for name in LineName], required=False, help_text="延长哪条线。"
    )
    days = serializers.IntegerField(min_value=1, max_value=365, required=False)
    kind = serializers.SlugRelatedField(
        slug_field="code", queryset=PauseKind.objects.filter(effective_to__isnull=True), required=False
    )
    first_on = serializers.DateField(required=False)
    last_on = serializers.DateField(required=False)
    expected_end_on = serializers.DateField(required=False)
    accepted_on = serializers.DateField(required=False)


class ShiftOut(serializers.Serializer[Any]):
    step = serializers.IntegerField(source="step.pk")
    code = serializers.CharField(source="step.code")
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    days = serializers.IntegerField(help_text="工作日，正数为推后。")
    is_red = serializers.BooleanField()


class WhatIfOut(serializers.Serializer[Any]):
    sentence = serializers.CharField()
    target_on = serializers.DateField(allow_null=True)
    rows = ShiftOut(many=True)
    turned_red = serializers.SerializerMethodField()

    def get_turned_red(self, answer: Any) -> list[str]:
        return [step.code for step in answer.turned_red]


class ReceiveIn(serializers.Serializer[Any]):
    received_on = serializers.DateField()


class NotifyIn(serializers.Serializer[Any]):
    notified_on = serializers.DateField()
    items = serializers.ListField(child=serializers.CharField(max_length=200))


class ReissueIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300)
    limit_id = serializers.IntegerField(required=False, allow_null=True)
    is_joint = serializers.BooleanField(default=False)


class ExceptIn(serializers.Serializer[Any]):
    cause = serializers.ChoiceField(choices=PromiseException.Cause.choices)
    reason = serializers.CharField(max_length=300)
    approved_by = serializers.CharField(max_length=60)
    approved_on = serializers.DateField()


class AcceptIn(serializers.Serializer[Any]):
    accepted_on = serializers.DateField()
    limit_id = serializers.IntegerField(required=False, allow_null=True)
    is_joint = serializers.BooleanField(default=False)
    missing = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    promised_on = serializers.DateField(required=False, allow_null=True)
    holder = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )


def kind_on(code: str, on: date) -> PauseKind:
    """A kind of pause by its code, in the version of a day."""
    rows = PauseKind.objects.filter(code=code).order_by("-effective_from")
    found = rows.filter(effective_from__lte=on).first() or rows.first()
    if found is None:
        raise serializers.ValidationError({"kind": ["没有这种暂停事由。"]})
    return found


class PauseIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=30, help_text="暂停事由代码，如 MEETING。")
    first_on = serializers.DateField()
    last_on = serializers.DateField(required=False, allow_null=True)
    evidence = serializers.CharField(max_length=300)
    expected_end_on = serializers.DateField(required=False, allow_null=True, help_text="仍在暂停的必填。")
    next_step = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="仍在暂停的必填。"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The kind by its code, in the version of the day on which the pause begins."""
        return {**attrs, "kind": kind_on(attrs["kind"], attrs["first_on"])}


class ResumeIn(serializers.Serializer[Any]):
    last_on = serializers.DateField()


class ExtendIn(serializers.Serializer[Any]):
    line = serializers.ChoiceField(choices=[(name.value, name.label) for name in LineName])
    days = serializers.IntegerField(min_value=1, max_value=365)
    approved_by = serializers.CharField(max_length=60)
    approved_on = serializers.DateField()
    told_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)

    def validate_line(self, value: str) -> LineName:
        return LineName(value)


class DecideIn(serializers.Serializer[Any]):
    decided_on = serializers.DateField()
    result = serializers.CharField(max_length=60)
    doc_no = serializers.CharField(max_length=100, required=False, allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    facts = serializers.DictField(required=False)
    validity_limit_id = serializers.IntegerField(required=False, allow_null=True)


class ReturnIn(serializers.Serializer[Any]):
    returned_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class RejectIn(serializers.Serializer[Any]):
    rejected_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class WithdrawIn(serializers.Serializer[Any]):
    withdrawn_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class NotInvolvedIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    rule_id = serializers.IntegerField(required=False, allow_null=True, help_text="简化办理规则的编号")


class ReopenIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class SupplyIn(serializers.Serializer[Any]):
    material_id = serializers.IntegerField()
    supplied_on = serializers.DateField()


class AssignIn(serializers.Serializer[Any]):
    organisation = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.all())
    holder = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.all(), allow_null=True, default=None
    )


class LimitIn(serializers.Serializer[Any]):
    line = serializers.ChoiceField(choices=StepLimit.LineName.choices)
    round = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, default=None)
    value = serializers.IntegerField(min_value=0, max_value=999, allow_null=True, default=None)
    unit = serializers.ChoiceField(choices=LineUnit.choices, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=LineKind.choices)
    basis = serializers.CharField(max_length=300)
    extension = serializers.IntegerField(min_value=0, max_value=365, allow_null=True, default=None)
    evidence = serializers.CharField(max_length=60, allow_blank=True, default="")
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    is_reference = serializers.BooleanField(default=False)
    excluded = serializers.ListField(child=serializers.CharField(max_length=30), default=list)
    goes_with = serializers.CharField(max_length=300, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["value"] is not None and not attrs["unit"]:
            raise serializers.ValidationError({"unit": ["填了时限须选单位。"]})
        return attrs


class ReviseIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    revision_note = serializers.CharField(max_length=300)
    limits = LimitIn(many=True)
    columns = serializers.DictField(required=False, help_text="要改的栏目，如 name、materials；其余照旧。")


class FlowBoxOut(serializers.Serializer[Box]):
    """One step of the flow chart, in units of the picture."""

    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    limit = serializers.CharField()
    x = serializers.IntegerField()
    y = serializers.IntegerField()
    word = serializers.CharField()
    is_optional = serializers.BooleanField()

    def get_name(self, box: Box) -> str:
        return "".join(box.lines)


class FlowEdgeOut(serializers.Serializer[Edge]):
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    is_alternative = serializers.BooleanField()
    is_from_start = serializers.BooleanField()


class FlowOut(serializers.Serializer[Chart]):
    """A track's flow chart: boxes, what follows what, and the steps that the track leaves out."""

    width = serializers.IntegerField()
    height = serializers.IntegerField()
    boxes = FlowBoxOut(many=True)
    edges = FlowEdgeOut(many=True)
    left_out = serializers.ListField(child=serializers.CharField())
