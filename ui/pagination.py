"""Lists page by key, not by offset: page 400 costs what page 1 costs, and no row is skipped or shown
twice when others write meanwhile. The address carries a signed cursor: the last row's sort values.

Nullable sort fields come last in both directions: a row without a date is never the most urgent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, ForeignKey, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

M = TypeVar("M")  # a row: an object of a model, or a dict of its values

PAGE_SIZE = 50
COUNT_CAP = 1000

_signer = Signer(salt="ui.pagination", sep=".")  # an address holds it as it is


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[M]):
    """One page of rows. The cursors are None where there is no such page."""

    rows: list[M]
    next_cursor: str | None
    previous_cursor: str | None

    def __iter__(self) -> Iterator[M]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class CappedCount:
    """How many rows, counted up to a cap: 186, or 1000+."""

    number: int
    is_capped: bool

    def __str__(self) -> str:
        return f"{self.number}+" if self.is_capped else str(self.number)

    def __bool__(self) -> bool:
        return self.number > 0


BEYOND_COUNTING = CappedCount(COUNT_CAP, is_capped=True)


class CursorInvalid(ValueError):
    """The cursor was altered, or belongs to another order."""


def capped_count(rows: QuerySet[Any], *, cap: int = COUNT_CAP) -> CappedCount:
    """Count `rows` up to `cap`; the database stops there. One query."""
    # Only keys are read: a count has no use for the rows' joins and expressions.
    number = rows.order_by().values("pk")[: cap + 1].count()
    return CappedCount(min(number, cap), number > cap)


def chosen_order(sort: str | None, allowed: Mapping[str, Sequence[str]], *, default: str) -> tuple[str, ...]:
    """The order fields for `sort` ("due", "-due") out of `allowed`; an unknown one means `default`.

    `allowed` maps a column's key to its fields, ascending: {"due": ("due_on", "name")}. Descending
    turns every field round.
    """
    key = sort if sort and sort.removeprefix("-") in allowed else default
    fields = tuple(allowed[key.removeprefix("-")])
    return tuple(_turned(field) for field in fields) if key.startswith("-") else fields


def keyset_page(
    rows: QuerySet[Any, M], *, order: Sequence[str], cursor: str | None = None, size: int = PAGE_SIZE
) -> KeysetPage[M]:
    """The page of `rows` in `order` that starts where `cursor` says; the first one without.

    `order`: field names or annotations, "-" for descending, "a__b" through a foreign key that is
    selected with the rows. The primary key is added as the last word, in the direction of the first
    field, so that an index over (field, id) fits. A cursor that does not fit means the first page: an
    old bookmark is no error. One query.
    """
    try:
        return read_page(rows, order=order, cursor=cursor, size=size)
    except CursorInvalid:
        return read_page(rows, order=order, cursor=None, size=size)


def read_page(
    rows: QuerySet[Any, M], *, order: Sequence[str], cursor: str | None, size: int
) -> KeysetPage[M]:
    """As `keyset_page`, for callers who tell their clients about bad cursors.

    Raises:
        CursorInvalid: `cursor` was altered, or belongs to another order.
    """
    keys = _keys(rows, order)
    backwards, values = _read_cursor(cursor, keys) if cursor else (False, None)
    if values is not None:
        rows = rows.filter(_beyond(keys, values, backwards=backwards))
    found = list(rows.order_by(*(key.order_by(backwards=backwards) for key in keys))[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    # Who came backwards came from a later page; who came forwards by a cursor, from an earlier one.
    has_next = bool(found) and (backwards or has_more)
    has_previous = bool(found) and (has_more if backwards else values is not None)
    return KeysetPage(
        rows=found,
        next_cursor=_write_cursor(found[-1], keys, backwards=False) if has_next else None,
        previous_cursor=_write_cursor(found[0], keys, backwards=True) if has_previous else None,
    )


def _turned(word: str) -> str:
    return word[1:] if word.startswith("-") else f"-{word}"


# --- lists in segments ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a list that comes as a whole before the next one: the red ones, then the amber ones.

    For orders that no index holds, made of parts that an index holds each. `order` as for
    `keyset_page`; its fields are never null within the segment. `last` tells equal rows apart: the key,
    or where the index lies in another table, that table's link to it. Of the key itself the database
    would not know that it may begin there, and read every row of the same day up to the one it seeks.
    """

    name: str
    condition: Q
    order: tuple[str, ...]
    last: str = "pk"


def turned(segments: Sequence[Segment]) -> list[Segment]:
    """The same list from its end."""
    return [
        replace(segment, order=tuple(_turned(word) for word in segment.order))
        for segment in reversed(segments)
    ]


def segmented_page(
    rows: QuerySet[Any, M],
    *,
    segments: Sequence[Segment],
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    carry: str = "",
) -> KeysetPage[M]:
    """As `keyset_page`, through one segment after the other until the page is full.

    Every row lies in exactly one segment, or it would be shown twice or never. At most one query for
    each segment; as a rule one or two. What its cursors `carry`, the next page reads by `carried_by`.
    """
    keys = {
        segment.name: _keys(rows, segment.order, last=segment.last, never_null=True) for segment in segments
    }
    try:
        start, backwards, values = _read_segment_cursor(cursor, keys) if cursor else (None, False, None)
    except CursorInvalid:
        start, backwards, values = None, False, None
    names = [segment.name for segment in segments]
    place = names.index(start) if start is not None else 0
    ahead = list(reversed(segments[: place + 1])) if backwards else list(segments[place:])
    found: list[tuple[M, str]] = []
    for segment in ahead:
        part = rows.filter(segment.condition)
        if values is not None and segment.name == start:
            part = part.filter(_beyond(keys[segment.name], values, backwards=backwards))
        part = part.order_by(*(key.order_by(backwards=backwards) for key in keys[segment.name]))
        found += [(row, segment.name) for row in part[: size + 1 - len(found)]]
        if len(found) > size:
            break
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or has_more)
    has_previous = bool(found) and (has_more if backwards else values is not None)
    return KeysetPage(
        rows=[row for row, _ in found],
        next_cursor=_write_segment_cursor(*found[-1], keys, False, carry) if has_next else None,
        previous_cursor=_write_segment_cursor(*found[0], keys, True, carry) if has_previous else None,
    )


