"""10,000 rows × 30 columns from a workbook to stored projects: our import beside django-import-export.

`python bench/import_rows.py [--rows 10000] [--peer-rows 1000]` on a PostgreSQL of its own. Both read
an .xlsx, show what would happen (their dry run, our preview), then write projects and their land in
one transaction; the same history triggers fire for both. Rows per second count the whole way, as the
person at the screen pays for it. The peer needs `pip install django-import-export`, see README.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]

AIM = 30
TODAY = date(2026, 11, 20)
HEADINGS = (
    *("项目名称", "项目代码", "县市", "清单类别", "项目类别", "审批轨道", "级别", "建设单位", "所属行业"),
    *("总投资（万元）", "用地总面积（亩）", "农用地（亩）", "耕地（亩）", "水田（亩）", "旱地（亩）"),
    *("永久基本农田（亩）", "园地（亩）", "林地（亩）", "建设用地（亩）", "未利用地（亩）"),
    *("新增建设用地（亩）", "征收面积（亩）", "计划开工时间", "计划竣工时间", "用地预审", "可研批复"),
    *("环评批复", "县政府请示时间", "主要问题", "备注"),
)
UNITS = ("都匀市", "福泉市", "瓮安县", "贵定县", "龙里县", "惠水县", "长顺县", "独山县")
CODES = ("522701", "522702", "522725", "522723", "522730", "522731", "522729", "522726")


def values(number: int) -> list[object]:
    """A project as a county writes it; every fiftieth with something to remark on."""
    unit = number % len(UNITS)
    total = Decimal(300 + number % 700)
    arable = Decimal(20 + number % 60)
    return [
        f"{UNITS[unit]}第{number}号产业园道路及配套工程",
        f"2601-{CODES[unit]}-02-05-{number:06d}",
        UNITS[unit],
        ("省重点", "州重点", "其他")[number % 3],
        ("急需", "重点", "一般", "预备")[number % 4],
        ("单独选址", "批次用地")[number % 2],
        ("省级", "县级")[number % 2],
        f"{UNITS[unit]}城投公司{number % 40}",
        ("交通", "能源", "水利", "教育")[number % 4],
        Decimal(5_000 + number),
        total,
        total - 40,
        arable,
        arable - 10,
        Decimal(10),
        Decimal(number % 9) if number % 50 else "不涉及",
        Decimal(15),
        total - 40 - arable - 15,
        Decimal(30),
        Decimal(10),
        total - 30,
        total - 50,
        "2026年第四季度" if number % 2 else date(2026, 9, 30),
        "2028年6月",
        date(2026, 3, 1 + number % 28),
        "未批复" if number % 3 else date(2026, 5, 1 + number % 28),
        "办理中",
        "未请示",
        "占补平衡指标不足" if number % 5 == 0 else None,
        f"备注{number}",
    ]


def workbook(count: int) -> bytes:
    from officefiles.writing import PrefilledColumn, PrefilledRow, PrefilledSpec, write_prefilled
    from projects.rules import LIST_NAME, TEMPLATE_VERSION

    spec = PrefilledSpec(
        kind=LIST_NAME,
        version=TEMPLATE_VERSION,
        key="",
        title="建设项目用地清单",
        subtitle="单位：亩、万元",
        columns=tuple(PrefilledColumn(heading) for heading in HEADINGS),
    )
    return write_prefilled(spec, (PrefilledRow(values(number)) for number in range(count)))  # type: ignore[arg-type]


@contextmanager
def database() -> Iterator[None]:
    """A PostgreSQL of our own with every migration applied, gone afterwards."""
    from provision.local import throwaway_services

    with throwaway_services() as settings:
        os.environ.update(settings)
        os.environ["DJANGO_SETTINGS_MODULE"] = "landguard.settings"
        os.environ.update(LANDGUARD_ENVIRONMENT="test", SECRET_KEY="bench", LOG_LEVEL="ERROR")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield


def officer() -> Any:
    from accounts.models import Organisation, User

    bureau = Organisation.objects.get(code="522700-ZRZY-BZ")
    return User.objects.create(username="bench", role=User.Role.DISPATCH, organisation=bureau)


def import_ours(content: bytes, actor: Any) -> dict[str, float]:
    """Upload, preview, confirm; seconds of each."""
    from django.utils import timezone

    from projects.selectors.previews import draft_preview
    from projects.services import importing

    started = time.perf_counter()
    draft = importing.stage_large(
        actor=actor, filename="清单.xlsx", content=content, now=timezone.now(), today=TODAY
    )
    staged = time.perf_counter()
    _, preview = draft_preview(actor=actor, draft_id=draft.pk, today=TODAY)
    seen = time.perf_counter()
    submission = importing.confirm_read(
        actor=actor,
        draft_id=draft.pk,
        today=TODAY,
        seen=preview.fingerprint,
        reading=preview.reading,
        good_only=True,
    )
    done = time.perf_counter()
    assert submission.summary["error"] == 0, submission.summary
    return {"upload": staged - started, "preview": seen - staged, "write": done - seen}


def cpu_seconds() -> float:
    """What this process, the readers it started and its database session have computed so far.

    On a machine with other work it says more than the clock on the wall.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    spent = os.times()
    ticks = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    session = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return spent.user + spent.system + spent.children_user + spent.children_system + session


def stored() -> tuple[int, int, int]:
    from django.apps import apps

    from projects.models import Project, SubmissionRow

    events = apps.get_model("projects", "ProjectEvent").objects.count()
    return Project.objects.count(), events, SubmissionRow.objects.count()


