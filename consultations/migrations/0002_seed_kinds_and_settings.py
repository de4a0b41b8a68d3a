"""Every fresh database knows the fourteen kinds of topics with who leads by default, and the council's figures."""

from datetime import date

from django.db import migrations

PREFECTURE = "522700"
SINCE = date(2025, 1, 1)
CONTENT = "会商制度三、会商具体内容"
# Code, label, who leads by default, that unit's duty, what a report must say.
KINDS = (
    ("SITE", "用地选址", "ZRZY", "统筹选址论证和合规性审查", "拟选址位置、规划符合情况、比选方案"),
    ("APPROVAL", "立项批复", "FGW", "审批、核准、备案及成本纳入估算", "申报时间、退回补正情况、缺少的前置文件"),
    ("FEASIBILITY", "可行性研究报告", "FGW", "可行性研究报告审批", "编制单位、完成时间、存在分歧"),
    ("PRELIMINARY", "初步设计", "FGW", "初步设计审批，指标成本纳入概算", "设计深度、用地边界是否稳定"),
    ("EIA", "环境影响评价", "HBJ", "饮用水源保护区核查和环评审批", "环评类别、涉及的敏感区"),
    ("WATER", "水土保持", "SWJ", "水土保持方案审批和河湖管理范围核查", "方案编制情况、涉河涉库情况"),
    ("FOREST", "林地手续", "LYJ", "使用林地、自然保护地和风景名胜区核查", "林地面积和等级、定额来源、公益林情况"),
    ("MINERAL", "压覆矿评估", "ZRZY", "压覆重要矿产资源查询和审批", "压覆矿种、矿业权人、补偿协商情况"),
    ("SCHEME", "土地征收成片开发方案编制", "ZRZY", "成片开发方案审查上报", "方案批次、公益用地比例、表决情况"),
    ("PLANNING", "规划许可", "ZRZY", "规划条件和规划许可办理", "详细规划编制情况、卡点"),
    ("FARMLAND", "耕地占补平衡指标不足", "ZRZY", "统筹调剂补充耕地指标", "需补数量、水田、标准粮食产能，本县库存"),
    ("BASIC_FARMLAND", "占用永久基本农田", "ZRZY", "占用必要性审查和补划", "占用面积、是否属可占用情形、补划地块"),
    ("ECOLOGY", "生态保护红线", "ZRZY", "生态保护红线有限人为活动认定", "涉及面积、是否属允许情形、避让方案"),
    ("ILLEGAL", "违法用地查处", "ZRZY", "违法用地查处和整改督促", "违法事实、处罚和整改进度、影响报批的面积"),
)


def load(apps, schema_editor):
    organisations = {row.code: row for row in apps.get_model("accounts", "Organisation").objects.all()}
    for place, (code, label, lead, duty, template) in enumerate(KINDS, start=1):
        apps.get_model("consultations", "TopicKind").objects.get_or_create(
            code=code,
            effective_from=SINCE,
            defaults={
                "label": label,
                "place": place,
                "lead": organisations.get(f"{PREFECTURE}-{lead}"),
                "duty": duty,
                "template": template,
                "basis": CONTENT,
            },
        )
    apps.get_model("consultations", "MeetingSetting").objects.get_or_create(
        effective_from=SINCE,
        defaults={"basis": "会商制度四、会商规则；来源未定的按默认值，可修订"},
    )


def forget(apps, schema_editor):
    for name in ("TopicKind", "MeetingSetting"):
        apps.get_model("consultations", name).objects.filter(effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_seed_organisations"),
        ("consultations", "0001_council_topics_and_meetings"),
    ]

    operations = [migrations.RunPython(load, forget)]
