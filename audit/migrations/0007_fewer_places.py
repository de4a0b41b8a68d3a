"""What an entry without a project costs: no place in the index of projects, and a plain assignment.

A function that gives something back is computed where it stands; one that gives nothing is a query.
"""

import importlib

from django.conf import settings
from django.db import migrations, models

from core.migrations import TablesAtOnce

WRITE = """
CREATE FUNCTION audit_write(entry audit_entry, subject bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    entry.id := nextval('audit_entry_id_seq');
    entry.subject_id := subject;
    INSERT INTO audit_entry SELECT entry.*;
    RETURN entry.id;
END $$;
"""
BEFORE = importlib.import_module("audit.migrations.0006_write_a_row").WRITE
DROP = "DROP FUNCTION audit_write(audit_entry, bigint)"


class Migration(TablesAtOnce):

    dependencies = [
        ('audit', '0006_write_a_row'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='entry',
            name='audit_by_project',
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('project_id__isnull', False)), fields=['project_id', '-id'], name='audit_by_project'),
        ),
        migrations.RunSQL(DROP, BEFORE),
        migrations.RunSQL(WRITE, DROP),
    ]
