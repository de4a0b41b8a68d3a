"""Which fees an approval of land is usually budgeted for; the bureau changes them as dated rows."""

from datetime import date

from django.db import migrations

FROM = date(2026, 1, 1)
KINDS = (
    ("耕地开垦费", "土地管理法第三十条"),
    ("新增建设用地土地有偿使用费", "土地管理法第五十五条"),
    ("征地补偿安置费", "土地管理法第四十八条"),
    ("被征地农民社会保障费", "土地管理法第四十八条第五款"),
    ("森林植被恢复费", "森林法第三十七条"),
    ("报批技术服务费", "产品预设，按本地规定修订"),
)


def seed(apps, schema_editor):
    rows = apps.get_model("approvals", "FeeKind").objects
    for place, (name, basis) in enumerate(KINDS, start=1):
        rows.get_or_create(name=name, effective_from=FROM, defaults={"position": place, "basis": basis})


def unseed(apps, schema_editor):
    apps.get_model("approvals", "FeeKind").objects.filter(effective_from=FROM).delete()


class Migration(migrations.Migration):
    dependencies = [("approvals", "0018_fees")]

    operations = [migrations.RunPython(seed, unseed)]
