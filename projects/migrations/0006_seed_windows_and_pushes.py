"""Every fresh database knows the two waves of the year, whom adopted projects go to, and the letter."""

from datetime import date

from django.db import migrations

PREFECTURE = "522700"
SINCE = date(2025, 1, 1)
REPORTERS = ("FGW", "GXJ", "JTJ", "SWJ", "TCJ")
WAVES = (
    ("SPRING", "3月初集中报送", (3, 1), (3, 10)),
    ("SUMMER", "6月底集中报送", (6, 21), (6, 30)),
)
PUSHES = (
    ("FGW", "ALWAYS", "办理项目立项、可行性研究、初步设计等手续"),
    ("LYJ", "FOREST", "办理使用林地手续"),
    ("HBJ", "ALWAYS", "办理环境影响评价手续"),
    ("WLJ", "ALWAYS", "核查文物保护、风景名胜和旅游资源影响"),
)
LETTER = """{建设单位}：

你单位“{项目名称}”（{县市}）已列入年度服务重大建设项目用地清单。为加快用地报批，请提前准备下列材料：

{材料}

我单位已指派{对接人}（电话：{电话}）负责对接，用地和规划手续有关政策问题可随时咨询。收函后请回执。"""
MATERIALS = """项目立项、可行性研究、初步设计批复文件
勘测定界资料和用地红线矢量（CGCS2000）
社会稳定风险评估和拟征收土地现状调查资料
使用林地、环境影响评价、压覆矿产等前置手续办理情况"""


def load(apps, schema_editor):
    organisations = {row.code: row for row in apps.get_model("accounts", "Organisation").objects.all()}
    apps.get_model("projects", "DuplicateSetting").objects.get_or_create(
        effective_from=SINCE,
        defaults={"name_percent": 45, "owner_name_percent": 25, "note": "按样表测得的默认值"},
    )
    apps.get_model("projects", "LetterTemplate").objects.get_or_create(
        effective_from=SINCE,
        defaults={
            "title": "关于提前做好项目用地报批准备工作的函",
            "body": LETTER,
            "materials": MATERIALS,
            "note": "产品默认，可修改",
        },
    )
    prefecture = organisations.get(PREFECTURE)
    if prefecture is None:
        return
    for code, title, opens, closes in WAVES:
        template, _ = apps.get_model("projects", "WindowTemplate").objects.get_or_create(
            organisation=prefecture,
            code=code,
            effective_from=SINCE,
            defaults={
                "title": title,
                "opens_month": opens[0],
                "opens_day": opens[1],
                "closes_month": closes[0],
                "closes_day": closes[1],
                "reminder_days": [5],
                "basis": "各部门每年3月初、6月底报送，县市汇总，州审核筛选",
            },
        )
        departments = [organisations.get(f"{PREFECTURE}-{name}") for name in REPORTERS]
        template.departments.set([row for row in departments if row is not None])
    for name, condition, ask in PUSHES:
        recipient = organisations.get(f"{PREFECTURE}-{name}")
        if recipient is not None:
            apps.get_model("projects", "PushRule").objects.get_or_create(
                organisation=prefecture,
                recipient=recipient,
                effective_from=SINCE,
                defaults={"condition": condition, "ask": ask, "basis": "服务项目清单推送至相关部门"},
            )


def forget(apps, schema_editor):
    for name in ("PushRule", "WindowTemplate", "LetterTemplate", "DuplicateSetting"):
        apps.get_model("projects", name).objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_seed_organisations"),
        ("projects", "0005_seed_maturity"),
    ]

    operations = [migrations.RunPython(load, forget)]
