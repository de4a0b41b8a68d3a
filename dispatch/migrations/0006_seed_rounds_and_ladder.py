"""Every fresh database knows when its rounds end, who reports in them, and who is reminded when."""

from datetime import date, time

from django.conf import settings
from django.db import migrations
from django.db.models import F

SINCE = date(2004, 7, 1)
KINDS = ("WEEK", "MONTH", "QUARTER", "YEAR")
NOTE = "产品默认"
# level, days after the end, then every so many working days
RUNGS = (("HOLDER", [], None), ("HEAD", [1], None), ("LEADER", [5], None), ("GROUP", [10], 10))


def load_rules(apps, schema_editor):
    RoundRule = apps.get_model("dispatch", "RoundRule")
    Duty = apps.get_model("dispatch", "ReportingDuty")
    Organisation = apps.get_model("accounts", "Organisation")
    for kind in KINDS:
        RoundRule.objects.get_or_create(
            kind=kind, effective_from=SINCE, defaults={"reminder_days": [1], "note": NOTE}
        )
    units = Organisation.objects.filter(
        kind__in=["county", "park"], is_active=True, path__contains=f"{settings.PREFECTURE_CODE}/"
    )
    Duty.objects.bulk_create(
        [Duty(kind=kind, organisation=unit, from_on=SINCE) for kind in KINDS for unit in units],
        ignore_conflicts=True,
    )


def forget_rules(apps, schema_editor):
    apps.get_model("dispatch", "RoundRule").objects.filter(effective_from=SINCE).delete()
    apps.get_model("dispatch", "ReportingDuty").objects.filter(from_on=SINCE).delete()


def load_ladder(apps, schema_editor):
    ladder, _ = apps.get_model("dispatch", "Ladder").objects.get_or_create(
        effective_from=SINCE,
        defaults={"quiet_from": time(20), "quiet_to": time(7), "working_days_only": False, "note": NOTE},
    )
    Rung = apps.get_model("dispatch", "Rung")
    for level, days_after, repeat_every in RUNGS:
        Rung.objects.get_or_create(
            ladder=ladder, level=level, defaults={"days_after": days_after, "repeat_every": repeat_every}
        )


def forget_ladder(apps, schema_editor):
    apps.get_model("dispatch", "Ladder").objects.filter(effective_from=SINCE).delete()


def close_when_due(apps, schema_editor):
    rounds = apps.get_model("dispatch", "Round").objects.filter(closes_on__isnull=True)
    rounds.update(closes_on=F("due_on"), opened_at=F("frozen_at"))


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_reports_packages_and_ladder")]

    operations = [
        migrations.RunPython(load_rules, forget_rules),
        migrations.RunPython(load_ladder, forget_ladder),
        migrations.RunPython(close_when_due, migrations.RunPython.noop),
    ]
