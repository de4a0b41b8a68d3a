"""The law of siting, from values alone: what follows from an outcome, and the order before new land.

Source: S2-01, S2-10, S4-06, S4-08 of mechanisms.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

CONFORMS, CONSISTENT, IMPOSSIBLE = "CONFORMS", "CONSISTENT", "IMPOSSIBLE"
NEEDED, SUBMITTED, APPROVED, REFUSED = "NEEDED", "SUBMITTED", "APPROVED", "REFUSED"
MET, PARTLY, UNMET = "MET", "PARTLY", "UNMET"
PASSED, CONFLICT, NOT_INVOLVED, PENDING = "PASSED", "CONFLICT", "NOT_INVOLVED", "PENDING"
PARKS, PARKS_AND_TOWNS, EVERYWHERE = "PARKS", "PARKS_AND_TOWNS", "EVERYWHERE"


# --- the site decision -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SiteState:
    """Where the search for a site stands: what the reader is told, and what comes next."""

    sentence: str
    follow_up: str
    is_settled: bool
    may_try_again: bool


def site_state(*, outcome: str, scheme: str) -> SiteState:
    """What follows from the last attempt. `outcome` "" means argued about and not decided."""
    if outcome == CONFORMS:
        return SiteState("符合两规", "可以继续办理用地预审和报批", is_settled=True, may_try_again=False)
    if outcome == IMPOSSIBLE:
        return SiteState("该选址不可用", "重新选址，登记新一轮选址位置", is_settled=False, may_try_again=True)
    if outcome == CONSISTENT:
        return _SCHEMES[scheme]
    return SiteState("正在论证，尚未判断", "完成合规比对后作出判断", is_settled=False, may_try_again=False)


_SCHEMES = {
    NEEDED: SiteState(
        "可作“两规”一致性处理",
        "编制一致性处理方案并报批，批准前不能视为符合规划",
        is_settled=False,
        may_try_again=False,
    ),
    SUBMITTED: SiteState("一致性处理方案已报批", "等待方案批复", is_settled=False, may_try_again=False),
    APPROVED: SiteState(
        "一致性处理方案已批准，视为符合两规",
        "可以继续办理用地预审和报批",
        is_settled=True,
        may_try_again=False,
    ),
    REFUSED: SiteState(
        "一致性处理方案未获批准", "重新选址，登记新一轮选址位置", is_settled=False, may_try_again=True
    ),
}
_NEXT_SCHEME = {NEEDED: (SUBMITTED,), SUBMITTED: (APPROVED, REFUSED, NEEDED), APPROVED: (), REFUSED: ()}


def scheme_steps(scheme: str) -> tuple[str, ...]:
    """To which states a scheme may move; a submitted one may come back to be worked over."""
    return _NEXT_SCHEME.get(scheme, ())


def outcome_refusal(outcome: str, *, conflicts: Sequence[str]) -> str:
    """Why an outcome cannot be recorded, in words; "" where it can.

    A site in conflict with any layer is not in line with the plans; it may still be made so by
    a scheme, or be given up. Source: S2-01, S4-06.
    """
    if outcome == CONFORMS and conflicts:
        names = "、".join(conflicts)
        return f"合规比对中{names}不符合，不能判断为符合两规；请改为一致性处理或重新选址，或先更正比对结果。"
    return ""


# --- the order before new land ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rung:
    """One question of the order. `ends_search`: where it is met, no new land is applied for."""

    code: str
    name: str
    position: int
    ends_search: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one rung; `met_m2` what it can supply where it is met in part."""

    code: str
    answer: str
    met_m2: int | None = None


@dataclass(frozen=True, slots=True)
class LadderReading:
    """How far the order has been asked, and what follows.

    Attributes:
        next: the rung to be answered now, None when the order is at its end.
        met_by: the rung that meets the need, so that no new land is needed.
        may_apply: all rungs were asked and the need is not met: new land may be applied for.
        left_m2: what is still needed after what was met in part; None where the need is unknown.
    """

    next: Rung | None
    met_by: Rung | None
    may_apply: bool
    left_m2: int | None
    sentence: str


