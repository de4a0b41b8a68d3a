"""What the regulating pool refuses."""

from __future__ import annotations

from core.errors import DomainError


class InsufficientQuota(DomainError):
    """An account would fall below zero."""

    code = "insufficient_quota"


class DifferentInstruments(DomainError):
    """A movement would join accounts of two instruments."""

    code = "different_instruments"


class AlreadyReversed(DomainError):
    """The movement was reversed before, or is a reversal itself."""

    code = "already_reversed"


class RepeatedRequestDiffers(DomainError):
    """The same request key came with another content."""

    code = "repeated_request_differs"


class ReservationClosed(DomainError):
    """The reservation was posted or released before, or is not in the state the verb needs."""

    code = "reservation_closed"


class ReservationNotLocked(DomainError):
    """Quota is posted only from a reservation that the government's approval has locked."""

    code = "reservation_not_locked"


class MoreThanReserved(DomainError):
    """More would be posted or released than the line still sets aside."""

    code = "more_than_reserved"


class NotReservable(DomainError):
    """The lines do not name accounts with quota to set aside."""

    code = "not_reservable"


class AlreadyListed(DomainError):
    """The county stands on the negative list of this pool."""

    code = "already_listed"


class AlreadyRemoved(DomainError):
    """The listing was removed before."""

    code = "already_removed"


class BookingInFuture(DomainError):
    """A booking is dated after today."""

    code = "booking_in_future"


class BookingIncomplete(DomainError):
    """Something that the kind of booking needs is missing or impossible."""

    code = "booking_incomplete"


class PaperMissing(DomainError):
    """Neither a document number nor a paper proves the booking."""

    code = "paper_missing"


class AdvanceOverCap(DomainError):
    """More would be advanced than the share of last year's plan allows."""

    code = "advance_over_cap"


class RepaymentTooLarge(DomainError):
    """More would be repaid than is still advanced."""

    code = "repayment_too_large"


class NotReversible(DomainError):
    """The booking cannot be undone here, or not any more."""

    code = "not_reversible"


class RunNotPreview(DomainError):
    """The run was committed, reversed or discarded before."""

    code = "run_not_preview"


class RunStale(DomainError):
    """The accounts changed since the preview."""

    code = "run_stale"


class YearClosedAlready(DomainError):
    """The year of this pool was closed before."""

    code = "year_closed_already"


class NothingToClose(DomainError):
    """The year holds nothing that could be carried over or lapse."""

    code = "nothing_to_close"


class StageOutOfOrder(DomainError):
    """A consolidation project cannot reach this stage now."""

    code = "stage_out_of_order"


class PolicyInPast(DomainError):
    """A version of the rules would begin in days already booked."""

    code = "policy_in_past"


class OpeningRefused(DomainError):
    """The workbook of opening balances has errors, or was taken over before."""

    code = "opening_refused"


class PolicyMissing(DomainError):
    """No version of the pool's rules, or of the review's settings, is in force on the day."""

    code = "policy_missing"


class NotEligible(DomainError):
    """The rules say no; the message names every reason with its clause."""

    code = "not_eligible"


class MaterialsMissing(DomainError):
    """Required papers of the checklist are not there."""

    code = "materials_missing"


class ApplicationOutOfOrder(DomainError):
    """The application is not in the state that the verb needs."""

    code = "application_out_of_order"


class ApplicationExists(DomainError):
    """The county has an open application to this pool for this project."""

    code = "application_exists"


class ReasonNeeded(DomainError):
    """A return, a refusal or a striking-out without its reason."""

    code = "reason_needed"


class DayOutOfOrder(DomainError):
    """A day lies ahead, or before what it follows."""

    code = "day_out_of_order"


class ProposalStale(DomainError):
    """Something the proposal rests on has changed; facts say what."""

    code = "proposal_stale"


class ProposalOutOfOrder(DomainError):
    """The proposal is not in the state that the verb needs."""

    code = "proposal_out_of_order"


class NothingToPropose(DomainError):
    """The pool holds nothing for the application."""

    code = "nothing_to_propose"


class ShortfallNotAccepted(DomainError):
    """The pool does not suffice, and nobody has confirmed a partial allotment."""

    code = "shortfall_not_accepted"


class PriceNotConfirmed(DomainError):
    """No trade in the window: a person has to confirm the last price, or there is none."""

    code = "price_not_confirmed"


class PaymentRefused(DomainError):
    """A payment to somebody who is owed nothing, too much, or a voucher used before."""

    code = "payment_refused"


class NotPaid(DomainError):
    """Hook-up before everything is paid; facts say what each payee lacks."""

    code = "not_paid"


class AgreementMissing(DomainError):
    """Money is due and no agreement was recorded."""

    code = "agreement_missing"


class PricesRefused(DomainError):
    """A workbook of prices with errors, without news, or a price struck before."""

    code = "prices_refused"


class LinkRefused(DomainError):
    """A consolidation project does not bring what is to be linked, or brings it to another."""

    code = "link_refused"


class BookOverdrawn(DomainError):
    """A county's book holds less than is to be taken; facts say how much."""

    code = "book_overdrawn"


class EntryRefused(DomainError):
    """An entry of a county's book that does not go there, or was undone before."""

    code = "entry_refused"


class DeductionRefused(DomainError):
    """Nothing to deduct, too much of it, or settled before."""

    code = "deduction_refused"
