"""The council: who convenes it, who sits in it by post, which office works for it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, Post
from accounts.scoping import ScopedQuerySet


class CouncilQuerySet(ScopedQuerySet["Council"]):
    organisation_path = "organisation"


class Council(models.Model):
    """The council of a prefecture and its office. It has no seal: `seal` stamps in its place (代章)."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="council", verbose_name="所属州（市）"
    )
    name = models.CharField("名称", max_length=80)
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办公室设在")
    office_name = models.CharField("办公室名称", max_length=80)
    seal = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="代章单位")
    basis = models.CharField("依据", max_length=200)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        verbose_name = "会商组织"
        ordering = ("organisation__path",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("consultations:council")


class SeatQuerySet(ScopedQuerySet["Seat"]):
    organisation_path = "council__organisation"
    department_path = "post__organisation"


@pghistory.track()
class Seat(models.Model):
    """A post's seat in the council, from `starts_on` up to, not including, `ends_on`.

    Who sits there on a day is who holds the post on that day: a successor needs no new paper.
    """

    class Role(models.TextChoices):
        CONVENER = "CONVENER", "召集人"
        DEPUTY = "DEPUTY", "副召集人"
        MEMBER = "MEMBER", "成员"
        OFFICE_HEAD = "OFFICE_HEAD", "办公室主任"

    council = models.ForeignKey(Council, models.PROTECT, related_name="seats", verbose_name="会商组织")
    post = models.ForeignKey(Post, models.PROTECT, related_name="council_seats", verbose_name="岗位")
    role = models.CharField("会商职责", max_length=12, choices=Role, default=Role.MEMBER)
    place = models.PositiveSmallIntegerField("排序", default=0)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止（不含）", null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "会商席位"
        ordering = ("council", "place", "id")
        constraints = [
            models.UniqueConstraint(
                name="council_post_sits_once", fields=["council", "post"], condition=Q(ends_on__isnull=True)
            ),
            models.UniqueConstraint(
                name="council_one_convener",
                fields=["council", "role"],
                condition=Q(role__in=["CONVENER", "OFFICE_HEAD"], ends_on__isnull=True),
            ),
            models.CheckConstraint(
                name="council_seat_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}：{self.post}"
