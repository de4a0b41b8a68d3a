from __future__ import annotations

import io
import random
import resource
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

import openpyxl
import pytest

from core.errors import DomainError
from officefiles import reading
from officefiles.containers import ReadLimits
from officefiles.errors import (
    NotAWorkbook,
    WorkbookDamaged,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookSuspicious,
    WorkbookTooLarge,
    WrongExtension,
)
from officefiles.extraction import SheetScan
from officefiles.reading import read_workbook
from tests.officefiles.workbooks import raw_xlsx, sample, xlsx

OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def refusal(data: bytes, filename: str, error: type[DomainError], **kwargs) -> str:
    with pytest.raises(error) as caught:
        read_workbook(data, filename=filename, **kwargs)
    message = caught.value.message
    assert message.endswith("。")
    return message


def test_values_come_as_people_see_them():
    data = xlsx([["名称", 0.1 + 0.2, 12, date(2026, 11, 1), True, None, "x"]])

    workbook = read_workbook(data, filename="清单.xlsx")

    assert workbook.sheets[0].rows == (
        ("名称", Decimal("0.3"), Decimal(12), date(2026, 11, 1), True, None, "x"),
    )


def test_places_are_counted_as_on_the_screen_even_when_the_table_starts_further_down():
    book = openpyxl.Workbook()
    book.active["C4"] = "这里"
    file = io.BytesIO()
    book.save(file)

    sheet = read_workbook(file.getvalue(), filename="a.xlsx").sheets[0]

    assert sheet.value(4, 3) == "这里"
    assert sheet.value(99, 99) is None


def test_formulas_without_a_result_and_broken_ones_are_told_apart_from_empty_text():
    data = raw_xlsx(
        '<row r="2"><c r="A2"><f>1+1</f><v></v></c><c r="B2" t="str"><f>"" &amp; ""</f><v></v></c>'
        '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D2"><f>1+1</f><v>2</v></c></row>'
    )

    sheet = read_workbook(data, filename="a.xlsx").sheets[0]

    assert sheet.uncached == {(2, 1)}
    assert sheet.broken == {(2, 3): "#DIV/0!"}
    assert sheet.value(2, 4) == Decimal(2)


def test_the_samples_are_read_with_their_merged_cells():
    ledger = read_workbook(sample("prefecture-weekly-ledger.xlsx"), filename="台账.xlsx").sheets[0]

    assert len(ledger.rows) == 55
    assert (9, 6) in ledger.uncached
    assert any((m.top, m.left, m.bottom, m.right) == (6, 3, 8, 3) for m in ledger.merges)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_offices(encoding):
    data = "项目名称,县市\r\n瓮安县“一期”,瓮安县\r\n,\r\n".encode(encoding)

    sheet = read_workbook(data, filename="清单.CSV").sheets[0]

    assert sheet.rows == (("项目名称", "县市"), ("瓮安县“一期”", "瓮安县"))


