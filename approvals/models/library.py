"""The library: guides, templates and rules as files with versions; each download is counted."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User


class LibraryItem(models.Model):
    """One guide, template or rule of the office, whatever its versions. Public to every account.

    `step_codes` names the steps that it serves, `material` the paper of their checklist that it is
    the template of. A policy names who issued it and under which number. Retired: nobody is
    offered it any more; its versions remain.
    """

    class Kind(models.TextChoices):
        GUIDE = "GUIDE", "办事指南"
        TEMPLATE = "TEMPLATE", "材料模板"
        FLOW = "FLOW", "流程图"
        RULE = "RULE", "管理规定"
        POLICY = "POLICY", "政策文件"
        COURSE = "COURSE", "培训课件"
        REFERENCE = "REFERENCE", "参考资料"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    title = models.CharField("名称", max_length=200)
    step_codes = models.JSONField("适用步骤", default=list)
    material = models.CharField("对应材料", max_length=200, blank=True)
    issuer = models.CharField("发文机关", max_length=100, blank=True)
    doc_no = models.CharField("文号", max_length=60, blank=True)
    retired_on = models.DateField("停用日期", null=True)

    class Meta:
        verbose_name = "资料"
        ordering = ("kind", "title")
        constraints = [
            models.UniqueConstraint(
                name="library_title_once", fields=["kind", "title"], condition=Q(retired_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LibraryVersion(models.Model):
    """One version of an item's file, in force from `effective_from` up to, not including,
    `effective_to`. `trial_until`: the last day of a trial period (试行). Its file never changes.
    """

    item = models.ForeignKey(LibraryItem, models.PROTECT, related_name="versions", verbose_name="资料")
    number = models.PositiveSmallIntegerField("版本")
    filename = models.CharField("文件名", max_length=200)
    media_type = models.CharField("格式", max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("校验值", max_length=64)
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("停止日期", null=True)
    trial_until = models.DateField("试行至", null=True)
    note = models.CharField("修订说明", max_length=300, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = "资料版本"
        ordering = ("item_id", "-number")
        constraints = [
            models.UniqueConstraint(name="library_version_once", fields=["item", "number"]),
            models.UniqueConstraint(
                name="library_one_open_version", fields=["item"], condition=Q(effective_to__isnull=True)
            ),
            models.CheckConstraint(
                name="library_version_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
            models.CheckConstraint(name="library_version_is_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.item} 第 {self.number} 版"

    @property
    def extension(self) -> str:
        return self.filename.rpartition(".")[2].upper()


class LibraryContent(models.Model):
    """The bytes of one version, apart so that no list ever loads them."""

    version = models.OneToOneField(LibraryVersion, models.PROTECT, related_name="stored", primary_key=True)
    content = models.BinaryField("文件内容")

    class Meta:
        verbose_name = "资料内容"
        triggers = [
            pgtrigger.Protect(
                name="library_content_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}"


class LibraryDownload(models.Model):
    """Who took which version when. Rows are only added, so that the count cannot be set."""

    version = models.ForeignKey(
        LibraryVersion, models.PROTECT, related_name="downloads", verbose_name="资料版本"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="下载人")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    downloaded_at = models.DateTimeField("下载时间", auto_now_add=True)

    class Meta:
        verbose_name = "资料下载"
        triggers = [
            pgtrigger.Protect(
                name="library_download_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.downloaded_at}"
