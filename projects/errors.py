"""Refusals of a list's content as a whole. What is wrong with one row is a `Problem`."""

from __future__ import annotations

from officefiles.errors import WorkbookRefused


class UnitOfAreaMissing(WorkbookRefused):
    """Neither the heading nor the line above the table says whether areas are 亩 or 公顷."""

    code = "unit_of_area_missing"


class CountyColumnMissing(WorkbookRefused):
    """A list for several counties does not say which row belongs to which."""

    code = "county_column_missing"


class AnothersList(WorkbookRefused):
    """The line 填报单位 names another county than the one that uploads."""

    code = "anothers_list"


class ListEmpty(WorkbookRefused):
    """A header and no project below it."""

    code = "list_empty"
