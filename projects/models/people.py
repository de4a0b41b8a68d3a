"""Who answers for a project and for an area. Links name posts, so that a successor inherits them."""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, Post, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from deadlines.models import Deadline
from projects.models.projects import Project


def _active(on: date) -> Q:
    """In force on a day: half-open, the day of `to_on` no longer counts."""
    return Q(from_on__lte=on) & (Q(to_on__isnull=True) | Q(to_on__gt=on))


class TaskForceQuerySet(ScopedQuerySet["TaskForce"]):
    organisation_path = "host"

    def standing(self) -> TaskForceQuerySet:
        return self.filter(dissolved_on__isnull=True)


@pghistory.track()
class TaskForce(models.Model):
    """专班: a group for a kind of projects, its office in an organisation (S0-04, S2-13, S2-14, S4-10).

    `scope_flags` and `classes` say for which projects it is proposed. The task book is a
    `papers.Paper` of the kind TASK_BOOK that belongs to the row.
    """

    name = models.CharField("专班名称", max_length=100, unique=True)
    host = models.ForeignKey(
        Organisation, models.PROTECT, related_name="task_forces", verbose_name="办公室设在"
    )
    duty = models.TextField("职责", blank=True)
    scope_flags = models.JSONField("负责的情形", default=list)
    classes = models.JSONField("负责的项目类别", default=list)
    established_on = models.DateField("成立日期")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)

    objects = TaskForceQuerySet.as_manager()

    class Meta:
        verbose_name = "工作专班"
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="task_force_ends_after_it_begins",
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=F("established_on")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TaskForceMemberQuerySet(ScopedQuerySet["TaskForceMember"]):
    organisation_path = "task_force__host"

    def on(self, day: date) -> TaskForceMemberQuerySet:
        return self.filter(_active(day))


