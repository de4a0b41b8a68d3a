"""A topic is raised, collected, put aside, closed and opened again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from consultations import rules
from consultations.errors import OutOfScope, TasksUnverified, TopicElsewhere, TopicIncomplete
from consultations.models import Council, Topic, TopicKind
from consultations.selectors.topics import council_for, open_tasks_of, scope_facts
from consultations.services.moving import locked_topic, log_topic, move, need_reason
from notifications.models import Message
from notifications.services import tell
from projects.models import Project

State = rules.State


@dataclass(frozen=True, slots=True)
class Origin:
    """What a topic was raised from: a code of Topic.Source, the row's id, and its words."""

    source: str = Topic.Source.UNIT
    pk: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic as a unit states it. `lead` None takes the kind's own."""

    title: str
    kind: TopicKind
    situation: str
    proposal: str = ""
    project: Project | None = None
    lead: Organisation | None = None
    units: Sequence[Organisation] = ()
    stuck_since: date | None = None
    origin: Origin = Origin()


@transaction.atomic
def raise_topic(*, new: NewTopic, actor: User, today: date) -> Topic:
    """Put a matter to the council's office. The caller found the project visible to the actor.

    Raises:
        TopicIncomplete: no title or situation, nobody leads, or the prefecture has no council.
        TopicElsewhere: the same thing is with the office already.
    """
    require(actor, Right.RAISE_TOPIC)
    unit = actor.reporting_unit or actor.organisation
    council = council_for(actor)
    if unit is None or council is None:
        raise TopicIncomplete("本州（市）还没有建立会商组织；请联系保障办先建立。")
    lead = new.lead or new.kind.lead
    if not new.title.strip() or not new.situation.strip() or lead is None:
        raise TopicIncomplete("议题名称、情况和困难、牵头单位都要填写。")
    if new.stuck_since is not None and new.stuck_since > today:
        raise TopicIncomplete(f"受阻日期不能晚于今天（{today}）。", stuck_since=new.stuck_since)
    topic = _create(council, unit, lead, new, actor=actor, today=today)
    topic.units.set(new.units)
    facts: dict[str, object] = {"kind": new.kind.label, "source": topic.get_source_display()}
    log_topic(topic, "topic.raised", actor=actor, today=today, facts=facts)
    return topic


def _create(
    council: Council, unit: Organisation, lead: Organisation, new: NewTopic, *, actor: User, today: date
) -> Topic:
    try:
        with transaction.atomic():
            return Topic.objects.create(
                council=council,
                title=new.title.strip()[:120],
                kind=new.kind,
                project=new.project,
                organisation=new.project.organisation if new.project else unit,
                raised_by_unit=unit,
                raised_by=actor,
                raised_on=today,
                stuck_since=new.stuck_since or today,
                situation=new.situation.strip()[:2000],
                proposal=new.proposal.strip()[:2000],
                lead=lead,
                state_since=today,
                source=new.origin.source,
                source_id=new.origin.pk,
                source_label=new.origin.label[:200],
            )
    except IntegrityError as error:
        raise TopicElsewhere(
            f"“{new.origin.label or new.title}”已提请会商，尚未销号；请在议题清单中查看。",
            source=new.origin.source,
            source_id=new.origin.pk,
        ) from error


@dataclass(frozen=True, slots=True)
class TopicWords:
    """What the unit that raised a topic may still say differently."""

    title: str
    situation: str
    proposal: str


@transaction.atomic
def revise_topic(*, topic_id: int, words: TopicWords, actor: User, today: date) -> Topic:
    """Write a returned topic anew and raise it again, or mend one that nobody has collected yet.

    Raises:
        TopicIncomplete, WrongState.
    """
    require(actor, Right.RAISE_TOPIC)
    topic = locked_topic(topic_id, actor=actor)
    _refuse_others(topic, actor)
    if not words.title.strip() or not words.situation.strip():
        raise TopicIncomplete("议题名称、情况和困难都要填写。")
    topic.title, topic.situation = words.title.strip()[:120], words.situation.strip()[:2000]
    topic.proposal = words.proposal.strip()[:2000]
    topic.save(update_fields=["title", "situation", "proposal"])
    if topic.state != State.RAISED:
        move(topic, State.RAISED, today=today)
    log_topic(topic, "topic.revised", actor=actor, today=today)
    return topic


def _refuse_others(topic: Topic, actor: User) -> None:
    scope = actor.scope
    unit = Organisation.objects.get(pk=topic.raised_by_unit_id)
    if scope is None or not unit.path.startswith(scope.path):
        raise TopicElsewhere(f"该议题由{unit.name}提出，请由提出单位修改。", unit=unit.code)


