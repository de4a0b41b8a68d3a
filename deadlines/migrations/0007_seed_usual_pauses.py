"""How long and how often pauses usually are: the product's presumption, for the office to set."""

from django.db import migrations

# Working days, and how many of the kind one step usually has.
USUAL = {
    "MEETING": (3, 2),
    "SITE_VISIT": (3, 1),
    "OPINION_ROUND": (10, 1),
    "DESIGN_REVIEW": (10, 2),
    "EXPERT_REVIEW": (15, 1),
    "HEARING": (20, 1),
    "TENDER": (30, 1),
    "AUCTION": (30, 1),
    "INSPECTION": (15, 1),
    "TESTING": (15, 1),
    "QUARANTINE": (15, 1),
    "APPRAISAL": (20, 1),
}


def say_what_is_usual(apps, schema_editor):
    kinds = apps.get_model("deadlines", "PauseKind").objects
    for code, (days, number) in USUAL.items():
        kinds.filter(code=code, usual_days__isnull=True, usual_number__isnull=True).update(
            usual_days=days, usual_number=number
        )


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0006_pauses_with_proof")]

    operations = [migrations.RunPython(say_what_is_usual, migrations.RunPython.noop)]
