"""Posts and who holds them when: what is owed hangs on the post, so a successor inherits it."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models.directory import Organisation, User
from accounts.scoping import ScopedQuerySet

# What stands above a prefecture or county calls itself by its last character: 州政府, 县委.
_SEATS = ("政府", "人民政府", "委")


def post_words(unit: str, title: str) -> str:
    """A post with its unit before it, the unit named once: 黔南州, 州政府秘书长 → 黔南州政府秘书长."""
    if title.startswith(unit):
        return title
    if title.startswith(tuple(f"{unit[-1:]}{seat}" for seat in _SEATS)):
        return f"{unit}{title[1:]}"
    return f"{unit}{title}"


class PostQuerySet(ScopedQuerySet["Post"]):
    organisation_path = "organisation"
    department_path = "organisation"

    def held(self, on: date) -> PostQuerySet:
        """Annotate who holds each post on a day: `holder_name` ("" when vacant), `holder_phone`,
        `holder_id`, `held_since`, `next_name` and `next_on` of a successor already named."""
        now = Tenure.objects.on(on).filter(post=OuterRef("pk"))
        later = Tenure.objects.filter(post=OuterRef("pk"), starts_on__gt=on).order_by("starts_on")
        return self.annotate(
            holder_name=Coalesce(Subquery(now.values(name=_NAME)[:1]), Value("")),
            holder_phone=Coalesce(Subquery(now.values("phone")[:1]), Value("")),
            holder_id=Subquery(now.values("user_id")[:1]),
            held_since=Subquery(now.values("starts_on")[:1]),
            next_name=Coalesce(Subquery(later.values(name=_NAME)[:1]), Value("")),
            next_on=Subquery(later.values("starts_on")[:1]),
        )


@pghistory.track()
class Post(models.Model):
    """A post of an organisation, whoever holds it: 州自然资源局 副局长（分管耕地保护）.

    `duty` says what the post is for. An organisation has one head, one deputy in charge of land
    guarantee and one liaison (S2-26, S2-30); of leaders and officers as many as it has.
    """

    class Duty(models.TextChoices):
        LEADER = "LEADER", "领导"
        HEAD = "HEAD", "主要负责人（第一责任人）"
        DEPUTY = "DEPUTY", "分管负责人"
        LIAISON = "LIAISON", "业务联络员"
        OFFICER = "OFFICER", "经办"

    ONE_EACH = ("HEAD", "DEPUTY", "LIAISON")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name="单位")
    title = models.CharField("岗位", max_length=60)
    duty = models.CharField("职责", max_length=12, choices=Duty)
    needs_check = models.CharField("待核事项", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        ordering = ("organisation__path", "duty", "title")
        constraints = [
            models.UniqueConstraint(name="post_title_once", fields=["organisation", "title"]),
            models.UniqueConstraint(
                name="post_one_head_deputy_liaison",
                fields=["organisation", "duty"],
                condition=Q(duty__in=["HEAD", "DEPUTY", "LIAISON"], is_active=True),
            ),
        ]

    def __str__(self) -> str:
        return post_words(self.organisation.short_name, self.title)


class TenureQuerySet(ScopedQuerySet["Tenure"]):
    organisation_path = "post__organisation"
    department_path = "post__organisation"

    def on(self, day: date) -> TenureQuerySet:
        """Those that hold their post on a day; the last day of a tenure is the day before `ends_on`."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)


@pghistory.track()
class Tenure(models.Model):
    """One person in one post from `starts_on` up to, not including, `ends_on`; null: until further.

    The person has an account, or is known by name only: leaders often have none.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures", verbose_name="岗位")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tenures", verbose_name="账号"
    )
    person_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    starts_on = models.DateField("起任日期")
    ends_on = models.DateField("离任日期", null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ("post_id", "starts_on")
        constraints = [
            models.CheckConstraint(
                name="tenure_names_a_person", condition=Q(user__isnull=False) | ~Q(person_name="")
            ),
            models.CheckConstraint(
                name="tenure_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
            ExclusionConstraint(
                name="post_held_by_one_at_a_time",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.starts_on}起）"

    @property
    def label(self) -> str:
        """The person's name, else how the product names the account."""
        return self.person_name or (self.user.label if self.user else "")


# As `Tenure.label`, in the database.
_NAME = Coalesce(
    NullIf("person_name", Value("")), NullIf("user__title", Value("")), "user__username", Value("")
)
