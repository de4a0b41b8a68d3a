"""Working ledgers of running projects, as a prefecture keeps them, of any length."""

from __future__ import annotations

import random
from datetime import date, timedelta
from io import BytesIO

from openpyxl import Workbook

COUNTIES = (
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
)
GROUPS = ("用地面积", None, None, None, "前置手续", None, None, "报批进度", None, None, None, None, None)
HEAD = ("序号", "项目名称", "所在县（市）", "清单类别", "建设单位", *GROUPS, "暂停计时情况", "备注")
SECOND = (
    (None,) * 5
    + ("总面积", "农用地", "耕地", "新增建设用地", "是否通过预审", "可研批复", "初设批复")
    + ("拟征地公告时间", "县政府请示时间", "州局受理时间", "会签情况", "批复时间", "批复文号", None, None)
)
MERGES = ("F3:I3", "J3:L3", "M3:R3", *(f"{c}3:{c}4" for c in "ABCDEST"))
REPORTED_ON = date(2026, 11, 19)


def ledger_of(number: int, *, seed: int = 8) -> bytes:
    """A ledger of `number` running projects, by county with subtotals and a total, reproducible."""
    pick = random.Random(seed)
    book = Workbook()
    sheet = book.active
    sheet.append(["全州2026年重点项目用地要素保障工作台账（第47周）"])
    sheet.append(["填报单位：州自然资源局  填报时间：2026年11月19日  单位：公顷"])
    sheet.append(HEAD)
    sheet.append(SECOND)
    for merge in MERGES:
        sheet.merge_cells(merge)
    share, whole = number // len(COUNTIES), [0.0] * 4
    for place, county in enumerate(COUNTIES):
        last = place == len(COUNTIES) - 1
        part = [0.0] * 4
        for each in range(share + (number - share * len(COUNTIES) if last else 0)):
            row = _row(pick, county, place * share + each + 1)
            part = [a + b for a, b in zip(part, row[5:9], strict=True)]
            sheet.append(row)
        sheet.append(["小计", None, None, None, None, *(round(x, 4) for x in part)])
        whole = [a + b for a, b in zip(whole, part, strict=True)]
    sheet.append(["合计", None, None, None, None, *(round(x, 4) for x in whole)])
    return _bytes(book)


def _bytes(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _row(pick: random.Random, county: str, serial: int) -> list[object]:
    total = pick.randint(10_000, 2_000_000) / 10_000
    request = REPORTED_ON - timedelta(days=pick.randint(20, 300))
    accepted = request + timedelta(days=pick.randint(1, 12))
    approved = accepted + timedelta(days=pick.randint(10, 60))
    stage = pick.randint(0, 3)
    is_approved = stage == 3 and approved <= REPORTED_ON
    paused = f"{accepted + timedelta(days=2)}至{accepted + timedelta(days=6)} 专家评审（评审意见）"
    return [
        serial,
        f"{county[:2]}重点项目{serial}号",
        county,
        "省重点",
        "州能源局",
        total,
        round(total * 0.8, 4),
        round(total * 0.3, 4),
        round(total * 0.7, 4),
        pick.choice(["是", "否", "不涉及"]),
        _written(pick, request - timedelta(days=90)) if stage else "未批复",
        "未批复" if stage < 2 else _written(pick, request - timedelta(days=60)),
        _written(pick, request - timedelta(days=45)) if stage else "未发布",
        _written(pick, request) if stage > 1 else "未请示",
        _written(pick, accepted) if stage > 1 else "未受理",
        "已完成会签" if is_approved else "耕保科未会签",
        _written(pick, approved) if is_approved else "未批复",
        f"黔府用地函〔2026〕{serial}号" if is_approved else "—",
        paused if stage > 1 and serial % 5 == 0 else None,
        None,
    ]


def _written(pick: random.Random, day: date) -> object:
    return pick.choice([day, f"{day.year}.{day.month}.{day.day}", day.isoformat()])
