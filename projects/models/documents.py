"""Numbers of documents by which a project is found: 黔府用地函〔2026〕123号."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from accounts.scoping import ScopedQuerySet
from projects.models.projects import Project


class DocumentNumberQuerySet(ScopedQuerySet["DocumentNumber"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


class DocumentNumber(models.Model):
    """A number that some paper of the project bears. Written by whoever records the paper, from above."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="document_numbers", verbose_name="项目")
    number = models.CharField("文号", max_length=120)

    objects = DocumentNumberQuerySet.as_manager()

    class Meta:
        verbose_name = "项目文号"
        ordering = ("id",)
        indexes = [
            GinIndex(OpClass(Upper("number"), "gin_trgm_ops"), name="document_number_trigrams"),
        ]
        constraints = [models.UniqueConstraint(name="document_number_once", fields=["project", "number"])]

    def __str__(self) -> str:
        return self.number
