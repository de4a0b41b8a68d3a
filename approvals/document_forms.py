"""Forms of approvals, certificates and batches. Areas are typed in 公顷 with four decimals: exact m²."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from accounts.models import Organisation
from approvals.document_selectors import LAND_LABELS
from approvals.models import (
    Batch,
    BatchMode,
    BatchProject,
    DocumentKind,
    DocumentTerm,
    LandDocument,
    LandDocumentArea,
)
from approvals.services.batches import BatchFacts
from approvals.services.documents import AreaFacts, DocumentFacts
from core.units import AreaUnit, from_m2, to_m2
from papers.inspection import FORMAT_NAMES, FORMATS
from papers.services import Upload
from projects.models import Project
from projects.services.evidence import Proof
from ui.forms import OfficeForm

LARGEST_HA = Decimal(3_100_000)
# With several projects in one document, the classes that a batch's approval names for each.
OF_MANY = ("total", "agri", "arable", "requisition")


def area_field(label: str, *, required: bool = False) -> forms.DecimalField:
    """An area in 公顷; four decimals are whole square metres."""
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_value=LARGEST_HA, decimal_places=4
    )


def yuan_field(label: str, *, required: bool = True, **more: Any) -> forms.DecimalField:
    """An amount in 元 to the cent."""
    return forms.DecimalField(label=label, required=required, max_digits=16, decimal_places=2, **more)


def file_field(label: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        help_text=f"可上传 {FORMAT_NAMES}。",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
        allow_empty_file=True,
    )


def proof_of(form: forms.Form) -> Proof:
    """The file handed in with a form, as proof."""
    file = form.cleaned_data.get("file")
    return Proof(upload=Upload(file.name, file.read()) if file else None)


def m2_of(value: Decimal | None) -> int | None:
    return None if value is None else to_m2(value, AreaUnit.HA)


def ha_of(m2: int | None) -> Decimal | None:
    return None if m2 is None else from_m2(m2, AreaUnit.HA)


@dataclass(frozen=True, slots=True)
class GridCell:
    label: str
    applied: BoundField
    approved: BoundField


@dataclass(frozen=True, slots=True)
class GridPart:
    """One project of the document, with a row for each class."""

    project: Project
    cells: Sequence[GridCell]


class DocumentForm(OfficeForm):
    """An approval or certificate with the areas of each of its projects."""

    kind = forms.ChoiceField(label="类型", choices=DocumentKind.choices)
    number = forms.CharField(
        label="文号（证号）",
        max_length=100,
        required=False,
        help_text="如 黔府用地函〔2026〕12号；括号、空格可随意写。",
    )
    supervision_no = forms.CharField(
        label="电子监管号",
        max_length=60,
        required=False,
        help_text="如 5227012026YG0012345；与文号是两个号。",
    )
    issuer = forms.CharField(label="批准机关", max_length=100)
    decided_on = forms.DateField(label="批准日期")
    received_on = forms.DateField(label="取件日期", required=False)
    floor_area_m2 = forms.DecimalField(
        label="建筑面积（㎡）",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        help_text="工程规划许可证填写。",
    )
    term = forms.ChoiceField(label="期限（先行、临时用地）", required=False)
    valid_until = forms.DateField(
        label="有效期至", required=False, help_text="批文载明短于规定期限的日期时填写；空着按规定期限。"
    )
    note = forms.CharField(label="说明", max_length=300, required=False)
    file = file_field("批文扫描件")

    def __init__(
        self,
        *args: Any,
        projects: Sequence[Project],
        terms: Sequence[DocumentTerm],
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        self.projects = projects
        self.classes = LandDocumentArea.CLASSES if len(projects) == 1 else OF_MANY
        term = self.fields["term"]
        assert isinstance(term, forms.ChoiceField)
        term.choices = [("", "不适用"), *((str(row.pk), f"{row.get_kind_display()}：{row}") for row in terms)]
        for project in projects:
            for side, word in (("applied", "申请"), ("approved", "批准")):
                for name in self.classes:
                    key = f"{side}-{project.pk}-{name}"
                    self.fields[key] = area_field(f"{project.name} {word}{LAND_LABELS[name]}（公顷）")
        self.head = [name for name in self.fields if not name.startswith(("applied-", "approved-"))]

    @property
    def heads(self) -> list[BoundField]:
        return [self[name] for name in self.head]

    @property
    def grid(self) -> list[GridPart]:
        return [
            GridPart(
                project,
                [
                    GridCell(
                        LAND_LABELS[name],
                        self[f"applied-{project.pk}-{name}"],
                        self[f"approved-{project.pk}-{name}"],
                    )
                    for name in self.classes
                ],
            )
            for project in self.projects
        ]

    def facts(self) -> DocumentFacts:
        data = self.cleaned_data
        return DocumentFacts(
            kind=data["kind"],
            issuer=data["issuer"],
            decided_on=data["decided_on"],
            number=data["number"],
            supervision_no=data["supervision_no"],
            received_on=data["received_on"],
            floor_area_m2=data["floor_area_m2"],
            term_id=int(data["term"]) if data["term"] else None,
            valid_until=data["valid_until"],
            note=data["note"],
        )

    def areas(self, kept: Mapping[int, AreaFacts] | None = None) -> dict[int, AreaFacts]:
        """By the project's id; classes that the form does not show keep what they were."""
        return {
            project.pk: AreaFacts(
                applied=self._side("applied", project, kept), approved=self._side("approved", project, kept)
            )
            for project in self.projects
        }

    def _side(
        self, side: str, project: Project, kept: Mapping[int, AreaFacts] | None
    ) -> dict[str, int | None]:
        before = getattr(kept[project.pk], side) if kept else {}
        typed = {name: m2_of(self.cleaned_data[f"{side}-{project.pk}-{name}"]) for name in self.classes}
        return {**before, **typed}


