"""Published prices come in by workbook and go out with a reason; where money is paid."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import refuse_earlier
from quotas.errors import PricesRefused, ReasonNeeded
from quotas.models import FiscalAccount, PriceDraft, PricePoint
from quotas.price_sheet import PricePreview, read_prices


def stage_prices(*, actor: User, filename: str, content: bytes, today: date) -> PriceDraft:
    """Keep an uploaded workbook until its owner has seen the preview. No price is stored.

    Raises:
        WorkbookRefused: the file cannot be read, or has no such table.
    """
    require(actor, Right.PROPOSE_QUOTA)
    read_prices(content, filename=filename, today=today)
    with transaction.atomic():
        PriceDraft.objects.visible_to(actor).delete()
        return PriceDraft.objects.create(owner=actor, filename=filename[:200], content=content)


def preview_of(draft: PriceDraft, *, today: date) -> PricePreview:
    """What confirming the workbook would do, read anew."""
    return read_prices(bytes(draft.content), filename=draft.filename, today=today)


@transaction.atomic
def import_prices(*, actor: User, draft_id: int, today: date) -> int:
    """Take in the new prices of a staged workbook, all or none; how many. Known ones are left alone.

    Raises:
        PricesRefused: a row is wrong, or nothing is new.
    """
    require(actor, Right.PROPOSE_QUOTA)
    draft = PriceDraft.objects.visible_to(actor).select_for_update().get(pk=draft_id)
    preview = preview_of(draft, today=today)
    if preview.problems:
        raise PricesRefused(
            f"表中有 {len(preview.problems)} 处错误；请改正后重新上传。",
            cells=[problem.cell for problem in preview.problems],
        )
    if not preview.new:
        raise PricesRefused("表中的成交都已登记，没有新的价格。")
    PricePoint.objects.bulk_create(
        PricePoint(
            instrument=row.instrument,
            traded_on=row.traded_on,
            price=row.price,
            amount=row.amount,
            platform=row.platform,
            reference=row.reference,
            source=row.source,
            entered_by=actor,
        )
        for row in preview.new
    )
    facts = {"file": draft.filename, "new": len(preview.new)}
    record(actor=actor, verb="quota_price.imported", subject=draft, facts=facts)
    draft.delete()
    return len(preview.new)


@transaction.atomic
def strike_price(*, actor: User, price_id: int, reason: str) -> PricePoint:
    """A wrong price does not count any more; it stays in the list with the reason.

    Raises:
        ReasonNeeded: none is given.
        PricesRefused: struck before.
    """
    require(actor, Right.PROPOSE_QUOTA)
    row = PricePoint.objects.select_for_update().get(pk=price_id)
    if row.struck_reason:
        raise PricesRefused("这条价格已作废；请刷新页面查看。")
    if not reason.strip():
        raise ReasonNeeded("作废须写明理由；请填写。")
    row.struck_reason = reason.strip()[:300]
    row.save(update_fields=["struck_reason"])
    facts: dict[str, object] = {"reference": row.reference, "reason": row.struck_reason}
    record(actor=actor, verb="quota_price.struck", subject=row, facts=facts)
    return row


@transaction.atomic
def set_fiscal_account(
    *, actor: User, organisation: Organisation, title: str, bank: str, number: str, effective_from: date
) -> FiscalAccount:
    """Where an owner's money goes from a day on.

    Raises:
        SettingOutOfOrder: not after the newest account of this owner.
    """
    require(actor, Right.EDIT_QUOTA_POLICY)
    newest = FiscalAccount.objects.filter(organisation=organisation).order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    row = FiscalAccount.objects.create(
        organisation=organisation,
        title=title.strip(),
        bank=bank.strip(),
        number=number.strip(),
        effective_from=effective_from,
    )
    facts: dict[str, object] = {"organisation": organisation.name, "title": row.title}
    record(
        actor=actor,
        verb="quota_fiscal_account.set",
        subject=row,
        facts=facts,
        scope_path=organisation.path,
    )
    return row
