"""Reading the review of thrifty use: a project's facts beside the standards of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from approvals import rules
from approvals.models import LandMeasure, LandStandard, LandThrift, LandThriftQuerySet


@dataclass(frozen=True, slots=True)
class ThriftLine:
    """One measure on the page."""

    label: str
    finding: rules.ThriftFinding

    @property
    def lamp(self) -> str:
        return {"met": "done", "missed": "red", "unknown": "idle"}[self.finding.verdict.value]


@dataclass(frozen=True, slots=True)
class ThriftReading:
    """A project's review as it stands on a day."""

    record: LandThrift
    lines: Sequence[ThriftLine]
    verdict: rules.ThriftVerdict

    @property
    def lamp(self) -> str:
        return {"met": "done", "missed": "red", "unknown": "idle"}[self.verdict.value]

    @property
    def missed(self) -> str:
        return "、".join(line.label for line in self.lines if line.lamp == "red")


def thrift_list(*, actor: User) -> LandThriftQuerySet:
    """Reviews the actor may see, with their projects. One query."""
    return LandThrift.objects.visible_to(actor).select_related(
        "project__organisation", "project__land", "paper", "entered_by"
    )


def standards_on(on: date) -> Mapping[str, Sequence[rules.Standard]]:
    """The standards of each use in force on a day. One query."""
    found: dict[str, list[rules.Standard]] = {}
    order = {code: place for place, code in enumerate(LandMeasure.values)}
    for row in sorted(LandStandard.objects.in_force(on), key=lambda row: order[row.measure]):
        found.setdefault(row.use, []).append(rules.Standard(row.measure, row.least, row.most, row.basis))
    return found


def uses_on(on: date) -> list[str]:
    """The uses for which standards stand. One query."""
    return list(standards_on(on))


def thrift_reader(today: date) -> Callable[[LandThrift], ThriftReading]:
    """Reads rows of `thrift_list` against the standards of a day; one query for all of them."""
    standards = standards_on(today)

    def read(row: LandThrift) -> ThriftReading:
        findings = rules.review_thrift(facts_of(row), standards.get(row.use, ()))
        lines = [ThriftLine(LandMeasure(each.standard.measure).label, each) for each in findings]
        return ThriftReading(row, lines, rules.whole_verdict(findings))

    return read


def facts_of(row: LandThrift) -> rules.BuildFacts:
    """The stated facts with the project's own land and investment. No query."""
    land = getattr(row.project, "land", None)
    return rules.BuildFacts(
        land_m2=land.total_m2 if land is not None else None,
        investment_yuan=(
            row.investment_yuan if row.investment_yuan is not None else row.project.investment_yuan
        ),
        floor_area_m2=row.floor_area_m2,
        counted_floor_m2=row.counted_floor_m2,
        base_m2=row.base_m2,
        green_m2=row.green_m2,
        office_m2=row.office_m2,
    )
