"""Words for categories, as counties write them, and the codes the project keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from officefiles.values import fold

_REMEMBERED = 1_000
_QUOTES = re.compile(r"[\"“”'‘’「」()\[\]]")


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of one column.

    Attributes:
        labels: code → the word our template offers.
        words: other words → code.
    """

    labels: dict[str, str]
    words: dict[str, str]
    _codes: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

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


CHOICES: dict[str, Choices] = {
    "list_category": Choices(
        labels={
            "NATIONAL": "国家重大",
            "PROVINCIAL": "省重点",
            "FIVE_PLUS_THREE": "“5+3”重大项目",
            "PREFECTURAL": "州重点",
            "OTHER": "其他",
        },
        words={
            "国家级重大": "NATIONAL",
            "国家重大项目": "NATIONAL",
            "国家重点": "NATIONAL",
            "国重": "NATIONAL",
            "省级重点": "PROVINCIAL",
            "省重大": "PROVINCIAL",
            "省级重大": "PROVINCIAL",
            "省重点项目": "PROVINCIAL",
            "省重大项目": "PROVINCIAL",
            "5+3": "FIVE_PLUS_THREE",
            "5+3项目": "FIVE_PLUS_THREE",
            "5+3重点项目": "FIVE_PLUS_THREE",
            "州级重点": "PREFECTURAL",
            "州重大": "PREFECTURAL",
            "州重点项目": "PREFECTURAL",
            "州级重点项目": "PREFECTURAL",
            "市重点": "PREFECTURAL",
            "其它": "OTHER",
            "一般项目": "OTHER",
        },
    ),
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
