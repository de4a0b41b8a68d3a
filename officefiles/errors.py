"""Refusals of a file that was handed in. Each says what is wrong with it and what to do."""

from __future__ import annotations

from core.errors import DomainError


class WorkbookRefused(DomainError):
    """Common ancestor: the file cannot be read, whatever the reason."""

    code = "workbook_refused"


class NotAWorkbook(WorkbookRefused):
    """The content is no table at all: a picture, a Word document, a web page."""

    code = "not_a_workbook"


class WrongExtension(WorkbookRefused):
    """The extension is not one we read, or says something else than the content."""

    code = "wrong_extension"


class WorkbookEncrypted(WorkbookRefused):
    """A password protects the file against opening."""

    code = "workbook_encrypted"


class WorkbookTooLarge(WorkbookRefused):
    """More bytes, rows, columns or text than a list may have."""

    code = "workbook_too_large"


class WorkbookSuspicious(WorkbookRefused):
    """A container built to harm: a zip bomb, names that climb out, document type definitions."""

    code = "workbook_suspicious"


class WorkbookDamaged(WorkbookRefused):
    """Truncated or altered bytes."""

    code = "workbook_damaged"


class WorkbookEmpty(WorkbookRefused):
    """Nothing in it: no bytes, no sheet, no filled cell."""

    code = "workbook_empty"


class TableNotFound(WorkbookRefused):
    """No sheet has the headings that were looked for."""

    code = "table_not_found"


class ColumnsMissing(WorkbookRefused):
    """The table was found and lacks columns without which no row can be read."""

    code = "columns_missing"


class TemplateOutdated(WorkbookRefused):
    """A template of an earlier version, or one whose dictionaries were changed."""

    code = "template_outdated"
