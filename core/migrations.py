"""Migrations that add many tables at once, without rendering every model after every step."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
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
