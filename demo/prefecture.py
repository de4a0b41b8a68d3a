"""What the demo prefecture is made of: posts, projects, and where each one stands. Values only.

Names of projects and units are of the kind one reads in any prefecture; posts stand for
people, and no personal name is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Post:
    """One account of the demo. `is_printed` marks the login shown for its role."""

    username: str
    title: str
    role: str
    organisation: str
    is_printed: bool = False


POSTS = (
    Post("diaoduban", "保障办经办", "DISPATCH", "522700-ZRZY-BZ", is_printed=True),
    Post("diaoduban2", "保障办复核", "DISPATCH", "522700-ZRZY-BZ"),
    Post("yongtu", "用途管制科经办", "SECTION", "522700-ZRZY-YTGZ", is_printed=True),
    Post("guihua", "规划科经办", "SECTION", "522700-ZRZY-GH"),
    Post("gengbao", "耕保科经办", "SECTION", "522700-ZRZY-GB"),
    Post("liyong", "利用科经办", "SECTION", "522700-ZRZY-LY"),
    Post("shengtai", "生态修复科经办", "SECTION", "522700-ZRZY-STXF"),
    Post("kuangbao", "矿保科经办", "SECTION", "522700-ZRZY-KB"),
    Post("zhifa", "执法科经办", "SECTION", "522700-ZRZY-ZF"),
    Post("juzhang", "州局主要负责同志", "LEADER", "522700-ZRZY", is_printed=True),
    Post("fujuzhang", "州局分管负责同志", "LEADER", "522700-ZRZY"),
    Post("shuiwu", "州水务局经办", "DEPARTMENT", "522700-SWJ", is_printed=True),
    Post("fagai", "州发改委经办", "DEPARTMENT", "522700-FGW"),
    Post("huanbao", "州生态环境局经办", "DEPARTMENT", "522700-HBJ"),
    Post("linye", "州林业局经办", "DEPARTMENT", "522700-LYJ"),
    Post("jiaotong", "州交通局经办", "DEPARTMENT", "522700-JTJ"),
    Post("guanliyuan", "系统管理员", "SYSADMIN", "522700-ZRZY", is_printed=True),
    Post("anquan", "安全管理员", "SECADMIN", "522700-ZRZY", is_printed=True),
    Post("shenji", "审计管理员", "AUDITOR", "522700-ZRZY", is_printed=True),
)

# Who stands above the officer of each office and department, and hears of what stays overdue there.
# The counties' heads have no account: of theirs the leader is told instead.
HEADS = tuple(
    Post(f"{post.username}-fzr", f"{post.title.removesuffix('经办')}负责人", post.role, post.organisation)
    for post in POSTS
    if post.role in ("SECTION", "DEPARTMENT")
)

# Account name and unit of each county officer; the first is the printed county login.
COUNTY_POSTS = (
    ("duyun", "522701"),
    ("fuquan", "522702"),
    ("libo", "522722"),
    ("guiding", "522723"),
    ("wengan", "522725"),
    ("dushan", "522726"),
    ("pingtang", "522727"),
    ("luodian", "522728"),
    ("changshun", "522729"),
    ("longli", "522730"),
    ("huishui", "522731"),
    ("sandu", "522732"),
    ("jingkai", "522700-P01"),
)


class Standing(StrEnum):
    """How the step that a project has reached should look on the demo's day."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    PAUSED = "paused"
    IDLE = "idle"


