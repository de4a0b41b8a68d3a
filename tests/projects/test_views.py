"""The pages: full page, partial, refusal; strangers find nothing."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from projects.models import ImportDraft, Project, Submission
from projects.services import screening
from tests.factories import ProjectFactory
from tests.projects.test_selectors import running
from tests.projects.workbooks import SAMPLES, TODAY, code, imported, row, staged, workbook

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def as_user(client):
    def sign_in(user: User):
        client.force_login(user)
        return client

    return sign_in


def upload(client, content: bytes, name: str = "清单.xlsx"):
    return client.post(reverse("projects:upload"), {"file": SimpleUploadedFile(name, content)})


def cells(response) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


# --- the list -------------------------------------------------------------------------------------


def test_the_list_shows_names_lamps_and_areas(as_user, section):
    running(ProjectFactory(name="都匀水库", land={"total_m2": 31_731}), date(2026, 9, 1))

    page = as_user(section).get(reverse("projects:list")).content.decode()

    assert "都匀水库" in page
    assert "3.1731" in page
    assert "逾期" in page
    assert "<html" in page


def test_htmx_gets_the_list_alone(as_user, section):
    ProjectFactory(name="都匀水库")

    part = as_user(section).get(reverse("projects:list"), {"q": "都匀"}, **HTMX).content.decode()

    assert "都匀水库" in part
    assert "<html" not in part


def test_a_filter_that_does_not_exist_says_so_and_shows_nothing(as_user, officer):
    ProjectFactory(name="都匀水库")

    page = as_user(officer).get(reverse("projects:list"), {"unit": "522725"}).content.decode()

    assert "筛选条件有误" in page
    assert "都匀水库" not in page


@pytest.mark.parametrize("sort", ["lamp", "-lamp", "number", "name", "-unit", "area", "-updated", "nonsense"])
def test_every_order_pages_without_losing_a_row(as_user, section, sort):
    for number in range(60):
        running(ProjectFactory(name=f"都匀项目{number}"), date(2026, 11, 2))
    browser, seen, cursor = as_user(section), [], None

    while True:
        page = browser.get(reverse("projects:list"), {"sort": sort} | ({"cursor": cursor} if cursor else {}))
        seen += [shown.pk for shown in page.context["rows"]]
        cursor = page.context["page"].next_cursor
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 60


def queries_of(browser, address: str) -> int:
    """Statements of one request, the frame's included, after a first one has warmed caches."""
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        browser.get(address)
    return len(caught)


def test_the_list_page_takes_the_same_queries_for_one_project_and_twenty(as_user, section):
    browser, address = as_user(section), reverse("projects:list")
    running(ProjectFactory(), date(2026, 11, 2))
    for_one = queries_of(browser, address)

    for _ in range(19):
        running(ProjectFactory(), date(2026, 11, 2))

    assert queries_of(browser, address) == for_one


# --- correction -------------------------------------------------------------------------------------


def edit_data(client, project: Project) -> dict[str, str]:
    page = client.get(reverse("projects:edit", args=[project.pk]))
    form = page.context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value() is not None}


def test_a_correction_is_stored(as_user, section):
    project, browser = ProjectFactory(name="都匀水库"), as_user(section)
    data = edit_data(browser, project) | {"level": "PROVINCIAL", "investment_wan": "32727.52"}

    response = browser.post(reverse("projects:edit", args=[project.pk]), data)

    project = Project.objects.get()
    assert response.status_code == 302
    assert project.level == Project.Level.PROVINCIAL
    assert str(project.investment_yuan) == "327275200.00"


def test_a_refused_correction_keeps_what_was_typed(as_user, section):
    other = ProjectFactory(code=code(1))
    project, browser = ProjectFactory(), as_user(section)
    data = edit_data(browser, project) | {"name": "都匀新名", "code": other.code}

    response = browser.post(reverse("projects:edit", args=[project.pk]), data)

    assert response.status_code == 422
    assert "都匀新名" in response.content.decode()
    assert "已被另一个在册项目使用" in response.content.decode()


def test_vague_plans_are_kept_as_written(as_user, section):
    project, browser = ProjectFactory(), as_user(section)
    data = edit_data(browser, project) | {"planned_start": "2026年第四季度"}

    browser.post(reverse("projects:edit", args=[project.pk]), data)

    project = Project.objects.get()
    assert (project.planned_start, project.planned_start_on) == ("2026年第四季度", date(2026, 12, 31))


# --- handing in ---------------------------------------------------------------------------------------


