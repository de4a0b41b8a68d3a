"""A working ledger that waits to be brought in, and a county that began later than the others."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Rollout, User
from onboarding.services.rolling_out import set_rollout
from onboarding.services.staging import stage_ledger

HEAD = (
    "项目名称,县市,清单类别,用地总面积（公顷）,耕地（公顷）,"
    "是否通过预审,可研批复,州局受理时间,批复时间,批复文号"
)
ROWS = (
    "罗甸县沫阳镇冷链仓储,罗甸县,州重点,6.3200,1.8400,是,{early},{late},未批复,—",
    "平塘县通州镇卫生院迁建,平塘县,省重点,2.1500,0.6300,是,{early},未受理,未批复,—",
    "三都县普安镇农贸市场,三都水族自治县,州重点,3.0700,1.2000,不涉及,办理中,未受理,未批复,—",
    "长顺县广顺镇污水处理厂,长顺县,省重点,4.5500,1.9100,是,{early},{early},{late},黔府用地函〔{late.year}〕88号",
)


def bring_in(*, dispatcher: User, today: date) -> None:
    """Stage the ledger of an office that joins late; its rows can be looked through and taken."""
    early, late = today - timedelta(days=120), today - timedelta(days=9)
    lines = [row.format(early=early, late=late) for row in ROWS]
    content = "\n".join([HEAD, *lines]).encode()
    stage_ledger(actor=dispatcher, filename="南部四县在办台账.csv", content=content, today=today)
    set_rollout(
        actor=dispatcher,
        code="522732",
        stage=Rollout.Stage.LIVE,
        live_from=date(today.year, 1, 1),
        note="第二批启用，试运行两个月",
    )
