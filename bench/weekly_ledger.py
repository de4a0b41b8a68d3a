"""Weekly ledger of 10,000 rows × 30 bordered columns: our writer beside its peers, in one run.

`python bench/weekly_ledger.py [--rows 10000]`. Each writer runs in a process of its own, so that
peak memory is its own too. Every file is read back by another reader before a time is printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, write_ledger

COLUMNS = 30
WORDS = ["都匀抽水蓄能电站", "省重点", "州能源局", "占补平衡指标不足", "用途管制科"]


def rows(count: int) -> Iterator[list[object]]:
    """Ten texts, eight dates, eight areas, three integers and one that is mostly blank."""
    start = date(2026, 1, 1)
    for number in range(count):
        yield [
            *(f"{WORDS[(number + place) % 5]}{number}号" for place in range(10)),
            *(start + timedelta(days=(number * 7 + place) % 300) for place in range(8)),
            *(Decimal(number * 37 + place * 11) / 10_000 for place in range(8)),
            *(number + place for place in range(3)),
            "待核" if number % 50 == 0 else None,
        ]


def kinds() -> list[CellKind]:
    return [
        *[CellKind.TEXT] * 10,
        *[CellKind.DATE] * 8,
        *[CellKind.HA] * 8,
        *[CellKind.INTEGER] * 3,
        CellKind.TEXT,
    ]


def write_ours(path: Path, count: int) -> None:
    columns = tuple(LedgerColumn((f"列{number}",), kind) for number, kind in enumerate(kinds()))
    layout = LedgerLayout("周台账", columns, subtitle="单位：公顷", freeze_columns=3, total_label="")
    with path.open("wb") as target:
        write_ledger(target, layout=layout, rows=rows(count))  # type: ignore[arg-type]


def write_openpyxl(path: Path, count: int) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Side

    side = Side(style="thin")
    border = Border(left=side, right=side, top=side, bottom=side)
    centre = Alignment(vertical="center", wrap_text=True)
    formats = {CellKind.DATE: "yyyy-mm-dd", CellKind.HA: "#,##0.0000", CellKind.INTEGER: "#,##0"}
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["周台账"])
    sheet.append(["单位：公顷"])
    sheet.append([f"列{number}" for number in range(COLUMNS)])
    sheet.freeze_panes = "D4"
    looks = kinds()
    for number, values in enumerate(rows(count), start=4):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row=number, column=column, value=value)
            cell.border, cell.alignment = border, centre
            if looks[column - 1] in formats:
                cell.number_format = formats[looks[column - 1]]
    workbook.save(path)


def write_xlsxwriter(path: Path, count: int) -> None:
    import xlsxwriter

    workbook = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    sheet = workbook.add_worksheet()
    formats = {CellKind.DATE: "yyyy-mm-dd", CellKind.HA: "#,##0.0000", CellKind.INTEGER: "#,##0"}
    looks = [
        workbook.add_format(
            {"border": 1, "valign": "vcenter", "text_wrap": True, "num_format": formats.get(kind, "General")}
        )
        for kind in kinds()
    ]
    sheet.write_row(0, 0, ["周台账"])
    sheet.write_row(1, 0, ["单位：公顷"])
    sheet.write_row(2, 0, [f"列{number}" for number in range(COLUMNS)])
    sheet.freeze_panes(3, 3)
    for number, values in enumerate(rows(count), start=3):
        for column, value in enumerate(values):
            sheet.write(number, column, value, looks[column])
    workbook.close()


def measured(write: Callable[[Path, int], None], path: Path, count: int, answers: object) -> None:
    started = time.perf_counter()
    write(path, count)
    seconds = time.perf_counter() - started
    answers.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))  # type: ignore[attr-defined]


def differences(path: Path, count: int) -> int:
    """Cells that calamine reads back otherwise than they were given."""
    from python_calamine import CalamineWorkbook

    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)[3:]
    wrong = abs(len(read) - count) * COLUMNS
    for values, cells in zip(rows(count), read, strict=False):
        for value, cell in zip(values, cells, strict=False):
            expected = "" if value is None else float(value) if isinstance(value, int | Decimal) else value
            wrong += cell != expected
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    count = parser.parse_args().rows
    writers = {"openpyxl (normal)": write_openpyxl, "LandGuard write_ledger": write_ours}
    if importlib.util.find_spec("xlsxwriter"):
        writers["XlsxWriter (constant_memory)"] = write_xlsxwriter
    processes = multiprocessing.get_context("spawn")
    base = 0.0
    print(f"{count:,} 行 × {COLUMNS} 列，每格有边框")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in writers.items():
            path = Path(folder) / "ledger.xlsx"
            answers = processes.Queue()
            process = processes.Process(target=measured, args=(write, path, count, answers))
            process.start()
            seconds, memory = answers.get()
            process.join()
            base = base or seconds
            print(
                f"{name:30} {seconds:7.2f} s  {base / seconds:5.1f}x  {memory:6.0f} MB"
                f"  {path.stat().st_size / 1e6:5.1f} MB 文件  {differences(path, count)} 处不符"
            )


if __name__ == "__main__":
    main()