class Fate(StrEnum):
    """What screening made of a submitted row."""

    ADOPTED = "adopted"
    WAITING = "waiting"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of project: how it is called, who builds it, how large it tends to be (公顷, 亿元)."""

    name: str
    industry: str
    owner: str
    track: str
    hectares: tuple[int, int]
    investment: tuple[int, int]
    forest: bool = False


KINDS = (
    Kind("{c}抽水蓄能电站", "能源", "{c}抽水蓄能有限公司", "single_site", (120, 190), (60, 95), True),
    Kind("{c}中型水库工程", "水利", "{c}水务投资有限责任公司", "single_site", (60, 160), (6, 18), True),
    Kind(
        "{c}至高速互通连接线改扩建工程",
        "交通",
        "{c}交通建设投资有限公司",
        "single_site",
        (25, 80),
        (4, 12),
        True,
    ),
    Kind("{c}200兆瓦农业光伏电站升压站", "能源", "{c}新能源开发有限公司", "single_site", (2, 6), (7, 10)),
    Kind("{c}110千伏输变电工程", "能源", "供电局{c}分局", "single_site", (1, 3), (1, 2)),
    Kind("{c}城乡供水一体化工程", "水利", "{c}水务局", "single_site", (4, 15), (2, 6)),
    Kind("{c}灌区续建配套与现代化改造工程", "水利", "{c}水务局", "single_site", (8, 30), (1, 5)),
    Kind("{c}磷化工循环经济产业项目", "工业", "{c}化工有限公司", "batch", (20, 60), (10, 45)),
    Kind("{c}标准厂房三期", "工业", "{c}工业园区开发有限公司", "batch", (8, 25), (2, 6)),
    Kind("{c}农产品冷链物流园", "商贸物流", "{c}供销集团有限公司", "batch", (5, 15), (1, 4)),
    Kind("{c}第三中学新建项目", "教育", "{c}教育局", "batch", (6, 12), (1, 3)),
    Kind("{c}人民医院整体搬迁项目", "卫生", "{c}卫生健康局", "batch", (5, 11), (3, 9)),
    Kind("{c}生活垃圾焚烧发电项目", "环保", "{c}城市管理局", "single_site", (4, 8), (3, 6)),
    Kind("{c}老城片区存量用地更新项目", "城市建设", "{c}住房和城乡建设局", "no_requisition", (2, 9), (1, 5)),
)

# The step a project has reached, by track, from the first to the last.
MILESTONES = {
    "single_site": (
        *("A02", "A03", "A04", "A06", "A07", "A09", "Z01", "Z05"),
        *("Z08", "B01", "B02", "B03", "G01", "X01", "X03"),
    ),
    "batch": ("A02", "Z01", "Z03", "Z05", "Z08", "B01", "B02", "B03", "B05", "G01", "G03", "X01", "X03"),
    "no_requisition": ("A02", "A03", "G01", "X01", "X02", "X03"),
}

# Steps with a limit to act within: where a project that is late, near or paused can stand.
TIMED = frozenset({"A02", "A03", "A04", "A07", "A09", "B02", "B05", "G01", "X01", "X03"})

STANDINGS = (
    [Standing.GREEN] * 9 + [Standing.AMBER] * 4 + [Standing.RED] * 3 + [Standing.PAUSED] * 3 + [Standing.IDLE]
)
FATES = [Fate.ADOPTED] * 16 + [Fate.WAITING] * 2 + [Fate.RETURNED]

CATEGORIES = ("国家重大", "省重点", "省重点", "“5+3”重大项目", "州重点", "州重点", "州重点", "其他")
CLASSES = ("急需", "重点", "重点", "一般", "一般", "预备")
RETURN_REASONS = (
    "选址与城镇开发边界不符，请调整范围后重新报送",
    "未附立项依据，请补充发改部门意见后重新报送",
    "与已采纳项目范围重叠，请核实后重新报送",
)
PROBLEMS = ("占补平衡指标不足", "林地手续办理滞后", "社保资金未落实", "违法用地未查处到位", "")


@dataclass(frozen=True, slots=True)
class Plan:
    """One project of the demo: its row in the county's workbook and where it stands."""

    unit: str
    name: str
    code: str
    owner: str
    industry: str
    category: str
    priority: str
    track: str
    investment_wan: Decimal
    total_ha: Decimal
    arable_ha: Decimal
    paddy_ha: Decimal
    forest_ha: Decimal
    other_agri_ha: Decimal
    construction_ha: Decimal
    planned_start: str
    remark: str
    fate: Fate
    milestone: str
    standing: Standing
    seed: int


def plans(*, units: dict[str, str], year: int) -> Iterator[Plan]:
    """The demo's projects, the same for the same year.

    Args:
        units: short name of each reporting unit by code, in the order of their codes.
    """
    dice = random.Random(f"landguard-{year}")
    standings = _endless(dice, STANDINGS)
    fates = _endless(dice, FATES)
    for unit_index, (unit, short) in enumerate(units.items()):
        for kind_index, kind in enumerate(KINDS):
            fate = next(fates)
            total = _hectares(dice, kind.hectares)
            arable = _share(dice, total, 15, 45)
            forest = _share(dice, total, 10, 30) if kind.forest else _share(dice, total, 0, 6)
            construction = _share(dice, total, 2, 12)
            ladder = MILESTONES[kind.track]
            standing = next(standings)
            yield Plan(
                unit=unit,
                name=kind.name.format(c=short),
                code=_code(dice, unit, year, kind_index),
                owner=kind.owner.format(c=short),
                industry=kind.industry,
                category=dice.choice(CATEGORIES),
                priority=dice.choice(CLASSES),
                track=kind.track,
                investment_wan=Decimal(dice.randint(kind.investment[0] * 100, kind.investment[1] * 100))
                * 100,
                total_ha=total,
                arable_ha=arable,
                paddy_ha=_share(dice, arable, 5, 40),
                forest_ha=forest,
                other_agri_ha=total - arable - forest - construction,
                construction_ha=construction,
                planned_start=dice.choice(
                    (f"{year}.12", f"{year + 1}年第一季度", f"{year + 1}-03-31", f"{year + 1}年6月", "待定")
                ),
                remark=dice.choice(PROBLEMS),
                fate=fate,
                milestone=_milestone(ladder, unit_index + kind_index * 2 + dice.randint(0, 1), standing),
                standing=standing,
                seed=dice.randint(0, 10**9),
            )


def _endless(dice: random.Random, deck: list[T]) -> Iterator[T]:
    while True:
        hand = list(deck)
        dice.shuffle(hand)
        yield from hand


def _milestone(ladder: tuple[str, ...], position: int, standing: Standing) -> str:
    """The step at `position`, or the nearest earlier one that has a limit where the lamp needs one."""
    reached = position % len(ladder)
    if standing in (Standing.GREEN, Standing.IDLE):
        return ladder[reached]
    return next(code for code in reversed(ladder[: reached + 1]) if code in TIMED)


def _hectares(dice: random.Random, span: tuple[int, int]) -> Decimal:
    return Decimal(dice.randint(span[0] * 10_000, span[1] * 10_000)) / 10_000


def _share(dice: random.Random, whole: Decimal, least: int, most: int) -> Decimal:
    """A whole number of square metres, `least` to `most` percent of `whole`."""
    return Decimal(int(whole * 10_000 * dice.randint(least, most) / 100)) / 10_000


def _code(dice: random.Random, unit: str, year: int, index: int) -> str:
    started = f"{(year - dice.randint(0, 1)) % 100:02d}{dice.randint(1, 12):02d}"
    division = unit[:6]
    return f"{started}-{division}-{index % 9 + 1:02d}-{dice.randint(1, 5):02d}-{dice.randint(100000, 999999)}"