@pghistory.track()
class TaskForceMember(models.Model):
    """A post in a task force, with its role, from a day on."""

    class Role(models.TextChoices):
        HEAD = "HEAD", "组长"
        DEPUTY = "DEPUTY", "副组长"
        OFFICE_HEAD = "OFFICE_HEAD", "办公室主任"
        MEMBER = "MEMBER", "成员"

    ORDER = ("HEAD", "DEPUTY", "OFFICE_HEAD", "MEMBER")

    task_force = models.ForeignKey(TaskForce, models.CASCADE, related_name="members", verbose_name="专班")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name="岗位")
    role = models.CharField("职务", max_length=12, choices=Role)
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True, blank=True)

    objects = TaskForceMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "专班成员"
        ordering = ("task_force_id", "id")
        constraints = [
            models.UniqueConstraint(
                name="task_force_member_once",
                fields=["task_force", "post", "role"],
                condition=Q(to_on__isnull=True),
            ),
            models.UniqueConstraint(
                name="task_force_one_head",
                fields=["task_force"],
                condition=Q(to_on__isnull=True, role="HEAD"),
            ),
            models.CheckConstraint(
                name="task_force_member_leaves_after_joining",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.post}"


class LinkQuerySet(ScopedQuerySet["Link"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"

    def active(self) -> LinkQuerySet:
        """Not ended: what stands now or from a day to come."""
        return self.filter(to_on__isnull=True)


@pghistory.track()
class Link(models.Model):
    """Who answers for a project: a post, an organisation or a task force, by kind; one active each.

    `basis` says what proposed it (投资分级, 包联矩阵), `reason` what the person added.
    """

    class Kind(models.TextChoices):
        LEAD_LEADER = "LEAD_LEADER", "领办领导"
        LEAD_OFFICE = "LEAD_OFFICE", "主办部门"
        TASK_FORCE = "TASK_FORCE", "工作专班"
        COUNTY_LEADER = "COUNTY_LEADER", "县局联系领导"
        TOWN_LIAISON = "TOWN_LIAISON", "镇街联络员"

    POST_KINDS = ("LEAD_LEADER", "COUNTY_LEADER", "TOWN_LIAISON")

    project = models.ForeignKey(Project, models.CASCADE, related_name="links", verbose_name="项目")
    kind = models.CharField("关系", max_length=16, choices=Kind)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="links", verbose_name="岗位")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="links", verbose_name="单位"
    )
    task_force = models.ForeignKey(
        TaskForce, models.PROTECT, null=True, related_name="links", verbose_name="专班"
    )
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="指定人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = "项目责任关系"
        ordering = ("project_id", "kind", "-from_on")
        constraints = [
            models.UniqueConstraint(
                name="project_one_active_link_of_a_kind",
                fields=["project", "kind"],
                condition=Q(to_on__isnull=True),
            ),
            models.CheckConstraint(
                name="link_names_what_its_kind_asks",
                condition=Q(kind="LEAD_OFFICE", organisation__isnull=False, post=None, task_force=None)
                | Q(kind="TASK_FORCE", task_force__isnull=False, post=None, organisation=None)
                | Q(
                    kind__in=["LEAD_LEADER", "COUNTY_LEADER", "TOWN_LIAISON"],
                    post__isnull=False,
                    organisation=None,
                    task_force=None,
                ),
            ),
            models.CheckConstraint(
                name="link_ends_after_it_begins", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.target}"

    @property
    def target(self) -> Post | Organisation | TaskForce | None:
        """Whom the link names."""
        return self.post or self.organisation or self.task_force


class AreaLinkQuerySet(ScopedQuerySet["AreaLink"]):
    organisation_path = "area"

    def _inside(self, path: str) -> Q:
        """The area's own people, and those of the bureau whose leaders are named."""
        return Q(area__path__startswith=path) | Q(leader_post__organisation__path__startswith=path)

    def active(self) -> AreaLinkQuerySet:
        return self.filter(to_on__isnull=True)


@pghistory.track()
class AreaLink(models.Model):
    """包联: a leader and an office that answer for an area (S1-03, S3-05); one active an area."""

    leader_post = models.ForeignKey(Post, models.PROTECT, related_name="area_links", verbose_name="包联领导")
    office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="责任处室"
    )
    office_name = models.CharField("责任处室（表中写法）", max_length=60, blank=True)
    area = models.ForeignKey(Organisation, models.PROTECT, related_name="area_links", verbose_name="包联地区")
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True)
    needs_check = models.CharField("待核事项", max_length=200, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = AreaLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "包联责任"
        ordering = ("area__path",)
        constraints = [
            models.UniqueConstraint(
                name="area_one_active_leader", fields=["area"], condition=Q(to_on__isnull=True)
            ),
            models.CheckConstraint(
                name="area_link_ends_after_it_begins",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.leader_post}"


class MatrixDraftQuerySet(OwnRowsQuerySet["MatrixDraft"]):
    owner_path = "owner_id"


class MatrixDraft(models.Model):
    """An uploaded responsibility matrix that waits for its owner's confirm; nothing is stored before."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    leaders_of = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name="领导所在单位"
    )
    most_areas = models.PositiveSmallIntegerField("一位领导最多包联", default=2)
    effective_on = models.DateField("自何日起")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = MatrixDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "待确认的包联清单"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename


class LiaisonCallQuerySet(ScopedQuerySet["LiaisonCall"]):
    organisation_path = "issued_by"


@pghistory.track()
class LiaisonCall(models.Model):
    """A notice that asks every unit to name a liaison by a day (S1-19).

    `was_late` records that the limit lay before the day the notice was issued, and that the
    person who entered it went on nevertheless.
    """

    title = models.CharField("通知", max_length=200)
    notice_no = models.CharField("文号", max_length=60, blank=True)
    issued_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="发文单位")
    signed_on = models.DateField("落款日期")
    issued_on = models.DateField("发布日期")
    due_on = models.DateField("报送截止")
    was_late = models.BooleanField("截止日早于发布日", default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = LiaisonCallQuerySet.as_manager()

    class Meta:
        verbose_name = "报送联络员通知"
        ordering = ("-issued_on", "-id")

    def __str__(self) -> str:
        return self.title


class LiaisonReplyQuerySet(ScopedQuerySet["LiaisonReply"]):
    organisation_path = "organisation"
    department_path = "organisation"


@pghistory.track()
class LiaisonReply(models.Model):
    """What one unit owes to a call: its liaison, named by post, on a clock."""

    call = models.ForeignKey(LiaisonCall, models.CASCADE, related_name="replies", verbose_name="通知")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="期限"
    )
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="联络员")
    replied_on = models.DateField("报送日期", null=True)

    objects = LiaisonReplyQuerySet.as_manager()

    class Meta:
        verbose_name = "联络员报送"
        ordering = ("call_id", "organisation__path")
        constraints = [
            models.UniqueConstraint(name="liaison_reply_once", fields=["call", "organisation"]),
            models.CheckConstraint(
                name="liaison_reply_names_the_post",
                condition=Q(replied_on__isnull=True, post__isnull=True)
                | Q(replied_on__isnull=False, post__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.call}"
