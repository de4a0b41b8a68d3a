"""The one-page brief: from values alone, and as LibreOffice prints it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pytest

from dispatch.documents import CircularText, RoundFigures, UnitFigures, brief, circular, short_names
from dispatch.rules.differences import CellChange, Difference, RowChange
from dispatch.rules.periods import Period
from tests.libreoffice import opened

UNITS = [
    "都匀经开区",
    "都匀市",
    "福泉市",
    "荔波县",
    "贵定县",
    "瓮安县",
    "独山县",
    "平塘县",
    "罗甸县",
    "长顺县",
    "龙里县",
    "惠水县",
    "三都水族自治县",
]


def worst_week():
    """Sixty projects turned worse, half of them overdue; one county late, one silent."""
    figures = [UnitFigures(name, 12, 3_000_000, 3, 4, 1) for name in UNITS]
    cell = CellChange({"key": "lamp", "label": "灯号"}, "green", "red")
    changed = [
        RowChange(
            "522701",
            place,
            f"{UNITS[place % 13]}灌区续建配套与现代化改造工程{place}" if place % 2 else f"通村公路{place}",
            UNITS[place % 13],
            "green",
            "red" if place >= 30 else "amber",
            (cell,),
        )
        for place in range(60)
    ]
    return RoundFigures(
        period=Period(2026, 47),
        unit="黔南州",
        taken_on=date(2026, 11, 19),
        total=UnitFigures("合计", 153, 44_617_948, 31, 41, 7),
        units=figures,
        missing=["三都水族自治县"],
        late=["惠水县"],
        asked=13,
        change=Difference(changed=changed),
        before=Period(2026, 46),
    )


def test_a_circular_of_no_projects_accuses_nobody():
    nothing = replace(worst_week(), units=[], total=UnitFigures("合计", 0, 0, 0, 0, 0), change=None)

    content = circular(nothing, CircularText("通报"), issuer="州局", issued_on=date(2026, 11, 19))

    words = [each.text for each in docx.Document(BytesIO(content)).paragraphs]
    assert "本期没有在库项目。" in words


def test_the_brief_names_the_worst_and_no_county_twice():
    words = "\n".join(each.text for each in docx.Document(BytesIO(brief(worst_week()))).paragraphs)

    assert "逾期 31 个，预警 41 个" in words
    assert "转差的有：贵定县通村公路30、瓮安县灌区续建配套与现代化改造工程31、" in words
    assert words.count("工程") + words.count("公路") == 5
    assert "等 60 个。" in words


def test_names_under_a_chart_are_short_and_differ():
    assert short_names(["都匀经开区", "都匀市", "三都水族自治县"]) == ["经开区", "都匀", "三都"]
    assert short_names(["长顺县", "长顺市"]) == ["长顺县", "长顺市"]


@pytest.mark.office
def test_the_brief_is_one_page_when_everything_turned_worse(tmp_path):
    [printed] = opened(tmp_path, {"brief.docx": brief(worst_week())}, to="pdf").values()

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
