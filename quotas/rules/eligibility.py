"""Who may draw on the pool, and the clause that says no (articles 5, 11, 17, 20 of S4 annex 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.units import AreaUnit, from_m2, round_half_up


class Reason(StrEnum):
    """Why an application may not go on; the slug is what the API and the tests read."""

    NOT_IN_CATEGORIES = "not_in_categories"
    NATIONAL_MAJOR_NEEDS_SINGLE_SITE = "national_major_requires_single_site_and_sector"
    NO_GAP = "no_gap"
    MORE_THAN_GAP = "more_than_gap"
    PROVINCIAL_MAJOR = "provincial_major_uses_direct_quota"
    OWN_QUOTA_LEFT = "own_quota_not_exhausted"
    DISPOSAL_TARGET = "disposal_target_not_met"
    NEGATIVE_LIST = "on_negative_list"
    NO_CLAUSE = "no_clause_applies"
    MORE_PADDY_THAN_AREA = "more_paddy_than_area"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason with its figure, the clause, and the sentence an officer reads."""

    reason: Reason
    clause: str
    sentence: str
    figure: str = ""

    @property
    def slug(self) -> str:
        return f"{self.reason}:{self.figure}" if self.figure else str(self.reason)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer: no refusals means yes. `gap` is what the county lacks (m²), where it counts."""

    refusals: tuple[Refusal, ...]
    gap: int | None = None

    @property
    def is_eligible(self) -> bool:
        return not self.refusals


class FarmlandCategory(StrEnum):
    """The four kinds of project of article 11, shared with the council's scope."""

    NATIONAL_MAJOR = "national_major"
    NATIONAL_MAJOR_SINGLE_SITE = "national_major_single_site"
    PROVINCIAL_KEY_PLAN = "provincial_key_plan"
    FIVE_PLUS_THREE = "five_plus_three"
    PREFECTURE_DESIGNATED = "prefecture_designated"


ACCEPTED_CATEGORIES = frozenset(
    {
        FarmlandCategory.NATIONAL_MAJOR_SINGLE_SITE,
        FarmlandCategory.PROVINCIAL_KEY_PLAN,
        FarmlandCategory.FIVE_PLUS_THREE,
        FarmlandCategory.PREFECTURE_DESIGNATED,
    }
)
SINGLE_SITE_SECTORS = frozenset({"能源", "交通", "水利", "军事设施", "产业"})
ARTICLE_11 = "调节池办法第11条"
ARTICLE_17 = "调节池办法第17条"
ARTICLE_20 = "调节池办法第20条"


def farmland_eligibility(
    *,
    categories: Collection[str],
    is_single_site: bool,
    sector: str | None,
    own_stock: int,
    need: int,
    accepted: Collection[str] = ACCEPTED_CATEGORIES,
) -> Eligibility:
    """Whether a county may draw farmland quota for a project.

    One of the four kinds of project, and a real gap: what the county needs beyond its own
    stock. A national major project counts only on a single site of energy, transport, water,
    defence or industry; `sector` None leaves the sector unchecked.

    Source: S4, annex 3, article 11.
    """
    named = {str(category) for category in categories}
    if FarmlandCategory.NATIONAL_MAJOR in named and is_single_site and sector in (None, *SINGLE_SITE_SECTORS):
        named.add(FarmlandCategory.NATIONAL_MAJOR_SINGLE_SITE)
    refusals: list[Refusal] = []
    if not named & {str(category) for category in accepted}:
        refusals.append(_wrong_category(named))
    gap = need - own_stock
    if gap <= 0:
        refusals.append(
            Refusal(
                Reason.NO_GAP,
                ARTICLE_11,
                f"本县库存 {_ha(own_stock)} 公顷，需求 {_ha(need)} 公顷，没有缺口。请先使用本县指标。",
            )
        )
    return Eligibility(tuple(refusals), gap=None if refusals else gap)


