# Papers handed in through a signed link have no account; somebody is named instead.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrations import TablesAtOnce


class Migration(TablesAtOnce):

    dependencies = [
        ('accounts', '0003_posts_and_tenures'),
        ('papers', '0001_papers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='paper',
            name='handed_in_by',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='免登录交件人'),
        ),
        migrations.AlterField(
            model_name='paper',
            name='uploaded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('handed_in_by', ''), ('uploaded_by__isnull', False)), models.Q(('uploaded_by__isnull', True), models.Q(('handed_in_by', ''), _negated=True)), _connector='OR'), name='paper_from_an_account_or_a_link'),
        ),
    ]
