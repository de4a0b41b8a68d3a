"""Where a project's search for a site stands, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from accounts.models import Organisation, User
from core.units import round_half_up
from papers.models import Paper
from projects.models import (
    AreaAdjustment,
    ComplianceCheck,
    LadderAnswer,
    LandUse,
    PlanningMark,
    PriorityField,
    Project,
    Siting,
    SitingItem,
    SitingSetting,
    StandardLand,
)
from projects.rules.siting import (
    CONFLICT,
    PENDING,
    Given,
    LadderReading,
    Rung,
    SiteState,
    StandardLandReading,
    industrial_word,
    read_ladder,
    read_standard_land,
    scheme_steps,
    site_state,
)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """An item of the comparison with what was found; None: not compared yet."""

    item: SitingItem
    check: ComplianceCheck | None


@dataclass(frozen=True, slots=True)
class RungRow:
    """A rung with its answer; `is_next`: to be answered now."""

    item: SitingItem
    answer: LadderAnswer | None
    is_next: bool


@dataclass(frozen=True, slots=True)
class SitingReading:
    """Everything the tab 选址 says. `siting` is the newest attempt, `earlier` those before it."""

    siting: Siting | None
    earlier: Sequence[Siting]
    state: SiteState | None
    checks: Sequence[CheckRow]
    industrial_word: str
    rungs: Sequence[RungRow]
    ladder: LadderReading
    marks: Sequence[tuple[str, PlanningMark | None]]
    standard: StandardLand | None
    standard_reading: StandardLandReading
    fields: Sequence[PriorityField]
    adjustments: Sequence[AreaAdjustment]

    @property
    def open_checks(self) -> list[str]:
        """Items without a result, or to be verified."""
        return [row.item.name for row in self.checks if row.check is None or row.check.result == PENDING]

    @property
    def conflicts(self) -> list[str]:
        return [row.item.name for row in self.checks if row.check and row.check.result == CONFLICT]

    @property
    def weight(self) -> int:
        """The heaviest of the project's priority fields."""
        return max((tag.item.weight for tag in self.fields), default=0)

    @property
    def may_begin(self) -> bool:
        return self.siting is None or (self.state is not None and self.state.may_try_again)

    @property
    def is_open(self) -> bool:
        return self.siting is not None and not self.siting.outcome

    @property
    def has_scheme_step(self) -> bool:
        return self.siting is not None and bool(scheme_steps(self.siting.scheme))


def read_siting(*, project: Project, today: date) -> SitingReading:
    """The state of a project's search for a site. Nine queries.

    Args:
        project: with `organisation` and `land`; the caller has found it among the visible ones.
    """
    sitings = list(
        Siting.objects.filter(project=project)
        .select_related("decided_by", "argument_paper", "decision_paper", "scheme_paper")
        .order_by("-round")
    )
    newest = sitings[0] if sitings else None
    items = list(SitingItem.objects.in_force(today))
    setting = setting_on(today)
    land: LandUse | None = getattr(project, "land", None)
    need = land.total_m2 if land else None
    answers = {
        row.code: row
        for row in LadderAnswer.objects.filter(project=project).select_related(
            "evidence", "answered_by", "item"
        )
    }
    rungs = [item for item in items if item.kind == SitingItem.Kind.LADDER]
    ladder = read_ladder(
        [Rung(item.code, item.name, item.position, item.ends_search) for item in rungs],
        [Given(row.code, row.answer, row.met_m2) for row in answers.values()],
        need_m2=need,
    )
    marks = {
        mark.kind: mark
        for mark in PlanningMark.objects.filter(project=project).select_related("evidence", "marked_by")
    }
    standard = StandardLand.objects.filter(project=project).select_related("stated_by").first()
    word = industrial_word(words_of(setting), name=project.name, industry=project.industry)
    return SitingReading(
        siting=newest,
        earlier=sitings[1:],
        state=site_state(outcome=newest.outcome, scheme=newest.scheme) if newest else None,
        checks=_checks(newest, [item for item in items if item.kind == SitingItem.Kind.COMPLIANCE]),
        industrial_word=word,
        rungs=[
            RungRow(item, answers.get(item.code), ladder.next is not None and ladder.next.code == item.code)
            for item in rungs
        ],
        ladder=ladder,
        marks=[(str(kind.label), marks.get(kind.value)) for kind in PlanningMark.Kind],
        standard=standard,
        standard_reading=_standard(project, land, setting, word, standard),
        fields=list(PriorityField.objects.filter(project=project).select_related("item")),
        adjustments=list(
            AreaAdjustment.objects.filter(project=project).select_related("evidence", "entered_by")
        ),
    )


def _checks(siting: Siting | None, items: Sequence[SitingItem]) -> list[CheckRow]:
    if siting is None:
        return []
    found = {
        check.code: check
        for check in ComplianceCheck.objects.filter(siting=siting).select_related("checked_by", "evidence")
    }
    return [CheckRow(item, found.get(item.code)) for item in items]


def _standard(
    project: Project,
    land: LandUse | None,
    setting: SitingSetting | None,
    word: str,
    standard: StandardLand | None,
) -> StandardLandReading:
    return read_standard_land(
        area=setting.standard_area if setting else "",
        word=word,
        is_in_park=project.organisation.kind == Organisation.Kind.PARK,
        in_ugb_m2=land.in_ugb_m2 if land else None,
        new_construction_m2=land.new_construction_m2 if land else None,
        stated=standard.is_standard if standard else None,
    )


def setting_on(on: date) -> SitingSetting | None:
    """What counts as industry on a day. One query."""
    return SitingSetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()


def words_of(setting: SitingSetting | None) -> list[str]:
    return [word.strip() for word in setting.industrial_words.split("、")] if setting else []


def current_papers(*, actor: User, project: Project) -> list[Paper]:
    """The project's papers that can prove a statement, newest first. One query."""
    papers = Paper.objects.visible_to(actor).current().filter(project_id=project.pk)
    return list(papers.order_by("-id")[:100])


@dataclass(frozen=True, slots=True)
class StandardShare:
    """Of the projects whose land was stated as 标准地 or not: how many, and in percent."""

    standard: int
    stated: int

    @property
    def percent(self) -> Decimal | None:
        return None if not self.stated else round_half_up(Decimal(100 * self.standard) / self.stated, 1)


def standard_share(*, actor: User) -> StandardShare:
    """The share of 标准地 among the actor's adopted projects that were stated. One query."""
    rows = StandardLand.objects.visible_to(actor).filter(project__status=Project.Status.ADOPTED)
    found = rows.aggregate(standard=Count("pk", filter=Q(is_standard=True)), stated=Count("pk"))
    return StandardShare(found["standard"], found["stated"])


def item_list(*, actor: User) -> list[SitingItem]:
    """All items with their earlier versions, in order. One query. Public; see `rule_list`."""
    rows = SitingItem.objects.order_by("kind", "position", "code", "-effective_from")
    return list(rows) if actor.is_active else []


def setting_list(*, actor: User) -> list[SitingSetting]:
    """All versions of the setting, newest first. One query."""
    return list(SitingSetting.objects.all()) if actor.is_active else []