def peer_resource() -> Any:
    """The list as a resource of django-import-export, as its documentation would have it."""
    from import_export import fields, resources, widgets

    from accounts.models import Organisation
    from core.units import AreaUnit, to_m2
    from projects.models import LandUse, ListScope, Project

    areas = dict(zip(HEADINGS[10:22], (
        *("total_m2", "agri_m2", "arable_m2", "paddy_m2", "dry_m2", "pbf_m2", "orchard_m2", "forest_m2"),
        *("construction_m2", "unused_m2", "new_construction_m2", "requisition_m2"),
    ), strict=True))  # fmt: skip
    words: dict[str, dict[str, str]] = {
        "清单类别": {label: value for value, label in ListScope.choices},
        "项目类别": {label: value for value, label in Project.PriorityClass.choices},
        "审批轨道": {label: value for value, label in Project.Track.choices},
    }

    class ProjectResource(resources.ModelResource):  # type: ignore[misc]
        name = fields.Field(attribute="name", column_name="项目名称")
        code = fields.Field(attribute="code", column_name="项目代码")
        organisation = fields.Field(
            attribute="organisation",
            column_name="县市",
            widget=widgets.ForeignKeyWidget(Organisation, field="short_name"),
        )
        list_category = fields.Field(attribute="list_category", column_name="清单类别")
        priority_class = fields.Field(attribute="priority_class", column_name="项目类别")
        track = fields.Field(attribute="track", column_name="审批轨道")
        owner_unit = fields.Field(attribute="owner_unit", column_name="建设单位")
        industry = fields.Field(attribute="industry", column_name="所属行业")
        investment_yuan = fields.Field(
            attribute="investment_yuan", column_name="总投资（万元）", widget=widgets.DecimalWidget()
        )
        planned_start = fields.Field(attribute="planned_start", column_name="计划开工时间")
        planned_finish = fields.Field(attribute="planned_finish", column_name="计划竣工时间")
        remark = fields.Field(attribute="remark", column_name="备注")

        class Meta:
            model = Project
            import_id_fields = ("code",)
            skip_diff = False
            fields = (
                *("name", "code", "organisation", "list_category", "priority_class", "track"),
                *("owner_unit", "industry", "investment_yuan", "planned_start", "planned_finish", "remark"),
            )
            use_transactions = True

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            for heading, codes in words.items():
                row[heading] = codes[row[heading]]
            row["计划开工时间"], row["计划竣工时间"] = str(row["计划开工时间"]), str(row["计划竣工时间"])

        def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
            instance.submitted_by = Organisation.objects.get(short_name=row["县市"])

        def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
            """`clean_model_instances`, for the fields that the file states."""
            instance.clean_fields(exclude=[f.name for f in Project._meta.fields if f.name not in self.fields])

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            instance.reported_facts = {heading: str(row[heading] or "") for heading in HEADINGS[24:29]}

        def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            figures = {
                name: to_m2(Decimal(str(row[heading])), AreaUnit.MU)
                for heading, name in areas.items()
                if isinstance(row[heading], int | float)
            }
            LandUse.objects.update_or_create(project=instance, defaults=figures)

    return ProjectResource()


def import_peer(content: bytes) -> float:
    """Its admin's way: read the file, dry run with the differences, then the real import."""
    import io

    import openpyxl
    import tablib

    started = time.perf_counter()
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(min_row=4, values_only=True)]
    data = tablib.Dataset(*rows, headers=HEADINGS)
    for dry_run in (True, False):
        result = peer_resource().import_data(data, dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()
        assert not result.has_validation_errors(), result.invalid_rows[0].error
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--peer-rows", type=int, default=1_000)
    parser.add_argument("--profile", action="store_true", help="print where our time goes")
    options = parser.parse_args()
    with database():
        actor = officer()
        measure(actor, options)


def measure(actor: Any, options: argparse.Namespace) -> None:
    from django.db import transaction

    content = workbook(options.rows)
    begun = cpu_seconds()
    if options.profile:
        import cProfile
        import pstats

        profile = cProfile.Profile(time.process_time)
        profile.enable()
    parts = import_ours(content, actor)
    if options.profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    seconds, computed = sum(parts.values()), cpu_seconds() - begun
    ours, ours_computing = options.rows / seconds, options.rows / computed
    detail = ", ".join(f"{name} {spent:.2f} s" for name, spent in parts.items())
    print(f"landguard             {options.rows:>6,} rows  {seconds:7.2f} s  {ours:8,.0f} rows/s  ({detail})")
    print(f"                      computing alone  {computed:7.2f} s  {ours_computing:8,.0f} rows/s")
    print(f"                      stored: projects, their history, rows of the report: {stored()}")
    if not options.peer_rows:
        return
    with transaction.atomic():
        from projects.models import Project

        Project.objects.update(code="")  # the peer's rows are new to it, as ours were to us
        theirs, begun = workbook(options.peer_rows), cpu_seconds()
        peer_seconds = import_peer(theirs)
        peer_computed = cpu_seconds() - begun
        transaction.set_rollback(True)
    peer = options.peer_rows / peer_seconds
    print(f"django-import-export  {options.peer_rows:>6,} rows  {peer_seconds:7.2f} s  {peer:8,.0f} rows/s")
    peer_computing = options.peer_rows / peer_computed
    print(f"                      computing alone  {peer_computed:7.2f} s  {peer_computing:8,.0f} rows/s")
    print(f"ratio of computing alone {ours_computing / peer_computing:.0f}×")
    print(f"ratio {ours / peer:.0f}×, aim ≥ {AIM}×: {'reached' if ours / peer >= AIM else 'not reached'}")


if __name__ == "__main__":
    main()
