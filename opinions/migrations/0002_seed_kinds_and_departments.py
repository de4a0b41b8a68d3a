"""Every fresh database knows the kinds of rounds, whom projects concern, and the pause while material is awaited."""

from datetime import date

from django.db import migrations

PREFECTURE = "522700"
SINCE = date(2025, 1, 1)
BASIS = "项目选址论证：各部门自接到征求意见起10个工作日内反馈，逾期视为同意"
KINDS = (
    {
        "code": "SITING",
        "label": "选址论证征求意见",
        "step_codes": ["A02"],
        "may_lapse": True,
        "limit_days": 10,
        "basis": BASIS,
    },
    {
        "code": "CONSULT",
        "label": "征求相关部门意见",
        "step_codes": [],
        "may_lapse": False,
        "limit_days": 5,
        "basis": "办理中征求相关部门意见；时间不计入承诺时限，逾期不视为同意",
    },
)
DEPARTMENTS = (
    ("FGW", "ALWAYS", "", "产业政策、立项条件和建设必要性"),
    ("HBJ", "ALWAYS", "", "生态环境分区管控、生态保护红线和环境影响"),
    ("LYJ", "FOREST", "", "使用林地、自然保护地和古树名木"),
    ("NYJ", "ARABLE", "", "占用耕地、高标准农田和设施农业"),
    ("WLJ", "ALWAYS", "", "文物保护、风景名胜区和旅游资源"),
    ("SWJ", "ALWAYS", "", "水资源、河湖管理范围、防洪和水土保持"),
)


def load(apps, schema_editor):
    PauseKind = apps.get_model("deadlines", "PauseKind")
    PauseKind.objects.get_or_create(
        code="MORE_MATERIAL",
        effective_from=SINCE,
        defaults={
            "label": "等待补充材料",
            "stops_statutory": False,
            "stops_committed": True,
            "evidence_hint": "部门要求补充材料的意见",
            "basis": "征求意见期间部门要求补充材料",
            "side": "office",
        },
    )
    for kind in KINDS:
        rest = {name: value for name, value in kind.items() if name != "code"}
        apps.get_model("opinions", "RoundKind").objects.get_or_create(
            code=kind["code"], effective_from=SINCE, defaults={**rest, "reminder_days": [3, 1]}
        )
    organisations = {row.code: row for row in apps.get_model("accounts", "Organisation").objects.all()}
    prefecture = organisations.get(PREFECTURE)
    for name, condition, keywords, ask in DEPARTMENTS:
        department = organisations.get(f"{PREFECTURE}-{name}")
        if prefecture is not None and department is not None:
            apps.get_model("opinions", "DepartmentRule").objects.get_or_create(
                organisation=prefecture,
                department=department,
                effective_from=SINCE,
                defaults={"condition": condition, "keywords": keywords, "ask": ask, "basis": "项目选址论证参与部门"},
            )


def forget(apps, schema_editor):
    for name in ("DepartmentRule", "RoundKind"):
        apps.get_model("opinions", name).objects.filter(effective_from=SINCE).delete()
    apps.get_model("deadlines", "PauseKind").objects.filter(code="MORE_MATERIAL").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_seed_organisations"),
        ("deadlines", "0005_seed_reminders_and_sides"),
        ("opinions", "0001_rounds"),
    ]

    operations = [migrations.RunPython(load, forget)]