def test_an_upload_leads_to_the_preview(as_user, officer):
    browser = as_user(officer)

    response = upload(browser, workbook(row("都匀水库"), row("都匀电站", total=-3)))

    draft = ImportDraft.objects.get()
    assert response.url == reverse("projects:preview", args=[draft.pk])
    page = browser.get(response.url).content.decode()
    assert "1 行有错误或冲突，不会导入" in page
    assert "D3" in page
    assert "只导入无误的 1 行" in page


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "清单.xlsx"), (b"hello", "清单.xlsx"), (b"a,b", "清单.doc"), (b"PK\x03\x04junk", "清单.xlsx")],
    ids=["empty", "no workbook", "wrong extension", "damaged"],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(as_user, officer, content, name):
    response = upload(as_user(officer), content, name)

    assert response.status_code == 422
    assert "lg-field-error" in response.content.decode()
    assert not ImportDraft.objects.exists()


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/workbook.xml", b"<workbook/>")
        container.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return file.getvalue()


def encrypted() -> bytes:
    return bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (encrypted(), "清单.xlsx", "打开密码"),
        (zip_bomb(), "清单.xlsx", "异常膨胀"),
        ("项目名称,用地总面积（亩）\n".encode() + b"a,1\n" * 200_000, "清单.csv", "20,000 行"),
        (workbook(("甲", "乙"), headings=("姓名", "电话")), "清单.xlsx", "没有找到项目清单"),
        (workbook(("都匀水库",), headings=("项目名称", "县市", "建设单位")), "清单.xlsx", "用地总面积"),
        (
            workbook(("都匀水库", "都匀市", 3), headings=("项目名称", "县市", "用地总面积")),
            "清单.xlsx",
            "亩还是公顷",
        ),
    ],
    ids=["encrypted", "zip bomb", "200,000 rows", "wrong sheet", "missing column", "no unit"],
)
def test_bad_files_are_refused_each_with_its_sentence(as_user, officer, settings, content, name, sentence):
    settings.IMPORT_AT_ONCE_KB = 10_000  # a larger one is refused in the background

    response = upload(as_user(officer), content, name)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ImportDraft.objects.exists()
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row("都匀水库", total=-3), "不能小于 0"),
        (row("都匀水库", total=9_999_999), "超过全县面积"),
        (row("都匀水库", county="云岭县"), "不属于任何县"),
        (row("瓮安水库", county="瓮安县"), "瓮安县"),
        (row("都匀水库", total="=1+1"), "公式没有计算结果"),
    ],
    ids=["negative", "absurd", "unknown county", "another county", "formula"],
)
def test_bad_rows_are_shown_each_with_its_sentence(as_user, officer, wrong, sentence):
    draft = staged(officer, workbook(wrong, row("都匀电站")))

    page = as_user(officer).get(reverse("projects:preview", args=[draft.pk]))

    assert sentence in page.content.decode()
    assert [found.verdict for found in page.context["shown"].rows] == ["error", "new"]


