"""An entry written by another function of the database, in the same call as the change it tells of."""

from django.db import migrations

WRITE = """
CREATE FUNCTION audit_write(entry jsonb, subject bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_entry SELECT written.* FROM jsonb_populate_record(
        NULL::audit_entry,
        entry || jsonb_build_object(
            'id', nextval('audit_entry_id_seq'::regclass), 'subject_id', subject
        )
    ) AS written;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_entry_by_moment")]

    operations = [migrations.RunSQL(WRITE, "DROP FUNCTION audit_write(jsonb, bigint)")]
