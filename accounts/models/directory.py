"""Organisations (a tree) and the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q

from accounts.scoping import ScopedQuerySet
from core.kept import kept


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    """Organisations are a public reference table; `visible_to` narrows to one's own subtree."""

    organisation_path = ""

    def _inside(self, path: str) -> Q:
        return Q(path__startswith=path)

    def reporting_units(self) -> OrganisationQuerySet:
        """Counties and parks: those that hand in lists and stand as rows of the matrix."""
        return self.filter(kind__in=Organisation.REPORTING_KINDS, is_active=True).order_by("code")


@pghistory.track()
class Organisation(models.Model):
    """One unit of the tree: province, prefecture, county, park, town, department, bureau, office.

    `code` is GB/T 2260 for divisions and our own for the rest. `path` lists the codes from the
    top down to this row, each followed by a slash, so that a subtree is a prefix.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", "省"
        PREFECTURE = "prefecture", "市（州）"
        COUNTY = "county", "县（市、区）"
        PARK = "park", "功能园区"
        TOWN = "town", "乡镇（街道）"
        DEPARTMENT = "department", "部门"
        BUREAU = "bureau", "自然资源局"
        OFFICE = "office", "科室"

    REPORTING_KINDS: ClassVar[tuple[str, ...]] = (Kind.COUNTY, Kind.PARK)

    code = models.CharField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=50)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位"
    )
    path = models.CharField("路径", max_length=300, unique=True, editable=False)
    is_active = models.BooleanField("在用", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        ordering = ("path",)
        indexes = [
            models.Index(name="organisation_path_prefix", fields=["path"], opclasses=["varchar_pattern_ops"])
        ]
        constraints = [
            models.CheckConstraint(
                name="organisation_path_ends_with_own_code",
                condition=Q(path__endswith=models.functions.Concat(models.F("code"), models.Value("/"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def written_name(self) -> str:
        """As papers name it: an office in full (国土空间规划科; 规划 alone says nothing), others short."""
        return self.name if self.kind == self.Kind.OFFICE else self.short_name

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes from the top down to this row, this one included."""
        return self.path.rstrip("/").split("/")


class OrganisationAlias(models.Model):
    """Another name under which workbooks write an organisation: 黔南州, 三都县."""

    alias = models.CharField("别名", max_length=60, unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = "单位别名"

    def __str__(self) -> str:
        return self.alias


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of the tree a person sees: every organisation whose path begins with `path`."""

    path: str
    is_department: bool


class UserQuerySet(ScopedQuerySet["User"]):
    organisation_path = "organisation"
    department_path = "organisation"


class LandGuardUserManager(UserManager["User"]):
    """Django's user manager, with the one door `visible_to`."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, actor: User) -> UserQuerySet:
        return self.get_queryset().visible_to(actor)


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """An account: one person's, in one organisation, with one role.

    `title` is the post (综合科经办); the demo invents no personal names.
    """

    class Role(models.TextChoices):
        NONE = "NONE", "待授权"
        SYSADMIN = "SYSADMIN", "系统管理员"
        SECADMIN = "SECADMIN", "安全管理员"
        AUDITOR = "AUDITOR", "审计管理员"
        DISPATCH = "DISPATCH", "调度办"
        SECTION = "SECTION", "科室经办"
        COUNTY = "COUNTY", "县级经办"
        DEPARTMENT = "DEPARTMENT", "部门经办"
        LEADER = "LEADER", "领导"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="单位"
    )
    role = models.CharField("岗位", max_length=20, choices=Role, default=Role.SECTION)
    # What the system administrator asks for; the security administrator grants it or does not.
    asked_role = models.CharField("申请岗位", max_length=20, choices=Role, blank=True, default="")
    title = models.CharField("职务", max_length=60, blank=True)
    must_change_password = models.BooleanField("首次登录须改密", default=False)

    objects: ClassVar[LandGuardUserManager] = LandGuardUserManager()

    class Meta:
        verbose_name = "用户"
        ordering = ("username",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """How the product names a person: the post, else the real name, else the account."""
        return self.title or self.get_full_name() or self.username

    @cached_property
    def scope(self) -> Scope | None:
        """The part of the tree this person sees; None sees nothing."""
        if not self.is_active or self.organisation is None or self.role == self.Role.NONE:
            return None
        own = self.organisation
        line = self._line
        unit = next((o for o in reversed(line) if o.kind in Organisation.REPORTING_KINDS), None)
        if unit is not None:
            # A unit that is not on the system yet has nothing to see there.
            if getattr(unit, "rollout", None) is not None and unit.rollout.stage == "NONE":
                return None
            return Scope(path=unit.path, is_department=False)
        in_bureau = any(o.kind == Organisation.Kind.BUREAU for o in line)
        if in_bureau or self.role == self.Role.LEADER:
            return Scope(path=(self.prefecture or own).path, is_department=False)
        return Scope(path=own.path, is_department=True)

    @cached_property
    def reporting_unit(self) -> Organisation | None:
        """The county or park this person works for; None at the prefecture."""
        if self.organisation is None:
            return None
        return next((o for o in reversed(self._line) if o.kind in Organisation.REPORTING_KINDS), None)

    @cached_property
    def prefecture(self) -> Organisation | None:
        """The prefecture in which this person works; None above it. No query once `scope` was read."""
        return next((o for o in self._line if o.kind == Organisation.Kind.PREFECTURE), None)

    @cached_property
    def _line(self) -> list[Organisation]:
        """From the top of the tree down to the person's own organisation."""
        return [] if self.organisation is None else line_to(self.organisation)


@dataclass(frozen=True, slots=True)
class Tree:
    """Every organisation from the top down, with its stage of going live. Shared: nobody changes a row."""

    by_pk: Mapping[int, Organisation]
    by_code: Mapping[str, Organisation]


@kept
def organisation_tree() -> Tree:
    """The tree as it stands. One query where a unit or its stage has changed, else none."""
    rows = list(Organisation.objects.select_related("rollout").order_by("path"))
    return Tree(by_pk={row.pk: row for row in rows}, by_code={row.code: row for row in rows})


def line_to(organisation: Organisation) -> list[Organisation]:
    """The organisations on the way from the top down to `organisation`, this one included."""
    by_code = organisation_tree().by_code
    return [by_code[code] for code in organisation.ancestor_codes if code in by_code]