def test_duplicate_codes_are_errors_in_both_rows(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库", code=code(1)), row("都匀电站", code=code(1))))

    page = as_user(officer).get(reverse("projects:preview", args=[draft.pk]))

    assert [found.verdict for found in page.context["shown"].rows] == ["error", "error"]


def test_no_file_chosen_is_said_in_words(as_user, officer):
    response = as_user(officer).post(reverse("projects:upload"), {})

    assert response.status_code == 422
    assert "还没有选择文件" in response.content.decode()


def test_confirming_leads_to_the_record(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库")))

    response = as_user(officer).post(reverse("projects:confirm", args=[draft.pk]), {"rows": "all"})

    submission = Submission.objects.get()
    assert response.url == reverse("projects:submission", args=[submission.pk])
    assert Project.objects.get().name == "都匀水库"


def test_a_refused_confirm_shows_the_preview_again(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库"), row("都匀电站", total=-3)))

    response = as_user(officer).post(reverse("projects:confirm", args=[draft.pk]), {"rows": "all"})

    assert response.status_code == 422
    assert "不能整批导入" in response.content.decode()
    assert not Project.objects.exists()


def test_good_rows_alone_are_imported_when_asked(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库"), row("都匀电站", total=-3)))

    as_user(officer).post(reverse("projects:confirm", args=[draft.pk]), {"rows": "good"})

    assert [p.name for p in Project.objects.all()] == ["都匀水库"]


def test_a_second_confirm_is_answered_kindly(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库")))
    browser = as_user(officer)
    browser.post(reverse("projects:confirm", args=[draft.pk]), {"rows": "all"})

    response = browser.post(reverse("projects:confirm", args=[draft.pk]), {"rows": "all"}, follow=True)

    assert "没有重复办理" in response.content.decode()


def test_the_marked_workbook_shows_the_mistake_in_its_cell(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库", total=-3)))

    response = as_user(officer).get(reverse("projects:marked", args=[draft.pk]))

    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert "不能小于 0" in book["项目清单"]["D2"].comment.text
    assert "问题清单" in book.sheetnames


def test_discarding_leads_back_to_the_upload(as_user, officer):
    draft = staged(officer, workbook(row("都匀水库")))

    response = as_user(officer).post(reverse("projects:discard", args=[draft.pk]))

    assert response.url == reverse("projects:upload")
    assert not ImportDraft.objects.exists()


def test_the_template_is_ones_own_and_reads_back(as_user, officer):
    response = as_user(officer).get(reverse("projects:template"))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    sheet = book["项目清单"]
    headings = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3]}
    sheet.cell(4, headings["项目名称"]).value = "都匀水库"
    sheet.cell(4, headings["用地总面积（亩）"]).value = 15
    file = io.BytesIO()
    book.save(file)

    draft = staged(officer, file.getvalue())

    assert sheet.cell(4, headings["县市"]).value == "都匀市"
    page = as_user(officer).get(reverse("projects:preview", args=[draft.pk]))
    [found] = page.context["shown"].rows
    assert (found.verdict, found.total_m2, found.problems) == ("new", 10_000, ())


# --- the record -----------------------------------------------------------------------------------------


def test_the_record_shows_the_bureaus_answer(as_user, officer, section):
    submission = imported(officer, row("都匀水库"))
    project = Project.objects.get()
    screening.return_project(actor=section, project_id=project.pk, reason="缺立项文件", today=TODAY)

    page = as_user(officer).get(reverse("projects:submission", args=[submission.pk])).content.decode()

    assert "已退回" in page
    assert "缺立项文件" in page


def test_the_file_comes_back_byte_for_byte(as_user, stranger):
    content = (SAMPLES / "county-list-mu.xlsx").read_bytes()
    draft = staged(stranger, content, "瓮安清单.xlsx")
    browser = as_user(stranger)
    browser.post(reverse("projects:confirm", args=[draft.pk]))

    response = browser.get(reverse("projects:submission-file", args=[Submission.objects.get().pk]))

    assert response.content == content


def test_an_import_is_undone_from_its_page(as_user, officer):
    submission = imported(officer, row("都匀水库"))

    response = as_user(officer).post(reverse("projects:undo", args=[submission.pk]), follow=True)

    assert "已撤销这次报送" in response.content.decode()
    assert Project.objects.get().status == Project.Status.REMOVED


def test_a_refused_undo_names_the_projects(as_user, officer, section):
    submission = imported(officer, row("都匀水库"))
    screening.return_project(actor=section, project_id=Project.objects.get().pk, reason="缺", today=TODAY)

    response = as_user(officer).post(reverse("projects:undo", args=[submission.pk]))

    assert response.status_code == 422
    assert "都匀水库" in response.content.decode()


def test_the_records_take_the_same_queries_for_one_and_twenty(as_user, officer):
    browser, address = as_user(officer), reverse("projects:submissions")
    imported(officer, row("都匀水库"))
    for_one = queries_of(browser, address)

    for number in range(19):
        imported(officer, row(f"都匀第{number}号"))

    assert queries_of(browser, address) == for_one


def test_a_record_takes_the_same_queries_for_one_row_and_twenty(as_user, officer):
    browser = as_user(officer)
    one = imported(officer, row("都匀水库"))
    twenty = imported(officer, *[row(f"都匀第{number}号") for number in range(20)])

    counts = [queries_of(browser, reverse("projects:submission", args=[s.pk])) for s in (one, twenty)]

    assert counts[0] == counts[1]


# --- screening --------------------------------------------------------------------------------------------


def waiting(name: str = "都匀水库") -> Project:
    return ProjectFactory(name=name, submitted=True, track="")


def test_the_queue_shows_the_proposed_track(as_user, section):
    waiting("都匀抽水蓄能电站")

    page = as_user(section).get(reverse("desk:screening")).content.decode()

    assert "都匀抽水蓄能电站" in page
    assert '<option value="single_site" selected>' in page


def test_the_queue_shows_the_proposed_class_with_its_reason(as_user, section):
    ProjectFactory(name="都匀水库", submitted=True, list_category="NATIONAL", priority_class="ORDINARY")

    page = as_user(section).get(reverse("desk:screening")).content.decode()

    assert "建议<b>重点</b>：第 3 条：国家重大" in page
    assert "采用建议" in page


def test_one_click_settles_the_proposed_class_with_the_criterion_as_its_reason(as_user, section):
    project = ProjectFactory(submitted=True, list_category="NATIONAL", priority_class="ORDINARY")
    data = {"only": project.pk, f"proposed-{project.pk}": "KEY"}

    cell = as_user(section).post(reverse("desk:screening-class"), data, headers={"HX-Request": "true"})

    project.refresh_from_db()
    assert (project.priority_class, project.standing.class_reason) == ("KEY", "第 3 条：国家重大")
    assert cell.content.decode().count("<td") == 1
    assert "已确定：第 3 条" in cell.content.decode()


def test_the_proposals_of_chosen_rows_are_settled_together(as_user, section):
    first, second = (ProjectFactory(submitted=True, list_category="NATIONAL") for _ in range(2))
    other = ProjectFactory(submitted=True, list_category="NATIONAL", priority_class="ORDINARY")
    Project.objects.exclude(pk=other.pk).update(priority_class="")
    data = {"id": [first.pk, second.pk], f"proposed-{first.pk}": "KEY", f"proposed-{other.pk}": "KEY"}

    page = as_user(section).post(reverse("desk:screening-class"), data, follow=True).content.decode()

    assert "已按建议确定 1 个项目的类别。另有 1 个没有建议" in page
    found = Project.objects.order_by("pk").values_list("priority_class", flat=True)
    assert list(found) == ["KEY", "", "ORDINARY"]


def test_a_class_that_is_no_longer_proposed_is_not_settled_unseen(as_user, section):
    project = ProjectFactory(submitted=True, list_category="NATIONAL", priority_class="")
    data = {"only": project.pk, f"proposed-{project.pk}": "URGENT"}

    response = as_user(section).post(reverse("desk:screening-class"), data)

    project.refresh_from_db()
    assert (response.status_code, project.priority_class) == (422, "")
    assert "类别建议刚刚有变化" in response.content.decode()


def test_the_api_proposes_and_settles_the_class_too(as_user, section):
    project = ProjectFactory(submitted=True, list_category="NATIONAL", priority_class="")
    browser = as_user(section)

    [row] = browser.get("/api/v1/screening/").json()["results"]
    done = browser.post(f"/api/v1/screening/{project.pk}/class/", {"proposed_class": row["proposed_class"]})
    late = browser.post(f"/api/v1/screening/{project.pk}/class/", {"proposed_class": "URGENT"})

    assert (row["proposed_class"], row["proposed_class_because"]) == ("KEY", "第 3 条：国家重大")
    assert (done.status_code, done.json()["priority_class"]) == (200, "KEY")
    assert (late.status_code, late.json()["code"]) == (409, "class_proposal_changed")


def test_chosen_projects_are_adopted_together(as_user, section):
    first, second, third = waiting("都匀甲"), waiting("都匀乙"), waiting("都匀丙")
    data = {
        "id": [first.pk, second.pk],
        f"{first.pk}-track": "batch",
        f"{second.pk}-track": "single_site",
        f"{second.pk}-list_category": "NATIONAL",
    }

    response = as_user(section).post(reverse("desk:screening-adopt"), data, follow=True)

    assert "已采纳 2 个项目" in response.content.decode()
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.track, second.list_category) == ("single_site", "NATIONAL")
    assert third.status == Project.Status.SUBMITTED
    assert second.steps.exists()


def test_adopting_nothing_is_refused_in_words(as_user, section):
    response = as_user(section).post(reverse("desk:screening-adopt"), {})

    assert response.status_code == 422
    assert "还没有选择项目" in response.content.decode()


def test_a_missing_track_keeps_the_choice(as_user, section):
    project = waiting()

    response = as_user(section).post(
        reverse("desk:screening-adopt"),
        {"id": project.pk, f"{project.pk}-track": "", f"{project.pk}-list_category": "NATIONAL"},
    )

    assert response.status_code == 422
    assert '<option value="NATIONAL" selected>' in response.content.decode()


def test_nobody_is_turned_away_without_the_reason_that_is_asked_for(as_user, section):
    project = waiting()
    browser = as_user(section)

    for verb, words in (("return", "退回须写明理由"), ("drop", "不予列入须写明理由")):
        refused = browser.post(reverse(f"desk:screening-{verb}", args=[project.pk]))
        assert refused.status_code == 422
        assert words in refused.content.decode()

    [(_, _, returning, dropping, _)] = refused.context["rows"]
    assert [form["reason"].label for form in (returning, dropping)] == ["退回理由", "不予列入的理由"]
    assert "下一批次" in dropping["reason"].help_text
    assert dropping.errors


def test_a_project_is_returned_with_its_reason(as_user, section):
    project = waiting()

    done = as_user(section).post(
        reverse("desk:screening-return", args=[project.pk]) + "?q=%E9%83%BD%E5%8C%80&cursor=x",
        {f"return-{project.pk}-reason": "缺立项"},
    )

    project.refresh_from_db()
    assert (project.status, project.screening_reason) == (Project.Status.RETURNED, "缺立项")
    assert done["Location"] == "/screening/?q=%E9%83%BD%E5%8C%80"  # filtered as before, first page
    page = as_user(section).get(project.get_absolute_url()).content.decode()
    assert "缺立项" in page[: page.index("lg-facts")]  # above the facts


def test_returning_without_a_reason_is_refused(as_user, section):
    project = waiting()

    response = as_user(section).post(reverse("desk:screening-return", args=[project.pk]), {})

    assert response.status_code == 422


@pytest.mark.parametrize("by", ["offer", "number"])
def test_a_duplicate_is_merged_by_offer_or_by_number(as_user, section, by):
    project, target = waiting(), ProjectFactory(name="都匀水库工程")
    value = {"offer": {"target_id": target.pk}, "number": {"target": target.number, "target_id": project.pk}}[
        by
    ]
    data = {f"merge-{project.pk}-{name}": text for name, text in value.items()}

    as_user(section).post(reverse("desk:screening-merge", args=[project.pk]), data)

    project.refresh_from_db()
    assert project.merged_into == target


def test_merging_into_nothing_is_refused(as_user, section):
    project = waiting()

    response = as_user(section).post(
        reverse("desk:screening-merge", args=[project.pk]), {f"merge-{project.pk}-target": "没有"}
    )

    assert response.status_code == 422
    assert "没有找到" in response.content.decode()


def test_the_queue_page_takes_the_same_queries_for_one_project_and_twenty(as_user, section):
    browser, address = as_user(section), reverse("desk:screening")
    ProjectFactory(name="都匀第0号水库工程")
    waiting("都匀第0号水库")
    for_one = queries_of(browser, address)

    for number in range(1, 20):
        waiting(f"都匀第{number}号水库")

    assert queries_of(browser, address) == for_one


# --- strangers and roles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "projects:preview"),
        ("get", "projects:marked"),
        ("post", "projects:confirm"),
        ("post", "projects:discard"),
        ("get", "projects:submission"),
        ("get", "projects:submission-file"),
        ("post", "projects:undo"),
        ("get", "projects:edit"),
        ("post", "projects:edit"),
    ],
)
def test_a_stranger_finds_nothing(as_user, officer, stranger, method, name):
    submission = imported(officer, row("都匀水库"))
    draft = staged(officer, workbook(row("都匀电站")))
    kind = name.split(":")[1]
    pk = {
        "preview": draft.pk,
        "marked": draft.pk,
        "confirm": draft.pk,
        "discard": draft.pk,
        "edit": Project.objects.get().pk,
    }

    response = getattr(as_user(stranger), method)(reverse(name, args=[pk.get(kind, submission.pk)]))

    assert response.status_code == 404
    assert ImportDraft.objects.filter(pk=draft.pk).exists()
    assert Submission.objects.get().state == Submission.State.CONFIRMED


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("county", "desk:screening", 403),
        ("department", "desk:screening", 403),
        ("leader", "desk:screening", 403),
        ("section", "projects:upload", 403),
        ("leader", "projects:template", 403),
        ("county", "projects:upload", 200),
        ("department", "projects:upload", 200),
        ("dispatch", "projects:upload", 200),
        ("leader", "projects:submissions", 200),
        ("sysadmin", "projects:list", 200),
    ],
)
def test_each_role_opens_its_pages(as_user, people, role, name, status):
    assert as_user(people[role]).get(reverse(name)).status_code == status


@pytest.mark.parametrize("name", ["screening-adopt", "screening-return", "screening-merge"])
def test_a_county_screens_nothing(as_user, officer, name):
    project = waiting()

    response = as_user(officer).post(
        reverse(f"desk:{name}", args=[] if name == "screening-adopt" else [project.pk]), {"id": project.pk}
    )

    assert response.status_code == 403
    project.refresh_from_db()
    assert project.status == Project.Status.SUBMITTED


@pytest.mark.parametrize("name", ["list", "submissions", "upload", "export", "template"])
def test_who_is_not_signed_in_is_sent_to_the_door(client, name):
    response = client.get(reverse(f"projects:{name}"))

    assert response.status_code == 302
    assert "login" in response.url
