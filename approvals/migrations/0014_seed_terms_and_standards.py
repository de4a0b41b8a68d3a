"""By when matters are answered, and the land standards: law where it says so, else the product's presumption."""

from datetime import date
from decimal import Decimal

from django.db import migrations

FROM = date(2026, 1, 1)
PRESUMED = "产品预设，按本地规定修订"
TERMS = (
    ("QUESTION", 3, "wd", False, PRESUMED),
    ("GUIDANCE", 15, "wd", False, PRESUMED),
    ("SUPPORT", 15, "wd", False, PRESUMED),
    ("PUBLICATION", 20, "wd", True, "政府信息公开条例第二十六条"),
    ("VILLAGE_NOTICE", 15, "wd", True, "土地管理法实施条例第三十一条"),
    ("DISCLOSURE", 20, "wd", True, "政府信息公开条例第三十三条"),
    ("PETITION", 60, "cd", True, "信访工作条例第三十四条"),
)
INDUSTRIAL = "自然资发〔2023〕72号（工业项目建设用地控制指标）；数值为产品预设，按行业和土地等别修订"
STANDARDS = (
    ("工业", "INVESTMENT", "2250", None, INDUSTRIAL),
    ("工业", "FLOOR_RATIO", "1.00", None, INDUSTRIAL),
    ("工业", "BUILDING_SHARE", "40", None, INDUSTRIAL),
    ("工业", "GREEN_SHARE", None, "20", INDUSTRIAL),
    ("工业", "OFFICE_SHARE", None, "7", INDUSTRIAL),
    ("物流仓储", "INVESTMENT", "1500", None, PRESUMED),
    ("物流仓储", "FLOOR_RATIO", "0.80", None, PRESUMED),
    ("物流仓储", "BUILDING_SHARE", "35", None, PRESUMED),
)


def seed(apps, schema_editor):
    terms = apps.get_model("approvals", "MatterTerm").objects
    for kind, days, unit, is_law, basis in TERMS:
        given = {"days": days, "unit": unit, "is_law": is_law, "basis": basis}
        terms.get_or_create(kind=kind, effective_from=FROM, defaults=given)
    standards = apps.get_model("approvals", "LandStandard").objects
    for use, measure, least, most, basis in STANDARDS:
        given = {"least": least and Decimal(least), "most": most and Decimal(most), "basis": basis}
        standards.get_or_create(use=use, measure=measure, effective_from=FROM, defaults=given)


def unseed(apps, schema_editor):
    apps.get_model("approvals", "MatterTerm").objects.filter(effective_from=FROM).delete()
    apps.get_model("approvals", "LandStandard").objects.filter(effective_from=FROM).delete()


class Migration(migrations.Migration):
    dependencies = [("approvals", "0013_occasions_matters_and_standards")]

    operations = [migrations.RunPython(seed, unseed)]