def kept_areas(document: LandDocument) -> dict[int, AreaFacts]:
    """The areas on record, by the project's id."""
    return {
        row.project_id: AreaFacts(
            applied={name: getattr(row, f"applied_{name}_m2") for name in LandDocumentArea.CLASSES},
            approved={name: getattr(row, f"approved_{name}_m2") for name in LandDocumentArea.CLASSES},
        )
        for row in document.areas.all()
    }


def document_initial(document: LandDocument) -> dict[str, Any]:
    """What the form shows of a document on record."""
    initial: dict[str, Any] = {
        name: getattr(document, name)
        for name in (
            *("kind", "number", "supervision_no", "issuer", "decided_on", "received_on"),
            *("floor_area_m2", "note"),
        )
    }
    initial["term"] = str(document.term_id or "")
    initial["valid_until"] = document.validity.due_on if document.validity else None
    for project_id, facts in kept_areas(document).items():
        initial |= _area_initial(project_id, "applied", facts.applied)
        initial |= _area_initial(project_id, "approved", facts.approved)
    return initial


def land_initial(project: Project, *, share_m2: int | None = None) -> dict[str, Any]:
    """The project's own figures as what was applied for; a part of the land states only its total."""
    land = getattr(project, "land", None)
    if share_m2 is not None and (land is None or share_m2 != land.total_m2):
        return _area_initial(project.pk, "applied", {"total": share_m2})
    if land is None:
        return {}
    return _area_initial(
        project.pk, "applied", {name: getattr(land, f"{name}_m2") for name in LandDocumentArea.CLASSES}
    )


def _area_initial(project_id: int, side: str, areas: Mapping[str, int | None]) -> dict[str, Any]:
    return {f"{side}-{project_id}-{name}": ha_of(m2) for name, m2 in areas.items()}


class RevokeForm(OfficeForm):
    revoked_on = forms.DateField(label="撤销日期")
    reason = forms.CharField(label="撤销原因", max_length=300)


class RestoreForm(OfficeForm):
    restored_on = forms.DateField(label="复垦验收日期")


class TermForm(OfficeForm):
    """A term from a day on; the one of the same kind and name ends there."""

    kind = forms.ChoiceField(
        label="类型",
        choices=[(kind.value, kind.label) for kind in (DocumentKind.ADVANCE, DocumentKind.TEMPORARY)],
    )
    name = forms.CharField(label="适用情形", max_length=100)
    months = forms.IntegerField(label="有效期（个月）", min_value=1, max_value=120)
    restoration_months = forms.IntegerField(
        label="期满后复垦（个月）",
        min_value=1,
        max_value=120,
        required=False,
        help_text="没有复垦义务的空着。",
    )
    basis = forms.CharField(label="依据", max_length=200)
    effective_from = forms.DateField(label="生效日期")


class BatchForm(OfficeForm):
    """A batch of a county's year."""

    unit = forms.ChoiceField(label="县市")
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    number = forms.IntegerField(label="批次", min_value=1, max_value=999, help_text="本县市本年的第几批次")
    mode = forms.ChoiceField(
        label="报批方式",
        choices=BatchMode.choices,
        help_text="打包、打捆须两个以上项目；先行、临时用地只登记相应批复。",
    )
    submitted_on = forms.DateField(label="县级请示日期", required=False)
    request_no = forms.CharField(label="请示文号", max_length=100, required=False)
    accepted_on = forms.DateField(label="州级受理日期", required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, units: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(unit.code, unit.short_name) for unit in units]
        self.units = {unit.code: unit for unit in units}

    def organisation(self) -> Organisation:
        return self.units[self.cleaned_data["unit"]]

    def facts(self) -> BatchFacts:
        names = ("year", "number", "mode", "submitted_on", "request_no", "accepted_on", "note")
        return BatchFacts(**{name: self.cleaned_data[name] for name in names})


def batch_initial(batch: Batch) -> dict[str, Any]:
    names = ("year", "number", "mode", "submitted_on", "request_no", "accepted_on", "note")
    return {"unit": batch.organisation.code, **{name: getattr(batch, name) for name in names}}


class JoinForm(OfficeForm):
    """A project's part in a batch; without an area it leaves the batch."""

    project = forms.ChoiceField(label="项目", help_text="列出本县市的批次用地项目。")
    area = area_field("申请面积（公顷）")

    field_order = ("project", "area")

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["project"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((str(row.pk), row.name) for row in projects)]
        self.fields["area"].help_text = "空着并保存：该项目退出本批次。"

    def chosen(self) -> tuple[int, int | None]:
        """The project's id and its area in m², if any."""
        return int(self.cleaned_data["project"]), m2_of(self.cleaned_data["area"])


def members_initial(members: Sequence[BatchProject]) -> dict[str, Any]:
    """What the form of a batch's approval shows: each project's part as what was applied for."""
    initial: dict[str, Any] = {}
    for row in members:
        initial |= land_initial(row.project, share_m2=row.area_m2)
    return initial


def default_kind(kind: str, *, today: date) -> dict[str, Any]:
    """A fresh form's kind and day."""
    return {"kind": kind if kind in DocumentKind.values else DocumentKind.LAND, "decided_on": today}
