"""The archive of minutes, and who has read them."""

from __future__ import annotations

from django.db.models import Count, Q

from accounts.models import User
from consultations import rules
from consultations.models import Circulation, Minutes, MinutesQuerySet


def minutes_list(*, actor: User) -> MinutesQuerySet:
    """Minutes the actor may see that stand (drafts for the bureau alone), readers counted. One query."""
    return (
        Minutes.objects.visible_to(actor)
        .exclude(state=Minutes.State.REPLACED)
        .select_related("meeting__council__organisation", "issued_by", "document", "scan")
        .annotate(
            sent=Count("circulations", distinct=True),
            read=Count("circulations", filter=Q(circulations__read_at__isnull=False), distinct=True),
        )
    )


def search_minutes(rows: MinutesQuerySet, words: str) -> MinutesQuerySet:
    """Those whose full text holds every word. The index finds the pairs of characters, the text decides."""
    for word in words.split()[:5]:
        grams = [gram for gram in rules.bigrams(word) if len(gram) > 1 and not gram.isascii()]
        rows = rows.filter(Q(text__icontains=word) | Q(number_text__icontains=word))
        if grams:
            rows = rows.filter(grams__contains=grams)
    return rows


def excerpt(text: str, words: str, *, around: int = 40) -> str:
    """The passage of `text` in which the first of `words` stands; its beginning where none does."""
    first = next((word for word in words.split() if word.lower() in text.lower()), "")
    place = text.lower().find(first.lower()) if first else 0
    start, end = max(place - around, 0), place + len(first) + around
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}".replace(
        "\n", " "
    )


def circulations_of(minutes: Minutes, *, actor: User) -> list[Circulation]:
    """Who got the minutes, and has read them; a unit sees its own line. One query."""
    rows = Circulation.objects.visible_to(actor).filter(minutes=minutes)
    return list(rows.select_related("organisation", "read_by").order_by("organisation__path"))
