from django.db import migrations


class Migration(migrations.Migration):
    """A week's round becomes one of several kinds."""

    dependencies = [("dispatch", "0003_tally_triggers")]

    operations = [
        migrations.RenameModel("WeeklyRound", "Round"),
        migrations.RenameField("round", "week", "number"),
    ]
