"""The text by which a project is found: its names and numbers, and how they are typed in pinyin."""

from __future__ import annotations

from pypinyin import lazy_pinyin, load_phrases_dict

# Place names whose common reading is another one: 长 is zhǎng in 长大, 都 is dōu in 都是.
_PLACES = {
    "长顺": [["cháng"], ["shùn"]],
    "都匀": [["dū"], ["yún"]],
    "三都": [["sān"], ["dū"]],
    "荔波": [["lì"], ["bō"]],
    "瓮安": [["wèng"], ["ān"]],
    "贵定": [["guì"], ["dìng"]],
    "长坪": [["cháng"], ["píng"]],
    "成都": [["chéng"], ["dū"]],
    "重点": [["zhòng"], ["diǎn"]],
    "重大": [["zhòng"], ["dà"]],
    "改扩建": [["gǎi"], ["kuò"], ["jiàn"]],
    "六盘水": [["lù"], ["pán"], ["shuǐ"]],
    "厦蓉": [["xià"], ["róng"]],
}
load_phrases_dict(_PLACES)


def search_text(*, name: str, code: str = "", number: str | None = None, owner_unit: str = "") -> str:
    """What `icontains` looks through, in upper case: 名称 代码 编号 建设单位, initials and full pinyin.

    都匀抽水蓄能电站 is found by 都匀, DYCSXN and DUYUNCHOUSHUI.
    """
    syllables = lazy_pinyin(name)
    # What is no Chinese character comes back as it was: 110kV stays whole in the initials too.
    initials = "".join(part if part in name else part[0] for part in syllables)
    words = [name, code, number or "", owner_unit, initials, "".join(syllables)]
    return " ".join(word for word in words if word).upper()
