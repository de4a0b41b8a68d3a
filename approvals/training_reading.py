"""What is recorded of trainings, and who attended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet, Sum

from accounts.models import Organisation, OrganisationAlias
from approvals.models import Training, TrainingUnit
from approvals.services.trainings import Attendance

_LINE = re.compile(r"^(?P<unit>\S+?)[\s:：]+(?P<people>\d{1,4})\s*人?(?:[\s:：(（]+(?P<names>.*?)[)）]?)?$")


def trainings() -> QuerySet[Training]:
    """Every training with its head-count (`people`) and number of units. One query and one for units."""
    units = TrainingUnit.objects.select_related("organisation")
    return (
        Training.objects.select_related("organiser")
        .annotate(people=Sum("units__people"), unit_count=Count("units"))
        .prefetch_related(Prefetch("units", queryset=units))
    )


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be read: its number and what to do."""

    number: int
    message: str


def read_attendance(text: str, names: Mapping[str, Organisation]) -> tuple[list[Attendance], list[BadLine]]:
    """Lines such as "福泉市 12 陈立、王芳" as attendance; all bad lines at once.

    Args:
        names: organisations by every spelling, as `unit_names` gives them.
    """
    found: dict[int, Attendance] = {}
    bad: list[BadLine] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.match(line.strip().replace("\u3000", " "))
        if match is None:
            bad.append(BadLine(number, f"第 {number} 行应写“单位 人数 姓名”，如“福泉市 12 陈立、王芳”。"))
            continue
        unit = names.get(match["unit"])
        if unit is None:
            bad.append(BadLine(number, f"第 {number} 行的“{match['unit']}”不在单位名录中，请核对名称。"))
        elif unit.pk in found:
            bad.append(BadLine(number, f"第 {number} 行的{unit.name}前面已经写过，请合并为一行。"))
        elif int(match["people"]) == 0:
            bad.append(BadLine(number, f"第 {number} 行的人数为 0，未到会的单位不用填写。"))
        else:
            found[unit.pk] = Attendance(unit, int(match["people"]), (match["names"] or "").strip())
    return list(found.values()), bad


def unit_names() -> dict[str, Organisation]:
    """Organisations in use by name, short name and alias. Two queries."""
    found: dict[str, Organisation] = {}
    for unit in Organisation.objects.filter(is_active=True).order_by("-path"):
        found[unit.short_name] = unit
        found[unit.name] = unit
    for alias in OrganisationAlias.objects.select_related("organisation"):
        found.setdefault(alias.alias, alias.organisation)
    return found
