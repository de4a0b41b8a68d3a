from __future__ import annotations

from typing import ClassVar

import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    """The three lists are frozen with the ledger of their round."""

    dependencies: ClassVar = [("dispatch", "0010_seed_conditions_of_seven")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="ledgersnapshot",
            name="lists",
            field=models.JSONField(
                encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name="三项清单"
            ),
        ),
    ]
