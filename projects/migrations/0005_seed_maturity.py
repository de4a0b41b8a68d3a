from datetime import date

from django.db import migrations

# Domain defaults until the office enters its own: eight facts of a hundred points, mature from 80.
CRITERIA = [
    ("A03", "预审选址已批", 20),
    ("A04", "已立项", 20),
    ("A06", "初步设计已批", 10),
    ("A14", "勘测定界已完成", 10),
    ("Z01", "预公告已发布", 10),
    ("Z05", "补偿安置公告已满", 10),
    ("Z08", "补偿安置协议已签", 10),
    ("Z09", "补偿和社保资金已落实", 10),
    ("", "成熟线", 80),
]
FROM = date(2026, 1, 1)


def seed(apps, schema_editor):
    criterion = apps.get_model("projects", "MaturityCriterion")
    for code, label, points in CRITERIA:
        criterion.objects.get_or_create(
            step_code=code, effective_from=FROM, defaults={"label": label, "points": points}
        )


def unseed(apps, schema_editor):
    codes = [code for code, _, _ in CRITERIA]
    apps.get_model("projects", "MaturityCriterion").objects.filter(
        step_code__in=codes, effective_from=FROM
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_project_clock_triggers")]

    operations = [migrations.RunPython(seed, unseed)]
