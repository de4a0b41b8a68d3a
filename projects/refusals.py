"""What the list's services refuse. Refusals of a file's content stand in projects.errors."""

from __future__ import annotations

from core.errors import DomainError


class ProjectNotWaiting(DomainError):
    """Only a project that was handed in and not yet answered can be screened."""

    code = "project_not_waiting"


class TrackMissing(DomainError):
    """A project joins the annual list with its approval track or not at all."""

    code = "track_missing"


class ReasonMissing(DomainError):
    """Who is refused must read why."""

    code = "reason_missing"


class MergeImpossible(DomainError):
    """The target is the project itself, lies in another unit, or stands on no list."""

    code = "merge_impossible"


class ProjectChangedMeanwhile(DomainError):
    """Somebody else saved the project after the form was opened."""

    code = "project_changed_meanwhile"


class ProjectNotEditable(DomainError):
    """A merged or removed project is history."""

    code = "project_not_editable"


class ProjectCodeTaken(DomainError):
    """Another active project bears this national code."""

    code = "project_code_taken"


class AreasDisagree(DomainError):
    """A part of the land is larger than the whole it belongs to."""

    code = "areas_disagree"


class DraftGone(DomainError):
    """The uploaded file waits no longer: confirmed or discarded in another window."""

    code = "draft_gone"


class RowsHaveErrors(DomainError):
    """The whole workbook can be confirmed only when every row is right."""

    code = "rows_have_errors"


class NothingToImport(DomainError):
    """No row would change anything."""

    code = "nothing_to_import"


class PreviewOutdated(DomainError):
    """The list changed after the preview was shown; what would happen is no longer what was read."""

    code = "preview_outdated"


class SubmissionTouched(DomainError):
    """Projects of the import were changed since; undoing it would lose that work."""

    code = "submission_touched"


class SubmissionAlreadyUndone(DomainError):
    """An import is undone once."""

    code = "submission_already_undone"


class NoReportingOrganisation(DomainError):
    """The account belongs to no unit that hands in lists."""

    code = "no_reporting_organisation"


class ProjectNotListed(DomainError):
    """The act needs a project on the year's list, or one that was taken off it."""

    code = "project_not_listed"


class ListDayOutOfOrder(DomainError):
    """A day lies in the future, or before the day it has to follow."""

    code = "list_day_out_of_order"


class NothingToPublish(DomainError):
    """A new version would say what the last one says."""

    code = "nothing_to_publish"


class CourseOutOfOrder(DomainError):
    """A project finishes before it starts, or something is said to have happened in the future."""

    code = "course_out_of_order"


class PlanItemClosed(DomainError):
    """A solved or struck line of the plan is history."""

    code = "plan_item_closed"


class PlanLimitOver(DomainError):
    """A limit in the past can be kept by nobody."""

    code = "plan_limit_over"


class NothingToTake(DomainError):
    """The filter holds no project that could be taken along."""

    code = "nothing_to_take"


class ListTooLong(DomainError):
    """More projects than one workbook may bring back."""

    code = "list_too_long"


class HeadingUnknown(DomainError):
    """A heading cannot mean a column that does not exist."""

    code = "heading_unknown"


class PreviewNotReady(DomainError):
    """The file is still being looked through in the background."""

    code = "preview_not_ready"


class ClassUnknown(DomainError):
    """The class, flag or kind is none that exists."""

    code = "class_unknown"


class ClassProposalChanged(DomainError):
    """The criteria propose another class by now than the one that was shown."""

    code = "class_proposal_changed"


class NotInQueue(DomainError):
    """Only what stands in the queue can be moved in it, and only what was moved falls back."""

    code = "not_in_queue"


class RuleSetTaken(DomainError):
    """Another set of rules begins on that day."""

    code = "rule_set_taken"


class ListKindTaken(DomainError):
    """A word would mean two kinds of list."""

    code = "list_kind_taken"


class RuleSetInvalid(DomainError):
    """A set of rules must decide something, and each case once."""

    code = "rule_set_invalid"


class LinkTargetWrong(DomainError):
    """Whom a link names must exist, be in use, and be of the kind and place the link asks for."""

    code = "link_target_wrong"


class LinkOutOfOrder(DomainError):
    """A link begins after the one it replaces, and ends after it began."""

    code = "link_out_of_order"


class MatrixHasErrors(DomainError):
    """A responsibility matrix is taken over whole or not at all."""

    code = "matrix_has_errors"


class LimitBeforeIssue(DomainError):
    """The day by which a notice asks for an answer lies before the day it was issued."""

    code = "limit_before_issue"


class UnitsMissing(DomainError):
    """A call for liaisons is addressed to somebody."""

    code = "units_missing"


class NotTracked(DomainError):
    """Only what is on the year's list is verified."""

    code = "not_tracked"


class NoteIsEmpty(DomainError):
    """A progress note without a word."""

    code = "note_is_empty"


class StalenessInThePast(DomainError):
    """Thresholds come into force today or later."""

    code = "staleness_in_the_past"


class StalenessDisordered(DomainError):
    """A project is doubtful before it is stale."""

    code = "staleness_disordered"


class YearArchived(DomainError):
    """The year is archived: read, not written."""

    code = "year_archived"


class YearNotReady(DomainError):
    """A step of the turn of the year whose ground is not there, or no longer."""

    code = "year_not_ready"


class CommentIsEmpty(DomainError):
    """Nothing said."""

    code = "comment_is_empty"


class CommentTooLong(DomainError):
    """More than a page; that is a paper."""

    code = "comment_too_long"


class MentionUnclear(DomainError):
    """An @ that names nobody, several people, or somebody who does not see the project."""

    code = "mention_unclear"


class CommentWithdrawn(DomainError):
    """Taken back already."""

    code = "comment_withdrawn"


class NotOwnComment(DomainError):
    """Only who said it takes it back."""

    code = "not_own_comment"


class WithdrawalNeedsReason(DomainError):
    """Taken back without a word of why."""

    code = "withdrawal_needs_reason"


class WindowNotOpen(DomainError):
    """The window has ended, has not begun, or cannot be changed in that way."""

    code = "window_not_open"


class WindowNotFitting(DomainError):
    """The project does not wait for its answer, lies outside the window's area, or is in it already."""

    code = "window_not_fitting"


class WindowTitleTaken(DomainError):
    """Two windows of a year bear different names."""

    code = "window_title_taken"


class WindowWithoutReporters(DomainError):
    """A window asks somebody."""

    code = "window_without_reporters"


class NothingIsOwed(DomainError):
    """The unit has answered, or the window takes nothing in."""

    code = "nothing_is_owed"


class NotGathering(DomainError):
    """The project does not wait for its county, or the window leaves gathering to the county alone."""

    code = "not_gathering"


class PairSettled(DomainError):
    """The pair of duplicates was settled before, or one of the two stands on no list."""

    code = "pair_settled"


class PushImpossible(DomainError):
    """Only an adopted project is pushed, to a department, with something to do."""

    code = "push_impossible"


class PushAnswered(DomainError):
    """The push was received or withdrawn before."""

    code = "push_answered"


class ContactOutOfOrder(DomainError):
    """A letter follows the appointment, a receipt the letter."""

    code = "contact_out_of_order"


class FileStopInvalid(DomainError):
    """A stop of a file without its office, or on a day out of order."""

    code = "file_stop_invalid"


class CompanionOutside(DomainError):
    """Who should accompany the file works nowhere in the actor's scope."""

    code = "companion_outside"
