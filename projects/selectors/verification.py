"""Which projects were looked at, when, and which have gone quiet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from projects.models import Project, ProjectQuerySet, StalenessSetting, Verification
from projects.rules.staleness import Freshness, Thresholds, read_freshness

# Entries that say something about a project without changing it.
QUIET_VERBS = (
    "project.verified",
    "project.noted",
    "comment.given",
    "comment.directed",
    "comment.withdrawn",
    "file.downloaded",
)
_DEFAULT = Thresholds(amber_after_days=7, red_after_days=14)


def thresholds(*, on: date) -> Thresholds:
    """The thresholds in force on a day. One query."""
    row = StalenessSetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    return _DEFAULT if row is None else Thresholds(row.amber_after_days, row.red_after_days)


def staleness_settings() -> QuerySet[StalenessSetting]:
    """All dated rows, newest first."""
    return StalenessSetting.objects.order_by("-effective_from")


def with_verification(rows: ProjectQuerySet) -> ProjectQuerySet:
    """Each project with `last_verified_on` (date) and `last_changed_at` (moment); None: never.

    Two index look-ups a row, made for the rows of a page alone. No query of its own.
    """
    verified = Verification.objects.filter(project=OuterRef("pk")).order_by("-verified_on")
    changed = Entry.objects.filter(project_id=OuterRef("pk")).exclude(verb__in=QUIET_VERBS).order_by("-id")
    return rows.annotate(
        last_verified_on=Subquery(verified.values("verified_on")[:1]),
        last_changed_at=Subquery(changed.values("entered_at")[:1]),
    )


def freshness_of(project: Project, *, today: date, limits: Thresholds) -> Freshness:
    """The state of a project that came through `with_verification`. No query."""
    changed_at = getattr(project, "last_changed_at", None)
    return read_freshness(
        verified_on=getattr(project, "last_verified_on", None),
        changed_on=timezone.localtime(changed_at).date() if changed_at else None,
        today=today,
        thresholds=limits,
    )


def stale_projects(
    rows: ProjectQuerySet, *, today: date, limits: Thresholds | None = None
) -> ProjectQuerySet:
    """Of `rows` the adopted ones without verification or change for longer than the amber threshold.

    Two anti-joins against the few recent rows, so that it stays cheap on a long list. One query
    for the thresholds unless `limits` brings them.
    """
    days = (limits or thresholds(on=today)).amber_after_days
    since = today - timedelta(days=days)
    moment = timezone.make_aware(datetime.combine(since, time.min))
    verified = Verification.objects.filter(project=OuterRef("pk"), verified_on__gte=since)
    changed = Entry.objects.filter(project_id=OuterRef("pk"), entered_at__gte=moment)
    return rows.adopted().filter(~Exists(verified), ~Exists(changed.exclude(verb__in=QUIET_VERBS)))


def verifications_of(*, actor: User, project_id: int, most: int) -> Sequence[Verification]:
    """The newest verifications of a project. One query."""
    rows = Verification.objects.visible_to(actor).filter(project_id=project_id)
    return list(rows.select_related("verified_by").order_by("-id")[:most])


def verification_list(*, actor: User) -> QuerySet[Verification]:
    """All verifications the actor may read, with what a list shows. One query."""
    return Verification.objects.visible_to(actor).select_related(
        "project__organisation", "verified_by__organisation"
    )
