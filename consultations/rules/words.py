"""The words of agendas and minutes, and how Chinese text is taken apart for searching."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

_DIGITS = "零一二三四五六七八九"
_RUNS = re.compile(r"[一-鿿]+|[0-9a-z]+")


def chinese_number(number: int) -> str:
    """1 → 一, 12 → 十二, 40 → 四十, 105 → 一百零五; headings of minutes are counted so. 1 to 999."""
    if not 0 < number < 1000:
        raise ValueError(f"no heading carries the number {number}")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def times_words(times: int) -> str:
    """第 3 次上会."""
    return f"第 {times} 次上会"


def minutes_opening(*, held_on: date, place: str, chair: str, title: str, topics: Sequence[str]) -> str:
    """The first paragraph of minutes: when, where, who presided, what was heard.

    Source: domain.md 7, 纪要正文骨架.
    """
    day = f"{held_on.year}年{held_on.month}月{held_on.day}日"
    where = f"在{place}" if place else ""
    who = f"{chair}主持，" if chair else ""
    heard = "、".join(topics)
    about = f"会议听取{heard}等情况汇报，研究了有关事项，" if topics else "会议研究了有关事项，"
    return f"{day}，{who}{where}召开{title}。{about}现将议定事项纪要如下："


def resolution_sentence(*, text: str, lead: str, together_with: Sequence[str], due: str) -> str:
    """One resolution in words: the matter, who leads, who helps, by when."""
    helpers = f"，配合单位：{'、'.join(together_with)}" if together_with else ""
    return f"{text.rstrip('。；;. ')}。（责任单位：{lead}{helpers}；完成时限：{due}）"


def names_line(people: Sequence[tuple[str, str]]) -> str:
    """Units and names as 出席 prints them: 州发展和改革委员会 张某，州水务局 李某."""
    return "，".join(" ".join(part for part in person if part) for person in people)


def bigrams(text: str) -> list[str]:
    """The pairs of neighbouring characters of every Chinese run, and whole words of digits and letters.

    Each once, sorted: what an index holds of a text, and what a query must find in it. A single
    character gives itself.
    """
    found: set[str] = set()
    for run in _RUNS.findall(text.lower()):
        if run[0].isascii():
            found.add(run[:20])
        elif len(run) == 1:
            found.add(run)
        else:
            found.update(run[place : place + 2] for place in range(len(run) - 1))
    return sorted(found)
