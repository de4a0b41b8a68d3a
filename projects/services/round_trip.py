"""Taking a list along, and deciding cell by cell what comes back with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, allowed, require
from audit.services import record
from core.units import AreaUnit
from projects.models import ImportDraft, ListDownload, Project, ProjectQuerySet
from projects.refusals import DraftGone, HeadingUnknown, ListTooLong, NothingToTake
from projects.rules.cells import cells_of
from projects.rules.columns import BY_KEY, Kind
from projects.rules.directory import REPORTING_KINDS
from projects.rules.list_reading import TEMPLATE_VERSION
from projects.rules.prefilled import LARGEST_LIST, printed_columns
from projects.rules.three_way import Take, locked_keys
from projects.selectors.baselines import PreviewCell
from projects.selectors.previews import draft_preview, reporting_organisation
from projects.selectors.stored_projects import conclusions_of, decided_keys, facts_of, with_conclusions
from projects.services.kept_rows import judge_again


@transaction.atomic
def download_list(*, actor: User, projects: ProjectQuerySet, title: str, today: date) -> ListDownload:
    """Take the given projects along, in their order: store what is given out, cell by cell.

    The workbook is printed from the stored row (`projects.exporting.prefilled_workbook`). Figures
    are in 亩 for a county or park and in 公顷 for the bureau and departments. Three queries and
    one for each thousand projects.

    Raises:
        NothingToTake: no project.
        ListTooLong: more rows than an upload may have.
        NoReportingOrganisation: the account belongs to no unit.
    """
    require(actor, Right.SUBMIT_LIST)
    organisation = reporting_organisation(actor)
    found = list(projects.select_related("organisation", "land")[: LARGEST_LIST + 1])
    if not found:
        raise NothingToTake("当前筛选没有项目，没有可以下载的内容；请放宽筛选后重试。")
    if len(found) > LARGEST_LIST:
        raise ListTooLong(
            f"当前筛选超过 {LARGEST_LIST:,} 个项目，请按县市等条件分批下载。",
            most=LARGEST_LIST,
        )
    rows = list(_taken(found, is_office=allowed(actor, Right.EDIT_PROJECT)))
    download = ListDownload.objects.create(
        template_version=TEMPLATE_VERSION,
        organisation=organisation,
        owner=actor,
        title=title[:200],
        area_unit=(AreaUnit.MU if organisation.kind in REPORTING_KINDS else AreaUnit.HA).value,
        columns=printed_columns({key for row in rows for key in row["cells"]}),
        rows=rows,
        row_count=len(rows),
        created_on=today,
    )
    record(
        actor=actor,
        verb="list.downloaded",
        subject=download,
        facts={"title": download.title, "rows": len(rows)},
        scope_path=organisation.path,
        occurred_on=today,
    )
    return download


def _taken(projects: list[Project], *, is_office: bool) -> Iterable[dict[str, Any]]:
    adopted = [project.pk for project in projects if project.status == Project.Status.ADOPTED]
    concluded = conclusions_of(adopted)
    for project in projects:
        days = concluded.get(project.pk, {})
        cells = with_conclusions(cells_of(facts_of(project)), days)
        locked = locked_keys(
            stored=cells,
            adopted=project.status == Project.Status.ADOPTED,
            decided=decided_keys(days),
            is_office=is_office,
        )
        yield {
            "id": project.pk,
            "cells": cells,
            "told": {"number": project.number or "", "status": project.get_status_display()},
            "locked": sorted(locked),
        }


# --- what comes back ---------------------------------------------------------------------------


@transaction.atomic
def choose(
    *,
    actor: User,
    draft_id: int,
    take: Take | None,
    today: date,
    project_id: int | None = None,
    key: str | None = None,
) -> ImportDraft:
    """Choose between the file's value and the stored one; kept with the draft until it is confirmed.

    One cell (`project_id` and `key`), all of a row (`project_id`), or every cell in conflict of the
    whole file. None takes the choice back. A choice counts for the two values it was made between:
    once either moves, the cell is open again. Safe to repeat.

    Raises:
        DraftGone: confirmed or discarded meanwhile.
    """
    require(actor, Right.SUBMIT_LIST)
    draft = lock_draft(actor=actor, draft_id=draft_id)
    if draft.is_large:
        concerned = _choose_among_kept(draft, take, project_id, key)
        judge_again(draft=draft, projects=concerned, actor=actor, today=today)
    else:
        _, preview = draft_preview(actor=actor, draft_id=draft_id, today=today)
        for row in preview.rows:
            if row.project is not None and project_id in (None, row.project.pk):
                _note(draft, row.project.pk, row.cells, take, key=key, whole_row=project_id is not None)
    draft.save(update_fields=["choices"])
    return draft


def _note(
    draft: ImportDraft,
    project_id: int,
    cells: Iterable[PreviewCell],
    take: Take | None,
    *,
    key: str | None,
    whole_row: bool,
) -> None:
    """A cell by itself and a whole row may also give up an edit that nobody contests."""
    for cell in cells:
        if not cell.is_choosable or key not in (None, cell.key):
            continue
        if whole_row or cell.standing == "conflict":
            _put(draft, project_id, cell.key, take, cell.verdict.stored, cell.verdict.uploaded)


def _put(
    draft: ImportDraft, project_id: int, key: str, take: Take | None, stored: str, uploaded: str
) -> None:
    row = draft.choices.setdefault(str(project_id), {})
    if take is None:
        row.pop(key, None)
    else:
        row[key] = {"take": take.value, "stored": stored, "uploaded": uploaded}
    if not row:
        draft.choices.pop(str(project_id))


def _choose_among_kept(
    draft: ImportDraft, take: Take | None, project_id: int | None, key: str | None
) -> set[int]:
    """The same for a preview that was computed in the background. Returns: the projects concerned."""
    rows = draft.preview_rows.filter(reading__isnull=False, project__isnull=False)
    if project_id is not None:
        rows = rows.filter(project_id=project_id)
    concerned = set()
    for pk, cells in rows.values_list("project_id", "cells"):
        for cell in cells:
            if not cell["is_choosable"] or key not in (None, cell["key"]):
                continue
            if project_id is None and cell["standing"] != "conflict":
                continue
            _put(draft, pk, cell["key"], take, cell["cell"]["stored"], cell["cell"]["uploaded"])
            concerned.add(pk)
    return concerned


@transaction.atomic
def explain_headings(*, actor: User, draft_id: int, headings: Mapping[str, str]) -> ImportDraft:
    """Say what headings mean that were not recognised: heading → key of a column; "" for nothing.

    Raises:
        HeadingUnknown: no such column, or one that the product fills in itself.
        DraftGone: confirmed or discarded meanwhile.
    """
    require(actor, Right.SUBMIT_LIST)
    draft = lock_draft(actor=actor, draft_id=draft_id)
    for heading, key in headings.items():
        if key and (key not in BY_KEY or BY_KEY[key].kind is Kind.IGNORED):
            raise HeadingUnknown(f"没有“{key}”这一列，请从列表中选择。", key=key)
        if key:
            draft.headings[heading[:200]] = key
        else:
            draft.headings.pop(heading[:200], None)
    draft.save(update_fields=["headings"])
    return draft


def lock_draft(*, actor: User, draft_id: int) -> ImportDraft:
    """The actor's draft, locked.

    Raises:
        DraftGone: confirmed, discarded, or never theirs.
    """
    drafts = ImportDraft.objects.visible_to(actor).select_related("organisation")
    draft = drafts.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise DraftGone("这份文件已经确认或放弃，不能再次导入；请到报送记录中查看。")
    return draft
