"""Approvals and certificates: recorded, corrected, revoked; batches; land for a time; a year's figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.document_filters import BatchFilterSet
from approvals.document_selectors import differences_of, forest_consents, project_documents, year_figures
from approvals.errors import (
    BatchClosed,
    BatchKnown,
    BatchModeMismatch,
    DayOutOfOrder,
    DocNoMalformed,
    DocumentIncomplete,
    DocumentKnown,
    DocumentRevokedAlready,
    LandExceeded,
    NothingToRestore,
    PartTooLarge,
    ReasonMissing,
    SupervisionNoMalformed,
)
from approvals.models import Batch, DocumentTerm, LandDocument, LandDocumentArea
from approvals.services.batches import BatchFacts, change_batch, create_batch, join_batch, leave_batch
from approvals.services.document_terms import add_term
from approvals.services.documents import (
    AreaFacts,
    DocumentFacts,
    change_document,
    record_document,
    restore_land,
    revoke_document,
)
from audit.models import Entry
from deadlines.models import Deadline
from projects.models import Project
from tests.approvals.scenes import opened
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
DAY = date(2026, 3, 2)
LAND = DocumentFacts(kind="LAND", issuer="贵州省人民政府", decided_on=DAY, number="黔府用地函[2026] 12 号")


@pytest.fixture(autouse=True)
def _office_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def facts(**changes: object) -> DocumentFacts:
    return DocumentFacts(
        **{"kind": "LAND", "issuer": "贵州省人民政府", "decided_on": DAY, "number": "黔府用地函〔2026〕12号"}
        | changes
    )  # type: ignore[arg-type]


def given(
    project: Project, approved: int = 9_000, applied: int = 10_000, **more: int
) -> dict[int, AreaFacts]:
    return {project.pk: AreaFacts({"total": applied}, {"total": approved, **more})}


def record(actor: User, project: Project, **changes: object) -> LandDocument:
    return record_document(actor=actor, facts=facts(**changes), areas=given(project), today=TODAY)


def test_a_document_keeps_its_number_and_shows_what_is_less_than_applied_for(officer: User) -> None:
    project = ProjectFactory()

    row = record_document(
        actor=officer,
        facts=facts(number="黔府用地函[2026] 12 号", supervision_no="5227012026yg0012345"),
        areas=given(project, approved=8_500),
        today=TODAY,
    )

    assert (row.number, row.supervision_no) == ("黔府用地函〔2026〕12号", "5227012026YG0012345")
    [difference] = differences_of(row.areas.get())
    assert (difference.name, difference.difference_m2, difference.sentence) == (
        "总面积",
        -1_500,
        "少于申请",
    )
    assert project.document_numbers.filter(number="黔府用地函〔2026〕12号").exists()
    assert Entry.objects.filter(verb="document.recorded", project_id=project.pk).exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"number": "黔府用地函12号"}, DocNoMalformed),
        ({"number": "黔府用地函〔2027〕12号"}, DocNoMalformed),
        ({"number": ""}, DocumentIncomplete),
        ({"supervision_no": "ABC"}, SupervisionNoMalformed),
        ({"decided_on": date(2026, 11, 21)}, DayOutOfOrder),
        ({"received_on": date(2026, 3, 1)}, DayOutOfOrder),
        ({"kind": "ADVANCE"}, DocumentIncomplete),
    ],
)
def test_what_cannot_stand_on_a_document_is_refused(
    officer: User, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        record(officer, ProjectFactory(), **changes)


def test_a_number_is_recorded_once_and_a_part_fits_its_whole(officer: User) -> None:
    project = ProjectFactory()
    record(officer, project)

    with pytest.raises(DocumentKnown) as known:
        record(officer, project, number="黔府用地函（2026）12号")
    with pytest.raises(PartTooLarge) as large:
        record_document(
            actor=officer,
            facts=facts(number="黔府用地函〔2026〕13号"),
            areas=given(project, arable=9_001),
            today=TODAY,
        )

    assert known.value.facts == {"number": "黔府用地函〔2026〕12号"}
    assert large.value.facts == {"part": "arable", "whole": "total"}


def test_another_county_records_nothing_and_a_shareholder_only_reads(
    officer: User, stranger: User, leader: User
) -> None:
    project = ProjectFactory()

    with pytest.raises(Project.DoesNotExist):
        record(stranger, project)
    with pytest.raises(PermissionDenied):
        record(leader, project)
    row = record(officer, project)
    assert not LandDocument.objects.visible_to(stranger).exists()
    project.shares.create(organisation=organisation("522725"), total_m2=1_000)
    assert LandDocument.objects.visible_to(stranger).get() == row
    with pytest.raises(PermissionDenied):
        record(stranger, project, number="黔府用地函〔2026〕14号")


def test_one_permit_is_one_projects(officer: User) -> None:
    first, second = ProjectFactory(), ProjectFactory()

    with pytest.raises(DocumentIncomplete):
        record_document(
            actor=officer,
            facts=facts(kind="WORKS_PERMIT", number="建字第522701202600166号"),
            areas={**given(first), **given(second)},
            today=TODAY,
        )


def test_temporary_land_is_good_for_two_years_and_restored_a_year_later(officer: User) -> None:
    project = ProjectFactory()
    term = DocumentTerm.objects.get(kind="TEMPORARY", months=24)

    row = record(officer, project, kind="TEMPORARY", term_id=term.pk, number="都匀自然资临〔2026〕3号")

    assert row.validity is not None
    assert row.restoration is not None
    assert row.validity.due_on == date(2028, 3, 2)
    assert row.restoration.due_on == date(2029, 3, 2)
    assert row.validity.role == Deadline.Role.VALIDITY
    restored = restore_land(actor=officer, document_id=row.pk, restored_on=TODAY, today=TODAY)
    restored.restoration.refresh_from_db()
    assert restored.restoration.state == Deadline.State.MET
    with pytest.raises(NothingToRestore):
        restore_land(actor=officer, document_id=row.pk, restored_on=TODAY, today=TODAY)


def test_a_paper_may_name_a_nearer_day_but_no_farther_one(officer: User) -> None:
    term = DocumentTerm.objects.get(kind="TEMPORARY", months=24)
    more = {"kind": "TEMPORARY", "term_id": term.pk, "number": "都匀自然资临〔2026〕3号"}
    project = ProjectFactory()

    with pytest.raises(DayOutOfOrder):
        record(officer, project, valid_until=date(2028, 3, 3), **more)
    row = record(officer, project, valid_until=date(2027, 3, 2), **more)

    assert row.restoration is not None
    assert row.restoration.due_on == date(2028, 3, 2)


def test_a_lapse_of_advance_use_alarms_only_until_the_land_is_approved(officer: User) -> None:
    project = ProjectFactory()
    term = DocumentTerm.objects.get(kind="ADVANCE")
    advance = record(officer, project, kind="ADVANCE", term_id=term.pk, number="自然资先〔2026〕3号")
    assert advance.validity is not None
    assert Deadline.objects.get(pk=advance.validity_id).dependent_is_open

    land = record(officer, project)

    assert not Deadline.objects.get(pk=advance.validity_id).dependent_is_open
    revoke_document(actor=officer, document_id=land.pk, revoked_on=TODAY, reason="登记错误", today=TODAY)
    assert Deadline.objects.get(pk=advance.validity_id).dependent_is_open


def test_a_correction_moves_the_clock_and_what_is_revoked_stays(officer: User) -> None:
    project = ProjectFactory()
    term = DocumentTerm.objects.get(kind="TEMPORARY", months=24)
    first = facts(kind="TEMPORARY", term_id=term.pk, number="都匀自然资临〔2026〕3号")
    row = record_document(actor=officer, facts=first, areas=given(project), today=TODAY)
    old = row.validity

    changed = change_document(
        actor=officer,
        document_id=row.pk,
        facts=facts(
            kind="TEMPORARY", term_id=term.pk, number="都匀自然资临〔2026〕3号", decided_on=date(2026, 4, 2)
        ),
        areas=given(project, approved=7_000),
        today=TODAY,
    )

    assert changed.validity is not None
    assert changed.validity.due_on == date(2028, 4, 2)
    assert old is not None
    assert Deadline.objects.get(pk=old.pk).state == Deadline.State.CANCELLED
    assert changed.areas.get().approved_total_m2 == 7_000
    with pytest.raises(ReasonMissing):
        revoke_document(actor=officer, document_id=row.pk, revoked_on=TODAY, reason=" ", today=TODAY)
    revoke_document(actor=officer, document_id=row.pk, revoked_on=TODAY, reason="重复登记", today=TODAY)
    assert not Deadline.objects.open().filter(subject_kind="approvals.landdocument").exists()
    with pytest.raises(DocumentRevokedAlready):
        revoke_document(actor=officer, document_id=row.pk, revoked_on=TODAY, reason="再次", today=TODAY)


def test_the_database_keeps_a_documents_numbers_apart(officer: User) -> None:
    row = record(officer, ProjectFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        LandDocument.objects.filter(pk=row.pk).update(number="")
    with pytest.raises(IntegrityError), transaction.atomic():
        LandDocument.objects.filter(pk=row.pk).update(revoked_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        LandDocumentArea.objects.filter(document=row).update(approved_arable_m2=9_001)


def test_two_batches_share_a_projects_land_and_no_more(officer: User) -> None:
    project = ProjectFactory(land={"total_m2": 10_000})
    other = ProjectFactory(land={"total_m2": 20_000})
    first, second = (
        create_batch(
            actor=officer, organisation=project.organisation, facts=BatchFacts(2026, number), today=TODAY
        )
        for number in (1, 2)
    )
    join_batch(actor=officer, batch_id=first.pk, project_id=project.pk, area_m2=6_000)
    join_batch(actor=officer, batch_id=first.pk, project_id=other.pk, area_m2=20_000)

    with pytest.raises(LandExceeded) as exceeded:
        join_batch(actor=officer, batch_id=second.pk, project_id=project.pk, area_m2=4_001)
    join_batch(actor=officer, batch_id=second.pk, project_id=project.pk, area_m2=4_000)

    assert exceeded.value.facts == {"left_m2": 4_000}
    found = project_documents(project, actor=officer)
    assert [row.area_m2 for row in found.batches] == [6_000, 4_000]
    assert found.left_m2 == 0
    with pytest.raises(BatchKnown):
        create_batch(actor=officer, organisation=project.organisation, facts=BatchFacts(2026, 1), today=TODAY)
    leave_batch(actor=officer, batch_id=second.pk, project_id=project.pk)
    assert not second.members.exists()


def test_an_approved_batch_keeps_its_land(officer: User) -> None:
    project = ProjectFactory()
    batch = create_batch(
        actor=officer, organisation=project.organisation, facts=BatchFacts(2026, 1), today=TODAY
    )
    join_batch(actor=officer, batch_id=batch.pk, project_id=project.pk, area_m2=9_000)
    record_document(actor=officer, facts=LAND, areas=given(project), batch_id=batch.pk, today=TODAY)

    with pytest.raises(BatchClosed):
        leave_batch(actor=officer, batch_id=batch.pk, project_id=project.pk)


def test_a_batch_ends_in_the_documents_of_its_mode(officer: User) -> None:
    project, other = ProjectFactory(), ProjectFactory()
    bundle, advance = (
        create_batch(
            actor=officer, organisation=project.organisation, facts=BatchFacts(2026, n, mode), today=TODAY
        )
        for n, mode in ((1, "BUNDLE"), (2, "ADVANCE"))
    )
    for batch in (bundle, advance):
        join_batch(actor=officer, batch_id=batch.pk, project_id=project.pk, area_m2=9_000)

    with pytest.raises(BatchModeMismatch) as alone:
        record_document(actor=officer, facts=LAND, areas=given(project), batch_id=bundle.pk, today=TODAY)
    with pytest.raises(BatchModeMismatch) as wrong:
        record_document(actor=officer, facts=LAND, areas=given(project), batch_id=advance.pk, today=TODAY)
    both = {**given(project), **given(other)}
    record_document(actor=officer, facts=LAND, areas=both, batch_id=bundle.pk, today=TODAY)

    assert alone.value.facts == {"mode": "BUNDLE", "number": 1}
    assert wrong.value.facts == {"mode": "ADVANCE", "kind": "LAND"}
    with pytest.raises(BatchModeMismatch):
        change_batch(actor=officer, batch_id=bundle.pk, facts=BatchFacts(2026, 1, "ADVANCE"), today=TODAY)
    with pytest.raises(BatchClosed):
        leave_batch(actor=officer, batch_id=bundle.pk, project_id=project.pk)
    leave_batch(actor=officer, batch_id=advance.pk, project_id=project.pk)
    chosen = {row.pk for row in BatchFilterSet({"mode": "ADVANCE"}, queryset=Batch.objects.all()).qs}
    assert chosen == {advance.pk}


def test_a_decided_step_without_its_document_is_named(dispatcher: User, officer: User) -> None:
    project, steps = opened(dispatcher)
    from approvals.services.acceptance import accept_step
    from approvals.services.decisions import decide_step

    step = accept_step(step_id=steps["A09"].pk, accepted_on=date(2026, 11, 2), actor=dispatcher, today=TODAY)
    decide_step(
        step_id=step.pk,
        decided_on=date(2026, 11, 5),
        result="同意",
        doc_no="黔林资许准〔2026〕9号",
        actor=dispatcher,
        today=TODAY,
    )

    [row] = project_documents(project, actor=officer).unrecorded
    assert (row.kind, row.number) == ("FOREST", "黔林资许准〔2026〕9号")
    record(officer, project, kind="FOREST", number=row.number, decided_on=row.decided_on)
    assert project_documents(project, actor=officer).unrecorded == []
    assert forest_consents([project.pk])[project.pk].number == "黔林资许准〔2026〕9号"


@pytest.fixture
def year(officer: User) -> list[Project]:
    """Two projects: land approved in March and October, a permit with floors, one of the year before."""
    first = ProjectFactory(priority_class="KEY")
    second = ProjectFactory(priority_class="")
    record_document(actor=officer, facts=LAND, areas=given(first, approved=1_902_610), today=TODAY)
    record_document(
        actor=officer,
        facts=facts(number="黔府用地函〔2026〕90号", decided_on=date(2026, 10, 9)),
        areas=given(second, approved=4_000_000),
        today=TODAY,
    )
    record_document(
        actor=officer,
        facts=facts(kind="REQUISITION", number="黔府征地函〔2026〕5号"),
        areas=given(first, approved=1_902_610),
        today=TODAY,
    )
    record_document(
        actor=officer,
        facts=facts(number="黔府用地函〔2025〕90号", decided_on=date(2025, 12, 31)),
        areas=given(second, approved=1),
        today=TODAY,
    )
    for number, floor in ((1, "1000000.25"), (2, "669300.00")):
        record_document(
            actor=officer,
            facts=facts(
                kind="WORKS_PERMIT", number=f"建字第5227012026000{number}号", floor_area_m2=Decimal(floor)
            ),
            areas={second.pk: AreaFacts()},
            today=TODAY,
        )
    return [first, second]


def test_the_figures_of_the_year_count_land_once_and_floors_exactly(
    officer: User, year: list[Project]
) -> None:
    found = year_figures(actor=officer, year=2026, as_of=TODAY)

    assert found.whole.land_m2 == 5_902_610
    assert (found.whole.works_permits, found.whole.floor_m2) == (2, Decimal("1669300.25"))
    assert [(row.label, row.land_m2) for row in found.by_class][-1] == ("未分类", 4_000_000)
    for rows in (found.by_county, found.by_class, found.by_kind):
        assert sum(row.land_m2 for row in rows) == found.whole.land_m2
        assert sum(row.works_permits for row in rows) == 2


def test_the_figures_read_as_of_a_day(officer: User, stranger: User, year: list[Project]) -> None:
    assert year_figures(actor=officer, year=2026, as_of=date(2026, 10, 8)).whole.land_m2 == 1_902_610
    assert year_figures(actor=officer, year=2026, as_of=date(2026, 10, 9)).whole.land_m2 == 5_902_610
    assert year_figures(actor=stranger, year=2026, as_of=TODAY).whole.land_m2 == 0
    land = LandDocument.objects.get(number="黔府用地函〔2026〕90号")
    revoke_document(
        actor=officer, document_id=land.pk, revoked_on=date(2026, 11, 1), reason="撤回", today=TODAY
    )
    assert year_figures(actor=officer, year=2026, as_of=date(2026, 10, 31)).whole.land_m2 == 5_902_610
    assert year_figures(actor=officer, year=2026, as_of=date(2026, 11, 1)).whole.land_m2 == 1_902_610


def test_a_figure_opens_exactly_its_rows(client: Client, officer: User, year: list[Project]) -> None:
    client.force_login(officer)

    page = client.get(reverse("approvals:year-figures")).content.decode()
    rows = client.get(
        reverse("approvals:documents"),
        {"counted": "land", "first": "2026-01-01", "last": "2026-11-20", "unit": "522701"},
    ).context

    assert "590.261" in page
    assert "166.93" in page
    assert rows["sums"].land_m2 == 5_902_610
    assert {row.number for row in rows["page"]} == {"黔府用地函〔2026〕12号", "黔府用地函〔2026〕90号"}


def test_land_of_several_kinds_of_document_is_summed_kind_by_kind_and_counted_once(
    client: Client, officer: User, year: list[Project]
) -> None:
    """The expropriation covers the land of the first approval; what was revoked gives no area."""
    client.force_login(officer)
    revoked = LandDocument.objects.get(number="黔府用地函〔2025〕90号")
    revoke_document(
        actor=officer, document_id=revoked.pk, revoked_on=date(2026, 11, 1), reason="撤回", today=TODAY
    )

    page = client.get(reverse("approvals:documents"))
    sums = page.context["sums"]
    unclassed = client.get(reverse("approvals:documents"), {"priority": "NONE"}).context["sums"]
    sheet = client.get(reverse("approvals:documents-export"))
    twin = client.get(reverse("document-sums")).json()

    kinds = {row.kind: (row.number, row.applied_m2, row.approved_m2, row.floor_m2) for row in sums.kinds}
    assert kinds == {
        "LAND": (3, 20_000, 5_902_610, None),
        "REQUISITION": (1, 10_000, 1_902_610, None),
        "WORKS_PERMIT": (2, 0, 0, Decimal("1669300.25")),
    }
    assert (sums.number, sums.land_m2, sums.kinds[0].difference_m2) == (6, 5_902_610, 5_882_610)
    assert "1,669,300.25" in page.content.decode()
    assert ">0.0000<" not in page.content.decode()  # an area that nobody states is a dash
    assert unclassed.land_m2 == 4_000_000
    assert (twin["land_m2"], [row["number"] for row in twin["kinds"]]) == (5_902_610, [3, 1, 2])
    book = openpyxl.load_workbook(BytesIO(sheet.content))
    foot = {line[1]: line[10] for line in book.active.iter_rows(values_only=True) if "计" in str(line[1])}
    assert foot == {
        "建设用地批复（农转用和征收）小计": 590.261,
        "土地征收批复小计": 190.261,
        "建设工程规划许可证小计": 0,
        "获批建设用地合计": 590.261,
    }


def test_the_list_is_searched_filtered_and_exported(
    client: Client, officer: User, year: list[Project]
) -> None:
    client.force_login(officer)

    found = client.get(reverse("approvals:documents"), {"q": "黔府用地函[2026] 90"}).context["page"]
    short = client.get(reverse("approvals:documents"), {"state": "short", "kind": "LAND"}).context["page"]
    sheet = client.get(reverse("approvals:documents-export"), {"kind": "WORKS_PERMIT"})

    assert [row.number for row in found] == ["黔府用地函〔2026〕90号"]
    assert [row.number for row in short] == ["黔府用地函〔2025〕90号"]
    book = openpyxl.load_workbook(BytesIO(sheet.content))
    text = [str(cell) for line in book.active.iter_rows(values_only=True) for cell in line]
    assert any("建字第5227012026000" in cell for cell in text)


def test_a_refusal_keeps_what_was_typed(client: Client, officer: User) -> None:
    project = ProjectFactory(name="都匀市医院")
    client.force_login(officer)
    url = reverse("approvals:document-new", args=[project.pk])

    fresh = client.get(url).content.decode()
    answer = client.post(
        url,
        {"kind": "LAND", "number": "乱写〔2026〕", "issuer": "省政府", "decided_on": "2026-03-02"},
    )

    assert 'value="1.0000"' in fresh
    assert answer.status_code == 422
    assert "不合规范" in answer.content.decode()
    assert "乱写〔2026〕" in answer.content.decode()


def test_a_term_is_followed_by_the_next_from_its_day(dispatcher: User, officer: User) -> None:
    old = DocumentTerm.objects.get(kind="ADVANCE")
    more = {"kind": "ADVANCE", "name": old.name, "restoration_months": None, "basis": "新规"}

    new = add_term(actor=dispatcher, months=9, effective_from=date(2026, 7, 1), **more)  # type: ignore[arg-type]

    assert list(DocumentTerm.objects.in_force(date(2026, 6, 30)).filter(kind="ADVANCE")) == [old]
    assert list(DocumentTerm.objects.in_force(date(2026, 7, 1)).filter(kind="ADVANCE")) == [new]
    with pytest.raises(PermissionDenied):
        add_term(actor=officer, months=9, effective_from=date(2026, 8, 1), **more)  # type: ignore[arg-type]


def test_the_api_records_and_reads_the_same(client: Client, officer: User) -> None:
    project = ProjectFactory()
    client.force_login(officer)
    body = {
        "kind": "LAND",
        "issuer": "省政府",
        "decided_on": "2026-03-02",
        "number": "黔府用地函[2026]12号",
        "areas": [{"project": project.pk, "applied": {"total": 10_000}, "approved": {"total": 9_000}}],
    }

    made = client.post("/api/v1/documents/", body, content_type="application/json")
    again = client.post("/api/v1/documents/", body, content_type="application/json")
    listed = client.get("/api/v1/documents/", {"state": "short"}).json()
    figures = client.get("/api/v1/year-figures/", {"year": 2026}).json()

    assert made.status_code == 201, made.content
    assert (again.status_code, again.json()["code"]) == (409, "document_known")
    assert [row["number"] for row in listed["results"]] == ["黔府用地函〔2026〕12号"]
    assert figures["whole"]["land_m2"] == 9_000
