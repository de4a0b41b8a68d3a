"""A year of the list: two windows, 17 reporters, 400 rows with 30 duplicates and every kind of mistake.

What the list must say at each date is computed here from the script, not from the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Organisation, User
from jobs.services import run_waiting
from notifications.models import Message
from projects.models import DuplicatePair, MergeRecord, Project, Push, Submission, WindowDuty
from projects.selectors import windows as window_selectors
from projects.selectors.annual import list_as_of
from projects.selectors.pushes import push_list
from projects.services import duplicates, gathering, importing, merging, pushing, screening, windows
from projects.services.annual_list import publish_version, remove_from_list
from projects.services.screening import Adoption
from tests.factories import UserFactory, organisation
from tests.projects.workbooks import workbook

Status = Project.Status
COUNTIES = [
    *("522701", "522702", "522722", "522723", "522725", "522726"),
    *("522727", "522728", "522729", "522730", "522731", "522732"),
]
DEPARTMENTS = [f"522700-{name}" for name in ("FGW", "GXJ", "JTJ", "SWJ", "TCJ")]
# 24 names a county hands in, none of them like another, and its 25th row, which is wrong.
OWN = (
    *("抽水蓄能电站", "人民医院迁建", "污水处理厂", "至三都公路", "标准厂房", "大河水库", "屋顶光伏"),
    *("职业学校", "农贸市场", "冷链物流园", "垃圾焚烧炉", "输变电站", "天然气管网", "养老院", "茶叶加工"),
    *(
        "旅游环线",
        "矿山修复",
        "体育场馆",
        "客运枢纽",
        "粮食储备库",
        "数据机房",
        "殡仪服务",
        "消防救援站",
        "磷化基地",
    ),
)
OF_DEPARTMENTS = (
    *("灌区改造", "通用机场", "铁路专线", "风电场", "储能站", "文化馆", "防洪堤", "港口码头", "乡村旅社"),
    *("会展馆", "酒类酿造", "渔业养殖", "森林步道", "博物馆"),
)
MISTAKES = ("no name", "unknown county", "negative", "arable above total", "no number", "another county's")
# A department's own name for what a county handed in under the same code.
RENAMED = ("滨江新区起步工程", "空港小镇", "大学城配套", "古城保护项目", "北部组团路网")
ONE_WRONG_ROW_A_COUNTY = 12
NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is handed in; `twin_of`: place of the county's row that it repeats."""

    name: str
    county: Organisation
    ha: Decimal
    code: str = ""
    owner: str = ""
    is_wrong: bool = False
    twin_of: str = ""

    def cells(self, *, arable: object = 0, total: object = None) -> tuple[object, ...]:
        return (
            self.name, self.code, self.county.short_name, self.ha if total is None else total, arable,
            self.owner, "",
        )  # fmt: skip


def county_rows(county: Organisation, place: int) -> list[Row]:
    return [
        Row(
            name=f"{county.short_name}{name}",
            county=county,
            ha=Decimal(10 * place + number) / 4,
            code=f"2601-{county.code}-04-01-{number:06d}" if number % 4 in (1, 2) else "",
            owner=f"{county.short_name}{name}公司",
        )
        for number, name in enumerate(OWN, start=1)
    ]


def wrong_cells(place: int, county: Organisation, other: Organisation) -> tuple[object, ...]:
    """One of every kind of mistake, in turn."""
    name = f"{county.short_name}错行"
    return {
        "no name": ("", "", county.short_name, 5, 1, "", ""),
        "unknown county": (name, "", "火星县", 5, 1, "", ""),
        "negative": (name, "", county.short_name, -5, 0, "", ""),
        "arable above total": (name, "", county.short_name, 5, 6, "", ""),
        "no number": (name, "", county.short_name, "很大", 0, "", ""),
        "another county's": (name, "", other.short_name, 5, 1, "", ""),
    }[MISTAKES[place % len(MISTAKES)]]


