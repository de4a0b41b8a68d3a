"""What was said about a project, and who follows it."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from projects.models import Comment, Follow, Project


def comment_list(*, actor: User) -> QuerySet[Comment]:
    """Every comment the actor may read, with author, withdrawal and project. One query."""
    return Comment.objects.visible_to(actor).select_related(
        "written_by__organisation", "withdrawal", "project__organisation"
    )


def comments_of(*, actor: User, project_id: int) -> QuerySet[Comment]:
    """The comments on a project, newest first. One query."""
    return comment_list(actor=actor).filter(project_id=project_id).order_by("-id")


def is_following(*, actor: User, project_id: int) -> bool:
    """Whether the actor follows the project. One query."""
    return Follow.objects.visible_to(actor).filter(project_id=project_id).exists()


def follow_list(*, actor: User) -> QuerySet[Follow]:
    """What the actor follows, of what they still see. One query."""
    seen = Project.objects.visible_to(actor)
    return Follow.objects.visible_to(actor).filter(project__in=seen).select_related("project")
