"""Every fresh database knows the kinds of problems, their offices, and the numbers of supervision."""

from datetime import date

from django.db import migrations

SINCE = date(2025, 1, 1)
BUREAU = "522700-ZRZY"
BASIS = "问题分类处置、按处室分工协调转办"
KINDS = (
    ("PLANNING", "规划", "国土空间规划报审、一张图标识、城镇开发边界、生态保护红线", f"{BUREAU}-GH"),
    ("FILING", "报批组卷", "报批政策、组卷质量", f"{BUREAU}-YTGZ"),
    ("SURPLUS", "指标（增减挂钩）", "增减挂钩节余指标", f"{BUREAU}-STXF"),
    ("BALANCE", "指标（占补平衡）", "占补平衡指标、永久基本农田占用补划", f"{BUREAU}-GB"),
    ("EXPROPRIATION", "征地", "土地征收前期工作", f"{BUREAU}-GB"),
    ("MINERAL", "矿产压覆", "矿业权补偿协议、压覆矿产资源审批", f"{BUREAU}-KB"),
    ("VIOLATION", "违法用地", "违法用地查处", f"{BUREAU}-ZF"),
    ("FOREST", "林地", "使用林地、自然保护地", "522700-LYJ"),
    ("OTHER", "其他", "不属于以上类别，由调度办统筹分办", f"{BUREAU}-BZ"),
)


def load(apps, schema_editor):
    offices = {row.code: row for row in apps.get_model("accounts", "Organisation").objects.all()}
    for code, label, matters, office in KINDS:
        if office in offices:
            apps.get_model("duties", "ProblemKind").objects.get_or_create(
                code=code,
                effective_from=SINCE,
                defaults={
                    "label": label,
                    "matters": matters,
                    "office": offices[office],
                    "limit_days": 10,
                    "return_days": 2,
                    "basis": BASIS,
                },
            )
    apps.get_model("duties", "DutySetting").objects.get_or_create(
        effective_from=SINCE, defaults={"note": "包联领导年底前至少上门服务一次"}
    )


def forget(apps, schema_editor):
    for name in ("ProblemKind", "DutySetting"):
        apps.get_model("duties", name).objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_seed_organisations"),
        ("duties", "0001_problems_and_tasks"),
    ]

    operations = [migrations.RunPython(load, forget)]
