"""Which names are worth comparing: likeness by trigrams, without comparing all with all.

Two projects with other numbers in their names (二期 and 三期) are never one by their names, so that
names are compared only with those of the same county and the same numbers: a block. A large block is
read through its rarest trigrams, so that twenty thousand names that are nearly the same cost twenty
thousand times a constant and not its square.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest

from projects.rules.duplicates import Thresholds

# The nearest ones of a project that are proposed; a person looks at each.
MOST_NEAR = 10
# Up to so many comparisons a block is compared as a whole.
WHOLE = 1_000_000
RAREST, MOST_COMPARED = 12, 300
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class NameCard:
    """A project's name without its county in front, its owner, and the block it lies in."""

    pk: int
    bare: str
    owner: str
    block: tuple[object, ...]


def trigrams(text: str) -> frozenset[str]:
    """As PostgreSQL's pg_trgm sees them: words in lower case, two blanks before, one after."""
    grams: set[str] = set()
    for word in _WORD.findall(text.lower()):
        padded = f"  {word} "
        grams.update(padded[place : place + 3] for place in range(len(padded) - 2))
    return frozenset(grams)


def near_names(
    cards: Iterable[NameCard], *, asked: frozenset[int], thresholds: Thresholds
) -> Iterator[list[tuple[int, int]]]:
    """Pairs (asked, other) within the thresholds, block by block; at most `MOST_NEAR` for each asked.

    Exact in blocks of up to about a thousand names. In larger ones a name is compared with the
    `MOST_COMPARED` that share its rarest trigrams.
    """
    blocks: dict[tuple[object, ...], list[NameCard]] = defaultdict(list)
    for card in cards:
        blocks[card.block].append(card)
    for block in blocks.values():
        if len(block) > 1 and any(card.pk in asked for card in block):
            yield _pairs_of(block, asked, thresholds)


def _pairs_of(
    block: Sequence[NameCard], asked: frozenset[int], thresholds: Thresholds
) -> list[tuple[int, int]]:
    by_name: dict[str, list[NameCard]] = defaultdict(list)
    for card in block:
        by_name[card.bare].append(card)
    grams = {name: trigrams(name) for name in by_name}
    wanted = [name for name, cards in by_name.items() if any(card.pk in asked for card in cards)]
    least = min(thresholds.name_percent, thresholds.owner_name_percent) / 100
    candidates = _Rare(grams) if len(wanted) * len(by_name) > WHOLE else None
    pairs: list[tuple[int, int]] = []
    for name in wanted:
        others = grams if candidates is None else candidates.near(name)
        shares = _shares(name, others, grams, least)
        for card in by_name[name]:
            if card.pk in asked:
                pairs += _nearest(card, shares, by_name, thresholds)
    return pairs


def _shares(
    name: str, others: Iterable[str], grams: dict[str, frozenset[str]], least: float
) -> list[tuple[float, str]]:
    """The likeness of `name` with each of `others` that reaches `least`, most alike first."""
    own, size = grams[name], len(grams[name])
    found = [(1.0, name)]
    for other in others:
        theirs = grams[other]
        # The smaller set bounds the likeness: most names fall out before they are compared.
        if other == name or min(size, len(theirs)) < least * max(size, len(theirs)):
            continue
        both = len(own & theirs)
        if both and both >= least * (size + len(theirs) - both):
            found.append((both / (size + len(theirs) - both), other))
    return sorted(found, key=lambda one: -one[0])


def _nearest(
    card: NameCard,
    shares: Sequence[tuple[float, str]],
    by_name: dict[str, list[NameCard]],
    thresholds: Thresholds,
) -> Iterator[tuple[int, int]]:
    number = 0
    for share, name in shares:
        for other in by_name[name]:
            is_same_owner = bool(card.owner) and card.owner == other.owner
            percent = thresholds.owner_name_percent if is_same_owner else thresholds.name_percent
            # A percent of leeway: the database rounds once more.
            if other.pk == card.pk or round(share * 100) + 1 < min(percent, thresholds.name_percent):
                continue
            yield card.pk, other.pk
            number += 1
            if number == MOST_NEAR:
                return


class _Rare:
    """Names by their trigrams, read from the rarest on."""

    def __init__(self, grams: dict[str, frozenset[str]]) -> None:
        self._grams = grams
        self._names: dict[str, list[str]] = defaultdict(list)
        for name, parts in grams.items():
            for part in parts:
                self._names[part].append(name)

    def near(self, name: str) -> list[str]:
        rarest = sorted(self._grams[name], key=lambda part: len(self._names[part]))[:RAREST]
        hits: Counter[str] = Counter()
        for part in rarest:
            hits.update(self._names[part][: 4 * MOST_COMPARED])
        return [other for other, _ in nlargest(MOST_COMPARED, hits.items(), key=lambda hit: hit[1])]
