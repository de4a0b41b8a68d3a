"""Applications: the list, one with its checks, what is missing, who is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of
from projects.models import PROVINCIAL_UP, Project
from projects.selectors.list_kinds import list_scopes
from quotas import rules
from quotas.errors import PolicyMissing
from quotas.models import (
    Application,
    ApplicationLine,
    ApplicationMaterial,
    ApplicationOpinion,
    ApplicationQuerySet,
    ChecklistItem,
    NegativeListing,
    ReviewSetting,
)
from quotas.rules import Asked, Instrument, Pool, Refusal
from quotas.selectors.coverage import land_of
from quotas.selectors.holdings import own_balances
from quotas.selectors.pools import policy_on


def application_list(*, actor: User) -> ApplicationQuerySet:
    """The applications that the actor may read, newest first, with what a list shows. Two queries."""
    return (
        Application.objects.visible_to(actor)
        .select_related("applicant", "project__organisation", "deadline")
        .prefetch_related(Prefetch("lines", ApplicationLine.objects.order_by("id")))
        .order_by("-id")
    )


def application_page(*, actor: User) -> ApplicationQuerySet:
    """The same with all that one application's page shows. Five queries for one."""
    return (
        application_list(actor=actor)
        .select_related("submitted_by", "created_by", "decision_paper", "project__land")
        .prefetch_related(Prefetch("materials", ApplicationMaterial.objects.select_related("item", "paper")))
        .prefetch_related(
            Prefetch("opinions", ApplicationOpinion.objects.select_related("organisation", "answered_by"))
        )
    )


def review_setting(on: date) -> ReviewSetting:
    """Who is asked and how long a review takes, on a day. One query.

    Raises:
        PolicyMissing: nothing is set.
    """
    found = ReviewSetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    if found is None:
        raise PolicyMissing("没有施行中的申请审核设置；请先登记会同单位和时限。", on=on)
    return found


def reviewing_office(setting: ReviewSetting, *, applicant: Organisation) -> Organisation:
    """Whose turn it is when an application comes in: the office of the setting, else the prefecture
    above the applicant. One or two queries.
    """
    found = Organisation.objects.filter(code=setting.reviewer, is_active=True).first()
    return found or prefecture_of(applicant)


def joint_offices(setting: ReviewSetting) -> list[Organisation]:
    """The offices that a review asks, in the order of the setting. One query."""
    codes = [code.strip() for code in setting.offices.replace("，", ",").split(",") if code.strip()]
    found = {row.code: row for row in Organisation.objects.filter(code__in=codes, is_active=True)}
    return [found[code] for code in codes if code in found]


