"""A bulletin is drafted from its week, edited, issued once with the next number, and stays."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
import time_machine
from django.db import Error, transaction
from django.urls import reverse

from accounts.models import User
from consultations import rules
from consultations.errors import BulletinClosed, BulletinIncomplete, DayOutOfOrder
from consultations.models import Bulletin, BulletinItem
from consultations.rules import Held, Named, Section, WeekFacts
from consultations.services import bulletins
from consultations.services.bulletins import BulletinFacts
from papers.models import PaperContent
from tests.consultations.scenes import ISSUED, MET, noon, whole

WEEK = BulletinFacts(
    "BRIEF", "第三十八周用地要素保障情况", date(2026, 9, 14), date(2026, 9, 20), "州政府办公室"
)
SUNDAY = date(2026, 9, 20)


def test_the_paragraphs_say_what_happened_and_nothing_else():
    assert rules.draft_lines(WeekFacts()) == []

    many = [Named(f"任务{n}", "都匀市", date(2026, 9, n)) for n in range(1, 8)]
    lines = rules.draft_lines(
        WeekFacts(
            meetings=[Held(MET, "第三季度集中会商会议", 12, 9)],
            tasks_issued=9,
            tasks_verified=2,
            late=many,
            problems_raised=3,
            problems_resolved=[Named("林地定额", "福泉市")],
        )
    )

    assert [line.section for line in lines] == [
        *(Section.MEETING, Section.TASK, Section.TASK, Section.PROBLEM),
    ]
    assert lines[0].text == "9月16日召开第三季度集中会商会议，研究议题12项，议定事项9项。"
    assert lines[2].text.startswith("逾期未办结7项：任务1（都匀市，9月1日）、")
    assert lines[2].text.endswith("任务5（都匀市，9月5日）等。")
    assert lines[3].text == "新增问题3个，解决1个：林地定额（福泉市）。"


@time_machine.travel(noon(ISSUED), tick=False)
def test_an_issue_is_drafted_edited_and_issued_for_good(dispatcher: User, officer: User, client):
    with pytest.raises(BulletinIncomplete, match="会商组织"):
        bulletins.draft_bulletin(facts=WEEK, actor=dispatcher, today=SUNDAY)
    whole(officer, dispatcher)
    with pytest.raises(DayOutOfOrder):
        bulletins.draft_bulletin(facts=WEEK, actor=dispatcher, today=ISSUED)

    made = bulletins.draft_bulletin(facts=WEEK, actor=dispatcher, today=SUNDAY)
    texts = list(made.items.values_list("text", flat=True))
    assert texts[0] == "9月16日召开第三季度集中会商会议，研究议题1项，议定事项1项。"
    assert "交办任务1项，核验办结0项。" in texts
    extra = bulletins.write_item(
        bulletin_id=made.pk, section="OTHER", text="完成年度变更调查。", actor=dispatcher, today=SUNDAY
    )
    bulletins.change_item(
        item_id=extra.pk, section="NEXT", text="完成季度会商筹备。", actor=dispatcher, today=SUNDAY
    )
    done = bulletins.issue_bulletin(bulletin_id=made.pk, actor=dispatcher, today=SUNDAY)
    second = bulletins.issue_bulletin(
        bulletin_id=bulletins.draft_bulletin(facts=WEEK, actor=dispatcher, today=SUNDAY).pk,
        actor=dispatcher,
        today=SUNDAY,
    )

    assert (done.number_text, second.number_text) == ("〔2026〕第1期", "〔2026〕第2期")
    document = docx.Document(io.BytesIO(bytes(PaperContent.objects.get(paper=done.document).content)))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert [word for word in ("用地要素保障简报", "〔2026〕第1期", "一、会商会议") if word not in words] == []
    assert "完成季度会商筹备。" in "".join(words)
    for refused in (
        lambda: bulletins.issue_bulletin(bulletin_id=done.pk, actor=dispatcher, today=SUNDAY),
        lambda: bulletins.strike_item(item_id=extra.pk, actor=dispatcher, today=SUNDAY),
    ):
        with pytest.raises(BulletinClosed):
            refused()
    for change in (
        lambda: Bulletin.objects.filter(pk=done.pk).update(title="改"),
        lambda: BulletinItem.objects.filter(pk=extra.pk).update(text="改"),
        lambda: BulletinItem.objects.create(bulletin=done, section="OTHER", place=9, text="添"),
        lambda: BulletinItem.objects.filter(pk=extra.pk).delete(),
    ):
        with pytest.raises(Error, match=r"stays|protect|Cannot"), transaction.atomic():
            change()

    client.force_login(officer)
    assert client.get(done.get_absolute_url()).status_code == 404
    client.force_login(dispatcher)
    found = client.get(reverse("consultations:bulletins"), {"q": "季度会商筹备"}).content.decode()
    assert ("〔2026〕第1期" in found, "〔2026〕第2期" in found) == (True, False)
    file = client.get(reverse("consultations:bulletin-word", args=[done.pk]))
    assert file.content == bytes(PaperContent.objects.get(paper=done.document).content)
    answer = client.post(f"/api/v1/bulletins/{done.pk}/issue/")
    assert (answer.status_code, answer.json()["code"]) == (409, "bulletin_closed")
