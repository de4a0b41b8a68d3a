from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("upkeep", "0001_upkeep")]

    operations = [
        migrations.AddField(
            model_name="upkeepsetting",
            name="queue_minutes",
            field=models.PositiveSmallIntegerField(default=10, verbose_name="任务排队不超过（分钟）"),
        ),
    ]
