"""What the office hands up and out of a frozen round: packages of files, circulars with receipts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from dispatch.models.rounds import Round


class PackageQuerySet(ScopedQuerySet["Package"]):
    organisation_path = "organisation"


class Package(models.Model):
    """The files of one version of a round for one unit: the prefecture, or one county or park."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="packages", verbose_name="调度")
    version = models.PositiveSmallIntegerField("版次")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="packages", verbose_name="单位"
    )
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="生成人")
    made_at = models.DateTimeField("生成时间")

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = "报送材料包"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="package_once", fields=["round", "version", "organisation"])
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name}{self.round.period.label}报送材料"


class PackageFileQuerySet(ScopedQuerySet["PackageFile"]):
    organisation_path = "package__organisation"


class PackageFile(models.Model):
    """One file of a package, byte for byte as made. The database refuses any change."""

    class Kind(models.TextChoices):
        LEDGER = "LEDGER", "台账"
        LISTS = "LISTS", "三项清单"
        DIFFERENCE = "DIFFERENCE", "与上期差异"
        REPORTING = "REPORTING", "报送情况"
        BRIEF = "BRIEF", "简报"

    package = models.ForeignKey(Package, models.PROTECT, related_name="files", verbose_name="材料包")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件")
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)

    objects = PackageFileQuerySet.as_manager()

    class Meta:
        verbose_name = "报送材料"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(name="package_file_once", fields=["package", "filename"])]
        triggers = [
            pgtrigger.Protect(name="package_file_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.filename


class CircularQuerySet(ScopedQuerySet["Circular"]):
    organisation_path = "organisation"

    def _inside(self, path: str) -> Q:
        return super()._inside(path) | self._sent_to(path)

    def _of_department(self, path: str) -> Q | None:
        return self._sent_to(path)

    def _sent_to(self, path: str) -> Q:
        copies = CircularCopy.objects.filter(organisation__path__startswith=path)
        return Q(state=Circular.State.ISSUED, pk__in=copies.values("circular"))


class Circular(models.Model):
    """A monthly report or circular of a round: drafted from its figures, approved, issued once.

    The recipients see it when it is issued; each one's first reading is its receipt.
    """

    class Kind(models.TextChoices):
        REPORT = "REPORT", "调度报告"
        CIRCULAR = "CIRCULAR", "调度通报"

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已审定"
        ISSUED = "ISSUED", "已印发"

    round = models.ForeignKey(Round, models.PROTECT, related_name="circulars", verbose_name="调度")
    version = models.PositiveSmallIntegerField("依据版次")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="印发单位")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    praise = models.TextField("进展较好", blank=True)
    problems = models.TextField("存在问题", blank=True)
    demands = models.TextField("下步要求", blank=True)
    approver = models.CharField("审定人", max_length=60, blank=True)
    approved_on = models.DateField("审定日期", null=True)
    issued_on = models.DateField("印发日期", null=True)
    filename = models.CharField("文件名", max_length=200, blank=True)
    content = models.BinaryField("文件", null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    drafted_at = models.DateTimeField("起草时间")

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = "调度通报"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="circular_once", fields=["round", "kind"]),
            models.CheckConstraint(
                name="circular_issued_after_approval",
                condition=Q(state="DRAFT") | (Q(approved_on__isnull=False) & ~Q(approver="")),
            ),
            models.CheckConstraint(
                name="circular_issued_with_file",
                condition=~Q(state="ISSUED") | Q(issued_on__isnull=False, content__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CircularCopyQuerySet(ScopedQuerySet["CircularCopy"]):
    organisation_path = "organisation"
    department_path = "organisation"


class CircularCopy(models.Model):
    """One addressee of a circular and its receipt: who opened it first, and when."""

    circular = models.ForeignKey(Circular, models.PROTECT, related_name="copies", verbose_name="通报")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="抄送单位")
    read_at = models.DateTimeField("签阅时间", null=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签阅人")

    objects = CircularCopyQuerySet.as_manager()

    class Meta:
        verbose_name = "抄送"
        ordering = ("organisation__path",)
        constraints = [
            models.UniqueConstraint(name="circular_copy_once", fields=["circular", "organisation"]),
            models.CheckConstraint(
                name="circular_copy_read_by_somebody",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular} {self.organisation}"