def test_xls_of_old_offices_is_read():
    data = (Path(__file__).parent / "old-list.xls").read_bytes()

    sheet = read_workbook(data, filename="老.xls").sheets[0]

    assert sheet.rows[3] == (Decimal(1), "老项目", "瓮安县", Decimal("12.5"), date(2026, 11, 1))
    assert (sheet.merges[0].bottom, sheet.merges[0].right) == (1, 5)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "filename", "error", "says"),
    [
        (b"%PDF-1.7 abc", "清单.pdf", WrongExtension, ".pdf"),
        (b"abc", "清单", WrongExtension, "没有扩展名"),
        (b"", "清单.xlsx", WorkbookEmpty, "0 字节"),
        (b"hello", "清单.xlsx", NotAWorkbook, "不是 Excel 工作簿"),
        (b"\xef\xbb\xbf<html><table>", "清单.xls", NotAWorkbook, "网页表格"),
        (OLE + b"x" * 600, "清单.xlsx", WrongExtension, "旧版"),
        (xlsx([["a"]]), "清单.xls", WrongExtension, "新版工作簿"),
        (xlsx([["a"]]), "清单.csv", WrongExtension, "内容却是 Excel"),
        (OLE + b"x" * 600, "清单.xls", WorkbookDamaged, "损坏"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "清单.xlsx", WorkbookEncrypted, "密码"),
        (b"\x00\x01\x02" * 9, "清单.csv", NotAWorkbook, "CSV"),
        (b"\xff\xfe\xff", "清单.csv", NotAWorkbook, "编码"),
        (b"\n\n,,\n", "清单.csv", WorkbookEmpty, "空的"),
        (xlsx([]), "清单.xlsx", WorkbookEmpty, "空的"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_is_wrong_and_what_to_do(data, filename, error, says):
    assert says in refusal(data, filename, error)


def test_a_truncated_workbook_is_damaged():
    whole = sample("county-list-mu.xlsx")

    refusal(whole[: len(whole) // 2], "a.xlsx", WorkbookDamaged)


def test_other_office_files_are_named():
    for member, word in (
        ("word/document.xml", "Word"),
        ("ppt/a.xml", "演示文稿"),
        ("xl/workbook.bin", "xlsb"),
        ("a.txt", "压缩包"),
    ):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as package:
            package.writestr(member, "x")

        assert word in refusal(file.getvalue(), "a.xlsx", NotAWorkbook)


def test_a_zip_bomb_is_refused_from_its_directory_without_unpacking(monkeypatch):
    def unpacked(*_args):
        raise AssertionError("unpacked")

    monkeypatch.setattr("officefiles.reading._extract", unpacked)
    bomb = raw_xlsx("", extra={"xl/worksheets/sheet2.xml": b"<c/>" * 30_000_000})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    refusal(bomb, "a.xlsx", WorkbookSuspicious)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_names_that_lead_out_of_the_container_are_refused():
    for name in ("../../etc/passwd", "/etc/passwd", "C:\\a.xml", "xl/../../a"):
        refusal(raw_xlsx("", extra={name: b"x"}), "a.xlsx", WorkbookSuspicious)


def test_too_many_members_and_too_many_bytes_are_refused():
    small = ReadLimits(members=3, unpacked_bytes=10)

    refusal(xlsx([["a"]]), "a.xlsx", WorkbookSuspicious, limits=small)
    refusal(xlsx([["a"]]), "a.xlsx", WorkbookTooLarge, limits=ReadLimits(unpacked_bytes=10))
    assert "上限" in refusal(b"a,b\n" * 50, "a.csv", WorkbookTooLarge, limits=ReadLimits(file_bytes=100))


def test_one_forged_cell_at_the_far_corner_does_not_take_the_process_along():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

    assert "20,000 行" in refusal(raw_xlsx(cells), "a.xlsx", WorkbookTooLarge)


def test_two_hundred_thousand_rows_are_refused_with_the_limit():
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>1</v></c></row>' for n in range(1, 200_001)
    )

    assert "20,000 行的上限" in refusal(raw_xlsx(rows), "a.xlsx", WorkbookTooLarge)
    assert "20,000 行的上限" in refusal(b"a,b\n" * 200_000, "a.csv", WorkbookTooLarge)


def test_a_million_blank_formatted_rows_are_no_rows():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' + "".join(
        f'<row r="{n}" s="{n % 7}" ht="{n % 13}"><c r="A{n}" s="{n % 5}"/></row>' for n in range(2, 300_000)
    )

    assert len(read_workbook(raw_xlsx(rows), filename="a.xlsx").sheets[0].rows) == 1


def test_too_many_columns_are_refused():
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="ZZ1"><v>1</v></c></row>'

    assert "200 列" in refusal(raw_xlsx(cells), "a.xlsx", WorkbookTooLarge)
    assert "200 列" in refusal(b"," * 300 + b"x\n", "a.csv", WorkbookTooLarge)


def test_document_type_definitions_are_refused():
    laughs = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'

    refusal(
        raw_xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>', prolog=laughs),
        "a.xlsx",
        WorkbookSuspicious,
    )


def test_one_long_text_that_thousands_of_cells_refer_to_is_refused():
    chance = random.Random(1)
    text = "".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(30_000))
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 15_000))
    bomb = raw_xlsx(rows, extra={"xl/sharedStrings.xml": shared.encode()})
    limits = ReadLimits(memory_bytes=400 * 1024 * 1024)

    refusal(bomb, "a.xlsx", WorkbookTooLarge, limits=limits)


