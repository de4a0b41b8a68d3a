"""Finding projects by what people type: names, numbers, owners, pinyin, numbers of documents."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from projects.models import DocumentNumber, Project, ProjectQuerySet

WORDS = 5
FEW = 200  # so many rows are named one by one
# As project codes (2601-522701-04-01-123456) and numbers (5227-2026-0001) begin.
_CODE = re.compile(r"[0-9-]{8,}")


@dataclass(frozen=True, slots=True)
class Found:
    """Which projects hold a text: the condition, and how many they are at most, None for many."""

    condition: Q
    at_most: int | None = None

    def __and__(self, other: Found) -> Found:
        known = [number for number in (self.at_most, other.at_most) if number is not None]
        return Found(self.condition & other.condition, min(known, default=None))


def projects_with(text: str) -> Found:
    """Every word must occur somewhere in names, numbers, owner, pinyin or a document's number.

    One query a word, two for a word that many hold. What few hold is looked up here, along the trigram
    indexes, so that counting, sorting and adding up afterwards go by primary key; what many hold stays a
    condition on the row, which the database may meet while it walks the list in order.

    A word with which some project's code or number begins means those: the pieces of a code are pieces
    of every other code too, and looking for them takes the longer the longer the list is.
    """
    found = Found(Q())
    for word in text.split()[:WORDS]:
        found &= _begun_with(word) or _holding(word)
    return found


def with_words(rows: ProjectQuerySet, text: str) -> ProjectQuerySet:
    """Those of `rows` that hold every word of `text`; queries as `projects_with`."""
    return rows.filter(projects_with(text).condition)


def _begun_with(word: str) -> Found | None:
    """A few projects whose code or number begins with the word, and those of documents. One query."""
    if not _CODE.fullmatch(word):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, {"beginning": f"{word}%", "piece": f"%{word}%", "most": FEW + 1})
        rows = cursor.fetchall()
    if len(rows) > FEW or not any(is_code for _, is_code in rows):
        return None
    pks = {pk for pk, _ in rows}
    return Found(Q(pk__in=pks), len(pks))


# Digits and hyphens alone: nothing in them that LIKE would take for more. Upper case as the index has it.
_BEGUN = """
(SELECT id, true FROM projects_project WHERE code LIKE %(beginning)s OR number LIKE %(beginning)s)
UNION ALL
(SELECT project_id, false FROM projects_documentnumber WHERE upper(number) LIKE %(piece)s)
LIMIT %(most)s
"""


def _holding(word: str) -> Found:
    # Unsorted: the database may stop as soon as there are more than a few.
    by_text = Project.objects.filter(search_text__icontains=word).order_by().values_list("pk")
    by_document = _documents(word).values_list("project_id")
    found = list(by_text.union(by_document, all=True)[: FEW + 1])
    if len(found) <= FEW:
        pks = {pk for (pk,) in found}
        return Found(Q(pk__in=pks), len(pks))
    documents = list(by_document[: FEW + 1])
    if len(documents) <= FEW:
        return Found(Q(search_text__icontains=word) | Q(pk__in={pk for (pk,) in documents}))
    return Found(Q(pk__in=by_text.union(by_document)))


def _documents(word: str) -> QuerySet[DocumentNumber]:
    return DocumentNumber.objects.filter(number__icontains=word).order_by()
