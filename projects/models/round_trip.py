"""What was given out to be worked on offline, and what a large upload would do row by row."""

from __future__ import annotations

import secrets

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models import Organisation, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from projects.models.projects import Project
from projects.models.submissions import ImportDraft


def new_key() -> str:
    """What a workbook carries to be known again; nobody guesses it."""
    return secrets.token_hex(12)


class ListDownloadQuerySet(ScopedQuerySet["ListDownload"]):
    organisation_path = "organisation"
    department_path = "organisation"


class ListDownload(models.Model):
    """A list as it was when somebody took it along: the base of the three-way comparison.

    Immutable. `rows` holds for each project `{"id", "info", "cells", "locked"}`: the computed
    columns as printed, every stated cell in the form of `projects.rules.cells`, and the keys that
    were greyed. The workbook is printed from this row alone, so it can be fetched again.
    """

    key = models.CharField("标识", max_length=40, unique=True, default=new_key, editable=False)
    template_version = models.CharField("模板版本", max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="下载单位")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="下载人")
    title = models.CharField("清单", max_length=200)
    area_unit = models.CharField("面积单位", max_length=8)
    columns = models.JSONField("列", default=list)
    rows = models.JSONField("下载时的内容", default=list, encoder=DjangoJSONEncoder)
    row_count = models.PositiveIntegerField("行数", default=0)
    created_on = models.DateField("下载日期")
    created_at = models.DateTimeField("下载时间", auto_now_add=True)

    objects = ListDownloadQuerySet.as_manager()

    class Meta:
        verbose_name = "预填清单"
        ordering = ("-id",)
        triggers = [
            pgtrigger.Protect(name="list_download_is_immutable", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.title


class DraftRowQuerySet(OwnRowsQuerySet["DraftRow"]):
    owner_path = "draft__owner_id"


class DraftRow(models.Model):
    """One row of a large upload's preview, computed in the background and shown page by page.

    A small upload has none: its preview is computed each time. Gone with its draft. `reading` is
    what the row and the list it was downloaded from say, where a choice may make something else of
    the row.
    """

    draft = models.ForeignKey(ImportDraft, models.CASCADE, related_name="preview_rows")
    row = models.PositiveIntegerField("行号")
    verdict = models.CharField("结论", max_length=10)
    name = models.CharField("项目名称", max_length=200, blank=True)
    unit_name = models.CharField("县市", max_length=60, blank=True)
    total_m2 = models.BigIntegerField("用地总面积", null=True)
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="+")
    is_fine = models.BooleanField("无需查看", default=True)
    problems = models.JSONField("问题", default=list)
    changes = models.JSONField("改动", default=list)
    cells = models.JSONField("三方比对", default=list)
    reading = models.JSONField("读取内容", null=True, encoder=DjangoJSONEncoder)

    objects = DraftRowQuerySet.as_manager()

    class Meta:
        verbose_name = "预检行"
        ordering = ("draft_id", "row")
        constraints = [models.UniqueConstraint(name="draft_row_once", fields=["draft", "row"])]

    def __str__(self) -> str:
        return f"第{self.row}行 {self.name}"

    @property
    def has_warning(self) -> bool:
        return any(problem["severity"] == "warning" for problem in self.problems)

    @property
    def has_choices(self) -> bool:
        return any(cell["is_choosable"] for cell in self.cells)
