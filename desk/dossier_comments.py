"""What was said about a project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from projects.dossier_forms import CommentForm
from projects.models import Comment, Project
from projects.selectors.comments import comments_of

MOST = 200


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The newest comments and the form for another. One query."""
    return {
        "comments": list(comments_of(actor=actor, project_id=project.pk)[:MOST]),
        "comment_form": CommentForm(),
        "may_comment": allowed(actor, Right.COMMENT),
        "is_leader": actor.role == User.Role.LEADER,
        "actor": actor,
    }


def count(project: Project, actor: User) -> int:
    return Comment.objects.visible_to(actor).filter(project=project, withdrawal__isnull=True).count()
