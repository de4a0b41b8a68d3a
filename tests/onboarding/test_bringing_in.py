"""Running projects come in from a working ledger, are reconciled, undone, and come in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from approvals.models import Decision, Step
from deadlines.models import Deadline, Pause, PauseKind
from dispatch.services.tallies import fold
from onboarding.errors import LedgerLate, NothingToTake, NotReconciled, SameHands, WorkedOn, WrongState
from onboarding.models import BroughtRow
from onboarding.reading import Ledger, read_ledger
from onboarding.selectors import chosen_rows, reconciliation
from onboarding.services.settling import sign_bringing, undo_bringing
from onboarding.services.staging import discard_ledger, stage_ledger
from onboarding.services.taking import request_taking, take_ledger
from projects.models import AnnualList, BringingIn, Project
from projects.services.comments import comment
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.onboarding.ledgers import ledger_of

SAMPLE = Path(__file__).parent.parent / "samples" / "prefecture-weekly-ledger.xlsx"
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
# What remembers that something was, and was undone.
REMEMBERS = {
    "onboarding.BroughtRow",
    "projects.BringingIn",
    "audit.Entry",
    "audit.Link",
    "projects.AnnualList",
}


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def dispatch(db: None) -> User:
    return UserFactory(organisation=organisation("522700-ZRZY"), role=User.Role.DISPATCH)


@pytest.fixture
def leader(db: None) -> User:
    return UserFactory(organisation=organisation("522700"), role=User.Role.LEADER)


def staged(actor: User, content: bytes, **more: object) -> BringingIn:
    return stage_ledger(actor=actor, filename="台账.xlsx", content=content, today=TODAY, **more)  # type: ignore[arg-type]


def taken(actor: User, bringing: BringingIn, ledger: Ledger | None = None) -> BringingIn:
    ledger = ledger or read_ledger(content=bytes(bringing.content), filename=bringing.filename, today=TODAY)
    return take_ledger(actor=actor, bringing_id=bringing.pk, ledger=ledger, today=TODAY, now=NOW)


def queries(actor: User, bringing: BringingIn, ledger: Ledger | None = None) -> int:
    with CaptureQueriesContext(connection) as captured:
        taken(actor, bringing, ledger)
    return len(captured)


def everything() -> dict[str, int]:
    """How many rows each table holds, but for those that remember; figures are kept as changes."""
    fold(today=TODAY)
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in REMEMBERS
        and not hasattr(model, "pgh_tracked_model")
        and model._meta.app_label != "pghistory"
    }


def test_the_sample_ledger_comes_in_reconciles_is_undone_and_comes_in_again(
    dispatch: User, leader: User
) -> None:
    before = everything()

    first = taken(dispatch, staged(dispatch, SAMPLE.read_bytes()))
    figures = reconciliation(first)
    project = Project.objects.get(brought_in=first, brought_in_row=8)
    steps = {step.code: step for step in project.steps.select_related("deadline", "decision")}
    undone = undo_bringing(actor=dispatch, bringing_id=first.pk, today=TODAY, now=NOW)
    after = everything()
    second = taken(dispatch, staged(dispatch, SAMPLE.read_bytes()))
    again = taken(dispatch, staged(dispatch, SAMPLE.read_bytes(), replaces_id=second.pk))

    assert (figures.rows, figures.projects, figures.differing_rows) == (37, 37, 0)
    assert all(line.difference == 0 for line in figures.areas)
    assert all(line.differing == 0 for line in figures.steps)
    assert {"total_m2", "agri_m2", "arable_m2", "new_construction_m2", "forest_m2"} <= {
        line.key for line in figures.areas
    }
    # Row 8: 可研 2026-05-28 批复, 拟征地公告 2026-03-02, 县请示 2026-02-06, 受理 2026-04-10, 批复 2026-03-09.
    assert (project.name, project.status, project.number) == (
        "都匀水库除险加固3号",
        "ADOPTED",
        "5227-2026-0003",
    )
    assert (steps["A05"].status, steps["A05"].closed_on) == ("DONE", date(2026, 5, 28))
    assert steps["A05"].decision.note == "台账第 8 行"
    assert (steps["Z01"].status, steps["Z01"].accepted_on) == ("DONE", date(2026, 3, 2))
    assert steps["Z01"].deadline.state == "MET"
    assert steps["Z01"].closed_on == steps["Z01"].deadline.statutory_due_on + (
        date(2026, 1, 2) - date(2026, 1, 1)
    )
    assert (steps["B02"].status, steps["B02"].accepted_on) == ("RUNNING", date(2026, 4, 10))
    assert steps["B02"].deadline.started_on == date(2026, 4, 10)
    assert steps["B02"].deadline.red_from <= TODAY
    assert (steps["B03"].status, steps["B03"].closed_on) == ("DONE", date(2026, 3, 9))
    assert steps["G01"].brought_in_id is None
    assert steps["B02"].brought_in_id == first.pk
    assert (
        BroughtRow.objects.get(bringing=first, row=8).notes[0].startswith("批复日期 2026-03-09 早于受理日期")
    )
    assert undone.state == BringingIn.State.UNDONE
    assert after == before
    assert not Project.objects.filter(brought_in__in=[first, second]).exists()
    assert BringingIn.objects.get(pk=second.pk).state == BringingIn.State.UNDONE
    assert Project.objects.filter(brought_in=again).count() == 37
    # The numbers of the year were handed out again.
    assert Project.objects.get(brought_in=again, brought_in_row=8).number == "5227-2026-0003"


def test_two_thousand_running_projects_come_in_are_undone_and_come_in_again_with_as_many_statements(
    dispatch: User,
) -> None:
    before = everything()
    small = staged(dispatch, ledger_of(30, seed=1))
    few = queries(dispatch, small)
    undo_bringing(actor=dispatch, bringing_id=small.pk, today=TODAY, now=NOW)
    content = ledger_of(2_000)
    ledger = read_ledger(content=content, filename="台账.xlsx", today=TODAY)
    large = staged(dispatch, content)

    many = queries(dispatch, large, ledger)
    figures = reconciliation(large)
    steps = Step.objects.filter(brought_in=large)
    counts = (figures.projects, steps.count(), Decision.objects.count() > 4_000, Pause.objects.count() > 100)
    documents = Decision.objects.exclude(doc_no="").count()
    paused = Deadline.objects.filter(pauses__isnull=False).first()
    undo_bringing(actor=dispatch, bringing_id=large.pk, today=TODAY, now=NOW)
    after = everything()
    second = staged(dispatch, content)
    repeated = queries(dispatch, second, ledger)
    again = reconciliation(second)

    assert (figures.rows, figures.differing_rows) == (2_000, 0)
    assert [line.difference for line in figures.areas] == [0, 0, 0, 0]
    assert all(line.misprint is None and line.printed is not None for line in figures.areas)
    assert {unit.total.misprint for unit in figures.units} == {None}
    assert counts[0] == 2_000
    assert counts[1] > 6_000
    assert counts[2:] == (True, True)
    assert documents > 100
    assert paused is not None
    # The numbers of two thousand rows take more packets than those of thirty, nothing else.
    assert many - few < 20
    assert after == before
    assert repeated == many
    assert (again.areas, again.units, again.steps) == (figures.areas, figures.units, figures.steps)
    assert (again.projects, again.differing_rows) == (2_000, 0)
    summaries = BringingIn.objects.filter(pk__in=[large.pk, second.pk]).values_list("summary", flat=True)
    assert summaries[0] == summaries[1]


def test_what_was_worked_on_stays_and_what_is_signed_is_locked(dispatch: User, leader: User) -> None:
    brought = taken(dispatch, staged(dispatch, SAMPLE.read_bytes()))
    project = Project.objects.filter(brought_in=brought).earliest("pk")
    with pytest.raises(SameHands):
        sign_bringing(actor=dispatch, bringing_id=brought.pk, note="", today=TODAY, now=NOW)
    land = project.land
    land.total_m2 = 1
    land.arable_m2 = land.agri_m2 = 1
    land.save(update_fields=["total_m2", "arable_m2", "agri_m2"])
    comment(actor=dispatch, project=project, text="请核对面积")

    with pytest.raises(WorkedOn) as work:
        undo_bringing(actor=dispatch, bringing_id=brought.pk, today=TODAY, now=NOW)
    with pytest.raises(NotReconciled) as differs:
        sign_bringing(actor=leader, bringing_id=brought.pk, note=" ", today=TODAY, now=NOW)
    [row] = chosen_rows(brought, kind="differing", column="total_m2")
    signed = sign_bringing(actor=leader, bringing_id=brought.pk, note="面积以勘测为准", today=TODAY, now=NOW)
    with pytest.raises(WrongState):
        undo_bringing(actor=dispatch, bringing_id=brought.pk, today=TODAY, now=NOW)
    with pytest.raises(WrongState):
        staged(dispatch, SAMPLE.read_bytes(), replaces_id=brought.pk)
    second = staged(dispatch, SAMPLE.read_bytes())
    with pytest.raises(NothingToTake):
        taken(dispatch, second)

    assert len(work.value.facts["found"]) == 2
    assert differs.value.facts["rows"] == 1
    assert row.row.project_id == project.pk
    assert {difference.key for difference in row.differences} == {"total_m2", "arable_m2", "agri_m2"}
    assert signed.state == BringingIn.State.SIGNED
    assert set(second.rows.values_list("verdict", flat=True)) == {"PRESENT"}
    with pytest.raises(IntegrityError, match="bringing_signed_by_another"), transaction.atomic():
        BringingIn.objects.filter(pk=brought.pk).update(signed_by=dispatch)
    with pytest.raises(IntegrityError, match="bringing_taken_names_who"), transaction.atomic():
        BringingIn.objects.filter(pk=second.pk).update(state="TAKEN")
    with pytest.raises(IntegrityError, match="bringing_signed_names_who"), transaction.atomic():
        BringingIn.objects.filter(pk=brought.pk).update(signed_at=None)


def test_nothing_is_brought_in_undone_or_signed_without_the_right_or_in_another_state(
    dispatch: User, leader: User
) -> None:
    content = ledger_of(10, seed=3)
    bringing = staged(dispatch, content)
    clerk = UserFactory(organisation=organisation("522700-ZRZY"), role=User.Role.SECTION)
    when = {"today": TODAY, "now": NOW}
    for forbidden in (
        lambda: staged(clerk, content),
        lambda: discard_ledger(actor=clerk, bringing_id=bringing.pk),
        lambda: request_taking(actor=clerk, bringing_id=bringing.pk, **when),
        lambda: taken(clerk, bringing),
        lambda: undo_bringing(actor=clerk, bringing_id=bringing.pk, **when),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    with pytest.raises(LedgerLate, match="2026-11-21 在今天"):
        staged(dispatch, content, reported_on=date(2026, 11, 21))
    for early in (undo_bringing, sign_bringing):
        more = {"note": ""} if early is sign_bringing else {}
        with pytest.raises(WrongState):
            early(actor=leader if more else dispatch, bringing_id=bringing.pk, **more, **when)
    taken(dispatch, bringing)
    with pytest.raises(PermissionDenied):
        sign_bringing(actor=clerk, bringing_id=bringing.pk, note="", **when)
    for again in (
        lambda: taken(dispatch, bringing),
        lambda: request_taking(actor=dispatch, bringing_id=bringing.pk, **when),
        lambda: discard_ledger(actor=dispatch, bringing_id=bringing.pk),
    ):
        with pytest.raises(WrongState):
            again()
    with pytest.raises(IntegrityError, match="brought_row_once"), transaction.atomic():
        BroughtRow.objects.create(bringing=bringing, row=BroughtRow.objects.earliest("row").row)


def test_an_undo_stops_at_a_pause_or_a_merger_and_never_takes_back_a_later_number(dispatch: User) -> None:
    bringing = taken(dispatch, staged(dispatch, ledger_of(10, seed=3)))
    project, deadline = Project.objects.filter(brought_in=bringing).earliest("pk"), Deadline.objects.first()
    assert deadline is not None
    kind = PauseKind.objects.earliest("pk")
    paused = Pause.objects.create(
        deadline=deadline,
        kind=kind,
        first_on=TODAY,
        stops_committed=True,
        stops_statutory=False,
        evidence="会议",
        entered_by=dispatch,
    )

    with pytest.raises(WorkedOn) as pausing:
        undo_bringing(actor=dispatch, bringing_id=bringing.pk, today=TODAY, now=NOW)
    paused.delete()
    other = ProjectFactory(status=Project.Status.MERGED, number=None, annual_list=None, merged_into=project)
    with pytest.raises(WorkedOn) as merging:
        undo_bringing(actor=dispatch, bringing_id=bringing.pk, today=TODAY, now=NOW)
    Project.objects.filter(pk=other.pk).update(merged_into=None, status=Project.Status.SUBMITTED)
    # A number given since stands: those of the undone projects are not handed out again behind it.
    given = AnnualList.objects.get(year=2026)
    AnnualList.objects.filter(pk=given.pk).update(last_number=given.last_number + 1)
    undo_bringing(actor=dispatch, bringing_id=bringing.pk, today=TODAY, now=NOW)

    assert "暂停" in pausing.value.facts["found"]
    assert "项目合并" in merging.value.facts["found"]
    assert AnnualList.objects.get(year=2026).last_number == given.last_number + 1
