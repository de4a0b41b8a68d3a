"""Which reporting unit a text means: codes, names, short names, aliases, offices within."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from officefiles.values import fold

REPORTING_KINDS = frozenset({"county", "park"})
_SEVERAL = re.compile(r"[、,;/和及与]")
_SUFFIX = re.compile(r"(人民政府|管理委员会|管委会)$")


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """An organisation as the directory needs it; `kind` as in `accounts.Organisation.Kind`."""

    code: str
    name: str
    short_name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """What a text means.

    Attributes:
        unit: the reporting unit, or None.
        guessed: only the beginning of the text was recognised (a town of the county).
        near: a similar name, for "did you mean", or "".
        several: names of the units where the text lists more than one.
    """

    unit: OrganisationEntry | None = None
    guessed: bool = False
    near: str = ""
    several: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """All reporting units, to be asked by text. Build it with `Directory.of`."""

    units: Mapping[str, OrganisationEntry]
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *, organisations: Iterable[OrganisationEntry], aliases: Mapping[str, str]) -> Directory:
        """Directory of a prefecture.

        Args:
            organisations: the whole tree; a bureau's or office's name means its county.
            aliases: alias → code; those of units above the counties mean no reporting unit.
        """
        entries = {entry.code: entry for entry in organisations}
        units = {code: entry for code, entry in entries.items() if entry.kind in REPORTING_KINDS}
        texts: dict[str, str] = {}
        for entry in entries.values():
            owner = _reporting_unit(entry, entries)
            if owner:
                for text in _spellings(entry):
                    texts.setdefault(text, owner)
        for alias, code in aliases.items():
            if code in units:
                texts.setdefault(fold(alias), code)
        return cls(units, texts)

    def resolve(self, text: str) -> UnitMatch:
        """The unit a cell means. A town is read as its county and marked as guessed."""
        folded = fold(text)
        if folded in self.texts:
            return UnitMatch(self.units[self.texts[folded]])
        parts = [part for part in _SEVERAL.split(folded) if part]
        if len(parts) > 1 and all(part in self.texts for part in parts):
            return UnitMatch(several=tuple(self.label(self.texts[part]) for part in parts))
        starts = {code for known, code in self.texts.items() if len(known) >= 3 and folded.startswith(known)}
        if len(starts) == 1 and not folded.endswith(("本级", "州级", "市级")):
            return UnitMatch(self.units[starts.pop()], guessed=True)
        close = get_close_matches(folded, self.texts, n=1, cutoff=0.6)
        return UnitMatch(near=self.label(self.texts[close[0]]) if close else "")

    def label(self, code: str) -> str:
        """The unit's everyday name, `都匀市`; the code itself for one that is not here."""
        unit = self.units.get(code)
        return unit.short_name if unit else code


def _reporting_unit(entry: OrganisationEntry, entries: Mapping[str, OrganisationEntry]) -> str:
    seen: set[str] = set()
    current: OrganisationEntry | None = entry
    while current and current.code not in seen:
        if current.kind in REPORTING_KINDS:
            return current.code
        seen.add(current.code)
        current = entries.get(current.parent)
    return ""


def _spellings(entry: OrganisationEntry) -> set[str]:
    spellings = {fold(entry.code), fold(entry.name), fold(entry.short_name)}
    if entry.kind in REPORTING_KINDS:
        spellings.add(_SUFFIX.sub("", fold(entry.name)))
    return spellings
