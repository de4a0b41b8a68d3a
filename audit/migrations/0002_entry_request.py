from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="request_id",
            field=models.UUIDField(editable=False, null=True, verbose_name="请求"),
        ),
    ]
