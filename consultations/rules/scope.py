"""Which projects the council takes up: five classes, each with the fact that proves it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

SECTORS = ("能源", "交通", "水利", "军事", "产业")


class Scope(StrEnum):
    """The five classes of the council's scope.

    Source: S4 附件2 二、会商项目范围.
    """

    MAJOR_SINGLE_SITE = "MAJOR_SINGLE_SITE"
    PROVINCIAL_PLAN = "PROVINCIAL_PLAN"
    FIVE_PLUS_THREE = "FIVE_PLUS_THREE"
    ORDERED = "ORDERED"
    SECTOR = "SECTOR"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Scope.MAJOR_SINGLE_SITE: "国家、省级重大项目清单的单独选址项目",
    Scope.PROVINCIAL_PLAN: "省级重点项目投资计划和省级调度清单项目",
    Scope.FIVE_PLUS_THREE: "“5+3”重大项目清单项目",
    Scope.ORDERED: "州委、州政府安排会商的项目",
    Scope.SECTOR: "行业主管部门提出需要会商的项目",
}


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What is known of a topic. `list_category`: a code of the project's, empty without a project."""

    list_category: str = ""
    is_single_site: bool = False
    industry: str = ""
    raised_by_department: bool = False


@dataclass(frozen=True, slots=True)
class ScopeVerdict:
    """Whether the council takes it up, in which classes and why.

    `missing`: what the office must still do, empty when it may go on.
    """

    scopes: tuple[Scope, ...]
    reason: str
    missing: str = ""


def proposed_scopes(facts: ScopeFacts) -> dict[Scope, str]:
    """The classes that the facts prove, each with its sentence. 州委、州政府安排 no fact can prove."""
    found: dict[Scope, str] = {}
    is_major = facts.list_category in ("NATIONAL", "PROVINCIAL")
    sector = next((word for word in SECTORS if word in facts.industry), "")
    if is_major and facts.is_single_site and sector:
        found[Scope.MAJOR_SINGLE_SITE] = f"国家、省级重大项目，单独选址，行业为{facts.industry}"
    if facts.list_category == "PROVINCIAL":
        found[Scope.PROVINCIAL_PLAN] = "清单类别为省重点"
    if facts.list_category == "FIVE_PLUS_THREE":
        found[Scope.FIVE_PLUS_THREE] = "清单类别为“5+3”重大项目"
    if facts.raised_by_department:
        found[Scope.SECTOR] = "由行业主管部门提出"
    return found


def check_scope(chosen: Collection[Scope], *, facts: ScopeFacts, reason: str) -> ScopeVerdict:
    """Check the chosen classes against the facts.

    A class that the facts prove needs no word; any other needs a written reason, which is kept
    as the office's own finding (州委、州政府安排: the paper that says so).
    """
    proved = proposed_scopes(facts)
    scopes = tuple(scope for scope in Scope if scope in chosen)
    if not scopes:
        return ScopeVerdict((), "", "没有选择会商范围；不属于五类范围的，请退回或转办。")
    own_words = [scope for scope in scopes if scope not in proved]
    written = reason.strip()
    if own_words and not written:
        names = "、".join(f"“{scope.label}”" for scope in own_words)
        return ScopeVerdict(scopes, "", f"项目情况不能说明属于{names}，请写明依据（如批示、会议文件）。")
    sentences = [proved[scope] for scope in scopes if scope in proved]
    if written:
        sentences.append(written if not own_words else f"办公室认定：{written}")
    return ScopeVerdict(scopes, "；".join(sentences))