def department_rows(department: Organisation, place: int, counties: Sequence[Organisation]) -> list[Row]:
    """14 rows of its own and 6 that counties have handed in: two by code, two by name, two by owner."""
    rows = [
        Row(
            name=f"{counties[(place * 14 + number) % 12].short_name}{name}",
            county=counties[(place * 14 + number) % 12],
            ha=Decimal(place * 20 + number + 1) / 8,
            owner=f"{department.name}{name}处",
        )
        for number, name in enumerate(OF_DEPARTMENTS)
    ]
    for twin in range(6):
        county = counties[(place * 6 + twin) % 12]
        source = county_rows(county, counties.index(county) + 1)[place * 4 + (twin % 2)]
        bare = source.name.removeprefix(county.short_name)
        short = county.short_name.rstrip("市县")
        rows.append(
            Row(
                name=(f"{county.short_name}{RENAMED[place]}", f"{short}{bare}", f"{bare}新建工程")[twin // 2],
                county=county,
                ha=Decimal(99),
                code=f"２６０１ {county.code} 04 01 {place * 4 + (twin % 2) + 1:06d}" if twin < 2 else "",
                owner=source.owner.replace("公司", "有限公司") if twin >= 4 else "",
                twin_of=source.name,
            )
        )
    return rows


def hand_in(actor: User, cells: Sequence[tuple[object, ...]], *, today: date) -> Submission:
    draft = importing.stage_upload(
        actor=actor,
        filename="清单.xlsx",
        content=workbook(*cells),
        today=today,
        now=datetime(today.year, today.month, today.day, 2, tzinfo=UTC),
    )
    return importing.confirm_good_rows(actor=actor, draft_id=draft.pk, today=today)


def publish(actor: User, day: date) -> None:
    publish_version(actor=actor, year=2026, published_on=day, reason="年度清单", today=day)


def m2(ha: Decimal) -> int:
    return int(ha * 10_000)


@pytest.fixture
def county_officers(db) -> dict[str, User]:
    return {
        code: UserFactory(role=User.Role.COUNTY, organisation=organisation(f"{code}-ZRZY"))
        for code in COUNTIES
    }


@pytest.fixture
def department_officers(db) -> dict[str, User]:
    return {
        code: UserFactory(role=User.Role.DEPARTMENT, organisation=organisation(code)) for code in DEPARTMENTS
    }


def test_a_year_of_the_list(county_officers, department_officers, dispatcher, section):
    counties = [organisation(code) for code in COUNTIES]
    spring = date(2026, 3, 2)

    # --- the window opens ---------------------------------------------------------------------------
    [window, summer] = windows.plan_year(actor=dispatcher, year=2026, today=spring)
    assert (window.title, window.is_open, summer.is_open) == ("2026年3月初集中报送", True, False)

    # --- 12 counties, 5 departments, 400 rows -------------------------------------------------------
    spec: list[Row] = []
    handed_in = left_out = 0
    for place, county in enumerate(counties):
        rows = county_rows(county, place + 1)
        spec += rows
        wrong = wrong_cells(place, county, counties[(place + 1) % 12])
        done = hand_in(county_officers[county.code], [*(r.cells() for r in rows), wrong], today=spring)
        handed_in += done.summary["total"]
        left_out += done.not_imported
    late = date(2026, 3, 12)
    for place, (code, officer) in enumerate(department_officers.items()):
        rows = department_rows(organisation(code), place, counties)
        spec += rows
        day = late if code == "522700-TCJ" else date(2026, 3, 5)
        handed_in += hand_in(officer, [r.cells() for r in rows], today=day).summary["total"]
    twins = {row.name: row for row in spec if row.twin_of}
    assert (handed_in, left_out, len(twins)) == (400, ONE_WRONG_ROW_A_COUNTY, 30)
    assert Project.objects.filter(status=Status.REPORTED).count() == 388

    # --- duplicates are proposed, merged with a record, or dismissed ---------------------------------
    while run_waiting(clock=lambda: datetime(2030, 1, 1, tzinfo=UTC)):
        pass
    pairs = list(DuplicatePair.objects.select_related("first", "second", "second__organisation"))
    proposed = {frozenset((pair.first.name, pair.second.name)) for pair in pairs}
    assert proposed == {frozenset((name, row.twin_of)) for name, row in twins.items()}
    kept_apart = [pair for pair in pairs if pair.second.name.endswith("新建工程")][:2]
    for pair in pairs:
        officer = county_officers[pair.second.organisation.code]
        if pair in kept_apart:
            duplicates.dismiss(actor=officer, pair_id=pair.pk, reason="二期", today=late, now=NOW)
        else:
            merging.merge(
                actor=officer, project_id=pair.second_id, target_id=pair.first_id, reason="",
                today=late, now=NOW,
            )  # fmt: skip
    assert MergeRecord.objects.count() == 28
    apart = {pair.second.name for pair in kept_apart}
    alive = [row for row in spec if not row.twin_of or row.name in apart]

    # --- counties pass on; one does not, and the bureau takes its rows after the window ---------------
    for code in COUNTIES[:-1]:
        waiting = Project.objects.gathering().filter(organisation__code=code)
        ids = list(waiting.values_list("pk", flat=True))
        gathering.pass_on(actor=county_officers[code], project_ids=ids, today=late)
    silent = set(
        window_selectors.late_list(actor=dispatcher, today=late)
        .filter(window=window)
        .values_list("organisation__code", flat=True)
    )
    # Eleven counties and one department were late, one county and the park never came.
    assert silent == {*COUNTIES, "522700-TCJ", "522700-P01"}
    assert not WindowDuty.objects.get(window=window, organisation__code="522700-FGW").was_late
    windows.close_window(actor=dispatcher, window_id=window.pk, reason="", today=date(2026, 3, 13))
    rest = list(Project.objects.gathering().values_list("pk", flat=True))
    gathering.pass_on(actor=section, project_ids=rest, today=date(2026, 3, 13))

    # --- the bureau screens: five back, five dropped, the rest adopted -------------------------------
    screened = date(2026, 3, 16)
    queue = list(Project.objects.waiting().order_by("pk"))
    assert len(queue) == len(alive) == 360
    returned, dropped, good = queue[:5], queue[5:10], queue[10:]
    for project in returned:
        screening.return_project(actor=section, project_id=project.pk, reason="缺红线", today=screened)
    for project in dropped:
        screening.drop(actor=section, project_id=project.pk, reason="不合规划", today=screened)
    screening.screen(actor=section, project_ids=[project.pk for project in good], today=screened)
    screening.adopt_many(
        actor=dispatcher, adoptions=[Adoption(project.pk, "batch") for project in good], today=screened
    )
    area = {row.name: m2(row.ha) for row in alive}
    listed = {project.name: area[project.name] for project in good}

    publish(dispatcher, date(2026, 3, 20))

    # --- pushed, and received ------------------------------------------------------------------------
    pushed = pushing.push(
        actor=dispatcher, project_ids=[project.pk for project in good], today=date(2026, 3, 23)
    )
    assert len(pushed) == 4 * len(good)
    planner = department_officers["522700-FGW"]
    mine = list(push_list(actor=planner).values_list("pk", flat=True))
    assert len(mine) == len(good)
    pushing.receive(actor=planner, push_ids=mine[:100], note="", today=date(2026, 3, 24), now=NOW)

    # --- through the year: handed in again, changed, removed ------------------------------------------
    windows.open_due_windows(today=date(2026, 6, 22))
    june = date(2026, 6, 24)
    first_county = counties[0]
    officer = county_officers[first_county.code]
    again = [row for row in alive if row.name in {project.name for project in returned}]
    grown = [row for row in alive if row.name in {project.name for project in good[:3]}]
    hand_in(
        officer,
        [*(row.cells(arable=1) for row in again), *(row.cells(total=row.ha + 2) for row in grown)],
        today=june,
    )
    gathering.pass_on(
        actor=officer,
        project_ids=list(Project.objects.gathering().values_list("pk", flat=True)),
        today=june,
    )
    back = list(Project.objects.waiting())
    assert {project.name for project in back} == {row.name for row in again}
    screening.adopt_many(
        actor=dispatcher, adoptions=[Adoption(project.pk, "batch") for project in back], today=june
    )
    removed = good[3:7]
    for project in removed:
        remove_from_list(actor=dispatcher, project_id=project.pk, reason="业主放弃", today=june)
    publish(dispatcher, date(2026, 6, 30))

    # --- the list at each date ------------------------------------------------------------------------
    later = (
        {name: value for name, value in listed.items() if name not in {p.name for p in removed}}
        | {row.name: m2(row.ha) + 20_000 for row in grown}
        | {row.name: m2(row.ha) for row in again}
    )

    def stood(on: date) -> tuple[int, int]:
        sums = list_as_of(year=2026, on=on, actor=dispatcher).sums
        return sums.projects, sums.total_m2

    assert stood(date(2026, 3, 19)) == (0, 0)
    assert stood(date(2026, 3, 20)) == (len(listed), sum(listed.values()))
    assert stood(date(2026, 6, 29)) == stood(date(2026, 3, 20))
    assert stood(date(2026, 6, 30)) == (len(later), sum(later.values()))

    # --- every reporter reads every answer, and every reason stays --------------------------------------
    assert not Push.objects.standing().filter(project__in=removed).exists()
    for project in [*returned, *dropped, *removed]:
        project.refresh_from_db()
    assert {project.status for project in returned} == {Status.ADOPTED}
    assert {project.screening_reason for project in dropped} == {"不合规划"}
    assert {project.screening_reason for project in removed} == {"业主放弃"}
    for code, person in {**county_officers, **department_officers}.items():
        own = Project.objects.filter(submitted_by__code=code)
        answered = own.exclude(status=Status.REPORTED).exclude(status=Status.SUBMITTED)
        titles = set(Message.objects.filter(recipient=person).values_list("title", flat=True))
        assert all(any(project.name in title for title in titles) for project in answered)
