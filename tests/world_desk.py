"""One row of everything that goals and appraisals name in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from accounts.models import User
from core import clock
from dispatch.models import Appraisal, AppraisalScore, Campaign, Objection, TargetDraft
from dispatch.services.appraisal import make_appraisal, raise_objection
from dispatch.services.targets import CampaignFacts, set_campaign, stage_table
from upkeep.models import MaintenanceNotice

SAMPLE = Path(__file__).parent / "samples" / "hubei-targets.xlsx"


@dataclass(frozen=True, slots=True)
class DeskRows:
    goal: Campaign
    goal_draft: TargetDraft
    sheet: Appraisal
    score: AppraisalScore
    objection: Objection
    maintenance: MaintenanceNotice


def build_desk(*, officer: User, dispatcher: User, today: date) -> DeskRows:
    """A goal of the year, and a table that waits for its confirm."""
    facts = CampaignFacts(
        f"{today.year} 年批准建设用地",
        date(today.year, 1, 1),
        date(today.year, 12, 31),
        "AREA",
        floor=233_333_333,
        stretch=266_666_667,
    )
    goal = set_campaign(actor=dispatcher, facts=facts)
    content = SAMPLE.read_bytes()
    draft = stage_table(actor=dispatcher, campaign=goal, filename=SAMPLE.name, content=content, today=today)
    sheet = make_appraisal(
        actor=dispatcher, name="第三季度考核", first_on=today - timedelta(days=90), last_on=today, today=today
    )
    score = sheet.scores.get(organisation__code="522701")
    objection = raise_objection(actor=officer, score_id=score.pk, text="台风停工，不应计入。", today=today)
    maintenance = MaintenanceNotice.objects.create(
        text="今晚 22:00 至 23:00 升级，期间不能登录，请提前保存。",
        shown_from=clock.now() - timedelta(hours=1),
        until=clock.now() + timedelta(days=1),
        entered_by=dispatcher,
    )
    return DeskRows(goal, draft, sheet, score, objection, maintenance)
