"""Every fresh database has criteria and brackets to begin with. Reverse: leaves them, people edit them."""

from datetime import date
from decimal import Decimal

from django.db import migrations

START = date(2020, 1, 1)
MAJOR = ["NATIONAL", "PROVINCIAL", "FIVE_PLUS_THREE"]
# Class, list categories, flags, months to the planned start, investment from.
CRITERIA = (
    ("URGENT", MAJOR, [], 6, None),
    ("URGENT", [], ["ENTRUSTED", "WELFARE"], 6, None),
    ("KEY", MAJOR, [], None, None),
    ("KEY", [], [], 12, Decimal(500_000_000)),
    ("ORDINARY", [], [], 12, None),
    ("RESERVE", [], [], None, None),
)
# 玉溪 2009: 5000 万元以上局长, 2000 万以上、5000 万以下副局长; below it names nobody (S3-06).
BRACKETS = ((50_000_000, "局长"), (20_000_000, "副局长"), (0, ""))


def seed(apps, schema_editor):
    CriteriaSet = apps.get_model("projects", "CriteriaSet")
    BracketSet = apps.get_model("projects", "BracketSet")
    if not CriteriaSet.objects.exists():
        row = CriteriaSet.objects.create(
            effective_from=START,
            note="系统预置的起步口径，请按本地文件修订。",
            key_classes=["URGENT", "KEY"],
            key_categories=MAJOR,
            lead_flags=["INFRASTRUCTURE", "INDUSTRY", "WELFARE", "ENTRUSTED"],
            liaison_categories=["NATIONAL", "PROVINCIAL", "PREFECTURAL"],
        )
        for position, (priority, categories, flags, months, yuan) in enumerate(CRITERIA, start=1):
            apps.get_model("projects", "Criterion").objects.create(
                criteria_set=row,
                position=position,
                priority_class=priority,
                list_categories=categories,
                scope_flags=flags,
                starts_within_months=months,
                investment_from_yuan=yuan,
            )
    if not BracketSet.objects.exists():
        row = BracketSet.objects.create(
            effective_from=START,
            boundary="HIGHER",
            note="5000万元以上局长，2000万元以上、5000万元以下副局长；2000万元以下原文未规定。",
        )
        for yuan, title in BRACKETS:
            apps.get_model("projects", "Bracket").objects.create(
                bracket_set=row, from_yuan=Decimal(yuan), leader_title=title
            )


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_seed_windows_and_pushes")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
