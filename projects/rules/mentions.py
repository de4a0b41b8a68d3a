"""Reading “@岗位” in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# An @ inside a word or an address of mail names nobody.
_AT = re.compile(r"(?<![A-Za-z0-9._-])[@＠]")
_END = re.compile(r"[\s，。；：、！？,.;:!?()（）“”\"<>@＠]")


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who is named. `unknown` and `shared`: words after an @ that name nobody, or several people."""

    people: tuple[int, ...]
    unknown: tuple[str, ...]
    shared: tuple[str, ...]


def mentioned(text: str, names: Mapping[str, Sequence[int]]) -> Mentions:
    """The people that a text calls by “@” and a name, in the order of the text, each once.

    The longest name that stands at the place counts, so that “@都匀市经办” is not “@都匀市”.

    Args:
        names: every way to call a person, with the keys of those who bear it.
    """
    people: dict[int, None] = {}
    unknown: list[str] = []
    shared: list[str] = []
    longest = max(map(len, names), default=0)
    for at in _AT.finditer(text):
        rest = text[at.end() : at.end() + longest]
        name = next((rest[:size] for size in range(len(rest), 0, -1) if rest[:size] in names), None)
        if name is None:
            word = _END.split(text[at.end() : at.end() + 20], maxsplit=1)[0]
            unknown.append(word or "@")
        elif len(set(names[name])) > 1:
            shared.append(name)
        else:
            people[names[name][0]] = None
    return Mentions(tuple(people), tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(shared)))
