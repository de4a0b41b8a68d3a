"""What the steps refuse."""

from __future__ import annotations

from core.errors import DomainError


class TrackNotSet(DomainError):
    """Steps need an adopted project with a track."""

    code = "track_not_set"


class WrongStatus(DomainError):
    """The step's state does not allow this."""

    code = "wrong_status"


class LimitNotChosen(DomainError):
    """The catalogue gives alternatives and none, or a foreign one, was chosen."""

    code = "limit_not_chosen"


class DayOutOfOrder(DomainError):
    """A day lies in the future or before what it should follow."""

    code = "date_out_of_order"


class PeriodNotOver(DomainError):
    """A minimum period is still running."""

    code = "period_not_over"


class NoClock(DomainError):
    """The step has no limit, so there is nothing to stop or to lengthen."""

    code = "no_clock"


class PauseNotExcluded(DomainError):
    """The promise of this step does not exclude such time."""

    code = "pause_not_excluded"


class PauseWithoutEnd(DomainError):
    """A pause that lasts must say by when it should end and what comes next."""

    code = "pause_without_end"


class OccasionOutOfOrder(DomainError):
    """The event is over, or its days contradict each other."""

    code = "occasion_out_of_order"


class MatterOutOfOrder(DomainError):
    """The matter is answered or published already, or its days contradict each other."""

    code = "matter_out_of_order"


class BatchModeMismatch(DomainError):
    """The document, or the number of projects, does not go with the batch's 报批方式."""

    code = "batch_mode_mismatch"


class FeeRefused(DomainError):
    """A budget or payment that does not fit what is on record."""

    code = "fee_refused"


class ThriftKnown(DomainError):
    """The project's review of thrifty use is on record."""

    code = "thrift_known"


class ExtensionTooLong(DomainError):
    """The law allows no more than this."""

    code = "extension_too_long"


class PromiseMissing(DomainError):
    """Papers are missing and no usable day was promised."""

    code = "promise_missing"


class MaterialNotMissing(DomainError):
    """The paper is not on the list of what is owed."""

    code = "material_not_missing"


class DocNoMalformed(DomainError):
    """A document's number that no office would write."""

    code = "doc_no_malformed"


class ReasonMissing(DomainError):
    """An ending without a reason."""

    code = "reason_missing"


class HolderElsewhere(DomainError):
    """The person does not work in the organisation that holds the step."""

    code = "holder_elsewhere"


class RevisionOutOfOrder(DomainError):
    """A new version of a step type must begin after the one it follows."""

    code = "revision_out_of_order"


class AcceptanceDayBound(DomainError):
    """The receipt and the notice leave one day of acceptance only."""

    code = "acceptance_day_bound"


class NoticeTooLate(DomainError):
    """The window for the one notice is over; the papers count as accepted since their receipt."""

    code = "notice_too_late"


class NothingToReissue(DomainError):
    """The step already runs under these limits."""

    code = "nothing_to_reissue"


class NoPromise(DomainError):
    """The office promised nothing for this step, so there is no exception to it."""

    code = "no_promise"


class AlreadyExcepted(DomainError):
    """An exception to the promise is on record; it cannot be rewritten."""

    code = "already_excepted"


class TermNotShorter(DomainError):
    """A level's own promise may only be shorter than that of the level above, and never below a minimum."""

    code = "term_not_shorter"


class GateClosed(DomainError):
    """A gate that guards the step is closed; every reason at once in the facts."""

    code = "gate_closed"


class GateNotClosed(DomainError):
    """A document lets a closed gate be passed; what is open needs none."""

    code = "gate_not_closed"


class GateRuleOutOfOrder(DomainError):
    """A new version begins after the newest one and guards steps that exist."""

    code = "gate_rule_out_of_order"


class StatementIncomplete(DomainError):
    """A gate's statement lacks what the gate asks for."""

    code = "statement_incomplete"


class CaseOutOfOrder(DomainError):
    """A case goes from its finding to its end, each day after the one before."""

    code = "case_out_of_order"


class LibraryTitleTaken(DomainError):
    """An item of that kind has this title."""

    code = "library_title_taken"


class LibraryUnchanged(DomainError):
    """The new version has the same bytes."""

    code = "library_unchanged"


class LibraryVersionOutOfOrder(DomainError):
    """A version's days do not follow those before it, or the item is retired."""

    code = "library_version_out_of_order"


class StepCodeUnknown(DomainError):
    """The catalogue has no step of that code."""

    code = "step_code_unknown"


class NothingChecked(DomainError):
    """A check without papers, or with one twice."""

    code = "nothing_checked"


class CheckPromiseOpen(DomainError):
    """The paper was not promised, or came already."""

    code = "check_promise_not_open"


class SupervisionNoMalformed(DomainError):
    """A number that the supervision system would not give."""

    code = "supervision_no_malformed"


class DocumentKnown(DomainError):
    """A document with this number is on record."""

    code = "document_known"


class DocumentIncomplete(DomainError):
    """A document without its number, its areas or its term."""

    code = "document_incomplete"


class PartTooLarge(DomainError):
    """A class of land larger than what it is a part of."""

    code = "part_too_large"


class DocumentRevokedAlready(DomainError):
    """The document was revoked; it no longer changes."""

    code = "document_revoked"


class NothingToRestore(DomainError):
    """The document asks for no restoration, or it is done."""

    code = "nothing_to_restore"


class BatchKnown(DomainError):
    """The county has a batch of this number in the year."""

    code = "batch_known"


class BatchClosed(DomainError):
    """The batch has its approval; its land no longer changes."""

    code = "batch_closed"


class LandExceeded(DomainError):
    """The parts of a project's land are more than the whole."""

    code = "land_exceeded"


class ExpropriationKnown(DomainError):
    """The collective's land is on record for this project."""

    code = "expropriation_known"


class ReasonUnfounded(DomainError):
    """The case of Article 45, or the authority, lacks the paper it stands on."""

    code = "reason_unfounded"


class ActOutOfOrder(DomainError):
    """An act of expropriation on the wrong side of another."""

    code = "act_out_of_order"


class CountWrong(DomainError):
    """More households signed or paid than there are."""

    code = "count_wrong"


class FundsWrong(DomainError):
    """An amount that cannot be: nothing, or a correction without a reason, or more than there is."""

    code = "funds_wrong"


class RateKnown(DomainError):
    """The standard has a version of this day."""

    code = "rate_known"


class SupplyKnown(DomainError):
    """The project's parcel is on record."""

    code = "supply_known"


class SupplyOutOfOrder(DomainError):
    """A step of a supply that does not fit what is there."""

    code = "supply_out_of_order"


class TrainingKnown(DomainError):
    """A training of this name is recorded for the day."""

    code = "training_known"


class NobodyAttended(DomainError):
    """A training without a unit that sent anybody."""

    code = "nobody_attended"


class RetiredPolicy(DomainError):
    """A policy that is offered no more asks for nothing."""

    code = "retired_policy"


class SkipNotAllowed(DomainError):
    """No rule in force lets this project go without the step, or what it is merged into is missing."""

    code = "skip_not_allowed"


class StepCarriesOthers(DomainError):
    """Other steps were merged into this one: without it, theirs would be done by nobody."""

    code = "step_carries_others"


class EntryOutOfOrder(DomainError):
    """A register's line whose days or areas cannot be."""

    code = "entry_out_of_order"


class EntryKnown(DomainError):
    """The register has this line already."""

    code = "entry_known"


class FindingPassedOn(DomainError):
    """Nothing was found, or it is a case or a problem already."""

    code = "finding_passed_on"
