"""Steps that were merged into another before the step itself said so: as their last rule names it."""

from django.db import migrations


def fill(apps, schema_editor):
    Step = apps.get_model("approvals", "Step")
    StepSkip = apps.get_model("approvals", "StepSkip")
    merged = StepSkip.objects.filter(
        rule__kind="MERGE", step__status="NOT_INVOLVED", step__closing_reason__startswith="并入"
    )
    for step_id, into_code in merged.order_by("id").values_list("step_id", "rule__into_code"):
        Step.objects.filter(pk=step_id).update(merged_into=into_code)


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0023_merged_steps'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
