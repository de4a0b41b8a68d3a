"""Every fresh database has the gates."""

from datetime import date

from django.db import migrations

SINCE = date(2020, 1, 1)
REVIEW = ["B02"]
RULES = (
    (
        "SUPPLEMENT",
        REVIEW,
        "土地管理法第三十条；先补后占：补充耕地方案须注明补充方式和整理项目名称，并在现状图标明范围和地块，"
        "未落实方案、未按标准缴纳耕地开垦费的，不予审查报批农用地转用",
        "州局耕地保护科；县市自然资源局",
    ),
    (
        "FARMLAND",
        REVIEW,
        "土地管理法第三十五条、第四十四条、第四十六条：占用永久基本农田须经有权机关批准",
        "州局耕地保护科",
    ),
    (
        "RED_LINE",
        REVIEW,
        "自然资发〔2022〕142号：生态保护红线确实无法避让的，须有权机关批准",
        "州局国土空间规划科",
    ),
    (
        "PRE_DEPOSIT",
        REVIEW,
        "土地管理法第四十七条；土地管理法实施条例第三十二条：有关费用未足额到位的，不得批准征收土地",
        "县市人民政府；县市财政局",
    ),
    (
        "STOCK_TARGET",
        REVIEW,
        "土地管理法第三十二条：耕地总量不减少，耕地保有量目标不得突破",
        "州局耕地保护科",
    ),
    (
        "FOREST",
        REVIEW,
        "森林法第三十七条：占用林地须经林业主管部门审核同意",
        "州林业局",
    ),
    (
        "VALIDITY",
        ["B01", "B02", "G02", "G04", "X01", "X03", "J01"],
        "前置批准文件有效期届满的，不得作为申报依据（建设项目用地预审管理办法第十五条等）",
        "原批准机关",
    ),
    (
        "VIOLATION",
        ["B02", "G02", "G03", "X01"],
        "土地管理法第七十四条、第七十七条：违法用地未依法处理到位的，不予审查报批",
        "州局执法科；县市自然资源局",
    ),
    (
        "PLAN_QUOTA",
        REVIEW,
        "土地管理法第二十三条：没有土地利用年度计划指标的，不得批准农用地转用",
        "州局用途管制科",
    ),
)


def load_gate_rules(apps, schema_editor):
    rows = apps.get_model("approvals", "GateRule").objects
    for gate, codes, clause, contact in RULES:
        values = {"step_codes": codes, "clause": clause, "contact": contact, "note": "产品初始设置"}
        rows.get_or_create(gate=gate, effective_from=SINCE, defaults=values)


def forget_gate_rules(apps, schema_editor):
    apps.get_model("approvals", "GateRule").objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_gates_and_violations")]

    operations = [migrations.RunPython(load_gate_rules, forget_gate_rules)]
