"""Weekly ledgers of 10,000 and 100,000 rows × 30 bordered columns: our writer beside its peers, in one run.

`python bench/weekly_ledger.py [--rows 10000 100000]`. The same cells for each. Each writer runs in a
process of its own; its memory is what writing adds at most to the loaded process (47 MB, most of it
openpyxl, which our templates need). Every file is read back by another reader before
a time is printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

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


def write_openpyxl_streaming(path: Path, count: int) -> None:
    """openpyxl's write-only mode, with the same borders and formats."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Side

    side = Side(style="thin")
    border = Border(left=side, right=side, top=side, bottom=side)
    centre = Alignment(vertical="center", wrap_text=True)
    formats = {CellKind.DATE: "yyyy-mm-dd", CellKind.HA: "#,##0.0000", CellKind.INTEGER: "#,##0"}
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "D4"
    sheet.append(["周台账"])
    sheet.append(["单位：公顷"])
    sheet.append([f"列{number}" for number in range(COLUMNS)])
    looks = kinds()

    def dressed(column: int, value: object) -> WriteOnlyCell:
        cell = WriteOnlyCell(sheet, value=value)
        cell.border, cell.alignment = border, centre
        if looks[column] in formats:
            cell.number_format = formats[looks[column]]
        return cell

    for values in rows(count):
        sheet.append([dressed(column, value) for column, value in enumerate(values)])
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
    loaded = _peak_mb()
    started = time.perf_counter()
    write(path, count)
    seconds = time.perf_counter() - started
    answers.put((seconds, _peak_mb() - loaded))  # type: ignore[attr-defined]


def _peak_mb() -> float:
    """The highest this process ever stood. Not ru_maxrss: a started process keeps its parent's there."""
    status = Path("/proc/self/status").read_text()
    return float(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


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


@dataclass(frozen=True, slots=True)
class Aim:
    """How many times faster than a peer, and within how much memory of our own."""

    peer: str
    faster: float
    most_mb: float | None = None


NORMAL, STREAMING, OURS = "openpyxl (normal)", "openpyxl (write-only)", "LandGuard write_ledger"
AIMS = (Aim(NORMAL, 8), Aim(STREAMING, 5, most_mb=40))


def run(count: int) -> bool:
    """Every writer once; true when each aim is reached and every cell reads back."""
    writers = {NORMAL: write_openpyxl, STREAMING: write_openpyxl_streaming, OURS: write_ours}
    if importlib.util.find_spec("xlsxwriter"):
        writers["XlsxWriter (constant_memory)"] = write_xlsxwriter
    processes = multiprocessing.get_context("spawn")
    taken: dict[str, tuple[float, float]] = {}
    wrong = 0
    print(f"{count:,} 行 × {COLUMNS} 列，每格有边框")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in writers.items():
            path = Path(folder) / "ledger.xlsx"
            taken[name] = _spent(processes, write, path, count)
            off = differences(path, count)
            wrong += off if name == OURS else 0
            print(
                f"{name:30} {taken[name][0]:7.2f} s  +{taken[name][1]:5.0f} MB"
                f"  {path.stat().st_size / 1e6:5.1f} MB 文件  {off} 处不符"
            )
    own_seconds, own_memory = taken[OURS]
    good = wrong == 0
    for aim in AIMS:
        faster = taken[aim.peer][0] / own_seconds
        fits = aim.most_mb is None or own_memory <= aim.most_mb
        good = good and faster >= aim.faster and fits
        memory = "" if aim.most_mb is None else f"，增加内存 {own_memory:.0f} MB（目标 {aim.most_mb:.0f}）"
        print(f"比 {aim.peer} 快 {faster:.1f} 倍（目标 {aim.faster:g}）{memory}")
    return good


def _spent(processes: Any, write: Callable[[Path, int], None], path: Path, count: int) -> tuple[float, float]:
    answers = processes.Queue()
    process = processes.Process(target=measured, args=(write, path, count, answers))
    process.start()
    seconds, memory = answers.get()
    process.join()
    return seconds, memory


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    good = [run(count) for count in parser.parse_args().rows]
    print("all aims reached" if all(good) else "NOT reached")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