def checklist(*, pool: str, on: date) -> list[ChecklistItem]:
    """What an application to a pool must bring on a day, in order. One query."""
    return list(ChecklistItem.objects.in_force(on).filter(pool=pool).order_by("position", "code"))


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to an application: its lines against the county's own quota, and every no.

    `warnings` do not stop it. `gaps`: what the county lacks by instrument.
    """

    lines: tuple[Asked, ...]
    refusals: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def is_eligible(self) -> bool:
        return not self.refusals

    @property
    def sentences(self) -> list[str]:
        return [f"{refusal.sentence}（{refusal.clause}）" for refusal in self.refusals]


def check_application(application: Application, *, today: date) -> Check:
    """What the rules say to an application now: own balance first, then the pool's conditions.

    Reads the project's land and list entry, the county's balances, the negative list and the
    policy in force. Four queries.

    Source: S4, annex 3, articles 5, 11, 17, 20; domain.md 3.2 R7.
    """
    own = own_balances(county=application.applicant, year=application.year)
    lines = tuple(
        Asked(
            Instrument(row.instrument),
            row.need,
            own.get(Instrument(row.instrument), 0),
            row.amount,
        )
        for row in application.lines.all()
    )
    pool = Pool(application.pool)
    listing = NegativeListing.objects.in_force(today).filter(county=application.applicant)
    listed_pools = {row.pool for row in listing}
    categories = _categories(application.project)
    if pool is Pool.SCALE:
        refusals = _scale(application, lines)
    elif pool is Pool.FARMLAND:
        refusals = _farmland(application.project, lines, categories)
    else:
        refusals = _plan(application, lines, own, listed_pools, today)
    warnings = []
    if listed_pools and not (pool is Pool.PLAN and Pool.PLAN in listed_pools):
        warnings.append("本县在负面清单内，审核时请注意（调节池办法第20条）。")
    refusals += rules.asking_refusals(lines)
    return Check(lines, tuple(_once(refusals)), tuple(warnings), categories)


def _categories(project: Project) -> tuple[str, ...]:
    scope = list_scopes().get(project.list_category)
    found = rules.category_of(scope) if scope else None
    return (str(found),) if found else ()


def _scale(application: Application, lines: tuple[Asked, ...]) -> list[Refusal]:
    clauses = [rules.ScaleClause(clause) for clause in application.clauses]
    return [
        refusal
        for line in lines
        for refusal in rules.scale_eligibility(
            clauses=clauses, own_remaining=line.own, need=line.need
        ).refusals
    ]


def _farmland(project: Project, lines: tuple[Asked, ...], categories: tuple[str, ...]) -> list[Refusal]:
    refusals: list[Refusal] = []
    for line in lines:
        answer = rules.farmland_eligibility(
            categories=categories,
            is_single_site=project.track == Project.Track.SINGLE_SITE,
            sector=rules.sector_of(project.industry),
            own_stock=line.own,
            need=line.need,
        )
        refusals += [_named(refusal, line) for refusal in answer.refusals]
    return refusals


def _named(refusal: Refusal, line: Asked) -> Refusal:
    """The refusal with its instrument, where a figure of that instrument decided it."""
    if refusal.reason is not rules.Reason.NO_GAP:
        return refusal
    own, need = rules.shown(line.instrument, line.own), rules.shown(line.instrument, line.need)
    sentence = f"{line.instrument.label}本县库存 {own}，需求 {need}，没有缺口。请先使用本县指标。"
    return Refusal(refusal.reason, refusal.clause, sentence, refusal.figure)


def _plan(
    application: Application,
    lines: tuple[Asked, ...],
    own: dict[Instrument, int],
    listed_pools: set[str],
    today: date,
) -> list[Refusal]:
    policy = policy_on(today)
    answer = rules.plan_eligibility(
        is_provincial_major=list_scopes().get(application.project.list_category) in PROVINCIAL_UP,
        own_remaining=own.get(Instrument.ANNUAL_PLAN, 0),
        disposal_target=application.disposal_target_m2 or 0,
        disposal_done=application.disposal_done_m2 or 0,
        is_on_negative_list=Pool.PLAN in listed_pools,
        tolerance=policy.plan_tolerance_m2,
    )
    return list(answer.refusals)


def _once(refusals: Iterable[Refusal]) -> list[Refusal]:
    """Each reason once: three instruments that miss the same category are one no."""
    return list(dict.fromkeys(refusals))


def missing_materials(application: Application, *, today: date) -> list[ChecklistItem]:
    """Required items of the checklist in force without a paper that still stands. Two queries."""
    handed_in = ApplicationMaterial.objects.filter(
        application=application, paper__withdrawal__isnull=True
    ).values_list("item__code", flat=True)
    there = set(handed_in)
    return [
        item
        for item in checklist(pool=application.pool, on=today)
        if item.is_required and item.code not in there
    ]


def proposed_lines(*, project: Project, county: Organisation, pool: Pool, year: int) -> list[Asked]:
    """What a county would ask the pool for this project: its demand less the county's own quota.

    One line for each instrument that the project needs; nothing to ask where the own quota is
    enough. Two queries.
    """
    own = own_balances(county=county, year=year)
    demand = rules.demand_of(land_of(getattr(project, "land", None), project.track))
    lines = []
    for instrument in pool.instruments:
        need, left = demand.get(instrument, 0), own.get(instrument, 0)
        if need:
            lines.append(Asked(instrument, need, left, max(need - left, 0)))
    return lines
