"""Every fresh database has the law's reasons, the terms of 先行 and 临时用地, and what idle land is."""

from __future__ import annotations

from datetime import date

from django.db import migrations

LAW_SINCE = date(2020, 1, 1)
ORDINANCE_SINCE = date(2021, 9, 1)
IDLE_SINCE = date(2012, 7, 1)

CLAUSE = "土地管理法第四十五条第一款第（{}）项"
REASONS = (
    ("1", "一", "军事和外交需要用地", False),
    ("2", "二", "由政府组织实施的能源、交通、水利、通信、邮政等基础设施建设需要用地", False),
    (
        "3",
        "三",
        "由政府组织实施的科技、教育、文化、卫生、体育、生态环境和资源保护、防灾减灾、文物保护、社区综合服务、"
        "社会福利、市政公用、优抚安置、英烈保护等公共事业需要用地",
        False,
    ),
    ("4", "四", "由政府组织实施的扶贫搬迁、保障性安居工程建设需要用地", False),
    (
        "5",
        "五",
        "在土地利用总体规划确定的城镇建设用地范围内，经省级以上人民政府批准由县级以上地方人民政府组织实施的"
        "成片开发建设需要用地",
        True,
    ),
    ("6", "六", "法律规定为公共利益需要可以征收农民集体所有的土地的其他情形", False),
)
TERMS = (
    ("ADVANCE", "控制工期的单体工程", 6, None, "产品默认期限；自然资发〔2023〕89号已于2025-12-31到期，依据待确认"),
    ("TEMPORARY", "一般项目", 24, 12, "土地管理法实施条例第二十条：一般不超过二年；期满之日起一年内完成土地复垦"),
    (
        "TEMPORARY",
        "建设周期较长的能源、交通、水利等基础设施",
        48,
        12,
        "土地管理法实施条例第二十条：不超过四年；期满之日起一年内完成土地复垦",
    ),
)
IDLE_BASIS = "闲置土地处置办法第二条、第十四条；城市房地产管理法第二十六条"


def load(apps, schema_editor):
    reason = apps.get_model("approvals", "ExpropriationReason")
    for code, numeral, name, needs_scheme in REASONS:
        reason.objects.get_or_create(
            code=code,
            effective_from=LAW_SINCE,
            defaults={"name": name, "clause": CLAUSE.format(numeral), "needs_scheme": needs_scheme},
        )
    term = apps.get_model("approvals", "DocumentTerm")
    for kind, name, months, restoration, basis in TERMS:
        term.objects.get_or_create(
            kind=kind,
            name=name,
            effective_from=ORDINANCE_SINCE,
            defaults={"months": months, "restoration_months": restoration, "basis": basis},
        )
    setting = apps.get_model("approvals", "IdleLandSetting")
    setting.objects.get_or_create(effective_from=IDLE_SINCE, defaults={"basis": IDLE_BASIS})


def forget(apps, schema_editor):
    codes = [code for code, *_ in REASONS]
    apps.get_model("approvals", "ExpropriationReason").objects.filter(
        code__in=codes, effective_from=LAW_SINCE
    ).delete()
    apps.get_model("approvals", "DocumentTerm").objects.filter(
        name__in=[name for _, name, *_ in TERMS], effective_from=ORDINANCE_SINCE
    ).delete()
    apps.get_model("approvals", "IdleLandSetting").objects.filter(effective_from=IDLE_SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_documents_expropriation_supply")]

    operations = [migrations.RunPython(load, forget)]