def test_the_process_that_takes_a_file_apart_is_confined():
    script = (
        "import resource, runpy, sys\n"
        "runpy.run_path(sys.argv[1])['confine'](7, 10**9)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit(resource.RLIMIT_AS)[0])"
    )
    path = str(Path(reading.__file__).with_name("extraction.py"))

    answer = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)

    assert answer.stdout.split()[0] == "7"
    if sys.platform == "linux":  # macOS has no limit of this kind
        assert answer.stdout.split()[1] == "1000000000"


def test_what_takes_too_long_is_refused(monkeypatch):
    def late(*_args, timeout, **_kwargs):
        raise subprocess.TimeoutExpired("extraction", timeout)

    monkeypatch.setattr("officefiles.reading.subprocess.run", late)

    assert "限定时间" in refusal(xlsx([["a"]]), "a.xlsx", WorkbookTooLarge)


def test_three_hundred_seeded_mutations_are_read_or_refused_and_nothing_else():
    """Flipped, cut, doubled and zeroed bytes; half of them inside the container's parts."""
    chance = random.Random(20261122)
    sources = [
        ("a.xlsx", sample("county-list-mu.xlsx")),
        ("a.csv", sample("department-demand-gbk.csv")),
        ("a.xlsx", sample("prefecture-weekly-ledger.xlsx")),
    ]
    outcomes = {"read": 0, "refused": 0}

    for _ in range(300):
        name, data = chance.choice(sources)
        mutant = (
            mutated_parts(data, chance)
            if name == "a.xlsx" and chance.random() < 0.5
            else mutated(data, chance)
        )
        try:
            read_workbook(mutant, filename=name)
            outcomes["read"] += 1
        except DomainError:
            outcomes["refused"] += 1

    assert min(outcomes.values()) > 10


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 40)]
            case 2:
                changed[place:place] = changed[place : place + chance.randint(1, 40)]
            case _:
                changed[place : place + 4] = b"\x00" * 4
    return bytes(changed)


def mutated_parts(data: bytes, chance: random.Random) -> bytes:
    """The same inside: the container stays valid, one of its parts does not."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        victim = chance.choice(
            ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
        )
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, mutated(content, chance) if name == victim else content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("sheet", "is_quick"),
    [
        ('<row r="1"><c r="A1" t="inlineStr"><is><t>项目</t></is></c><c r="B1"/></row>', True),
        ('<row r="9"><c r="CV20"><v>1</v></c></row>', True),
        ('<row r="1"><c r="A1"><f>1+1</f></c></row>', False),
        ('<row r="1"><c r="A1"><x:f xmlns:x="x">1+1</x:f></c></row>', False),
        ('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>', False),
        ("<row r='1'><c r='A1' t='e'><v>#REF!</v></c></row>", False),
        ('<row r="1"><c  r="A1" t = "e"><v>#REF!</v></c></row>', False),
        ('<row r="1"><c t="e" r="A1"><v>#REF!</v></c></row>', False),
        ('<row r="1"><c><f>1+1</f></c></row>', False),
        ('<row r="1"><c r="A21"><v>1</v></c></row>', False),
        ('<row r="1"><c r="CW1"><v>1</v></c></row>', False),
        ('<row r="1"><!-- --><c r="A1"><v>1</v></c></row>', False),
        ('<row r="1"><c r="&#88;FD1"><v>1</v></c></row>', False),
    ],
)
def test_a_sheet_is_looked_through_quickly_only_where_every_cell_would_say_nothing(sheet, is_quick):
    xml = f"<worksheet><sheetData>{sheet}</sheetData></worksheet>".encode()
    scan, slow = SheetScan("表", 20, 100), SheetScan("表", 20, 100)

    assert scan.holds_only_values(xml) is is_quick
    if is_quick:
        slow.scan_every_cell(xml)
        assert (slow.uncached, slow.broken) == ([], [])
        with pytest.raises(expat.ExpatError):
            scan.scan(xml[:-3])
