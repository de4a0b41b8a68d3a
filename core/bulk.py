"""Many rows at once by COPY: for imports, where the ORM's statements cost more than the rows.

Inserts and updates of tracked tables go through a temporary table and one ordinary statement, so
that their history triggers fire with the context that is in force, and a broken constraint is the
IntegrityError that Django raises.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeVar

import pgtrigger
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Field, JSONField, Model
from django.db.models.base import ModelState

from core.calls import stored
from core.json_text import json_text

M = TypeVar("M", bound=Model)

CHUNK: Final = 1 << 18
# The backslash first, or it would escape the others' escapes. `replace` on a text without the
# character costs nothing; `translate` walks through every character of it.
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\x00", ""))


class _Stream:
    """Rows as the text that COPY reads, made while it is read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = b""

    def read(self, size: int = CHUNK) -> bytes:
        parts, length = [self._rest], len(self._rest)
        while length < size and (batch := next(self._lines, "").encode()):
            parts.append(batch)
            length += len(batch)
        joined = b"".join(parts)
        self._rest = joined[size:]
        return joined[:size]


def _escaped(text: str) -> str:
    for character, escape in _ESCAPES:
        if character in text:
            text = text.replace(character, escape)
    return text


# By the exact type: a chain of isinstance costs more than the text.
_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: _escaped,
    int: str,
    type(None): lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    date: date.isoformat,
    datetime: datetime.isoformat,
    Decimal: lambda value: f"{value:f}",
}
_TOGETHER: Final = 1_000


