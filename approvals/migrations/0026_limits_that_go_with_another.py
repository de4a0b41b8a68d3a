from django.db import migrations, models

from core.migrations import TablesAtOnce


class Migration(TablesAtOnce):
    dependencies = [("approvals", "0025_own_terms")]

    operations = [
        migrations.AddField(
            model_name="steplimit",
            name="goes_with",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="仅随"),
        ),
    ]
