"""落实政策: a policy of the library becomes tasks with a holder and a limit."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals.errors import RetiredPolicy
from approvals.library_reading import SOURCE_KIND
from approvals.models import LibraryItem
from duties.models import Task
from duties.services.tasks import Source, TaskDraft, issue_tasks


@transaction.atomic
def order_follow_up(
    *,
    item_id: int,
    holder: Organisation,
    title: str,
    requirement: str,
    due_on: date,
    actor: User,
    today: date,
) -> Task:
    """Order a unit to carry a policy out; once for each unit, a second time gives the same task back.

    Raises:
        RetiredPolicy: the item is offered no more.
        DayOutOfOrder, HolderElsewhere, TaskIncomplete: see duties.services.tasks.issue_tasks.
        PermissionDenied: the role issues no tasks.
    """
    require(actor, Right.ISSUE_TASKS)
    item = LibraryItem.objects.select_for_update().get(pk=item_id)
    if item.retired_on is not None:
        raise RetiredPolicy(
            f"“{item.title}”已于 {item.retired_on} 停用，不再交办；请选现行文件。", item=item.pk
        )
    source = Source(SOURCE_KIND, item.pk, item.title, reverse("approvals:library-item", args=[item.pk]))
    draft = TaskDraft(title=title, requirement=requirement, holder=holder, due_on=due_on, source=source)
    [task] = issue_tasks(actor, [draft], today=today)
    return task
