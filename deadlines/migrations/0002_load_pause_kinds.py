"""Every fresh database has the lawful reasons for a pause and the lamps' thresholds."""

from datetime import date
from pathlib import Path

from django.db import migrations

from deadlines.rules import LampThresholds, read_pause_kinds

FILE = Path(__file__).parent.parent / "reference" / "pause_kinds.csv"


def load_pause_kinds(apps, schema_editor):
    PauseKind = apps.get_model("deadlines", "PauseKind")
    with FILE.open(encoding="utf-8") as lines:
        kinds = read_pause_kinds(lines)
    for kind in kinds.kinds:
        PauseKind.objects.get_or_create(
            code=kind.code,
            effective_from=kind.effective_from,
            defaults={
                "label": kind.label,
                "stops_statutory": kind.stops_statutory,
                "stops_committed": kind.stops_committed,
                "evidence_hint": kind.evidence_hint,
                "basis": kind.basis,
            },
        )


def load_lamp_thresholds(apps, schema_editor):
    LampSetting = apps.get_model("deadlines", "LampSetting")
    plain = LampThresholds()
    LampSetting.objects.get_or_create(
        effective_from=date(2004, 7, 1),
        defaults={
            "amber_share_percent": plain.share_percent,
            "amber_most_days": plain.most,
            "validity_amber_days": plain.validity_days,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial")]

    operations = [
        migrations.RunPython(load_pause_kinds, migrations.RunPython.noop),
        migrations.RunPython(load_lamp_thresholds, migrations.RunPython.noop),
    ]
