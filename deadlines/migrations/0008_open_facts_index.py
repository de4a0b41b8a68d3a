"""The sweep finds the different sets of facts by one index (deadlines.sweep.FIRST_OF_EACH)."""

from django.db import migrations

COLUMNS = """
    started_on, committed_limit, committed_unit, committed_kind, committed_extension,
    statutory_limit, statutory_unit, statutory_kind, statutory_extension, statutory_is_reference,
    dependent_is_open, committed_due_on, statutory_due_on, due_on, live_from, amber_from, red_from,
    idle_from, is_provisional, state
"""


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0007_seed_usual_pauses")]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX deadline_open_facts ON deadlines_deadline "
            f"(hash_record_extended(ROW({COLUMNS}), 0)) WHERE state IN ('RUNNING', 'PAUSED')",
            "DROP INDEX deadline_open_facts",
        )
    ]
