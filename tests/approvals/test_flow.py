"""流程图: the catalogue laid out for each track, and one project's standing in it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals import rules
from approvals.catalogue_file import read_catalogue
from approvals.rules import Arrow, FlowStep, Involvement, StepState, flow_of, read_predecessors
from approvals.rules.steps import Status
from tests.queries import queries_of
from tests.world import World, build_world

TRACKS = ("single_site", "batch", "no_requisition")


def track(name: str) -> list[FlowStep]:
    """The catalogue as it ships, as one track asks it."""
    found = []
    for seed in read_catalogue():
        columns = seed.columns
        involvement = columns["tracks"].get(name, Involvement.APPLIES)
        is_left_out = involvement == Involvement.NOT_INVOLVED
        state = StepState(
            seed.code,
            columns["short"],
            columns["position"],
            Status.NOT_INVOLVED if is_left_out else Status.NOT_STARTED,
            involvement,
        )
        found.append(FlowStep(state, columns["phase"], read_predecessors(columns["predecessors"])))
    return found


def steps_of(*rows: tuple[str, str, Iterable[dict[str, object]]]) -> list[FlowStep]:
    return [
        FlowStep(StepState(code, code, position, Status.NOT_STARTED), phase, read_predecessors(predecessors))
        for position, (code, phase, predecessors) in enumerate(rows)
    ]


@pytest.mark.parametrize("name", TRACKS)
def test_each_track_reads_from_left_to_right_and_nothing_lies_on_top_of_another(name: str) -> None:
    steps = track(name)

    flow = flow_of(steps)

    columns = {place.code: place.column for place in flow.places}
    drawn = {step.code for step in steps if step.state.status != Status.NOT_INVOLVED}
    assert set(columns) == drawn
    assert len({(place.column, place.row) for place in flow.places}) == len(flow.places)
    assert all(columns[arrow.source] < columns[arrow.target] for arrow in flow.arrows)
    phases = {step.code: step.phase for step in steps}
    for band in flow.bands:
        inside = {place.code for place in flow.places if band.row <= place.row < band.row + band.rows}
        assert inside == {code for code in drawn if phases[code] == band.phase}


@pytest.mark.parametrize("name", TRACKS)
def test_leaving_implied_arrows_out_loses_no_order(name: str) -> None:
    steps = track(name)
    states = {step.code: step.state for step in steps}
    after: dict[str, set[str]] = {code: set() for code in states}
    for arrow in flow_of(steps).arrows:
        after[arrow.source].add(arrow.target)

    def reaches(source: str, target: str) -> bool:
        return target in after[source] or any(reaches(code, target) for code in after[source])

    for step in steps:
        if step.state.status == Status.NOT_INVOLVED:
            continue
        for entry in step.predecessors:
            assert all(reaches(other.code, step.code) for other in rules.binding(step.state, entry, states))


def test_an_arrow_that_follows_from_two_others_is_not_drawn() -> None:
    flow = flow_of(
        steps_of(
            ("A", "前期", []),
            ("B", "前期", [{"any_of": ["A"]}]),
            ("C", "报批", [{"any_of": ["A"]}, {"any_of": ["B"]}]),
        )
    )

    assert flow.arrows == (Arrow("A", "B"), Arrow("B", "C"))
    assert flow.columns == 3


def test_alternatives_and_beginnings_are_drawn_as_such() -> None:
    flow = flow_of(
        steps_of(
            ("A", "供地", []),
            ("B", "供地", []),
            ("C", "规划", [{"any_of": ["A", "B"]}]),
            ("D", "规划", [{"any_of": ["A"], "relation": "start_to_start"}]),
        )
    )

    assert set(flow.arrows) == {
        Arrow("A", "C", is_alternative=True),
        Arrow("B", "C", is_alternative=True),
        Arrow("A", "D", is_from_start=True),
    }


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="互相等待"):
        flow_of(steps_of(("A", "前期", [{"any_of": ["B"]}]), ("B", "前期", [{"any_of": ["A"]}])))


@pytest.mark.django_db
def test_a_project_s_chart_shows_how_each_step_stands(client: Client, people: dict[str, User]) -> None:
    world: World = build_world(officer=people["county"], dispatcher=people["dispatch"])
    client.force_login(people["dispatch"])
    address = reverse("approvals:project-flow", args=[world.project.pk])

    page = client.get(address).content.decode()

    for step in world.project.steps.select_related("step_type"):
        address = reverse("approvals:step", args=[step.pk])
        assert (f'href="{address}"' in page) == (step.status != Status.NOT_INVOLVED)
        assert step.status == Status.NOT_INVOLVED or step.get_status_display() in page


@pytest.mark.django_db
def test_the_interface_gives_the_same_chart(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["county"])

    given = client.get("/api/v1/step-types/flow/", {"track": "batch"}).json()

    assert {box["code"] for box in given["boxes"]} == {place.code for place in flow_of(track("batch")).places}
    assert "A03 用地预审(预审选址)" in given["left_out"]
    page = reverse("approvals:flow")
    assert queries_of(lambda: client.get(page)) == queries_of(lambda: client.get(page, {"track": "batch"}))
