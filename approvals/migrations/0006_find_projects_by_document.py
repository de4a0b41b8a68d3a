"""Decisions recorded before there was a search by document number are found by it too."""

from __future__ import annotations

from django.db import migrations

FILL = """
INSERT INTO projects_documentnumber (project_id, number)
SELECT DISTINCT step.project_id, decision.doc_no
FROM approvals_decision decision JOIN approvals_step step ON step.id = decision.step_id
WHERE decision.doc_no <> ''
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0005_seed_handling_setting"),
        ("projects", "0004_project_clock_triggers"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
