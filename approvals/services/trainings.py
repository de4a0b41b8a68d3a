"""Trainings are recorded and put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals.errors import DayOutOfOrder, NobodyAttended, TrainingKnown
from approvals.models import LibraryItem, Training, TrainingUnit
from audit.services import record


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many people of a unit came, and their names as far as they are known."""

    organisation: Organisation
    people: int
    names: str = ""


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What is recorded of a training.

    Attributes:
        lecturers: (name, unit) of each.
        materials: files of the library that were handed out.
    """

    title: str
    held_on: date
    organiser: Organisation
    topics: str
    units: Sequence[Attendance]
    place: str = ""
    lecturers: Sequence[tuple[str, str]] = ()
    materials: Sequence[LibraryItem] = ()


@transaction.atomic
def record_training(*, facts: TrainingFacts, actor: User, today: date) -> Training:
    """Enter a training that was held.

    Raises:
        DayOutOfOrder: it lies in the future.
        NobodyAttended: no unit sent anybody.
        TrainingKnown: one of this name is recorded for the day.
        PermissionDenied: the role does not keep the library.
    """
    return _store(Training(recorded_by=actor), facts, verb="training.recorded", actor=actor, today=today)


@transaction.atomic
def change_training(*, training_id: int, facts: TrainingFacts, actor: User, today: date) -> Training:
    """Put a record right; the log keeps what it said before. Raises as `record_training` does."""
    training = Training.objects.select_for_update().get(pk=training_id)
    return _store(training, facts, verb="training.changed", actor=actor, today=today)


def _store(training: Training, facts: TrainingFacts, *, verb: str, actor: User, today: date) -> Training:
    require(actor, Right.EDIT_LIBRARY)
    _refuse_nonsense(training, facts, today)
    before = {"title": training.title, "held_on": training.held_on} if training.pk else {}
    training.title = facts.title.strip()
    training.held_on = facts.held_on
    training.place = facts.place.strip()
    training.organiser = facts.organiser
    training.topics = facts.topics.strip()
    training.lecturers = [{"name": name, "unit": unit} for name, unit in facts.lecturers]
    training.save()
    training.materials.set(facts.materials)
    training.units.all().delete()
    TrainingUnit.objects.bulk_create(
        TrainingUnit(training=training, organisation=unit.organisation, people=unit.people, names=unit.names)
        for unit in facts.units
    )
    record(
        actor=actor,
        verb=verb,
        subject=training,
        facts={
            "title": training.title,
            "held_on": training.held_on,
            "attended": sum(unit.people for unit in facts.units),
            **({"before": before} if before else {}),
        },
    )
    return training


def _refuse_nonsense(training: Training, facts: TrainingFacts, today: date) -> None:
    if facts.held_on > today:
        raise DayOutOfOrder(f"培训日期 {facts.held_on} 晚于今天（{today}）；举办后再登记。", on=facts.held_on)
    if not any(unit.people > 0 for unit in facts.units):
        raise NobodyAttended("还没有填写参训单位和人数，填写后再保存。")
    same = Training.objects.filter(title=facts.title.strip(), held_on=facts.held_on).exclude(pk=training.pk)
    if same.exists():
        raise TrainingKnown(f"{facts.held_on} 的“{facts.title.strip()}”已经登记，请在原记录上更正。")
