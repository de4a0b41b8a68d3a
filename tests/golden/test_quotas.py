"""Every golden quota case, through the public rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import projects
from core.units import AreaUnit, from_m2, to_m2
from deadlines.published import published_calendar
from deadlines.rules import WorkingCalendar
from projects.rules.levels import LevelFacts, propose_level, read_level_rules
from quotas import rules
from quotas.models import Policy
from quotas.rules import Instrument
from tests.golden.conftest import OWN_CASES

Case = dict[str, Any]
LEVEL_TABLE = Path(projects.__file__).parent / "reference" / "approval_rules.csv"
DIMENSIONS = {
    "area_ha": Instrument.FARMLAND_AREA,
    "paddy_ha": Instrument.FARMLAND_PADDY,
    "grain_kg": Instrument.FARMLAND_GRAIN,
}
NAMES = {instrument: name for name, instrument in DIMENSIONS.items()}


def test_a_golden_quota_case(golden_case: Case) -> None:
    answer = ANSWERS[golden_case["kind"]](golden_case["input"])

    expected = golden_case["expected"]
    assert {key: answer.get(key, "not answered") for key in expected} == expected


@cache
def prefecture() -> tuple[str, dict[str, str]]:
    """The prefecture's code and the counties' names that the cases use."""
    meta = json.loads((OWN_CASES / "quotas.json").read_text(encoding="utf-8"))["meta"]
    return meta["state_code"], meta["names"]


@cache
def calendar() -> WorkingCalendar:
    return published_calendar(last_year=2040)


def m2(text: str) -> int:
    return to_m2(Decimal(text), AreaUnit.HA)


def ha(amount: int) -> str:
    return str(from_m2(amount, AreaUnit.HA))


def whole(instrument: Instrument, text: str) -> int:
    return m2(text) if instrument.is_land else int(text)


def shown(instrument: Instrument, amount: int) -> str:
    return ha(amount) if instrument.is_land else str(amount)


def pool_in_scale(given: Case) -> Case:
    rows = [rules.unused_scale(available=m2(i["available"]), used=m2(i["used"])) for i in given["items"]]
    return {
        "transferred": [ha(row.transferred) for row in rows],
        "flags": [f"over_used:{ha(row.over_used)}" if row.over_used else None for row in rows],
    }


def pool_in_farmland(given: Case) -> Case:
    answer: Case = {"pooled_owner": given["owner"]}
    for name, instrument in DIMENSIONS.items():
        gross, deduction, province = (
            whole(instrument, given[part][name]) for part in ("gross", "statutory_deduction", "province_pool")
        )
        usable = rules.usable_amount(gross=gross, deduction=deduction, province=province)
        share = rules.pooled_share(usable=usable, rate=Decimal(given["rate"]))
        answer[name] = {
            "usable": shown(instrument, share.usable),
            "pooled": shown(instrument, share.pooled),
            "county_keeps": shown(instrument, share.kept),
        }
    return answer


def pool_in_plan(given: Case) -> Case:
    shares = [
        (item["county"], rules.pooled_share(usable=m2(item["quota"]), rate=Decimal(given["rate"])))
        for item in given["items"]
    ]
    return {
        "rows": [
            {"county": county, "pooled": ha(share.pooled), "county_keeps": ha(share.kept)}
            for county, share in shares
        ]
    }


def draw_farmland(given: Case, *, allow_partial: bool = True) -> Case:
    state, names = prefecture()
    applicant = given["applicant"]
    lines: list[Case] = []
    charges: list[rules.Charge] = []
    shortfall: dict[str, str] = {}
    for name, instrument in DIMENSIONS.items():
        if name not in given["request"]:
            continue
        held = {applicant: given.get("own_pooled", {}), state: given.get("state", {})} | given["others"]
        draw = rules.draw_farmland(
            applicant=applicant,
            state=state,
            need=whole(instrument, given["request"][name]),
            holdings=[rules.Holding(o, whole(instrument, h.get(name, "0"))) for o, h in held.items()],
        )
        for take in draw.takes:
            is_free = take.kind is rules.SourceKind.OWN
            price = Decimal(0) if is_free else Decimal(given["prices_yuan_per_unit"][name])
            yuan = rules.amount_due(instrument=instrument, amount=take.amount, price=price)
            charges.append(rules.Charge(take.owner, instrument, take.amount, yuan))
            lines.append(
                {
                    "dim": name,
                    "source": str(take.kind),
                    "owner": take.owner,
                    "qty": shown(instrument, take.amount),
                    "amount_yuan": str(yuan),
                    "payee": None if is_free else treasury(take.owner, state, names),
                }
            )
        if draw.shortfall:
            shortfall[name] = shown(instrument, draw.shortfall)
    if shortfall and not allow_partial:
        return {"allocations": [], "payments": {}, "shortfall": shortfall, "status": "rejected_insufficient"}
    payments = rules.payments_by_owner(charges)
    return {
        "allocations": lines,
        "payments": {treasury(owner, state, names): str(yuan) for owner, yuan in payments.items()},
        "total_yuan": str(sum(payments.values(), Decimal("0.00"))),
        "shortfall": shortfall,
        "status": "partial" if shortfall else "full",
    }


def treasury(owner: str, state: str, names: dict[str, str]) -> str:
    return "州级财政" if owner == state else f"{names[owner]}财政"


def draw_farmland_partial(given: Case) -> Case:
    return {
        "allow_partial_true": draw_farmland(given),
        "allow_partial_false": draw_farmland(given, allow_partial=False),
    }


def draw_scale(given: Case) -> Case:
    _, names = prefecture()
    counties = [
        rules.CountyScale(code, quota=m2(row["quota"]), used=m2(row["used"]))
        for code, row in given["counties"].items()
    ]
    by_code = {county.code: county for county in counties}
    answer: Case = {}
    for order in rules.ScaleOrder:
        draw = rules.draw_scale(
            applicant=given["applicant"], need=m2(given["need"]), counties=counties, order=order
        )
        answer[str(order)] = {
            "allocations": [
                {
                    "from": take.owner,
                    "name": names[take.owner],
                    "ha": ha(take.amount),
                    "remaining_before": ha(take.left_before),
                    "utilisation": str(by_code[take.owner].utilisation_rounded),
                }
                for take in draw.takes
            ],
            "allocated": ha(draw.amount),
            "shortfall": ha(draw.shortfall),
            "source_counties": len(draw.takes),
        }
    return answer


def price_mean(given: Case) -> Case:
    trades = [
        rules.Trade(
            date.fromisoformat(t["date"]), Decimal(t["price_yuan_per_mu"]), Decimal(t.get("area_ha", "0"))
        )
        for t in given["trades"]
    ]
    means = rules.price_means(trades, scheme_on=date.fromisoformat(given["scheme_date"]))
    return {
        "window": [means.window.first.isoformat(), means.window.last.isoformat()],
        "trades_in_window": means.count,
        **{str(method): _text(means.by(method)) for method in rules.MeanMethod},
        "default": str(Policy().price_method),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def eligibility_farmland(given: Case) -> Case:
    answers = [
        rules.farmland_eligibility(
            categories=case["categories"],
            is_single_site=case.get("single_site", False),
            sector=case.get("sector"),
            own_stock=m2(case["own_stock_ha"]),
            need=m2(case["need_ha"]),
            accepted=given["accepted_categories"],
        )
        for case in given["cases"]
    ]
    return {
        "eligible": [answer.is_eligible for answer in answers],
        "reasons": [_first_reason(answer) for answer in answers],
        "gap_ha": [None if answer.gap is None else ha(answer.gap) for answer in answers],
    }


def _first_reason(answer: rules.Eligibility) -> str | None:
    return answer.refusals[0].slug if answer.refusals else None


def eligibility_plan(given: Case) -> Case:
    def ask(case: Case, tolerance: str) -> rules.Eligibility:
        target, done = case["prior_year_disposal"]
        return rules.plan_eligibility(
            is_provincial_major=case["provincial_major"],
            own_remaining=m2(case["own_remaining"]),
            disposal_target=m2(target),
            disposal_done=m2(done),
            is_on_negative_list=case["negative_list"],
            tolerance=m2(tolerance),
        )

    answers = [ask(case, given["tolerance_ha"]) for case in given["cases"]]
    answer: Case = {
        "eligible": [row.is_eligible for row in answers],
        "reasons": [_first_reason(row) for row in answers],
    }
    if len(given["cases"]) > 1:
        answer["second_case_if_tolerance_0.0500"] = ask(given["cases"][1], "0.0500").is_eligible
    return answer


def year_end_plan(given: Case) -> Case:
    closed = rules.close_plan_year(
        pool_total=m2(given["pool_total"]),
        drawn=[
            rules.Drawn(a["county"], m2(a["ha"]), m2(a["used_by_deadline"])) for a in given["allocations"]
        ],
    )
    year = given["year"]
    return {
        "wasted": {county: ha(amount) for county, amount in closed.wasted.items()},
        "negative_list": closed.negative_list,
        f"opening_{year + 1}": ha(closed.opening),
        f"lapsed_on_{year}_12_31": ha(closed.lapsed),
        "unallocated_before_close": ha(closed.unallocated),
    }


def clawback_scale(given: Case) -> Case:
    clawback = rules.clawback_of_scale(
        drawn=m2(given["allocated"]),
        approved_in_time=m2(given["approved_by_deadline"]),
        frozen_or_taken=m2(given["frozen_or_taken"]),
    )
    return {
        "unused": ha(clawback.unused),
        "deduct_at_plan_evaluation": ha(clawback.deduction),
        "flag": "pending_deduction" if clawback.is_pending else None,
    }


def transfer_out_deadline(given: Case) -> Case:
    return {
        "transfer_out_deadline": [
            rules.transfer_out_due(date.fromisoformat(text), calendar=calendar()).isoformat()
            for text in given["approved"]
        ]
    }


def units(given: Case) -> Case:
    areas = [to_m2(Decimal(text), AreaUnit.MU) for text in given["mu"]]
    return {
        "ha": [ha(area) for area in areas],
        "m2": [str(area) for area in areas],
        "back_to_mu_2dp": [str(from_m2(area, AreaUnit.MU)) for area in areas],
    }


def approval_level(given: Case) -> Case:
    """Through the product's own table; the cases leave track and region open."""
    table = read_level_rules(LEVEL_TABLE.read_text(encoding="utf-8").splitlines())
    below = {"PROVINCE", "PREFECTURE"}

    def level(item: Case, *, track: str, regions: set[str]) -> str:
        facts = LevelFacts(
            track=track,
            regions=frozenset(regions),
            pbf_m2=m2(item["pbf"]),
            arable_m2=m2(item["arable"]),
            other_m2=m2(item["other"]),
        )
        found = propose_level(facts, rules=table, on=date(2026, 11, 22))
        assert found is not None
        return "province_or_delegated" if found.level in below else found.level.lower()

    answers = [
        {
            level(item, track=track, regions=regions)
            for track in ("single_site", "batch")
            for regions in (set(), {"520000", "522700"})
        }
        for item in given["items"]
    ]
    return {"level": [answer.pop() if len(answer) == 1 else answer for answer in answers]}


ANSWERS: dict[str, Callable[[Case], Case]] = {
    "pool_in_scale": pool_in_scale,
    "pool_in_farmland": pool_in_farmland,
    "pool_in_plan": pool_in_plan,
    "draw_farmland": draw_farmland,
    "draw_farmland_partial": draw_farmland_partial,
    "draw_scale": draw_scale,
    "price_mean": price_mean,
    "eligibility_farmland": eligibility_farmland,
    "eligibility_plan": eligibility_plan,
    "year_end_plan": year_end_plan,
    "clawback_scale": clawback_scale,
    "transfer_out_deadline": transfer_out_deadline,
    "units": units,
    "approval_level": approval_level,
}
