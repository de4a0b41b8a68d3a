"""What a movement rests on: source project, price, payments, agreement, approval, review (domain.md 3.3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch

from accounts.models import User
from papers.models import Paper
from quotas import rules
from quotas.models import Booking, Consolidation, Movement, Payment, Proposal, ProposalLine
from quotas.rules import Instrument


@dataclass(frozen=True, slots=True)
class Provenance:
    """The booking or the scheme that a movement belongs to, as far as the reader may see it.

    `line` and `payments` are set where quota changes hands for money: a sum over the ledger then
    counts each amount once. Nothing is guessed: what was not recorded stays empty.
    """

    movement: Movement
    booking: Booking | None = None
    proposal: Proposal | None = None
    line: ProposalLine | None = None
    payments: Sequence[Payment] = ()
    undone_by: int | None = None

    @property
    def _origin(self) -> Booking | None:
        """The booking itself, or the one that a reversal undoes."""
        return self.booking and (self.booking.reverses or self.booking)

    @property
    def consolidation(self) -> Consolidation | None:
        return self._origin.consolidation if self._origin else None

    @property
    def record_no(self) -> str:
        """来源项目（备案编号）: as booked, or as the consolidation project has it by now."""
        own = self._origin.record_no if self._origin else ""
        return own or (self.consolidation.record_no if self.consolidation else "")

    @property
    def report_no(self) -> str:
        """用地报件编号, once the quota is hooked up."""
        return self.proposal.report_no if self.proposal else ""

    @property
    def price_unit(self) -> str:
        return "元/亩" if Instrument(self.movement.instrument).is_land else "元/公斤"

    @property
    def price(self) -> Decimal | None:
        """元/亩 for land, 元/公斤 for grain."""
        return self.line.price if self.line else None

    @property
    def yuan(self) -> Decimal | None:
        """To the cent. A purchase outside the prefecture has one sum for all its dimensions."""
        if self.line and self.line.price is not None:
            if self.line.amount == self.movement.amount:
                return self.line.yuan
            instrument = Instrument(self.movement.instrument)
            return rules.amount_due(instrument=instrument, amount=self.movement.amount, price=self.line.price)
        return self.booking.amount_yuan if self.booking else None

    @property
    def vouchers(self) -> list[str]:
        """缴款凭证 of the payments to the owner of this quota."""
        return [payment.voucher_no for payment in self.payments]

    @property
    def agreement_no(self) -> str:
        return self.proposal.agreement_no if self.proposal else ""

    @property
    def agreement_paper(self) -> Paper | None:
        return self.proposal.agreement_paper if self.proposal else None

    @property
    def decision_paper(self) -> Paper | None:
        return self.proposal.application.decision_paper if self.proposal else None

    @property
    def approval_no(self) -> str:
        """审批文号: the government's answer, or the document by which the movement was booked."""
        decided = self.proposal.application.decision_no if self.proposal else ""
        return decided or self.movement.document_no

    @property
    def reviewer(self) -> User | None:
        """Who entered the government's answer with its document."""
        return self.decision_paper.uploaded_by if self.decision_paper else None

    @property
    def reviewed_at(self) -> datetime | None:
        return self.decision_paper.uploaded_at if self.decision_paper else None

    @property
    def note(self) -> str:
        """备注: what undoes what, the seller outside, the reason of the scheme."""
        parts = []
        if self.movement.reverses_id:
            parts.append(f"冲正分录 {self.movement.reverses_id}")
        if self.undone_by:
            parts.append(f"已由分录 {self.undone_by} 冲正")
        if self.booking and self.booking.seller:
            parts.append(f"转让方：{self.booking.seller}（金额为整笔登记价款）")
        if self.proposal:
            parts.append(self.proposal.reason)
        return "；".join(parts)


def provenance_of(movements: Iterable[Movement], *, actor: User) -> dict[int, Provenance]:
    """By movement, with the accounts of `movements` loaded. At most five queries.

    Bookings and schemes that the actor may not see stay away: a county reads the price and the
    vouchers of what it applied for, not of what a neighbour paid.
    """
    rows = list(movements)
    keys = {row.run_key for row in rows if row.run_key}
    bookings = {row.key: row for row in _bookings(keys, actor)}
    proposals = {
        row.reservation.request_key: row for row in _proposals(keys - set(bookings), actor) if row.reservation
    }
    undone = dict(Movement.objects.filter(reverses__in=rows).values_list("reverses_id", "pk"))
    found = {}
    for row in rows:
        booking = bookings.get(row.run_key) if row.run_key else None
        proposal = proposals.get(row.run_key) if row.run_key else None
        line = _line_of(row, proposal) if proposal and row.kind == Movement.Kind.TRANSFER_IN else None
        found[row.pk] = Provenance(
            movement=row,
            booking=booking,
            proposal=proposal,
            line=line,
            payments=_payments_of(line, proposal),
            undone_by=undone.get(row.pk),
        )
    return found


def _bookings(keys: set[uuid.UUID], actor: User) -> Iterable[Booking]:
    rows = Booking.objects.visible_to(actor).filter(key__in=keys)
    return rows.select_related("consolidation", "reverses__consolidation").order_by()


def _proposals(keys: set[uuid.UUID], actor: User) -> Iterable[Proposal]:
    paid = Payment.objects.filter(struck_reason="").select_related("paper").order_by("pk")
    lines = ProposalLine.objects.select_related("account")
    return (
        Proposal.objects.visible_to(actor)
        .filter(reservation__request_key__in=keys)
        .select_related("application__decision_paper__uploaded_by", "agreement_paper", "reservation")
        .prefetch_related(Prefetch("lines", lines))
        .prefetch_related(Prefetch("payments", paid))
        .order_by()
    )


def _line_of(movement: Movement, proposal: Proposal) -> ProposalLine | None:
    """The line that priced what was handed over: the same instrument, owner and year."""
    source = movement.source
    wanted = (source.instrument, source.owner_id, source.period)
    for line in proposal.lines.all():
        if (line.instrument, line.owner_id, line.account.period) == wanted:
            return line
    return None


def _payments_of(line: ProposalLine | None, proposal: Proposal | None) -> list[Payment]:
    """Payments to the line's owner, if the line costs anything."""
    if line is None or proposal is None or line.price is None:
        return []
    return [row for row in proposal.payments.all() if row.payee_id == line.owner_id]
