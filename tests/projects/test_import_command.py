"""`import_projects`: the verdicts of the samples, exit codes, and who imports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from projects.models import Project, Submission
from tests.factories import UserFactory, organisation
from tests.projects.test_round_trip import Edit, edited, put, taken
from tests.projects.workbooks import SAMPLES, code, imported, row, workbook

pytestmark = pytest.mark.django_db
EXPECTED = sorted(
    path for path in SAMPLES.glob("*.expected.json") if "rows" in json.loads(path.read_text("utf-8"))
)


def run(file: Path, code: str, *options: str) -> int:
    """The exit code as the shell sees it."""
    try:
        call_command("import_projects", str(file), "--organisation", code, "--today", "2026-11-20", *options)
    except SystemExit as end:
        return int(end.code or 0)
    except CommandError as failure:
        return failure.returncode
    return 0


@pytest.fixture
def good(tmp_path):
    file = tmp_path / "清单.xlsx"
    file.write_bytes(workbook(row("都匀水库"), row("都匀电站")))
    return file


@pytest.fixture
def mixed(tmp_path):
    file = tmp_path / "清单.xlsx"
    file.write_bytes(workbook(row("都匀水库"), row("都匀电站", total=-3)))
    return file


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.split(".")[0])
def test_the_samples_give_exactly_what_is_written_beside_them(expected, capsys):
    wanted = json.loads(expected.read_text("utf-8"))
    [file] = [p for p in SAMPLES.glob(expected.name.split(".")[0] + ".*") if p != expected]

    exit_code = run(file, wanted["organisation"], "--dry-run", "--json", "--today", wanted["today"])

    found = json.loads(capsys.readouterr().out)
    assert [found["file"], found["organisation"]] == [file.name, wanted["organisation"]]
    for got, expect in zip(found["rows"], wanted["rows"], strict=True):
        assert {key: got[key] for key in expect if key != "why"} == {
            key: value for key, value in expect.items() if key != "why"
        }
    assert exit_code == int(any(r["verdict"] == "error" for r in wanted["rows"]))
    assert not Project.objects.exists()


def test_json_has_the_keys_of_the_ruling_and_nothing_else_is_printed(good, capsys):
    run(good, "522701", "--dry-run", "--json")

    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["file", "sheet", "organisation", "summary", "problems", "rows"]
    assert {"row", "name", "verdict", "total_m2", "county", "problems"} <= set(found["rows"][0])


def test_without_dry_run_the_list_is_imported(good, officer):
    assert run(good, "522701") == 0

    assert Project.objects.count() == 2
    assert Submission.objects.get().submitted_by == officer


def test_json_stands_alone_when_importing_too(good, officer, capsys):
    run(good, "522701", "--json")

    assert json.loads(capsys.readouterr().out)["summary"]["new"] == 2
    assert Project.objects.count() == 2


def test_a_second_run_changes_nothing_and_is_no_failure(good, officer):
    run(good, "522701")

    assert run(good, "522701") == 0
    assert Submission.objects.count() == 1


def test_wrong_rows_exit_with_one_and_nothing_is_imported(mixed, officer):
    assert run(mixed, "522701") == 1
    assert not Project.objects.exists()


def test_good_rows_are_imported_when_asked(mixed, officer):
    assert run(mixed, "522701", "--good-rows") == 1
    assert [p.name for p in Project.objects.all()] == ["都匀水库"]


def test_an_unreadable_file_exits_with_two(tmp_path, capsys):
    file = tmp_path / "清单.xlsx"
    file.write_bytes(b"hello")

    assert run(file, "522701", "--dry-run", "--json") == 2
    assert run(tmp_path / "没有.xlsx", "522701", "--dry-run") == 2
    assert capsys.readouterr().out == ""


def test_an_unknown_unit_exits_with_two(good):
    assert run(good, "999999", "--dry-run") == 2


def test_a_bureau_stands_for_its_county(good, officer):
    assert run(good, "522701-ZRZY") == 0
    assert Submission.objects.get().organisation.code == "522701"


def test_the_person_can_be_named(good, officer):
    colleague = UserFactory(role=User.Role.COUNTY, organisation=organisation("522701-ZRZY"))

    run(good, "522701", "--user", colleague.username)

    assert Submission.objects.get().submitted_by == colleague


def test_somebody_elses_user_imports_nothing(good, officer, stranger):
    assert run(good, "522701", "--user", stranger.username) == 1
    assert not Project.objects.exists()


def test_a_unit_without_people_imports_nothing(good):
    assert run(good, "522701") == 1
    assert not Project.objects.exists()


# --- a list that was taken along -----------------------------------------------------------------


@pytest.fixture
def taken_file(officer, tmp_path):
    """The officer's list as downloaded; meanwhile the office wrote 乙 where it said 甲."""
    imported(officer, row("都匀水库", code=code(1), remark="甲"), row("都匀电站", code=code(2), remark="甲"))
    download = taken(officer)

    def saved(*edits: Edit) -> Path:
        file = tmp_path / "预填清单.xlsx"
        file.write_bytes(edited(download, *edits))
        Project.objects.update(remark="乙")
        return file

    return saved


def test_a_list_taken_along_is_compared_with_what_was_downloaded(taken_file, capsys):
    """Two ways, the old 甲 of every untouched row would be written over the office's 乙."""
    file = taken_file(put("都匀水库", "建设单位", "水投公司"))

    assert run(file, "522701", "--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in found["rows"]] == ["changed", "unchanged"]
    assert [c["field"] for c in found["rows"][0]["changes"]] == ["owner_unit"]
    kept = Project.objects.order_by("code").values_list("owner_unit", "remark")
    assert list(kept) == [("水投公司", "乙"), ("都匀市水务局", "乙")]


def test_a_cell_that_both_sides_changed_is_named_and_nothing_is_imported(taken_file, capsys):
    file = taken_file(put("都匀水库", "备注", "丙"))

    assert run(file, "522701") == 1

    assert "备注：下载时“甲”，系统现为“乙”，文件为“丙”" in capsys.readouterr().out
    assert Submission.objects.count() == 1
    assert set(Project.objects.values_list("remark", flat=True)) == {"乙"}


def test_a_list_taken_along_needs_a_person_even_for_a_look(taken_file, officer, capsys):
    file = taken_file()
    User.objects.filter(pk=officer.pk).update(is_active=False)

    assert run(file, "522701", "--dry-run") == 1
    assert capsys.readouterr().out == ""
