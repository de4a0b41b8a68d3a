"""Letters with a day for the answer, visits counted by leader, findings that become tasks, signed letters."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import docx
import pytest
from django.db import DatabaseError, transaction

from accounts.models import Post, User
from deadlines.models import Deadline
from duties import selectors
from duties.errors import (
    DayOutOfOrder,
    HolderElsewhere,
    InspectionClosed,
    LetterClosed,
    NothingToUrge,
    NotOwnTask,
    RegisteredAlready,
    TaskIncomplete,
)
from duties.export import letter_document, lists_workbook, three_lists
from duties.models import DutyLetter, LetterTask, SupervisionLetter, Visit
from duties.services import letters, visits
from duties.services.visit_duties import watch_visits
from duties.services.visits import DutyLetterFacts, FindingFacts, InspectionPlan, VisitFacts
from officefiles.reading import read_workbook
from papers.models import Paper
from papers.services import Upload
from tests.duties.scenes import COUNTY, TODAY, issued, raised, reported
from tests.factories import UserFactory, organisation
from tests.papers import files

pytestmark = pytest.mark.django_db


def test_a_letter_goes_to_each_unit_with_its_tasks_and_stands_until_answered(
    people: dict[str, User],
) -> None:
    county, office = people["county"], people["dispatch"]
    mine = [issued(office, title=title) for title in ("落实指标", "补划永农")]
    other = issued(office, holder="522702-ZRZY")
    done = reported(office, county, title="已报告")

    sent = letters.urge(
        task_ids=[task.pk for task in (*mine, other, done)], demand="抓紧办理", actor=office, today=TODAY
    )
    first, second = sent
    [again] = letters.urge(task_ids=[mine[0].pk], demand="再次督办", actor=office, today=TODAY)
    word = docx.Document(io.BytesIO(letter_document(first, mine)))
    with pytest.raises(NotOwnTask):
        letters.reply(letter_id=second.pk, text="x", actor=office, today=TODAY)
    letters.reply(letter_id=first.pk, text="本周完成", actor=county, today=TODAY)

    assert [(letter.serial, letter.addressee.code) for letter in (*sent, again)] == [
        (1, COUNTY),
        (2, "522702-ZRZY"),
        (3, COUNTY),
    ]
    assert first.deadline is not None
    assert first.deadline.due_on == date(2026, 11, 23)  # five working days
    mine[0].refresh_from_db()
    assert mine[0].times_urged == 2
    assert mine[0].progress.filter(kind="URGED").count() == 2
    assert Deadline.objects.open().filter(subject_kind=letters.LETTER).count() == 2
    assert "落实指标" in word.tables[0].rows[1].cells[1].text
    assert any("2026年11月23日前书面回复" in line.text for line in word.paragraphs)
    assert set(SupervisionLetter.objects.visible_to(county)) == {first, again}
    refusals: list[tuple[type[Exception], Any]] = [
        (LetterClosed, lambda: letters.reply(letter_id=first.pk, text="x", actor=county, today=TODAY)),
        (NothingToUrge, lambda: letters.urge(task_ids=[done.pk], demand="x", actor=office, today=TODAY)),
        (TaskIncomplete, lambda: letters.reply(letter_id=again.pk, text=" ", actor=county, today=TODAY)),
        (DatabaseError, lambda: LetterTask.objects.filter(letter=first).delete()),
        (
            DatabaseError,
            lambda: SupervisionLetter.objects.filter(pk=first.pk).update(state="SENT"),
        ),
    ]
    for refusal, attempt in refusals:
        with pytest.raises(refusal), transaction.atomic():
            attempt()
    letters.withdraw_letter(letter_id=again.pk, reason="重复", actor=office, today=TODAY)
    assert SupervisionLetter.objects.get(pk=again.pk).state == "WITHDRAWN"


def test_a_leader_who_has_not_gone_out_turns_red_before_the_year_ends(people: dict[str, User]) -> None:
    office, county = people["dispatch"], people["county"]
    bureau = organisation("522700-ZRZY")
    gone, waiting = (
        Post.objects.create(organisation=bureau, title=title, duty=Post.Duty.LEADER)
        for title in ("测试领导甲", "测试领导乙")
    )
    facts = VisitFacts(
        Visit.Kind.SERVICE, gone, organisation("522701"), TODAY, "组卷指导", "已补齐材料", "规划科"
    )

    owed = {duty.leader_id: duty.deadline for duty in watch_visits(today=TODAY)}
    assert {gone.pk, waiting.pk} <= set(owed)
    assert watch_visits(today=TODAY) == []
    assert (owed[gone.pk].due_on, owed[gone.pk].holder_organisation) == (date(2026, 12, 31), bureau)

    visits.record_visit(actor=office, facts=facts, today=TODAY)
    for row in owed.values():
        row.refresh_from_db()
    assert (owed[gone.pk].state, owed[gone.pk].stopped_on) == ("MET", TODAY)
    assert owed[waiting.pk].state == "RUNNING"
    later = Post.objects.create(organisation=bureau, title="测试领导丙", duty=Post.Duty.LEADER)
    waiting.is_active = False
    waiting.save(update_fields=["is_active"])
    assert [duty.leader for duty in watch_visits(today=TODAY)] == [later]
    owed[waiting.pk].refresh_from_db()
    assert owed[waiting.pk].state == "CANCELLED"
    waiting.is_active = True
    waiting.save(update_fields=["is_active"])
    for refusal, wrong in (
        (RegisteredAlready, facts),
        (DayOutOfOrder, VisitFacts("SERVICE", gone, facts.organisation, date(2026, 11, 17), "x", "x")),
    ):
        with pytest.raises(refusal):
            visits.record_visit(actor=office, facts=wrong, today=TODAY)
    elsewhere = VisitFacts("FIELD", gone, organisation("522702"), TODAY, "x", "x")
    with pytest.raises(HolderElsewhere):
        visits.record_visit(actor=county, facts=elsewhere, today=TODAY)

    def lamps(today: date) -> dict[int, tuple[int, str]]:
        rows = selectors.visits_of_leaders(actor=office, year=2026, today=today)
        return {row.post.pk: (row.done, row.lamp) for row in rows}

    assert lamps(TODAY)[gone.pk] == (1, "done")
    assert lamps(TODAY)[waiting.pk] == (0, "amber")
    assert lamps(date(2026, 11, 30))[waiting.pk] == (0, "amber")
    assert lamps(date(2026, 12, 1))[waiting.pk] == (0, "red")


def test_what_an_inspection_finds_is_kept_with_photos_and_becomes_a_task(people: dict[str, User]) -> None:
    office, county = people["dispatch"], people["county"]
    plan = InspectionPlan("第四季度督导", "第一督导组", "项目开工情况", TODAY, TODAY + timedelta(days=10))
    row = visits.plan_inspection(actor=office, plan=plan, today=TODAY)
    unit = organisation("522701")
    facts = FindingFacts(
        unit,
        TODAY,
        "墨冲镇项目现场",
        "围挡未到位",
        demand="补齐围挡",
        due_on=date(2026, 11, 30),
        photos=[Upload("现场.png", files.png())],
    )

    finding = visits.record_finding(actor=office, inspection_id=row.pk, facts=facts, today=TODAY)
    [task] = selectors.tasks_of_sources(visits.FINDING, [finding.pk], actor=office)
    photo = Paper.objects.about(visits.FINDING, finding.pk).get()
    half = FindingFacts(unit, TODAY, "x", "x", demand="只有要求")
    early = FindingFacts(unit, TODAY - timedelta(days=1), "x", "x")
    for refusal, wrong in ((TaskIncomplete, half), (DayOutOfOrder, early)):
        with pytest.raises(refusal):
            visits.record_finding(actor=office, inspection_id=row.pk, facts=wrong, today=TODAY)
    visits.conclude_inspection(actor=office, inspection_id=row.pk, summary="总体良好", today=TODAY)
    with pytest.raises(InspectionClosed):
        visits.record_finding(actor=office, inspection_id=row.pk, facts=facts, today=TODAY)

    assert (task.holder, task.requirement, task.due_on) == (unit, "补齐围挡", date(2026, 11, 30))
    assert (photo.kind, photo.occurred_on) == (Paper.Kind.PHOTO, TODAY)
    assert [found.pk for found in selectors.findings_of(row, actor=county)] == [finding.pk]
    neighbour = UserFactory(role=User.Role.COUNTY, organisation=organisation("522702-ZRZY"))
    assert not selectors.inspection_list(actor=neighbour).exists()
    with pytest.raises(HolderElsewhere):
        visits.conclude_inspection(actor=county, inspection_id=row.pk, summary="x", today=TODAY)


def test_letters_of_responsibility_are_registered_once_and_counted(people: dict[str, User]) -> None:
    office, county = people["dispatch"], people["county"]
    prefecture, unit = organisation("522700"), organisation("522701")
    level = DutyLetter.Level.PREFECTURE_COUNTY
    facts = DutyLetterFacts(
        2026, "耕地保护责任书", level, prefecture, unit.name, "州长", "市长", TODAY, party_b=unit
    )
    town = DutyLetterFacts(
        2026, "耕地保护责任书", DutyLetter.Level.COUNTY_TOWN, unit, "墨冲镇", "市长", "镇长", TODAY
    )
    before = len(selectors.unsigned(actor=office, year=2026))

    row = visits.register_duty_letter(
        actor=office, facts=facts, today=TODAY, scan=Upload("责任书.pdf", files.pdf(text="责任书"))
    )
    visits.register_duty_letter(actor=county, facts=town, today=TODAY)
    with pytest.raises(RegisteredAlready):
        visits.register_duty_letter(actor=office, facts=facts, today=TODAY)
    with pytest.raises(HolderElsewhere):
        visits.register_duty_letter(actor=county, facts=facts, today=TODAY)

    assert row.paper is not None
    assert selectors.duty_letter_counts(actor=office, year=2026) == [("州与县市", 1), ("县市与乡镇", 1)]
    assert len(selectors.unsigned(actor=office, year=2026)) == before - 1
    assert set(selectors.duty_letter_list(actor=county)) == set(DutyLetter.objects.all())


def test_the_three_lists_are_one_workbook_whose_rows_name_each_other(people: dict[str, User]) -> None:
    county, office = people["county"], people["dispatch"]
    problem = raised(county)
    task = reported(office, county, problem=problem, person_name="李工")

    lists = three_lists(
        selectors.problem_list(actor=office), selectors.task_list(actor=office), actor=office, today=TODAY
    )
    content = lists_workbook(lists, subtitle="")
    sheets = {sheet.name: sheet for sheet in read_workbook(content, filename="三项清单.xlsx").sheets}
    cells = {name: [cell for row in sheet.rows for cell in row] for name, sheet in sheets.items()}

    assert list(sheets) == ["问题清单", "责任清单", "任务清单"]
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert problem.number in cells["问题清单"]
    assert {problem.number, task.number, "李工"} <= set(cells["责任清单"])
    assert {task.number, problem.number, "指标已入库 2 公顷", "待核验"} <= set(cells["任务清单"])
