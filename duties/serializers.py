"""Problems and tasks as the API speaks them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from duties.models import Problem, ProblemKind, ProblemMove, Progress, Task


class DutyTaskOut(serializers.ModelSerializer[Task]):
    holder = serializers.CharField(source="holder.code")
    co_holders = serializers.SerializerMethodField()
    issued_for = serializers.CharField(source="issued_for.code")
    issued_by = serializers.CharField(source="issued_by.label")
    person = serializers.CharField(source="person.label", default=None)
    clock_due_on = serializers.DateField(source="deadline.due_on", default=None)

    class Meta:
        model = Task
        fields = [
            *("id", "number", "title", "requirement", "holder", "co_holders", "person", "leader_name"),
            *("office_name", "person_name", "project", "problem", "parent", "is_leaf", "book", "book_number"),
            *("source_kind", "source_id", "source_label", "source_url", "issued_for", "issued_by"),
            *("issued_on", "due_on", "clock_due_on", "state", "accepted_on", "reported_on", "result"),
            *("verified_on", "times_returned", "times_urged"),
        ]

    def get_co_holders(self, task: Task) -> list[str]:
        return [row.organisation.code for row in task.co_holders.all()]


class DutyProgressOut(serializers.ModelSerializer[Progress]):
    organisation = serializers.CharField(source="organisation.code", default=None)
    entered_by = serializers.CharField(source="entered_by.label")

    class Meta:
        model = Progress
        fields = [
            *("id", "kind", "text", "next_plan", "occurred_on", "organisation", "paper"),
            *("entered_by", "entered_at"),
        ]


class DutyProblemOut(serializers.ModelSerializer[Problem]):
    kind = serializers.CharField(source="kind.code")
    area = serializers.CharField(source="area.code")
    raised_by = serializers.CharField(source="raised_by.code")
    office = serializers.CharField(source="office.code")
    due_on = serializers.DateField(source="deadline.due_on", default=None)

    class Meta:
        model = Problem
        fields = [
            *("id", "number", "kind", "title", "description", "project", "area", "raised_by", "raised_on"),
            *("area_m2", "is_general", "level", "office", "office_since", "state", "due_on", "outcome"),
            *("resolved_on", "closed_on", "escalated_on", "escalation_reason"),
        ]


class ProblemMoveOut(serializers.ModelSerializer[ProblemMove]):
    from_office = serializers.CharField(source="from_office.code", default=None)
    to_office = serializers.CharField(source="to_office.code", default=None)
    entered_by = serializers.CharField(source="entered_by.label")

    class Meta:
        model = ProblemMove
        fields = ["id", "kind", "text", "from_office", "to_office", "occurred_on", "entered_by", "entered_at"]


class ProblemKindOut(serializers.ModelSerializer[ProblemKind]):
    office = serializers.CharField(source="office.code")

    class Meta:
        model = ProblemKind
        fields = [
            *("id", "code", "label", "matters", "office", "limit_days", "limit_unit", "return_days"),
            *("basis", "effective_from", "effective_to"),
        ]


class ProblemKindIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20)
    label = serializers.CharField(max_length=40)  # type: ignore[assignment]  # DRF names its own so
    matters = serializers.CharField(max_length=200, required=False)
    office = serializers.CharField(max_length=30)
    limit_days = serializers.IntegerField(min_value=1)
    return_days = serializers.IntegerField(min_value=0)
    basis = serializers.CharField(max_length=200, required=False)
    effective_from = serializers.DateField()


class TaskIn(serializers.Serializer[Any]):
    """As the page's form; units by their codes, the project by its number."""

    title = serializers.CharField(max_length=200)
    requirement = serializers.CharField(max_length=2000)
    holder = serializers.CharField(max_length=30)
    co_holders = serializers.ListField(child=serializers.CharField(), required=False)
    due_on = serializers.DateField()
    project = serializers.CharField(max_length=40, required=False)
    leader_name = serializers.CharField(max_length=60, required=False)
    office_name = serializers.CharField(max_length=60, required=False)
    person_name = serializers.CharField(max_length=60, required=False)


class ProblemIn(serializers.Serializer[Any]):
    """As the page's form."""

    kind = serializers.CharField(max_length=20, help_text="问题类别代码")
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=2000)
    project = serializers.CharField(max_length=40, required=False)
    area_ha = serializers.DecimalField(max_digits=12, decimal_places=4, required=False)
    is_general = serializers.BooleanField(required=False)


class DutyActIn(serializers.Serializer[Any]):
    """Each verb takes its own of these fields; `file` by multipart."""

    text = serializers.CharField(required=False)
    next_plan = serializers.CharField(required=False)
    result = serializers.CharField(required=False)
    note = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    outcome = serializers.CharField(required=False)
    due_on = serializers.DateField(required=False)
    office = serializers.CharField(required=False)
    person = serializers.CharField(required=False, help_text="用户名")
    title = serializers.CharField(required=False)
    requirement = serializers.CharField(required=False)
    holder = serializers.CharField(required=False)
    co_holders = serializers.ListField(child=serializers.CharField(), required=False)
    leader_name = serializers.CharField(required=False)
    office_name = serializers.CharField(required=False)
    person_name = serializers.CharField(required=False)
    file = serializers.FileField(required=False)
