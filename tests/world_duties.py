"""One row of everything in duties that an address can name, of 都匀市."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from duties.models import Inspection, Problem, SupervisionLetter, Task, TaskBook
from duties.services import books, letters, visits
from duties.services.books import BookFacts
from duties.services.visits import FindingFacts, InspectionPlan
from papers.services import Upload
from projects.models import Project
from tests.duties.scenes import TODAY, issued, raised
from tests.factories import organisation

BOOK = """编号,任务,完成标准,责任单位,分管领导,主办科室,具体负责人,完成时限
1,保耕地,不减少,都匀市局,王局,耕保股,李工,2026-12-20
"""


@dataclass(frozen=True, slots=True)
class DutyRows:
    duty_problem: Problem
    duty_task: Task
    duty_letter: SupervisionLetter
    inspection: Inspection
    task_book: TaskBook


def build_duties(*, officer: User, dispatcher: User, project: Project) -> DutyRows:
    """A problem, a task that a letter urges, an inspection that found something, a county's book."""
    task = issued(dispatcher, project=project)
    [letter] = letters.urge(task_ids=[task.pk], demand="抓紧办理", actor=dispatcher, today=TODAY)
    plan = InspectionPlan("督导", "第一督导组", "开工情况", TODAY, TODAY + timedelta(days=5))
    inspection = visits.plan_inspection(actor=dispatcher, plan=plan, today=TODAY)
    found = FindingFacts(organisation("522701"), TODAY, "现场", "情况")
    visits.record_finding(actor=dispatcher, inspection_id=inspection.pk, facts=found, today=TODAY)
    upload, facts = Upload("分解.csv", BOOK.encode()), BookFacts("任务分解", 2026, 1, 0)
    book = books.read_task_book(actor=officer, facts=facts, upload=upload, today=TODAY)
    return DutyRows(
        duty_problem=raised(officer, project=project),
        duty_task=task,
        duty_letter=letter,
        inspection=inspection,
        task_book=books.confirm_task_book(actor=officer, book_id=book.pk, today=TODAY),
    )
