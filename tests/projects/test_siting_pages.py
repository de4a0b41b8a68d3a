"""The search for a site on its pages: three outcomes, the order before new land, marks with evidence."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from deadlines.models import Deadline
from papers.models import Paper
from projects.models import (
    AreaAdjustment,
    ComplianceCheck,
    LadderAnswer,
    PlanningMark,
    PriorityField,
    Siting,
    SitingItem,
    StandardLand,
)
from tests.factories import ProjectFactory
from tests.papers import files

pytestmark = pytest.mark.django_db
TODAY = "2026-11-20"


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def as_user(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def project(db):
    return ProjectFactory(name="都匀装备制造项目", land={"total_m2": 20_000})


def pdf(name="证明.pdf", text="证明"):
    return SimpleUploadedFile(name, files.pdf(text=text))


def act(browser, project, verb, **data):
    return browser.post(reverse(f"projects:site-{verb}", args=[project.pk]), {"sent": "1", **data})


def tab(browser, project):
    response = browser.get(f"{project.get_absolute_url()}?tab=siting")
    assert response.status_code == 200
    return response.content.decode()


def begun(browser, project, place="绿茵湖街道"):
    assert act(browser, project, "begin", place=place).status_code == 302
    return Siting.objects.get(project=project, outcome="")


def decided(browser, project, outcome, **more):
    return act(browser, project, "decide", outcome=outcome, reason="套合三区三线", decided_on=TODAY, **more)


# --- three outcomes ---------------------------------------------------------------------------------


def test_a_site_is_argued_checked_and_found_to_conform(as_user, officer, section, project):
    county = as_user(officer)
    begun(county, project)
    act(
        county,
        project,
        "argue",
        mode="ONLINE",
        argued_on=TODAY,
        attendees="发改、林业",
        opinion="可行",
        file=pdf(),
    )
    act(county, project, "check", **{"result-pbf-line": "NOT_INVOLVED", "result-eco-redline": "PASSED"},
        checked_on=TODAY)  # fmt: skip

    response = decided(as_user(section), project, "CONFORMS")

    row = Siting.objects.get()
    assert response.status_code == 302
    assert (row.mode, row.outcome, row.decided_by) == ("ONLINE", "CONFORMS", section)
    assert row.argument_paper == Paper.objects.get()
    page = tab(as_user(officer), project)
    assert "符合两规" in page
    assert "线上论证" in page
    assert Entry.objects.filter(verb="site.decided", project_id=project.pk).exists()


def test_a_consistent_site_needs_a_scheme_until_it_is_approved(as_user, section, project):
    browser = as_user(section)
    begun(browser, project)

    decided(browser, project, "CONSISTENT", scheme_days="10")

    row = Siting.objects.get()
    deadline = Deadline.objects.get(subject_kind="projects.siting")
    assert (row.scheme, row.scheme_due_on) == ("NEEDED", date(2026, 12, 4))
    assert deadline.due_on == date(2026, 12, 4)
    early = act(browser, project, "scheme", scheme="APPROVED", on=TODAY)
    act(browser, project, "scheme", scheme="SUBMITTED", on=TODAY)
    deadline.refresh_from_db()
    assert early.status_code == 422
    assert deadline.state == Deadline.State.MET
    unnumbered = act(browser, project, "scheme", scheme="APPROVED", on=TODAY)
    act(browser, project, "scheme", scheme="APPROVED", on=TODAY, number="黔南府函〔2026〕5号")
    assert unnumbered.status_code == 422
    assert "视为符合两规" in tab(browser, project)


@pytest.mark.parametrize("given_up", ["IMPOSSIBLE", "REFUSED"])
def test_an_impossible_site_is_followed_by_a_new_one(as_user, section, project, given_up):
    browser = as_user(section)
    begun(browser, project)
    if given_up == "IMPOSSIBLE":
        decided(browser, project, "IMPOSSIBLE")
    else:
        decided(browser, project, "CONSISTENT")
        act(browser, project, "scheme", scheme="SUBMITTED", on=TODAY)
        act(browser, project, "scheme", scheme="REFUSED", on=TODAY)

    row = begun(browser, project, "匀东镇")

    assert row.round == 2
    page = tab(browser, project)
    assert "匀东镇" in page
    assert "绿茵湖街道" in page


def test_an_undecided_or_settled_site_bars_another(as_user, section, project):
    browser = as_user(section)
    begun(browser, project)

    while_open = act(browser, project, "begin", place="别处")
    decided(browser, project, "CONFORMS")
    settled = act(browser, project, "begin", place="别处")

    assert while_open.status_code == settled.status_code == 422
    assert "不能另起一轮" in settled.content.decode()


def test_a_conflict_speaks_against_conforming(as_user, section, project):
    browser = as_user(section)
    begun(browser, project)
    silent = act(browser, project, "check", **{"result-eco-redline": "CONFLICT"}, checked_on=TODAY)
    act(browser, project, "check", **{"result-eco-redline": "CONFLICT", "note-eco-redline": "压占 0.3 公顷"},
        checked_on=TODAY)  # fmt: skip

    response = decided(browser, project, "CONFORMS")

    assert silent.status_code == 422
    assert response.status_code == 422
    assert "生态保护红线" in response.content.decode()
    assert "套合三区三线" in response.content.decode()
    assert Siting.objects.get().outcome == ""


def test_a_decision_is_the_bureaus(as_user, officer, project):
    browser = as_user(officer)
    begun(browser, project)

    assert decided(browser, project, "CONFORMS").status_code == 403


def test_no_day_lies_ahead(as_user, section, project):
    browser = as_user(section)
    begun(browser, project)

    response = act(browser, project, "decide", outcome="CONFORMS", reason="好", decided_on="2026-11-21")

    assert response.status_code == 422
    assert "晚于今天" in response.content.decode()


def test_a_check_is_corrected_and_its_paper_kept(as_user, officer, project):
    browser = as_user(officer)
    begun(browser, project)
    act(browser, project, "check", **{"result-pbf-line": "PENDING"}, checked_on=TODAY, file=pdf())

    act(browser, project, "check", **{"result-pbf-line": "PASSED"}, checked_on=TODAY)

    check = ComplianceCheck.objects.get()
    assert (check.result, check.evidence) == ("PASSED", Paper.objects.get())


# --- the order before new land ------------------------------------------------------------------------


def rung(browser, project, code, answer, file=None, **more):
    data = {
        "code": code,
        "answer": answer,
        "reason": "已核实",
        "answered_on": TODAY,
        "met_unit": "ha",
        **more,
    }
    return act(browser, project, "rung", **data, **({"file": file} if file else {}))


def test_the_order_is_asked_rung_by_rung_with_evidence(as_user, officer, project):
    browser = as_user(officer)
    skipped = rung(browser, project, "standard-factory", "UNMET", pdf("跳.pdf", "跳"))
    bare = rung(browser, project, "in-park", "MET")

    rung(browser, project, "in-park", "MET", pdf("园.pdf", "园"))
    rung(browser, project, "approved-unsupplied", "PARTLY", pdf("批.pdf", "批"), met="0.5")
    rung(browser, project, "standard-factory", "UNMET", pdf("房.pdf", "房"))

    assert skipped.status_code == bare.status_code == 422
    assert "佐证" in bare.content.decode()
    assert [row.met_m2 for row in LadderAnswer.objects.order_by("item__position")] == [None, 5_000, None]
    page = tab(browser, project)
    assert "可以申请新增建设用地" in page
    assert "1.5000" in page


def test_what_meets_the_need_ends_the_order(as_user, officer, project):
    browser = as_user(officer)
    rung(browser, project, "in-park", "MET", pdf("园.pdf", "园"))

    rung(browser, project, "approved-unsupplied", "MET", pdf("批.pdf", "批"))

    assert "不再申请新增建设用地" in tab(browser, project)


def test_the_last_answer_is_taken_back_to_correct_the_one_before(as_user, officer, project):
    browser = as_user(officer)
    nothing = act(browser, project, "withdraw-rung")
    rung(browser, project, "in-park", "MET", pdf("园.pdf", "园"))

    done = act(browser, project, "withdraw-rung")

    assert nothing.status_code == 422
    assert done.status_code == 302
    assert not LadderAnswer.objects.exists()


def test_a_paper_of_the_dossier_proves_as_well(as_user, officer, project):
    browser = as_user(officer)
    act(browser, project, "mark", kind="LIBRARY", name_in_plan="重点项目库", marked_on=TODAY, file=pdf())
    paper = Paper.objects.get()

    response = rung(browser, project, "in-park", "MET", paper=str(paper.pk))

    assert response.status_code == 302
    assert LadderAnswer.objects.get().evidence == paper


# --- marks, standard land, fields, adjustments --------------------------------------------------------


def test_a_plan_mark_needs_its_paper(as_user, officer, project):
    browser = as_user(officer)

    bare = act(browser, project, "mark", kind="ONE_MAP", marked_on=TODAY)
    act(browser, project, "mark", kind="ONE_MAP", marked_on=TODAY, file=pdf())

    assert bare.status_code == 422
    assert PlanningMark.objects.get().kind == "ONE_MAP"
    assert "已标识" in tab(browser, project)


def test_new_industrial_land_in_a_park_must_be_standard_land(as_user, section, organisations_park):
    browser = as_user(section)
    project = ProjectFactory(
        name="园区装备制造项目",
        organisation=organisations_park,
        land={"total_m2": 20_000, "new_construction_m2": 20_000},
    )
    assert "尚未认定是否按标准地供应" in tab(browser, project)

    unexplained = act(browser, project, "standard", is_standard="no")
    act(browser, project, "standard", is_standard="no", reason="零星用地")

    assert unexplained.status_code == 422
    assert "现未按标准地供应" in tab(browser, project)
    act(browser, project, "standard", is_standard="yes")
    assert StandardLand.objects.get().is_standard


@pytest.fixture
def organisations_park(db):
    from tests.factories import organisation

    return organisation("522700-P01")


def test_the_share_of_standard_land_is_counted(as_user, section, stranger):
    for number, is_standard in enumerate((True, True, False)):
        StandardLand.objects.create(
            project=ProjectFactory(name=f"项目{number}"),
            is_standard=is_standard,
            reason="" if is_standard else "零星用地",
            stated_on=date(2026, 11, 1),
            stated_by=section,
        )

    page = as_user(section).get(reverse("projects:siting-rules")).content.decode()
    elsewhere = as_user(stranger).get(reverse("projects:siting-rules")).content.decode()

    assert "按标准地供应 2 个，占 66.7%" in page
    assert "已认定 0 个项目" in elsewhere


def test_priority_fields_carry_the_weight_of_their_day(as_user, section, project):
    browser = as_user(section)

    act(browser, project, "fields", codes=["infrastructure", "industry-6-3"])
    act(browser, project, "fields", codes=["infrastructure"])

    assert PriorityField.objects.get().item.weight == 3
    assert "权重 3" in tab(browser, project)


def test_a_restricted_area_is_adjusted_step_by_step(as_user, section, project):
    browser = as_user(section)
    act(browser, project, "adjust", kind="ECO_REDLINE", need="线路穿越", area="15", area_unit="mu")
    twice = act(browser, project, "adjust", kind="ECO_REDLINE", need="再来", area_unit="mu")
    row = AreaAdjustment.objects.get()
    assert (row.area_m2, row.entered["area_m2"]["value"]) == (10_000, "15")

    act(browser, project, "move-adjustment", kind="ECO_REDLINE", state="REPORTED", on=TODAY)
    silent = act(browser, project, "move-adjustment", kind="ECO_REDLINE", state="REFUSED", on=TODAY)
    act(
        browser,
        project,
        "move-adjustment",
        kind="ECO_REDLINE",
        state="REFUSED",
        on=TODAY,
        answer="不符合规则",
    )

    row.refresh_from_db()
    assert twice.status_code == silent.status_code == 422
    assert row.state == "REFUSED"


# --- the office's lists ---------------------------------------------------------------------------------


def item_data(**changes):
    return {
        "kind": "FIELD",
        "name": "现代能源",
        "position": "15",
        "weight": "4",
        "effective_from": TODAY,
        **changes,
    }


def test_an_item_is_added_revised_and_ended_with_its_history(as_user, dispatcher):
    browser = as_user(dispatcher)
    browser.post(reverse("projects:siting-rule-add"), item_data(code="energy"))
    too_early = browser.post(reverse("projects:siting-rule", args=["energy"]), item_data(weight="5"))
    browser.post(
        reverse("projects:siting-rule", args=["energy"]), item_data(weight="5", effective_from="2026-12-01")
    )
    ended = browser.post(reverse("projects:siting-rule-end", args=["energy"]), {"effective_to": "2026-12-31"})

    assert too_early.status_code == 422
    assert ended.status_code == 302
    versions = SitingItem.objects.filter(code="energy").order_by("effective_from")
    assert [(row.weight, row.effective_to) for row in versions] == [
        (4, date(2026, 12, 1)),
        (5, date(2026, 12, 31)),
    ]


def test_what_counts_as_industry_is_a_dated_row(as_user, dispatcher, project):
    browser = as_user(dispatcher)
    data = {
        "industrial_words": "冶炼",
        "standard_area": "EVERYWHERE",
        "standard_share_percent": "90",
        "effective_from": TODAY,
    }
    assert "工业项目（“制造”类）" in tab(browser, project)

    stored = browser.post(reverse("projects:siting-setting"), data)
    twice = browser.post(reverse("projects:siting-setting"), data)

    assert (stored.status_code, twice.status_code) == (302, 422)
    assert "不属于工业项目" in tab(browser, project)


# --- what the database keeps ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "CONFORMS"},
        {"outcome": "CONFORMS", "decided_on": date(2026, 11, 1), "reason": "好", "scheme": "NEEDED"},
        {"outcome": "CONSISTENT", "decided_on": date(2026, 11, 1), "reason": "好"},
    ],
)
def test_a_decision_without_its_facts_is_not_stored(section, project, wrong):
    who = {"decided_by": section} if "decided_on" in wrong else {}

    with pytest.raises(IntegrityError), transaction.atomic():
        Siting.objects.create(project=project, place="某地", entered_by=section, **wrong, **who)


def test_one_attempt_is_open_at_a_time(section, project):
    Siting.objects.create(project=project, place="甲地", entered_by=section)

    with pytest.raises(IntegrityError), transaction.atomic():
        Siting.objects.create(project=project, place="乙地", round=2, entered_by=section)


def test_a_stranger_finds_no_site(as_user, stranger, project):
    browser = as_user(stranger)

    assert browser.get(reverse("projects:site-begin", args=[project.pk])).status_code == 404
    assert browser.get(f"{project.get_absolute_url()}?tab=siting").status_code == 404
