"""What the API says of projects, submissions and imports, and what it takes."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import clock
from projects.models import LandUse, ListKind, Project, Submission, SubmissionRow
from projects.selectors import ProjectRow


class ListKindField(serializers.CharField):
    """The code of a kind of list (`list-kinds`), or "" where that is allowed."""

    default_error_messages: ClassVar[dict[str, Any]] = {"unknown": "没有“{code}”这一类清单，或者已经停用。"}

    def to_internal_value(self, data: Any) -> str:
        code = str(super().to_internal_value(data))
        if code and not ListKind.objects.in_use(clock.today()).filter(code=code).exists():
            self.fail("unknown", code=code)
        return code


class LandOut(serializers.ModelSerializer[LandUse]):
    """Areas in whole m²; null where not stated."""

    class Meta:
        model = LandUse
        fields = [*LandUse.AREA_FIELDS, "entered"]


class CurrentOut(serializers.Serializer[ProjectRow]):
    """The most urgent open deadline; used, limit and paused in `unit`."""

    stage = serializers.CharField()
    lamp = serializers.CharField()
    holder = serializers.CharField()
    used = serializers.IntegerField(source="line.used", default=None)
    limit = serializers.IntegerField(source="line.allowed", default=None)
    paused = serializers.IntegerField(source="line.paused", default=None)
    unit = serializers.CharField(source="line.counted_in", default=None)
    due_on = serializers.DateField(source="line.due", default=None)


class ProjectOut(serializers.ModelSerializer[Project]):
    organisation = serializers.CharField(source="organisation.code")
    county = serializers.CharField(source="organisation.short_name")
    submitted_by = serializers.CharField(source="submitted_by.code")
    year = serializers.IntegerField(source="annual_list.year", default=None)
    land = LandOut(default=None)
    current = serializers.SerializerMethodField()
    columns = serializers.SerializerMethodField(help_text="`cols` 所要的列：键 → 各值；没有要则为空。")

    class Meta:
        model = Project
        fields = [
            *("id", "number", "code", "name", "status", "organisation", "county", "submitted_by", "year"),
            *("owner_unit", "industry", "list_category", "priority_class", "track", "investment_yuan"),
            *("planned_start", "planned_start_on", "planned_finish", "planned_finish_on", "remark"),
            *("screening_reason", "land", "current", "columns", "created_at", "updated_at"),
        ]

    def get_current(self, project: Project) -> dict[str, Any] | None:
        """What the project waits for now; null without an open deadline."""
        row: ProjectRow = self.context["rows"][project.pk]
        return None if row.urgent is None else CurrentOut(row).data

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {}}})
    def get_columns(self, project: Project) -> dict[str, Any]:
        """Asked for by key; a column has as many values as headings in `list-columns`."""
        found: dict[str, Any] = self.context["columns"].get(project.pk, {})
        return found


class SubmissionOut(serializers.ModelSerializer[Submission]):
    organisation = serializers.CharField(source="organisation.code")
    submitted_by = serializers.CharField(source="submitted_by.label")
    gathering = serializers.IntegerField(help_text="待县市汇总的项目数。")
    waiting = serializers.IntegerField(help_text="待州局审核（含初审通过）的项目数。")
    adopted = serializers.IntegerField()
    returned = serializers.IntegerField()
    dropped = serializers.IntegerField(help_text="不予列入的项目数。")
    merged = serializers.IntegerField()

    class Meta:
        model = Submission
        fields = [
            *("id", "organisation", "year", "filename", "sha256", "state", "summary", "submitted_by"),
            *("submitted_at", "undone_at"),
            *("gathering", "waiting", "adopted", "returned", "dropped", "merged"),
        ]


class SubmissionRowOut(serializers.ModelSerializer[SubmissionRow]):
    project = serializers.IntegerField(source="project_id")
    status = serializers.CharField(source="project.status", default=None)
    number = serializers.CharField(source="project.number", default=None)
    reason = serializers.CharField(source="project.screening_reason", default="")

    class Meta:
        model = SubmissionRow
        fields = ["row", "name", "verdict", "problems", "project", "status", "number", "reason"]


class SubmissionDetailOut(SubmissionOut):
    rows = SubmissionRowOut(many=True, source="answered_rows")

    class Meta(SubmissionOut.Meta):
        fields = [*SubmissionOut.Meta.fields, "rows"]


class ProblemOut(serializers.Serializer[Any]):
    cell = serializers.CharField()
    field = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()
    suggestion = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning"])


class CellOut(serializers.Serializer[Any]):
    """一个单元格：下载时、系统现有、文件中的内容，以及怎样处理。"""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    standing = serializers.ChoiceField(choices=["theirs", "ours", "conflict", "locked", "unread"])
    base = serializers.CharField()
    stored = serializers.CharField()
    uploaded = serializers.CharField()
    take = serializers.CharField(help_text="ours、theirs，没有选择时为空。")
    writes = serializers.BooleanField()
    is_open = serializers.BooleanField()
    is_choosable = serializers.BooleanField()


class PreviewRowOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField()
    county = serializers.CharField(allow_null=True)
    verdict = serializers.ChoiceField(choices=["new", "changed", "unchanged", "conflict", "error"])
    total_m2 = serializers.IntegerField(allow_null=True)
    arable_m2 = serializers.IntegerField(allow_null=True)
    problems = ProblemOut(many=True)
    changes = serializers.ListField(child=serializers.DictField())
    cells = CellOut(many=True)


class PreviewOut(serializers.Serializer[Any]):
    """For the description; the values come from `projects.preview_json`."""

    id = serializers.IntegerField()
    seen = serializers.CharField(help_text="确认时原样带回，期间清单有变化则拒绝。")
    file = serializers.CharField()
    sheet = serializers.CharField()
    organisation = serializers.CharField()
    summary = serializers.DictField(child=serializers.IntegerField())
    problems = ProblemOut(many=True)
    rows = PreviewRowOut(many=True)
    job = serializers.IntegerField(required=False, help_text="大文件还在后台预检时的任务。")


class ImportIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=200)
    window = serializers.IntegerField(
        min_value=1, required=False, help_text="报送批次；不填为本单位最先截止的批次。"
    )


class ConfirmIn(serializers.Serializer[Any]):
    rows = serializers.ChoiceField(choices=["all", "good"], default="all")
    seen = serializers.CharField(default="", allow_blank=True, max_length=64)
