"""A project's lamp as days: what the list sorts and filters by, at any number of projects."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from accounts.scoping import ScopedQuerySet
from projects.models.projects import Project

# A day that never comes. A null would sort, compare and index otherwise than a date.
NEVER = date(9999, 12, 31)


class DateSpansField(models.Field):  # type: ignore[type-arg]
    """Days as spans, `[from, to)` each: PostgreSQL's datemultirange. Asked only by `__holds=day`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "datemultirange"


@DateSpansField.register_lookup
class Holds(models.Lookup):
    """Whether the day lies in one of the spans; never of no spans."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        spans, spans_parameters = self.process_lhs(compiler, connection)
        day, day_parameters = self.process_rhs(compiler, connection)
        return f"{spans} @> {day}::date", (*spans_parameters, *day_parameters)


class ProjectClockQuerySet(ScopedQuerySet["ProjectClock"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


class ProjectClock(models.Model):
    """The worst of a project's open deadlines, as the days on which its lamp changes.

    A conclusion. One writer: the database's `projects_refresh_clocks`, fired by every change of a
    deadline. One checker: `manage.py check_project_clocks`. Every project has a row from birth. On a
    day the lamp is red from `red_from`, else amber from `amber_from` or inside `amber_spans` (papers
    whose validity ends without harm), else pause, else green likewise, else grey.
    Source: docs/decisions/0008-lamps-of-a-million-projects.md.
    """

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="clock")
    red_from = models.DateField("转红日", default=NEVER)
    amber_from = models.DateField("转黄日", default=NEVER)
    amber_spans = DateSpansField("黄灯期间", null=True)
    is_paused = models.BooleanField("有暂停的期限", default=False)
    green_from = models.DateField("转绿日", default=NEVER)
    green_spans = DateSpansField("绿灯期间", null=True)

    objects = ProjectClockQuerySet.as_manager()

    class Meta:
        verbose_name = "项目灯号"
        indexes = [
            models.Index(name="project_clock_by_red", fields=["red_from", "project"]),
            models.Index(name="project_clock_by_amber", fields=["amber_from", "project"]),
            models.Index(name="project_clock_by_green", fields=["green_from", "project"]),
            models.Index(
                name="project_clock_paused", fields=["amber_from", "project"], condition=Q(is_paused=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} 灯号"