def _lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Rows as lines, written column by column: a column's values are nearly always of one type."""
    rows = iter(rows)
    while batch := list(itertools.islice(rows, _TOGETHER)):
        columns = [_texts(column) for column in zip(*batch, strict=True)]
        yield "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _texts(column: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, column))
    if len(kinds) == 1:
        [kind] = kinds
        if kind is str and not any(character in "".join(column) for character, _ in _ESCAPES):
            return column
        return list(map(_WRITERS.get(kind, str), column))
    if kinds == {int, type(None)}:
        return ["\\N" if value is None else str(value) for value in column]
    writer_of = _WRITERS.get
    return [writer_of(type(value), str)(value) for value in column]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def copy_in(model: type[Model], columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Add rows to a table without history; keys are given by the database. JSON comes as text."""
    with connection.cursor() as cursor:
        _copy(cursor, model._meta.db_table, columns, rows)


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    cursor.copy_expert(f'COPY "{table}" ({_quoted(columns)}) FROM STDIN', _Stream(_lines(rows)), CHUNK)


def insert_rows(rows: Sequence[M], *, once: str = "") -> bool:
    """As `bulk_create` of a few objects of one model: one plain statement, a fraction of the computing.

    Gives each object its key.

    Args:
        once: a unique field; where a row with the same value exists, nothing is written.

    Returns: False if `once` found a row there, and only then.
    """
    if not rows:
        return True
    model, database = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    fields = _writable(model)
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for row in rows for field in fields]
    with database.cursor() as cursor:
        cursor.execute(_insertion(model, len(rows), once), values)
        keys = [key for (key,) in cursor.fetchall()]
    if not keys:
        return False
    for row, key in zip(rows, keys, strict=True):
        stored(row, key)
    return True


@functools.lru_cache(maxsize=200)
def _insertion(model: type[Model], number: int, once: str) -> str:
    """The statement that inserts a number of rows, with a place for each value."""
    fields = _writable(model)
    places = f"({', '.join(['%s'] * len(fields))})"
    conflict = f'ON CONFLICT ("{once}") DO NOTHING ' if once else ""
    return (
        f'INSERT INTO "{model._meta.db_table}" ({_quoted(str(field.column) for field in fields)})'
        f" VALUES {', '.join([places] * number)} {conflict}RETURNING id"
    )


@functools.cache
def _writable(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@functools.cache
def maker(model: type[M]) -> Callable[..., M]:
    """Makes new rows of a model as `model(**values)` does, in a fifth of the time.

    Values go by attname (`organisation_id`); what is left out has its default as of now. Related
    objects that are at hand are given apart, by the name of their field. No signal is sent.
    """
    defaults = {name: value for name, value in vars(model()).items() if name != "_state"}
    fresh = {field.attname: field.get_default for field in model._meta.concrete_fields if _own(field)}

    def make(*, related: Mapping[str, Model] | None = None, **values: Any) -> M:
        row = model.__new__(model)
        state = ModelState()
        if related:
            state.fields_cache = dict(related)
        row.__dict__.update(defaults, _state=state)
        for name, default in fresh.items():
            if name not in values:
                row.__dict__[name] = default()
        row.__dict__.update(values)
        return row

    return make


def _own(field: Field[Any, Any]) -> bool:
    """Whether every row needs a default of its own: a dictionary, a list, a moment."""
    return field.has_default() and callable(field.default)


def number_all(model: type[M], objects: Sequence[M]) -> None:
    """Give each unsaved object its key, for rows that name each other. `insert_all` writes them then."""
    if not objects:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [f'"{model._meta.db_table}"', len(objects)],
        )
        for item, (key,) in zip(objects, cursor.fetchall(), strict=True):
            item.pk = key


def insert_all(model: type[M], objects: Sequence[M]) -> Sequence[M]:
    """As `bulk_create`, with every field written: gives each object its key, if it has none. For many rows.

    Five statements and a COPY, however many rows. Run it inside a transaction.
    """
    if not objects:
        return objects
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    columns = [str(field.column) for field in fields]
    number_all(model, [item for item in objects if item.pk is None])
    with connection.cursor() as cursor:
        temporary = _temporary(cursor, table, columns)
        _copy(cursor, temporary, columns, _rows(objects, fields, adding=True))
        cursor.execute(
            f'INSERT INTO "{table}" ({_quoted(columns)}) SELECT {_quoted(columns)} FROM "{temporary}"'
        )
        cursor.execute(f'DROP TABLE "{temporary}"')
    for item in objects:
        stored(item, item.pk)
    return objects


def insert_remembered(model: type[M], objects: Sequence[M]) -> Sequence[M]:
    """As `insert_all` for a table with history, which is written by one statement. For very many rows.

    The history's trigger attaches its context anew for every row, to one and the same row of
    contexts: beyond some ten thousand rows its versions take longer than everything else.
    """
    if not objects:
        return objects
    # With a savepoint inside: what ends the ignoring is a statement, and a broken constraint must reach
    # the caller as itself.
    with pgtrigger.ignore(f"{model._meta.label}:insert_insert"), transaction.atomic():
        insert_all(model, objects)
    _remember(model, [item.pk for item in objects], "insert")
    return objects


def _events_of(model: type[Model]) -> type[Model]:
    events = next(r.related_model for r in model._meta.related_objects if r.field.name == "pgh_obj")
    assert isinstance(events, type)
    return events


def _remembered(model: type[Model]) -> list[str]:
    """The columns that the history of a table holds."""
    fields = _events_of(model)._meta.concrete_fields
    return [str(field.column) for field in fields if not field.name.startswith("pgh_")]


def _remember(model: type[Model], keys: Sequence[int], label: str) -> None:
    """Write the rows as they stand now into their history, in one statement."""
    own = _quoted(_remembered(model))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{_events_of(model)._meta.db_table}" '
            f"({own}, pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) "
            f"SELECT {own}, id, %s, now(), c.value "
            f'FROM "{model._meta.db_table}" CROSS JOIN (SELECT _pgh_attach_context() AS value) c '
            "WHERE id = ANY(%s)",
            [label, list(keys)],
        )


def update_all(model: type[M], objects: Sequence[M], names: Iterable[str], *, touched: str = "") -> None:
    """As `bulk_update` of the fields `names`, without its ladder of CASE. Run it inside a transaction.

    Args:
        touched: a field that is set to the moment of the statement, such as `updated_at`.
    """
    _update(model, objects, names, touched=touched, told=())


def update_remembered(
    model: type[M], objects: Sequence[M], names: Iterable[str], *, touched: str = ""
) -> None:
    """As `update_all` for a table with history, which is written by one statement; see `insert_remembered`.

    As with the trigger, a row in which nothing changes that the history holds leaves no version.
    """
    told = _remembered(model)
    with pgtrigger.ignore(f"{model._meta.label}:update_update"), transaction.atomic():
        changed = _update(model, objects, names, touched=touched, told=told)
    if changed:
        _remember(model, changed, "update")


def _update(
    model: type[M], objects: Sequence[M], names: Iterable[str], *, touched: str, told: Collection[str]
) -> list[int]:
    """The keys of the rows in which one of the columns `told` changes."""
    fields = [model._meta.get_field(name) for name in sorted(set(names) - {touched})]
    if not objects or not (fields or touched):
        return []
    table = model._meta.db_table
    keyed = [model._meta.pk, *fields]
    columns = [str(field.column) for field in keyed]  # type: ignore[union-attr]
    values = {column: f'new."{column}"' for column in columns[1:]}
    if touched:
        values[str(model._meta.get_field(touched).column)] = "statement_timestamp()"  # type: ignore[union-attr]
    settings = ", ".join(f'"{column}" = {value}' for column, value in values.items())
    differs = [f'old."{column}" IS DISTINCT FROM {values[column]}' for column in values if column in told]
    changed: list[int] = []
    with connection.cursor() as cursor:
        temporary = _temporary(cursor, table, columns)
        _copy(cursor, temporary, columns, _rows(objects, keyed, adding=False))  # type: ignore[arg-type]
        if differs:
            cursor.execute(
                f'SELECT old.id FROM "{table}" AS old JOIN "{temporary}" AS new ON new.id = old.id '
                f"WHERE {' OR '.join(differs)} ORDER BY old.id FOR UPDATE OF old"
            )
            changed = [key for (key,) in cursor.fetchall()]
        cursor.execute(
            f'UPDATE "{table}" AS old SET {settings} FROM "{temporary}" AS new WHERE old.id = new.id'
        )
        cursor.execute(f'DROP TABLE "{temporary}"')
    return changed


def _temporary(cursor: Any, table: str, columns: Sequence[str]) -> str:
    """An empty temporary table with these columns; its name."""
    name = f"many_{table}"
    cursor.execute(
        f'CREATE TEMPORARY TABLE "{name}" ON COMMIT DROP AS SELECT {_quoted(columns)} FROM "{table}" LIMIT 0'
    )
    return name


def _rows(
    objects: Iterable[Model], fields: Sequence[Field[Any, Any]], *, adding: bool
) -> Iterator[Iterable[Any]]:
    readers = [_reader(field, adding) for field in fields]
    objects = iter(objects)
    while batch := list(itertools.islice(objects, _TOGETHER)):
        yield from zip(*(map(read, batch) for read in readers), strict=True)


def _reader(field: Field[Any, Any], adding: bool) -> Callable[[Model], Any]:
    name = field.attname
    if isinstance(field, JSONField):
        encoder = field.encoder
        return lambda item: _json(getattr(item, name), encoder)
    if adding and (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)):
        return lambda item: field.pre_save(item, True)
    return attrgetter(name)


def _json(value: object, encoder: Any) -> str | None:
    return None if value is None else json_text(value, encoder)
