"""The text by which a project is found: its names and numbers, and how they are typed in pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypinyin.core import Pinyin

# Place names whose common reading is another one: 长 is zhǎng in 长大, 都 is dōu in 都是.
_PLACES = {
    "长顺": [["cháng"], ["shùn"]],
    "都匀": [["dū"], ["yún"]],
    "三都": [["sān"], ["dū"]],
    "荔波": [["lì"], ["bō"]],
    "瓮安": [["wèng"], ["ān"]],
    "贵定": [["guì"], ["dìng"]],
    "福泉": [["fú"], ["quán"]],
    "独山": [["dú"], ["shān"]],
    "平塘": [["píng"], ["táng"]],
    "罗甸": [["luó"], ["diàn"]],
    "龙里": [["lóng"], ["lǐ"]],
    "惠水": [["huì"], ["shuǐ"]],
    "都柳江": [["dū"], ["liǔ"], ["jiāng"]],
    "重安江": [["chóng"], ["ān"], ["jiāng"]],
    "长坡岭": [["cháng"], ["pō"], ["lǐng"]],
    "长坪": [["cháng"], ["píng"]],
    "调蓄": [["tiáo"], ["xù"]],
    "成都": [["chéng"], ["dū"]],
    "重点": [["zhòng"], ["diǎn"]],
    "重大": [["zhòng"], ["dà"]],
    "改扩建": [["gǎi"], ["kuò"], ["jiàn"]],
    "六盘水": [["lù"], ["pán"], ["shuǐ"]],
    "厦蓉": [["xià"], ["róng"]],
}

# Characters (多音字) whose readings begin with different letters. A name that the dictionary of phrases
# misreads is then found by the other initials too: 长岭 by ZL and by CL.
_OTHER_INITIALS = {
    "长": "cz", "重": "zc", "朝": "cz", "调": "td", "厦": "xs", "行": "xh", "乐": "ly", "车": "cj",
    "传": "cz", "参": "cs", "降": "jx", "单": "ds", "会": "hk", "藏": "cz", "番": "fp", "给": "jg",
    "盛": "sc", "校": "xj", "卡": "kq", "石": "sd", "埔": "pb", "堡": "bp", "系": "xj",
}  # fmt: skip
_MOST_SPELLINGS = 8
_CHINESE = re.compile(r"[〇々\u3400-\u9fff]+")


@cache
def _dictionary() -> Pinyin:
    """Loaded with the first name that is read: it takes half a second, and most processes never read one."""
    from pypinyin import load_phrases_dict
    from pypinyin.converter import UltimateConverter
    from pypinyin.core import Pinyin

    load_phrases_dict(_PLACES)
    return Pinyin(UltimateConverter())


@lru_cache(maxsize=20_000)
def _phrase(phrase: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each syllable of a phrase with the letters it may begin with."""
    return tuple(
        (syllable, _initials(character, syllable))
        for character, syllable in zip(phrase, _dictionary().lazy_pinyin(phrase), strict=True)
    )


@lru_cache(maxsize=20_000)
def _run(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The same for a run of Chinese characters. Lists say 产业园 and 道路工程 ten thousand times."""
    return tuple(read for phrase in _dictionary().seg(text) for read in _phrase(phrase))


def _readings(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is no Chinese character stands as it is: 110kV stays whole in the initials too."""
    end = 0
    for found in _CHINESE.finditer(name):
        if found.start() > end:
            yield name[end : found.start()], (name[end : found.start()],)
        yield from _run(found[0])
        end = found.end()
    if name[end:]:
        yield name[end:], (name[end:],)


def search_text(*, name: str, code: str = "", number: str | None = None, owner_unit: str = "") -> str:
    """What `icontains` looks through, in upper case: 名称 代码 编号 建设单位, initials and full pinyin.

    都匀抽水蓄能电站 is found by 都匀, DYCSXN and DUYUNCHOUSHUI.
    """
    readings = list(_readings(name))
    spellings = [""]
    for _, letters in readings:
        if len(letters) == 1:
            spellings = [said + letters[0] for said in spellings]
        else:
            spellings = [said + letter for letter in letters for said in spellings][:_MOST_SPELLINGS]
    words = [name, code, number or "", owner_unit, *spellings, "".join(syllable for syllable, _ in readings)]
    return " ".join(filter(None, words)).upper()


def _initials(character: str, syllable: str) -> tuple[str, ...]:
    """The initial as read, then the one of the character's other reading."""
    others = _OTHER_INITIALS.get(character, "")
    return (syllable[0], *(letter for letter in others if letter != syllable[0]))
