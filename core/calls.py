"""Rows handed to a function of the database, which does a whole act in one call.

What is locked there stays locked while the database works and commits, not while it waits for our next
statement. The rows go as text: JSON would have to be searched by key, and reading literals one by one
takes the database longer than reading a row.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
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

Writer = Callable[[Any], str]
# What their values look like needs no quotes.
_BARE: Final = (BooleanField, DateField, DecimalField, IntegerField, UUIDField)
# Made once: `json.dumps` with options of its own makes one each time.
_as_json: Final = json.JSONEncoder(default=str, ensure_ascii=False).encode


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
    """An unsaved object as the text of its table's row, without the key.

    In the order in which the table has its columns now: a process that lives on while a migration
    adds one is refused by the database.
    """
    columns, clocks = _laid_out(type(row))
    for clock in clocks:
        clock.pre_save(row, True)
    value_of = vars(row).get
    parts = ["" if (value := value_of(name)) is None else write(value) for name, write in columns]
    return f"({','.join(parts)})"


def as_composite(values: Iterable[str | int]) -> str:
    """Values as the text of a composite type of the database."""
    parts = [str(value) if type(value) is int else _quoted(value) for value in values]
    return f"({','.join(parts)})"


@functools.cache
def _laid_out(model: type[Model]) -> tuple[list[tuple[str, Writer]], list[Field[Any, Any]]]:
    """Name and writer of each column as the table has them, and the fields that look at the clock."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    known = {str(field.column): (field.attname, _writer(field)) for field in fields}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum",
            [f'"{model._meta.db_table}"'],
        )
        columns = [known.get(column, ("", str)) for (column,) in cursor.fetchall()]
    return columns, [field for field in fields if _looks_at_the_clock(field)]


def _looks_at_the_clock(field: Field[Any, Any]) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


def _writer(field: Field[Any, Any]) -> Writer:
    if isinstance(field, JSONField):
        return lambda value: _quoted(_as_json(value))
    if isinstance(field, ForeignKey):
        return _writer(field.target_field)
    return str if isinstance(field, _BARE) else _quoted


def _quoted(value: Any) -> str:
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '""')
    return f'"{text}"'
