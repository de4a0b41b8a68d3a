"""Rows handed to a function of the database, which does a whole act in one call.

What is locked there stays locked while the database works and commits, not while it waits for our next
statement. The rows go as text: JSON would have to be searched by key, and reading literals one by one
takes the database longer than reading a row.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections
from django.db.models import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    UUIDField,
)

from core.json_text import json_text

# What their values look like needs no quotes.
_BARE: Final = (BooleanField, DateField, DecimalField, IntegerField, UUIDField)


def call(alone: str, within: str, parts: Sequence[Any]) -> tuple[Any, str | None]:
    """What a function of the database answers to `parts`, or None and the constraint that they break.

    Args:
        alone: the statement for a call that is a transaction of its own: a broken constraint undoes it.
        within: the one for a call inside somebody's transaction, which goes on after a refusal. It
            answers with the refusal as a second column, and costs the database a subtransaction.
    """
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        if database.in_atomic_block:
            cursor.execute(within, parts)
            answer, refused = cursor.fetchone()
            return answer, refused
        try:
            cursor.execute(alone, parts)
        except IntegrityError as error:
            return None, constraint_of(error)
        [answer] = cursor.fetchone()
        return answer, None


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that a statement broke; empty where the law has no name."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def stored(row: Model, key: int) -> None:
    """Say of an object that the database has it now, under this key."""
    row.pk = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def as_row(row: Model) -> str:
    """An unsaved object as it stands, as the text of its table's row. No clock is asked: its moment is set.

    In the order in which the table has its columns now: a process that lives on while a migration
    adds one is refused by the database.
    """
    layout, own = _laid_out(type(row)), vars(row)
    values = [own[name] for name in layout.names]
    for place, write in layout.apart:
        values[place] = None if values[place] is None else write(values[place])
    # One look at all the texts: hardly ever has one of them anything to escape.
    together = "".join([values[place] for place in layout.texts])
    if "\\" in together or '"' in together:
        for place in layout.texts:
            values[place] = _escaped(values[place])
    return _composite(values)


def as_composite(values: Iterable[object]) -> str:
    """Values as the text of a composite type of the database."""
    return _composite([_escaped(value) if isinstance(value, str) else value for value in values])


def _composite(values: Iterable[object]) -> str:
    parts = ["" if value is None else f'"{value}"' for value in values]
    return f"({','.join(parts)})"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '""')


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the row of a table is read off an object: the names of its values in the order of the columns,
    the places of those that may have to be escaped, and of those that are written in a way of their own."""

    names: Sequence[str]
    texts: Sequence[int]
    apart: Sequence[tuple[int, Callable[[Any], str]]]


@functools.cache
def _laid_out(model: type[Model]) -> _Layout:
    fields = _fields_by_place(model)
    return _Layout(
        names=[field.attname for field in fields],
        texts=[place for place, field in enumerate(fields) if _is_text(field) and not field.null],
        apart=[
            (place, functools.partial(_as_json, field) if isinstance(field, JSONField) else _as_text)
            for place, field in enumerate(fields)
            if isinstance(field, JSONField) or (_is_text(field) and field.null)
        ],
    )


def _fields_by_place(model: type[Model]) -> list[Field[Any, Any]]:
    """The field of each column as the table has them; a column of no field stays as empty as the key."""
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum",
            [f'"{model._meta.db_table}"'],
        )
        return [fields.get(column, model._meta.pk) for (column,) in cursor.fetchall()]


def _is_text(field: Field[Any, Any]) -> bool:
    if isinstance(field, ForeignKey):
        return _is_text(field.target_field)
    return not isinstance(field, (*_BARE, JSONField))


def _as_json(field: JSONField, value: Any) -> str:
    return _escaped(json_text(value, field.encoder))


def _as_text(value: Any) -> str:
    return _escaped(str(value))
