"""Every fresh database knows the usual kinds of list. Reverse: leaves the rows."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

KINDS = Path(__file__).resolve().parent.parent / "reference" / "list_kinds.csv"
START = date(2020, 1, 1)


def seed(apps, schema_editor):
    kinds = apps.get_model("projects", "ListKind").objects
    if kinds.exists():
        return
    with KINDS.open(encoding="utf-8") as file:
        for place, row in enumerate(csv.DictReader(file), start=1):
            kinds.create(
                code=row["code"],
                name=row["name"],
                counts_as=row["counts_as"],
                words=row["words"].split(),
                position=place * 10,
                in_use_from=START,
            )


class Migration(migrations.Migration):
    dependencies = [("projects", "0014_list_kinds")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
