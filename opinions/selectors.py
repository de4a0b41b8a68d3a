"""Reading rounds: what a department must answer, what each said, what the record of all shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q

from accounts.models import Organisation, User
from accounts.rights import Right, allowed
from notifications.models import Message
from opinions import rules
from opinions.models import (
    DepartmentRule,
    Reply,
    Request,
    RequestQuerySet,
    Round,
    RoundKind,
    RoundQuerySet,
)
from projects.models import Project
from projects.rules.pushing import Condition, Rule, recipients
from projects.selectors.pushes import push_facts


def kinds_in_force(on: date) -> list[RoundKind]:
    """The version of each kind in force on a day. One query."""
    rows = RoundKind.objects.filter(effective_from__lte=on).order_by("code", "-effective_from")
    return list(rows.distinct("code"))


def kind_for_step(kinds: Sequence[RoundKind], step_code: str) -> RoundKind:
    """The kind that a step's rounds are of: the one that names the step, else the general one."""
    named = [kind for kind in kinds if step_code in kind.step_codes]
    return (named or [kind for kind in kinds if not kind.step_codes])[0]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A department that a project's facts concern, what it is asked and why."""

    department: Organisation
    ask: str
    reason: str


def suggestions(project: Project, *, on: date) -> list[Suggestion]:
    """Whom the dated table names for the project, each department once. Two queries."""
    rows = rules_in_force(organisation=project.organisation, on=on)
    by_id = {row.pk: row for row in rows}
    asked = [
        Rule(
            key=row.pk,
            recipient=row.department_id,
            condition=Condition(row.condition),
            keywords=[word.strip() for word in row.keywords.split("、") if word.strip()],
        )
        for row in rows
    ]
    return [
        Suggestion(by_id[found.rule].department, by_id[found.rule].ask, found.reason)
        for found in recipients(push_facts(project), asked)
    ]


def rules_in_force(*, organisation: Organisation, on: date) -> list[DepartmentRule]:
    """The table for `organisation`: its own, else the nearest above. One query."""
    rows = list(
        DepartmentRule.objects.filter(organisation__code__in=organisation.ancestor_codes)
        .filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)
        .select_related("organisation", "department")
        .order_by("department__path", "pk")
    )
    deepest = max((row.organisation.path for row in rows), key=len, default="")
    return [row for row in rows if row.organisation.path == deepest]


def departments_for(project: Project) -> list[Organisation]:
    """Every department that may be asked about the project: its prefecture's. One query."""
    prefecture = project.organisation.path.rsplit("/", 2)[0] + "/"
    return list(
        Organisation.objects.filter(
            kind=Organisation.Kind.DEPARTMENT, path__startswith=prefecture, is_active=True
        ).order_by("path")
    )


def round_list(*, actor: User) -> RoundQuerySet:
    """Rounds the actor may see, with their requests counted. One query."""
    return (
        Round.objects.visible_to(actor)
        .select_related("project__organisation", "kind", "drafted_by__organisation")
        .annotate(
            asked=Count("requests"),
            waiting=Count("requests", filter=Q(requests__state__in=Request.OPEN)),
            lapsed=Count("requests", filter=Q(requests__state=Request.State.LAPSED)),
        )
    )


def request_list(*, actor: User) -> RequestQuerySet:
    """Requests the actor may see that were sent, with all that a list shows. Two queries."""
    late = Reply.objects.filter(request=OuterRef("pk"), after_lapse=True)
    return (
        Request.objects.visible_to(actor)
        .exclude(state=Request.State.DRAFT)
        .select_related("round__project__organisation", "round__kind", "round__drafted_by__organisation")
        .select_related("organisation", "deadline", "handler")
        .annotate(has_late_reply=Exists(late))
        .prefetch_related(_replies())
    )


def may_run(actor: User, round_: Round) -> bool:
    """Whether `actor` runs this round: works for the unit that asks, or for an office above it."""
    scope, asker = actor.scope, round_.drafted_by.organisation
    is_above = scope is not None and asker is not None and asker.path.startswith(scope.path)
    return is_above and allowed(actor, Right.ASK_OPINIONS)


def requests_of(round_: Round) -> list[Request]:
    """All departments of a round the caller was shown, with every word they said. Three queries."""
    return list(
        Request.objects.filter(round=round_)
        .select_related("organisation", "deadline", "handler", "sent_by", "received_by")
        .prefetch_related(_replies(), "links__made_by")
        .order_by("organisation__path")
    )


