"""Migrations that add many tables at once, without rendering every model after every step."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunSQL
from django.db.migrations.state import ProjectState


class TablesAtOnce(migrations.Migration):
    """A migration whose operations all hold in its final state, rendered once.

    Django renders the models related to a changed one anew after each operation. Nearly all of
    ours are related through people and organisations, so that the time grows with the square of
    the tables: a fresh database took 80 seconds. Here every operation sees the state before the
    first and after the last. That is the same as one by one if each table is created whole
    (fields, constraints and indexes inside CreateModel) and no field is touched twice.
    docs/decisions names how such files are made.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Change the state through all operations, then the database through each."""
        before = project_state.clone()
        # Without rendered models a state is a plain dictionary, and changing it costs nothing.
        project_state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def reference_version() -> RunSQL:
    """The one row that `core.kept` reads, and what renews it."""
    return RunSQL(_REFERENCE, _NO_REFERENCE)


def watched(*tables: str) -> RunSQL:
    """Every change of these tables gives `core.kept` a new version; once `reference_version` stands."""
    return RunSQL(
        "".join(_WATCHED.format(table=table) for table in tables),
        "".join(_UNWATCHED.format(table=table) for table in tables),
    )


# At once for the own transaction, for all others with the commit: the row is locked last of all and only
# for that moment, so that no two writers wait for each other. A version is drawn anew at the commit,
# since what this transaction kept under its own may lack what others committed meanwhile.
_REFERENCE = """
CREATE TABLE core_reference (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO core_reference DEFAULT VALUES;

CREATE FUNCTION core_reference_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('landguard.reference', gen_random_uuid()::text, true);
    RETURN NULL;
END $$;

CREATE FUNCTION core_reference_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('landguard.renewed', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        UPDATE core_reference SET version = gen_random_uuid();
        PERFORM set_config('landguard.renewed', pg_current_xact_id()::text, true);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION core_reference_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE core_reference SET version = gen_random_uuid();
    RETURN NULL;
END $$;
"""
_NO_REFERENCE = """
DROP FUNCTION core_reference_emptied();
DROP FUNCTION core_reference_changed();
DROP FUNCTION core_reference_changes();
DROP TABLE core_reference;
"""
_WATCHED = """
CREATE TRIGGER reference_changes AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_reference_changes();
CREATE CONSTRAINT TRIGGER reference_changed AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_reference_changed();
CREATE TRIGGER reference_emptied AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_reference_emptied();
"""
_UNWATCHED = """
DROP TRIGGER reference_emptied ON {table};
DROP TRIGGER reference_changed ON {table};
DROP TRIGGER reference_changes ON {table};
"""
