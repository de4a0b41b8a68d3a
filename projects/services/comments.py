"""意见 and 批示: said once, read by all who see the project, taken back only with a trace."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.models import Entry
from audit.services import record
from projects.models import Comment, CommentWithdrawal, Project
from projects.refusals import (
    CommentIsEmpty,
    CommentTooLong,
    CommentWithdrawn,
    NotOwnComment,
    WithdrawalNeedsReason,
)
from projects.services.mentions import people_named, tell_of

LONGEST = 2_000


@transaction.atomic
def comment(*, actor: User, project: Project, text: str) -> Comment:
    """Say something about a project that the caller found among those visible to the actor.

    What a leader says is a directive (批示) and is marked as such; the county and the dispatch
    office hear of it at once, as does whoever is named by “@” (`mentions`). Followers hear of it
    later (`following.tell_followers`).

    Raises:
        CommentIsEmpty: nothing written.
        CommentTooLong: more than 2,000 characters.
        MentionUnclear: an “@” that does not name one person who sees the project.
    """
    require(actor, Right.COMMENT)
    words = text.strip()
    if not words:
        raise CommentIsEmpty("没有填写内容，写好后再发表。")
    if len(words) > LONGEST:
        raise CommentTooLong(
            f"内容有 {len(words)} 字，超过 {LONGEST} 字，请压缩或作为附件上传。", length=len(words)
        )
    named = people_named(words, project=project)
    is_directive = actor.role == User.Role.LEADER
    done = Comment.objects.create(project=project, text=words, is_directive=is_directive, written_by=actor)
    verb = "comment.directed" if is_directive else "comment.given"
    facts: dict[str, object] = {"text": words[:200]}
    if named:
        facts["named"] = [person.label for person in named]
    tell_of(done, actor=actor, named=named, entry=_record(done, actor, verb, facts))
    return done


@transaction.atomic
def withdraw_comment(*, actor: User, comment: Comment, reason: str) -> CommentWithdrawal:
    """Take one's own words back; that there were some, and why they went, stays.

    Raises:
        NotOwnComment: somebody else said it.
        WithdrawalNeedsReason: no reason given.
        CommentWithdrawn: taken back already.
    """
    require(actor, Right.COMMENT)
    if comment.written_by_id != actor.pk:
        raise NotOwnComment(f"这条意见由{comment.written_by.label}发表，只能由本人撤回。", comment=comment.pk)
    if not reason.strip():
        raise WithdrawalNeedsReason("没有写明撤回理由，请填写后再撤回。")
    Comment.objects.select_for_update().get(pk=comment.pk)
    if CommentWithdrawal.objects.filter(comment=comment).exists():
        raise CommentWithdrawn("这条意见已经撤回，刷新页面查看。", comment=comment.pk)
    done = CommentWithdrawal.objects.create(comment=comment, reason=reason.strip()[:300], withdrawn_by=actor)
    _record(comment, actor, "comment.withdrawn", {"reason": done.reason})
    return done


def _record(said: Comment, actor: User, verb: str, facts: dict[str, object]) -> Entry:
    return record(
        actor=actor,
        verb=verb,
        subject=said.project,
        facts=facts,
        project_id=said.project_id,
        scope_path=said.project.organisation.path,
    )