def _wrong_category(named: Collection[str]) -> Refusal:
    if FarmlandCategory.NATIONAL_MAJOR in named:
        return Refusal(
            Reason.NATIONAL_MAJOR_NEEDS_SINGLE_SITE,
            f"{ARTICLE_11}（一）",
            "国家、省级重大项目须为单独选址的能源、交通、水利、军事设施、产业项目。请核对项目轨道和行业。",
        )
    return Refusal(
        Reason.NOT_IN_CATEGORIES,
        ARTICLE_11,
        "项目不在四类保障范围内。请核对清单类别，或提请州委州政府确定。",
    )


def plan_eligibility(
    *,
    is_provincial_major: bool,
    own_remaining: int,
    disposal_target: int,
    disposal_done: int,
    is_on_negative_list: bool,
    tolerance: int = 0,
) -> Eligibility:
    """Whether a county may draw on the year's plan pool.

    Provincial and national major projects have quota of their own. The county's own quota of
    the year must be used up (`tolerance` m²), last year's disposal of idle and unsupplied land
    reached, and the county not on the negative list. All that fail are named, in this order.

    Source: S4, annex 3, articles 17 and 20; domain.md 3.2 R7.
    """
    refusals: list[Refusal] = []
    if is_provincial_major:
        refusals.append(
            Refusal(
                Reason.PROVINCIAL_MAJOR,
                f"{ARTICLE_17}（一）",
                "省级以上重大项目由国家和省直接配置计划指标，不使用州级统筹指标。",
            )
        )
    if own_remaining > tolerance:
        left = _ha(own_remaining)
        refusals.append(
            Refusal(
                Reason.OWN_QUOTA_LEFT,
                f"{ARTICLE_17}（二）",
                f"本县当年指标尚余 {left} 公顷，用完后方可申请。",
                figure=str(left),
            )
        )
    if disposal_done < disposal_target:
        # Never "100.00 %, not reached": what is missing may be less than half of the last digit.
        percent = min(round_half_up(Decimal(disposal_done) * 100 / disposal_target, 2), Decimal("99.99"))
        refusals.append(
            Refusal(
                Reason.DISPOSAL_TARGET,
                f"{ARTICLE_17}（二）",
                f"上年批而未供和闲置土地处置完成 {percent}%，未达目标。完成处置后方可申请。",
                figure=f"{percent}%",
            )
        )
    if is_on_negative_list:
        refusals.append(
            Refusal(
                Reason.NEGATIVE_LIST, ARTICLE_20, "本县在负面清单内，解除后方可申请。解除由州自然资源局办理。"
            )
        )
    return Eligibility(tuple(refusals))


class ScaleClause(StrEnum):
    """The three grounds of article 5; any one is enough (ambiguity 3 of domain.md 3.4)."""

    COUNTY_GAP = "county_gap"
    MAJOR_LAYOUT = "major_layout"
    LIVELIHOOD = "livelihood"

    @property
    def label(self) -> str:
        return {
            "county_gap": "（一）县域自行平衡为主，确有缺口",
            "major_layout": "（二）国家和省重大项目涉及布局调整",
            "livelihood": "（三）重大民生、基础设施需布局调整",
        }[self]


def scale_eligibility(*, clauses: Collection[ScaleClause], own_remaining: int, need: int) -> Eligibility:
    """Whether a county may draw boundary scale: one ground of article 5, the first with a gap.

    The county's own remainder is used first, whatever the ground (ambiguity 2).

    Source: S4, annex 3, article 5.
    """
    article = "调节池办法第5条"
    gap = need - own_remaining
    refusals: list[Refusal] = []
    if not clauses:
        refusals.append(Refusal(Reason.NO_CLAUSE, article, "没有选择适用的条款。请从第5条三项中至少选一项。"))
    if ScaleClause.COUNTY_GAP in clauses and gap <= 0:
        refusals.append(
            Refusal(
                Reason.NO_GAP,
                f"{article}（一）",
                f"本县剩余 {_ha(own_remaining)} 公顷，需求 {_ha(need)} 公顷，没有缺口。请先使用本县规模。",
            )
        )
    return Eligibility(tuple(refusals), gap=max(gap, 0))


def _ha(m2: int) -> Decimal:
    return from_m2(m2, AreaUnit.HA)
