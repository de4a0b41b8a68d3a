"""The task list: every procedure with its owner, its limit and what proves it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from approvals.services.decisions import decide_step, mark_not_involved
from approvals.services.documents import AreaFacts, DocumentFacts, record_document
from desk.task_list import count_tasks, read_tasks, task_list
from desk.task_list_filters import TaskFilterSet
from tests.approvals.scenes import TODAY, accepted, opened

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-11-20T10:00+08:00", tick=False)
def test_every_task_names_its_owner_its_limit_and_its_proof(dispatcher, section, officer, stranger, client):
    project, steps = opened(dispatcher)
    late = accepted(steps["A03"], section, on=date(2026, 10, 9))
    done = accepted(steps["A02"], section, on=date(2026, 11, 2))
    decide_step(step_id=done.pk, decided_on=date(2026, 11, 9), result="同意", actor=section, today=TODAY)
    mark_not_involved(step_id=steps["X02"].pk, reason="无需审查", actor=section, today=TODAY)

    rows = {row.step.code: row for row in read_tasks(task_list(actor=officer), today=TODAY)}
    assert "X02" not in rows
    assert (rows["A03"].lamp, rows["A03"].due_on) == ("red", late.deadline.due_on)
    assert rows["A03"].responsible == late.holder_organisation.short_name
    assert (rows["A02"].word, rows["A02"].due_on, rows["A02"].proof) == ("办结", date(2026, 11, 9), "")
    counts = count_tasks(task_list(actor=officer), today=TODAY)
    assert (counts.total, counts.done, counts.late, counts.unproved) == (len(rows), 1, 1, 1)
    assert not task_list(actor=stranger).exists()

    # A recorded document proves its step.
    decide_step(step_id=late.pk, decided_on=date(2026, 11, 19), result="同意", actor=section, today=TODAY)
    found = TaskFilterSet({"state": "unproved"}, queryset=task_list(actor=officer)).qs
    assert {step.code for step in found} == {"A02", "A03"}
    facts = DocumentFacts("PREEXAM", "州自然资源局", date(2026, 11, 19), number="黔南自然资预审〔2026〕3号")
    record_document(actor=officer, facts=facts, areas={project.pk: AreaFacts()}, today=TODAY)
    assert [step.code for step in found.all()] == ["A02"]
    proofs = {row.step.code: row.proof for row in read_tasks(task_list(actor=officer), today=TODAY)}
    assert proofs["A03"] == facts.number

    client.force_login(officer)
    page = client.get(reverse("desk:task-list"), {"kind": "A02"}).content.decode()
    listed = client.get("/api/v1/task-list/", {"state": "done"}).json()["results"]
    assert facts.number in page
    assert {(row["code"], row["proof"]) for row in listed} == {("A02", ""), ("A03", facts.number)}
    assert client.get(reverse("desk:task-list-export")).content[:2] == b"PK"
