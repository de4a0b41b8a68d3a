"""Every fresh database knows what an application must bring, who is asked, and the pool's rules.

Reverse: leaves the rows.
"""

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)
# Pool, code, paper, what it must say, clause, required.
ITEMS = (
    ("scale", "report", "申请报告", "写明城镇开发边界使用情况、项目情况和规模缺口。", "调节池办法第7条（一）", True),
    ("scale", "contract", "投资合同或批准、核准、备案证明", "", "调节池办法第7条（二）", True),
    ("scale", "site", "用地范围与预选址材料", "附矢量范围。", "调节池办法第7条（三）", True),
    ("scale", "vectors", "新增边界内已报、已批、已供矢量", "", "调节池办法第7条（三）", True),
    (
        "farmland", "report", "申请报告",
        "写明项目重要性、属地落实与缺口、三类指标申请量、价款筹集。", "调节池办法第13条（一）", True,
    ),
    ("farmland", "siting", "预审选址文件", "", "调节池办法第13条（二）", True),
    ("farmland", "approval", "批准、核准或备案文件", "", "调节池办法第13条（二）", True),
    (
        "plan", "report", "申请报告",
        "写明项目或批次、上年存量处置、已配置与已用规模。", "调节池办法第19条（一）", True,
    ),
    ("plan", "approval", "批准文件及投资协议", "", "调节池办法第19条（二）", True),
    ("plan", "site", "选址范围", "附矢量范围。", "调节池办法第19条（三）", True),
)  # fmt: skip


def seed(apps, schema_editor):
    items = apps.get_model("quotas", "ChecklistItem").objects
    if not items.exists():
        for position, (pool, code, name, note, clause, is_required) in enumerate(ITEMS, start=1):
            items.create(
                pool=pool,
                code=code,
                name=name,
                note=note,
                clause=clause,
                position=position,
                is_required=is_required,
                effective_from=START,
            )
    settings = apps.get_model("quotas", "ReviewSetting").objects
    if not settings.exists():
        settings.create(
            effective_from=START,
            offices="522700-FGW,522700-GXJ,522700-TCJ",
            review_days=10,
            opinion_days=5,
            payment_days=20,
            note="系统预置的起步口径，请按本地文件修订。",
        )
    policies = apps.get_model("quotas", "Policy").objects
    if not policies.exists():
        policies.create(
            title="三项指标调节池办法（征求意见稿）",
            basis="州级三项指标调节池管理办法（征求意见稿）",
            effective_from=START,
            note="未明确之处按系统预置口径，请按正式文件修订；与上位规定不一致的，以上位规定为准。",
        )


class Migration(migrations.Migration):
    dependencies = [("quotas", "0003_applications_prices_and_proposals")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