def _replies() -> Prefetch[str]:
    rows = Reply.objects.select_related("entered_by", "supplement__entered_by").order_by("pk")
    return Prefetch("replies", queryset=rows)


def counting_reply(request: Request) -> Reply | None:
    """The answer that counts. Uses prefetched rows."""
    return next(
        (row for row in request.replies.all() if not row.after_lapse and rules.Verdict(row.verdict).is_final),
        None,
    )


def open_demand(request: Request) -> Reply | None:
    """The newest demand for more material that nobody has met. Uses prefetched rows."""
    found = [
        row
        for row in request.replies.all()
        if row.verdict == rules.Verdict.MORE_NEEDED and not hasattr(row, "supplement") and not row.after_lapse
    ]
    return found[-1] if found else None


def ended(request: Request) -> rules.Ended | None:
    """A request that is over as the rules read it; None while it is open. Uses prefetched rows."""
    if request.state not in (Request.State.ANSWERED, Request.State.LAPSED, Request.State.WITHDRAWN):
        return None
    reply = counting_reply(request)
    return rules.Ended(rules.Ending(request.state), rules.Verdict(reply.verdict) if reply else None)


def outcome(requests: Sequence[Request]) -> rules.Outcome | None:
    """What a round comes to; None while anybody may still answer."""
    found = [ended(request) for request in requests]
    over = [each for each in found if each is not None]
    return rules.outcome_of(over) if found and len(over) == len(found) else None


def reminders_sent(request: Request) -> list[Message]:
    """What the department was reminded of, oldest first. One query.

    The schedule stands above this floor; its messages carry the deadline in their key.
    """
    if request.deadline_id is None:
        return []
    rows = Message.objects.filter(key__startswith=f"reminder:{request.deadline_id}:")
    return list(rows.select_related("recipient").order_by("pk"))


def reminders_of(requests: Sequence[Request]) -> dict[int, list[Message]]:
    """As `reminders_sent` for all departments of a round, by request. One query."""
    by_deadline = {request.deadline_id: request.pk for request in requests if request.deadline_id}
    wanted = Q(pk__in=[])
    for deadline in by_deadline:
        wanted |= Q(key__startswith=f"reminder:{deadline}:")
    found: dict[int, list[Message]] = {}
    for row in Message.objects.filter(wanted).select_related("recipient").order_by("pk"):
        deadline_id = int(row.key.split(":")[1])
        found.setdefault(by_deadline[deadline_id], []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """What one department made of the requests put to it."""

    organisation: Organisation
    asked: int
    on_time: int
    late: int
    lapsed: int
    replied_after_lapse: int
    waiting: int


def responsibility(*, actor: User, year: int) -> list[Record]:
    """Every department asked in `year` with its counts, most lapses first. Two queries.

    late: answered after the last day, where silence is no consent. What was withdrawn is not counted.
    """
    rows = Request.objects.visible_to(actor).exclude(state__in=["DRAFT", "WITHDRAWN"])
    counted = (
        rows.filter(sent_on__year=year)
        .annotate(
            spoke_late=Exists(Reply.objects.filter(request=OuterRef("pk"), after_lapse=True)),
            was_late=Q(state="ANSWERED", answered_on__gt=F("deadline__due_on")),
        )
        .values("organisation")
        .annotate(
            asked=Count("pk"),
            on_time=Count("pk", filter=Q(state="ANSWERED", was_late=False)),
            late=Count("pk", filter=Q(was_late=True)),
            lapsed=Count("pk", filter=Q(state="LAPSED")),
            spoken=Count("pk", filter=Q(spoke_late=True)),
            waiting=Count("pk", filter=Q(state__in=Request.OPEN)),
        )
        .order_by("-lapsed", "-late", "organisation__path")
    )
    found = list(counted)
    units = Organisation.objects.in_bulk([row["organisation"] for row in found])
    return [
        Record(
            organisation=units[row["organisation"]],
            asked=row["asked"],
            on_time=row["on_time"],
            late=row["late"],
            lapsed=row["lapsed"],
            replied_after_lapse=row["spoken"],
            waiting=row["waiting"],
        )
        for row in found
    ]
