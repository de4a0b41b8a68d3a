"""Every fresh database has the organisation tree: divisions, departments, offices, parks."""

from django.db import migrations

from accounts.organisation_tree import read_aliases, read_units


def seed(apps, schema_editor):
    Organisation = apps.get_model("accounts", "Organisation")
    OrganisationAlias = apps.get_model("accounts", "OrganisationAlias")
    ids = {}
    for unit in read_units():
        row = Organisation.objects.create(
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            parent_id=ids.get(unit.parent_code),
            path=unit.path,
        )
        ids[unit.code] = row.pk
    OrganisationAlias.objects.bulk_create(
        OrganisationAlias(alias=row.alias, organisation_id=ids[row.code]) for row in read_aliases()
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    # Rows that people already hang on stay when the migration is taken back.
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