@transaction.atomic
def collect_topic(
    *,
    topic_id: int,
    scopes: Collection[rules.Scope],
    reason: str,
    lead: Organisation | None,
    actor: User,
    today: date,
) -> Topic:
    """The office takes a topic up for the next agenda: in which of the five classes, and why.

    Raises:
        OutOfScope: no class, or one that nothing proves and no reason is given for.
        WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    topic = locked_topic(topic_id, actor=actor)
    verdict = rules.check_scope(scopes, facts=scope_facts(topic), reason=reason)
    if verdict.missing:
        raise OutOfScope(verdict.missing, topic=topic.pk, scopes=[scope.value for scope in verdict.scopes])
    topic.scopes = [scope.value for scope in verdict.scopes]
    topic.scope_reason = verdict.reason[:500]
    if lead is not None:
        topic.lead = lead
    topic.save(update_fields=["scopes", "scope_reason", "lead"])
    move(topic, State.COLLECTED, today=today)
    log_topic(topic, "topic.collected", actor=actor, today=today, facts={"reason": verdict.reason})
    return topic


@transaction.atomic
def return_topic(*, topic_id: int, reason: str, actor: User, today: date) -> Topic:
    """Not for the council, or not yet: back to who raised it, with the reason."""
    return _aside(topic_id, State.RETURNED, reason, "退回", "topic.returned", actor=actor, today=today)


@transaction.atomic
def refer_topic(*, topic_id: int, reason: str, actor: User, today: date) -> Topic:
    """转办: another body settles it; the reason says which.

    Raises:
        TasksUnverified: what was resolved on it is not done.
    """
    return _aside(topic_id, State.REFERRED, reason, "转办", "topic.referred", actor=actor, today=today)


@transaction.atomic
def escalate_topic(*, topic_id: int, reason: str, actor: User, today: date) -> Topic:
    """提级: a general question of policy goes to the leading group. Source: S1."""
    return _aside(topic_id, State.ESCALATED, reason, "提级", "topic.escalated", actor=actor, today=today)


def _aside(topic_id: int, to: State, reason: str, what: str, verb: str, *, actor: User, today: date) -> Topic:
    require(actor, Right.RUN_MEETINGS)
    why = need_reason(reason, what)
    topic = locked_topic(topic_id, actor=actor)
    if to is State.REFERRED:
        refuse_unverified(topic, what)
    move(topic, to, today=today, reason=why)
    log_topic(topic, verb, actor=actor, today=today, facts={"reason": why})
    _tell_raiser(topic, f"议题{what}：{topic.title}", why)
    return topic


def _tell_raiser(topic: Topic, title: str, body: str) -> None:
    tell(
        recipients=[topic.raised_by],
        kind=Message.Kind.NOTICE,
        key=f"topic-{topic.pk}-{topic.state}-{topic.state_since}",
        title=title,
        body=body,
        url=topic.get_absolute_url(),
    )


def refuse_unverified(topic: Topic, what: str) -> None:
    """Raise TasksUnverified while a task of the topic's resolutions is open."""
    open_tasks = open_tasks_of(topic)
    if open_tasks:
        names = "、".join(f"“{task.title}”" for task in open_tasks[:3])
        raise TasksUnverified(
            f"议定事项{names}{'等' if len(open_tasks) > 3 else ''}尚未核验办结，不能{what}；请先核验。",
            tasks=[task.pk for task in open_tasks],
        )


@transaction.atomic
def close_topic(*, topic_id: int, result: str, actor: User, today: date) -> Topic:
    """销号: everything resolved is verified, or the body it went to has settled it.

    Raises:
        TasksUnverified: a task is open.
        ReasonMissing, WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    why = need_reason(result, "销号")
    topic = locked_topic(topic_id, actor=actor)
    refuse_unverified(topic, "销号")
    move(topic, State.CLOSED, today=today, reason=why)
    log_topic(topic, "topic.closed", actor=actor, today=today, facts={"reason": why})
    _tell_raiser(topic, f"议题销号：{topic.title}", why)
    return topic


@transaction.atomic
def reopen_topic(*, topic_id: int, reason: str, actor: User, today: date) -> Topic:
    """Back among what waits for a meeting: closed too early, or come back from another body.

    Raises:
        OutOfScope: it was never found to lie in a class of the scope.
        ReasonMissing, WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    why = need_reason(reason, "重新办理")
    topic = locked_topic(topic_id, actor=actor)
    if not topic.scopes:
        raise OutOfScope("该议题还没有认定会商范围；请由提出单位重新提出。", topic=topic.pk)
    move(topic, State.COLLECTED, today=today, reason=why)
    log_topic(topic, "topic.reopened", actor=actor, today=today, facts={"reason": why})
    return topic
