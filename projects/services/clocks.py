"""Having the stored days of projects' lamps written anew, should they ever be wrong."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from projects.models import Project, ProjectClock


@transaction.atomic
def refresh_clocks(project_ids: Iterable[int]) -> None:
    """Ask the one writer (projects_refresh_clocks in the database) for these projects.

    A project whose row of clocks is missing gets one. Safe to repeat. For repair: every change of a
    deadline does it by itself.
    """
    ids = sorted(project_ids)
    missing = Project.objects.filter(pk__in=ids, clock__isnull=True)
    ProjectClock.objects.bulk_create([ProjectClock(project=project) for project in missing])
    with connection.cursor() as cursor:
        cursor.execute("SELECT projects_refresh_clocks(%s::bigint[])", [ids])
