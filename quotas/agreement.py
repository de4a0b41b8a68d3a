"""The transfer agreement between the bureau and the applicant as a Word file, ready to be signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from officefiles.documents import Align, Column, OfficialDocument, office_day
from quotas import rules
from quotas.models import FiscalAccount, Proposal
from quotas.rules import Instrument
from quotas.selectors.proposing import Payee

BUREAU = "州自然资源局"
_UNIT = {True: "元/亩", False: "元/公斤"}


def agreement_document(
    proposal: Proposal, *, payees: list[Payee], accounts: Mapping[int, FiscalAccount | None], today: date
) -> bytes:
    """The agreement after article 12: reason, ownership, amounts, prices, money, term, accounts."""
    application = proposal.application
    document = OfficialDocument(title="补充耕地指标流转协议", number=proposal.agreement_no, author=BUREAU)
    document.paragraph(f"甲方：{BUREAU}")
    document.paragraph(f"乙方：{application.applicant.name}人民政府")
    document.paragraph(
        f"经州人民政府批准（{application.decision_no}，{_day(application.decided_on)}），"
        f"甲方从三项指标调节池向乙方调剂指标，用于“{application.project.name}”。双方约定如下。"
    )
    document.heading("一、调剂理由")
    document.paragraph(proposal.reason)
    document.heading("二、指标、权属和价款")
    document.table(
        [
            Column("序号", 0.6, Align.CENTRE),
            Column("指标", 1.6),
            Column("权属", 1.4),
            Column("数量", 1.6, Align.RIGHT),
            Column("单价", 1.6, Align.RIGHT),
            Column("价款（元）", 1.6, Align.RIGHT),
        ],
        [
            (
                str(line.position),
                line.get_instrument_display(),
                line.owner.short_name,
                rules.shown(Instrument(line.instrument), line.amount),
                "免" if line.price is None else f"{line.price} {_UNIT[Instrument(line.instrument).is_land]}",
                f"{line.yuan:,}",
            )
            for line in proposal.lines.all()
        ],
    )
    document.paragraph(f"价款合计 {proposal.total_yuan:,} 元。单价为方案日前公示交易价的平均值。")
    if payees:
        document.heading("三、缴款")
        document.table(
            [Column("收款方"), Column("户名"), Column("账号"), Column("金额（元）", 1, Align.RIGHT)],
            [
                (
                    row.organisation.short_name,
                    account.title if (account := accounts.get(row.organisation.pk)) else "",
                    f"{account.bank} {account.number}".strip() if account else "",
                    f"{row.due:,}",
                )
                for row in payees
            ],
        )
        document.paragraph("乙方按缴款时限分别缴清，凭缴款凭证和用地报件办理挂钩；未缴清的不予挂钩。")
    document.heading("四、使用期限" if payees else "三、使用期限")
    document.paragraph(f"乙方应于{_day(application.use_by_on)}前使用完毕，逾期按调节池办法处理。")
    document.sign(BUREAU, proposal.agreed_on or today)
    return document.content()


def _day(day: date | None) -> str:
    return office_day(day) if day else "　　年　　月　　日"
