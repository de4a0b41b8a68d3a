"""Refusals about lists: views, exports, bulk actions."""

from __future__ import annotations

from core.errors import DomainError


class ViewNameTaken(DomainError):
    """Two of one's views of a list cannot bear one name."""

    code = "view_name_taken"


class TooManyViews(DomainError):
    """More views than a row of tabs can hold."""

    code = "too_many_views"


class NothingToExport(DomainError):
    """The list as asked for holds no row."""

    code = "nothing_to_export"


class BulkActionUnknown(DomainError):
    """No action of that name is registered in this release."""

    code = "bulk_action_unknown"


class BulkFactsInvalid(DomainError):
    """What was filled in for a bulk action does not pass its form."""

    code = "bulk_facts_invalid"


class ListChangedMeanwhile(DomainError):
    """The filter finds another number of rows than its reader agreed to."""

    code = "list_changed_meanwhile"


class NothingChosen(DomainError):
    """Neither the ticks nor the filter find a project."""

    code = "nothing_chosen"


class ExportDayPast(DomainError):
    """How long workbooks are kept cannot change for days that are over."""

    code = "export_day_past"