def carried_by(cursor: str | None) -> str:
    """What the page before gave along with this cursor; "" for nothing, and for a cursor that was altered."""
    try:
        return str(_signer.unsign_object(cursor).get("c", "")) if cursor else ""
    except (BadSignature, ValueError):
        return ""


# --- keys ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    descending: bool
    nullable: bool

    @property
    def word(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def order_by(self, *, backwards: bool) -> OrderBy:
        """Plain where nulls cannot occur, so that a plain index serves it."""
        descending = self.descending != backwards
        nulls: dict[str, bool] = {}
        if self.nullable:
            nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.name).desc(**nulls) if descending else F(self.name).asc(**nulls)

    def beyond(self, value: object, *, backwards: bool) -> Q | None:
        """Rows after `value` in reading direction; None if there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        operator = "lt" if self.descending != backwards else "gt"
        after = Q(**{f"{self.name}__{operator}": value})
        if self.nullable and not backwards:
            after |= Q(**{f"{self.name}__isnull": True})
        return after

    def equal(self, value: object) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def not_before(self, value: object, *, backwards: bool) -> Q | None:
        """A bound on the first key alone: lets the database start reading its index at the right place."""
        if self.nullable or value is None:
            return None
        return Q(**{f"{self.name}__{'lte' if self.descending != backwards else 'gte'}": value})


def _keys(
    rows: QuerySet[Any], order: Sequence[str], *, last: str = "pk", never_null: bool = False
) -> list[_Key]:
    words = [word for word in order if word.removeprefix("-") not in ("pk", "id")]
    last = f"-{last}" if order and order[0].startswith("-") else last
    return [
        _Key(
            name=word.removeprefix("-"),
            descending=word.startswith("-"),
            nullable=not never_null and _is_nullable(rows, word.removeprefix("-")),
        )
        for word in [*words, last]
    ]


def _is_nullable(rows: QuerySet[Any], name: str) -> bool:
    """Whether the field, or any link on the way to it, may be empty. Annotations may."""
    if name == "pk":
        return False
    model: type[Model] = rows.model
    for part in name.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        if not isinstance(field, Field) or field.null:
            return True
        if isinstance(field, ForeignKey):
            model = field.related_model
    return False


def _beyond(keys: Sequence[_Key], values: Sequence[object], *, backwards: bool) -> Q:
    """(a, b, pk) beyond (x, y, z): a beyond x, or a = x and b beyond y, or …

    As one comparison of rows where nothing can be empty and all run one way: an index then begins exactly
    there, and does not read again what came before on the same day.
    """
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys):
        compare = TupleLessThan if keys[0].descending != backwards else TupleGreaterThan
        return Q(compare(Tuple(*(key.name for key in keys)), tuple(values)))
    choice = Q(pk__in=[])
    same = Q()
    for key, value in zip(keys, values, strict=True):
        after = key.beyond(value, backwards=backwards)
        if after is not None:
            choice |= same & after
        same &= key.equal(value)
    bound = keys[0].not_before(values[0], backwards=backwards)
    return bound & choice if bound is not None else choice


# --- cursors ---------------------------------------------------------------------------------


def _write_cursor(row: object, keys: Sequence[_Key], *, backwards: bool) -> str:
    values = [_plain(_value(row, key.name)) for key in keys]
    content = {"o": [key.word for key in keys], "b": int(backwards), "v": values}
    return str(_signer.sign_object(content))


def _read_cursor(cursor: str, keys: Sequence[_Key]) -> tuple[bool, list[object]]:
    try:
        content = _signer.unsign_object(cursor)
    except (BadSignature, ValueError) as error:
        raise CursorInvalid("altered") from error
    if content["o"] != [key.word for key in keys]:
        raise CursorInvalid("of another order")
    return bool(content["b"]), content["v"]


def _write_segment_cursor(
    row: object, segment: str, keys: Mapping[str, Sequence[_Key]], backwards: bool, carry: str
) -> str:
    content = {
        "s": segment,
        "o": [key.word for key in keys[segment]],
        "b": int(backwards),
        "v": [_plain(_value(row, key.name)) for key in keys[segment]],
    }
    return str(_signer.sign_object(content | ({"c": carry} if carry else {})))


def _read_segment_cursor(cursor: str, keys: Mapping[str, Sequence[_Key]]) -> tuple[str, bool, list[object]]:
    try:
        content = _signer.unsign_object(cursor)
    except (BadSignature, ValueError) as error:
        raise CursorInvalid("altered") from error
    segment = content.get("s")
    if segment not in keys or content["o"] != [key.word for key in keys[segment]]:
        raise CursorInvalid("of another order")
    return segment, bool(content["b"]), content["v"]


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        if row is None:
            return None
        row = getattr(row, part)
    return row


def _plain(value: object) -> object:
    """As JSON, without loss: a datetime keeps its microseconds."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Model):
        return _plain(value.pk)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
