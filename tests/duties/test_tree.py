"""A decomposition: what is wrong with its rows, and its way from the workbook to tasks and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from deadlines.models import Deadline
from duties.errors import BookRefused
from duties.models import Task, TaskBook
from duties.rules.tree import TreeRow, check_tree, count_tree
from duties.selectors import tree_of
from duties.services import books, tasks
from duties.services.books import BookFacts
from notifications.models import Message
from papers.services import Upload
from tests.duties.scenes import COUNTY, TODAY
from tests.factories import organisation

HEAD = "编号,任务,完成标准,责任单位,分管领导,主办科室,具体负责人,完成时限"
GOOD = TreeRow(2, "1", "保耕地", "不减少", COUNTY, "都匀市局", "", "", "", date(2026, 12, 20))
LEAF = replace(GOOD, row=3, number="1.1", leader_name="王局", office_name="耕保股", person_name="李工")


def sheet(main: int, sub: int, *, last: str = "李工") -> Upload:
    """A workbook of `main` items; the sub items lie one after the other under the first ones."""
    under = {number: sub // 2 if number == 1 else sub - sub // 2 for number in (1, 2)}
    lines = [HEAD]
    for number in range(1, main + 1):
        owners = ",,," if number in under else "王局,耕保股,李工,"
        lines.append(f"{number},大项{number},达标,都匀市局,{owners}2026-12-20")
        lines += [
            f"{number}-{part},小项{number}之{part},达标,福泉市自然资源局,张局,利用股,{last},2026-12-18"
            for part in range(1, under.get(number, 0) + 1)
        ]
    return Upload("分解.csv", "\n".join(lines).encode())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([GOOD, LEAF], []),
        ([GOOD], ["没有落实分管领导、主办科室、具体负责人。", "应有小项 1 项，表中有 0 项；请核对。"]),
        ([GOOD, replace(LEAF, person_name="")], ["没有落实具体负责人。"]),
        ([GOOD, replace(LEAF, number="2.1")], ["小项 2.1 没有对应的大项 2。", "没有落实"]),
        ([GOOD, LEAF, replace(LEAF, row=4)], ["序号 1.1 与第 3 行重复", "应有小项 1 项，表中有 2 项"]),
        ([GOOD, replace(LEAF, holder="", holder_name="某局")], ["没有名为“某局”的责任单位。"]),
        ([GOOD, replace(LEAF, due_on=None)], ["完成时限须为具体日期"]),
        ([GOOD, replace(LEAF, due_on=date(2026, 1, 1))], ["完成时限 2026-01-01 早于今天。"]),
        ([GOOD, replace(LEAF, title="")], ["任务没有填写。"]),
        ([GOOD, replace(LEAF, number="1.a")], ["序号“1.a”须写成 3 或 3-2 的形式。"]),
    ],
    ids=["whole", "bare", "no person", "orphan", "twice", "unit", "vague day", "past", "title", "number"],
)
def test_everything_that_is_wrong_is_said_at_once(rows: list[TreeRow], says: list[str]) -> None:
    found = check_tree(rows, expected_main=1, expected_sub=1, today=TODAY)

    assert len(found) == len(says)
    for words in says:
        assert any(problem.message.startswith(words) for problem in found)


@pytest.mark.django_db
def test_152_main_and_246_sub_items_become_tasks_all_or_none_and_can_be_taken_back(
    people: dict[str, User],
) -> None:
    office, county = people["dispatch"], people["county"]
    facts = BookFacts("耕地保护任务分解", 2026, 152, 246)
    wrong = books.read_task_book(actor=office, facts=facts, upload=sheet(152, 245, last=""), today=TODAY)
    said = [problem["message"] for problem in wrong.problems]
    with pytest.raises(BookRefused):
        books.confirm_task_book(actor=office, book_id=wrong.pk, today=TODAY)

    book = books.read_task_book(actor=office, facts=facts, upload=sheet(152, 246), today=TODAY)
    books.confirm_task_book(actor=office, book_id=book.pk, today=TODAY)
    tree = tree_of(book, actor=office)
    first = Task.objects.get(book=book, book_number="3")
    told = Message.objects.filter(recipient=county, title__startswith="新交办任务 152 项").count()
    clocks = Deadline.objects.open().filter(subject_kind="duties.task").count()
    tasks.accept(task_id=first.pk, actor=county, today=TODAY)
    with pytest.raises(BookRefused) as begun:
        books.undo_task_book(actor=office, book_id=book.pk, reason="重来", today=TODAY)
    with pytest.raises(BookRefused):
        books.confirm_task_book(actor=office, book_id=book.pk, today=TODAY)

    with pytest.raises(IntegrityError, match="task_leaf_of_a_book_has_three_owners"), transaction.atomic():
        Task.objects.filter(book=book, book_number="1.1").update(person_name="")
    assert said[0] == "应有小项 246 项，表中有 245 项；请核对。"
    assert said.count("没有落实具体负责人。") == 245
    assert not TaskBook.objects.filter(pk=wrong.pk).exists()
    assert [task.book_number for task in tree[:3]] == ["1", "1.1", "1.2"]
    assert (len(tree), told, clocks) == (398, 1, 396)  # two main items follow their parts
    assert count_tree([GOOD, LEAF]).leaves == 1
    assert begun.value.facts == {"begun": 1}


@pytest.mark.django_db
def test_a_book_that_nobody_has_begun_is_withdrawn_whole(people: dict[str, User]) -> None:
    office = people["dispatch"]
    facts = BookFacts("任务分解", 2026, 3, 2)
    book = books.read_task_book(actor=office, facts=facts, upload=sheet(3, 2), today=TODAY)
    books.confirm_task_book(actor=office, book_id=book.pk, today=TODAY)

    books.undo_task_book(actor=office, book_id=book.pk, reason="文件有误", today=TODAY)

    assert set(Task.objects.filter(book=book).values_list("state", flat=True)) == {"WITHDRAWN"}
    assert not Deadline.objects.open().filter(subject_kind="duties.task").exists()
    again = books.read_task_book(actor=office, facts=facts, upload=sheet(3, 2), today=TODAY)
    assert books.confirm_task_book(actor=office, book_id=again.pk, today=TODAY).state == "CONFIRMED"
    assert again.organisation == organisation("522700-ZRZY-BZ")
