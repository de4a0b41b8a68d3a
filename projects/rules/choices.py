"""Words for categories, as counties write them, and the codes the project keeps.

Which lists there are is the bureau's to say; they come in as rows. The other three are the law's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from officefiles.values import fold

_REMEMBERED = 1_000
_QUOTES = re.compile(r"[\"“”'‘’「」()\[\]]")


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of one column.

    Attributes:
        labels: code → the word we print.
        words: other words → code.
        retired: codes that are read and printed still, but no longer offered.
    """

    labels: dict[str, str]
    words: dict[str, str]
    retired: frozenset[str] = frozenset()
    _codes: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def offered(self) -> list[str]:
        """The words to choose from."""
        return [label for code, label in self.labels.items() if code not in self.retired]

    def code(self, text: str) -> str:
        """The stored code, or "" for a word that is not known."""
        if text not in self._codes:
            if len(self._codes) > _REMEMBERED:
                self._codes.clear()
            self._codes[text] = self._look_up(text)
        return self._codes[text]

    def _look_up(self, text: str) -> str:
        folded = _QUOTES.sub("", fold(text))
        for code, label in self.labels.items():
            if folded in (_QUOTES.sub("", fold(label)), fold(code)):
                return code
        return next((code for word, code in self.words.items() if folded == _QUOTES.sub("", fold(word))), "")


@dataclass(frozen=True, slots=True)
class KindOfList:
    """A row of the kinds of list, as the reader needs it."""

    code: str
    name: str
    words: tuple[str, ...] = ()
    is_retired: bool = False


# The columns that hold a choice, by key, with their words.
Vocabulary = Mapping[str, Choices]


def vocabulary(kinds: Iterable[KindOfList]) -> Vocabulary:
    """The words of every column with choices, with the kinds of list in their order."""
    rows = list(kinds)
    lists = Choices(
        labels={row.code: row.name for row in rows},
        words={word: row.code for row in rows for word in row.words},
        retired=frozenset(row.code for row in rows if row.is_retired),
    )
    return {"list_category": lists, **_CHOICES}


_CHOICES: Final[dict[str, Choices]] = {
    "priority_class": Choices(
        labels={"URGENT": "急需", "KEY": "重点", "ORDINARY": "一般", "RESERVE": "预备"},
        words={
            "急需类": "URGENT",
            "紧急": "URGENT",
            "重点类": "KEY",
            "一般类": "ORDINARY",
            "预备类": "RESERVE",
            "储备": "RESERVE",
        },
    ),
    "level": Choices(
        labels={
            "NATIONAL": "国家级",
            "PROVINCIAL": "省级",
            "PREFECTURAL": "州（市）级",
            "COUNTY": "县级",
        },
        words={
            "国家": "NATIONAL",
            "部级": "NATIONAL",
            "省": "PROVINCIAL",
            "州": "PREFECTURAL",
            "州级": "PREFECTURAL",
            "市级": "PREFECTURAL",
            "市州级": "PREFECTURAL",
            "县": "COUNTY",
            "县市级": "COUNTY",
        },
    ),
    "track": Choices(
        labels={"single_site": "单独选址", "batch": "批次用地", "no_requisition": "仅存量（国有）地"},
        words={
            "单选": "single_site",
            "单独选址项目": "single_site",
            "单独选址用地": "single_site",
            "批次": "batch",
            "城市批次": "batch",
            "乡镇批次": "batch",
            "城镇批次": "batch",
            "仅存量": "no_requisition",
            "存量": "no_requisition",
            "存量用地": "no_requisition",
            "国有存量": "no_requisition",
            "无征收": "no_requisition",
            "不涉及征收": "no_requisition",
        },
    ),
}
