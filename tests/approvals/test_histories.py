"""A thousand random lives of a step: what the tables say is what the log, folded, says."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from approvals.models import Step
from approvals.rules import Verb, verbs_of
from approvals.services.acceptance import accept_step, reject_step
from approvals.services.decisions import decide_step, mark_not_involved, return_step, withdraw_step
from approvals.services.opening import reopen
from approvals.services.pauses import extend_step, pause_step, resume_step
from approvals.services.receipts import deem_accepted, notify_correction, receive_step
from audit.models import Entry
from core.errors import DomainError
from deadlines import selectors
from deadlines.models import PauseKind
from deadlines.rules import LineName
from projects.models import Project
from tests.factories import ProjectFactory, StepFactory

pytestmark = pytest.mark.django_db

BATCHES, LIVES, OF_A_PROJECT = 10, 100, 5
BEGIN = date(2026, 3, 2)
LATER = date(2026, 11, 20)
CODES = ("A03", "A08", "B02", "X01", "A02")
GATED = ("arable_m2", "pbf_m2", "eco_redline_m2", "forest_m2", "new_construction_m2")
KINDS = ("EXPERT_REVIEW", "HEARING", "MEETING")


@dataclass
class Folded:
    """What the log says of a step."""

    status: str = "NOT_STARTED"
    received_on: date | None = None
    notified_on: date | None = None
    accepted_on: date | None = None
    closed_on: date | None = None
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    extended: int = 0

    def take(self, entry: Entry) -> None:
        """One line of the log, in order."""
        on, facts = entry.occurred_on, entry.facts
        match entry.verb.removeprefix("step."):
            case "received":
                self.status, self.received_on = "RECEIVED", on
            case "notified":
                self.status, self.notified_on = "CORRECTING", on
            case "accepted" | "deemed_accepted":
                self.status, self.accepted_on = "RUNNING", on
            case "paused":
                first, last = day(facts["first_on"]), day(facts["last_on"])
                self.pauses.append((first, last))
                self.status = "PAUSED" if last is None else self.status
            case "resumed":
                first = day(facts["first_on"])
                self.pauses.remove((first, None))
                self.pauses.append((first, day(facts["last_on"])))
                self.status = "RUNNING"
            case "extended":
                self.extended += facts["days"]
            case "decided" | "returned" | "rejected" | "withdrawn" as verb:
                self.status, self.closed_on = ENDS[verb], on
                # An open pause is cut where the matter ended.
                self.pauses = [(f, max(f, on) if last is None else last) for f, last in self.pauses]
            case "not_involved":
                self.status = "NOT_INVOLVED"
            case "reopened":
                self.status = "NOT_STARTED"
                self.received_on = self.notified_on = None


ENDS = {"decided": "DONE", "returned": "RETURNED", "rejected": "REJECTED", "withdrawn": "WITHDRAWN"}


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def act(step: Step, verb: Verb, today: date, dice: random.Random, actor: User) -> None:
    """One verb with days that may or may not be lawful; what the services refuse leaves no trace."""
    on = today - timedelta(days=dice.choice([0, 0, 0, 1, 3]))
    common: dict[str, Any] = {"step_id": step.pk, "actor": actor, "today": today}
    match verb:
        case Verb.RECEIVE:
            receive_step(**common, received_on=on)
        case Verb.NOTIFY:
            notify_correction(**common, notified_on=on, items=["申请报告"])
        case Verb.ACCEPT:
            accept_step(**common, accepted_on=on, is_joint=dice.random() < 0.2)
        case Verb.PAUSE:
            kind = PauseKind.objects.get(code=dice.choice(KINDS))
            last = None if dice.random() < 0.5 else on + timedelta(days=dice.choice([0, 2]))
            ahead = {} if last else {"expected_end_on": today + timedelta(days=9), "next_step": "会后办理"}
            pause_step(**common, kind=kind, first_on=on, last_on=last, evidence="通知", **ahead)
        case Verb.RESUME:
            resume_step(**common, last_on=on)
        case Verb.EXTEND:
            extend_step(
                **common, line=dice.choice(list(LineName)), days=dice.randint(1, 12), approved_by="局长",
                approved_on=on, told_on=on, reason="复杂",
            )  # fmt: skip
        case Verb.DECIDE:
            decide_step(**common, decided_on=on, result="同意")
        case Verb.RETURN:
            return_step(**common, returned_on=on, reason="不符")
        case Verb.REJECT:
            reject_step(**common, rejected_on=on, reason="不属职权")
        case Verb.WITHDRAW:
            withdraw_step(**common, withdrawn_on=on, reason="撤回")
        case Verb.NOT_INVOLVED:
            mark_not_involved(**common, reason="不涉及")
        case Verb.REOPEN:
            if step.status == "NOT_INVOLVED":
                reopen(**common)


RARE = (Verb.REJECT, Verb.WITHDRAW, Verb.NOT_INVOLVED, Verb.RETURN)
TRIED = [verb for verb in Verb if verb not in (Verb.ASSIGN, Verb.SUPPLY, Verb.REISSUE, Verb.EXCEPT)]


def live(step: Step, dice: random.Random, actor: User) -> None:
    """Days pass; now and then somebody does what the state allows."""
    today = BEGIN
    for _ in range(dice.randint(2, 6)):
        today += timedelta(days=dice.randint(0, 6))
        if dice.random() < 0.15:
            deem_accepted(today=today)
        step.refresh_from_db()
        allowed = [verb for verb in verbs_of(step.status) if verb in TRIED]
        if allowed:
            try:
                weights = [1 if verb in RARE else 5 for verb in allowed]
                act(step, dice.choices(allowed, weights)[0], today, dice, actor)
            except DomainError:
                continue


def folded(step: Step) -> Folded:
    found = Folded()
    for entry in Entry.objects.filter(subject_kind="approvals.step", subject_id=step.pk).order_by("id"):
        found.take(entry)
    return found


def ungated_project() -> Project:
    """Land that concerns no gate: what a gate refuses is told in test_gates."""
    return ProjectFactory(track="no_requisition", land=dict.fromkeys(GATED, 0) | {"total_m2": 10_000})


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_log_of_a_random_life_folds_to_the_step_as_it_stands(section, batch):
    dice = random.Random(20261122 + batch)
    calendar = selectors.working_calendar()
    seen = set()

    for number in range(LIVES):
        if number % OF_A_PROJECT == 0:
            # Every act reads its project's other steps: few of them, as in life.
            project = ungated_project()
        step = StepFactory(project=project, code=dice.choice(CODES), round=number % OF_A_PROJECT + 1)
        live(step, dice, section)
        step = Step.objects.select_related("deadline").get(pk=step.pk)

        log = folded(step)
        assert log.status == step.status
        assert (log.received_on, log.notified_on, log.accepted_on, log.closed_on) == (
            step.received_on, step.notified_on, step.accepted_on, step.closed_on,
        )  # fmt: skip
        seen.add(step.status)
        if step.deadline is None:
            continue
        stored = sorted((row.first_on, row.last_on) for row in step.deadline.pauses.all())
        assert sorted(log.pauses, key=str) == sorted(stored, key=str)
        assert log.extended == step.deadline.committed_extension + step.deadline.statutory_extension
        if not step.deadline.is_open:
            at_once, later = (
                selectors.reading_of(step.deadline, today=on, calendar=calendar)
                for on in (step.deadline.stopped_on, LATER)
            )
            assert at_once == later

    assert {"DONE", "RUNNING"} <= seen