def read_ladder(rungs: Iterable[Rung], given: Iterable[Given], *, need_m2: int | None) -> LadderReading:
    """Read the answers in the order of the rungs: 进园区 → 批而未供 → 标准厂房 → 新增.

    Partial answers add up; together they may meet the need. Source: S4-08.
    """
    answers = {answer.code: answer for answer in given}
    left = need_m2
    for rung in sorted(rungs, key=lambda rung: rung.position):
        answer = answers.get(rung.code)
        if answer is None:
            return LadderReading(rung, None, False, left, f"下一项：核实{rung.name}")
        if left is not None and answer.answer == PARTLY:
            left = max(0, left - (answer.met_m2 or 0))
        if rung.ends_search and (answer.answer == MET or left == 0):
            return LadderReading(None, rung, False, 0, f"{rung.name}能满足，不再申请新增建设用地")
    return LadderReading(None, None, True, left, "已逐项核实，仍不能满足，可以申请新增建设用地")


def rung_refusal(rungs: Iterable[Rung], given: Collection[Given], code: str, *, need_m2: int | None) -> str:
    """Why a rung cannot be answered now; "" where it can.

    Only the next rung can be answered, and the last answered one corrected: an answer on which
    later ones lean is not moved under them.
    """
    order = sorted(rungs, key=lambda rung: rung.position)
    named = {rung.code: rung for rung in order}
    if code not in named:
        return "没有这一项，请刷新页面后重新选择。"
    before = [answer for answer in given if named.get(answer.code) and answer.code != code]
    later = [named[a.code] for a in before if named[a.code].position > named[code].position]
    if later:
        return f"“{later[0].name}”已在其后核实，请先撤回后面的结论，再改“{named[code].name}”。"
    reading = read_ladder(order, before, need_m2=need_m2)
    if reading.met_by is not None:
        return f"“{reading.met_by.name}”已能满足，不用再核实“{named[code].name}”。"
    if reading.next is not None and reading.next.code != code:
        return f"还没有核实“{reading.next.name}”，请按次序先核实这一项。"
    return ""


# --- industry and 标准地 ------------------------------------------------------------------------


def industrial_word(words: Iterable[str], *, name: str, industry: str) -> str:
    """The word by which a project counts as industry; "" where none fits."""
    return next((word for word in words if word and (word in industry or word in name)), "")


@dataclass(frozen=True, slots=True)
class StandardLandReading:
    """Whether the land must be supplied as 标准地, why, and what is wrong with what was stated."""

    is_expected: bool
    reason: str
    problem: str


def read_standard_land(
    *,
    area: str,
    word: str,
    is_in_park: bool,
    in_ugb_m2: int | None,
    new_construction_m2: int | None,
    stated: bool | None,
) -> StandardLandReading:
    """新增工业用地 in a key area is supplied as 标准地 without exception.

    Args:
        area: which areas are key areas, a value of `SitingSetting.StandardArea`.
        word: the word by which the project counts as industry, "" if it does not.
        stated: what the office recorded; None: nothing yet.

    Source: S2-10.
    """
    if not word:
        return StandardLandReading(False, "不是工业项目", "")
    if new_construction_m2 == 0:
        return StandardLandReading(False, "不涉及新增建设用地", "")
    place = _key_area(area, is_in_park, in_ugb_m2)
    if not place:
        return StandardLandReading(False, "不在须按标准地供应的区域", "")
    reason = f"{place}新增工业用地（“{word}”类）"
    if stated:
        return StandardLandReading(True, reason, "")
    problem = "尚未认定是否按标准地供应" if stated is None else "应按标准地供应，现未按标准地供应"
    return StandardLandReading(True, reason, problem)


def _key_area(area: str, is_in_park: bool, in_ugb_m2: int | None) -> str:
    if is_in_park:
        return "功能园区内"
    if area in (PARKS_AND_TOWNS, EVERYWHERE) and in_ugb_m2:
        return "城镇开发边界内"
    return "全域" if area == EVERYWHERE else ""
