"""Every fresh database knows who approves land and what a site is asked. Reverse: leaves the rows."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
START = date(2020, 1, 1)
INDUSTRIAL = "工业、制造、加工、产业园、标准厂房、化工、冶炼、建材、新能源电池、装备、食品生产"


def rows(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def seed(apps, schema_editor):
    rules = apps.get_model("projects", "ApprovalRule").objects
    regions = apps.get_model("accounts", "Organisation").objects
    if not rules.exists():
        for row in rows("approval_rules.csv"):
            rules.create(
                key=row["key"],
                position=row["position"],
                track=row["track"],
                region=regions.filter(code=row["region"]).first() if row["region"] else None,
                figure=row["figure"],
                over_m2=row["over_m2"] or None,
                level=row["level"],
                clause=row["clause"],
                note=row["note"],
                effective_from=row["effective_from"],
            )
    items = apps.get_model("projects", "SitingItem").objects
    if not items.exists():
        for row in rows("siting_items.csv"):
            items.create(
                kind=row["kind"],
                code=row["code"],
                name=row["name"],
                group=row["group"],
                help=row["help"],
                position=row["position"],
                ends_search=row["ends_search"] == "1",
                weight=row["weight"] or 0,
                effective_from=START,
            )
    apps.get_model("projects", "SitingSetting").objects.get_or_create(
        effective_from=START,
        defaults={
            "industrial_words": INDUSTRIAL,
            "standard_area": "PARKS",
            "standard_share_percent": 100,
            "note": "系统预置的起步口径，请按本地文件修订。",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_seed_order"), ("accounts", "0002_seed_organisations")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
