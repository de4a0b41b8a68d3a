"""Which names are compared: the same as comparing all with all where that can be done, and bounded."""

from __future__ import annotations

import itertools
import random

import pytest

from projects.rules import name_blocks
from projects.rules.duplicates import Thresholds
from projects.rules.name_blocks import MOST_COMPARED, MOST_NEAR, NameCard, near_names, trigrams

THRESHOLDS = Thresholds(name_percent=45, owner_name_percent=25)


def cards(names: list[str], *, owner: str = "", block: tuple[object, ...] = (1,)) -> list[NameCard]:
    return [NameCard(pk, name, owner, block) for pk, name in enumerate(names)]


def pairs(found: list[NameCard], asked: set[int] | None = None) -> set[tuple[int, int]]:
    wanted = frozenset(card.pk for card in found) if asked is None else frozenset(asked)
    near = itertools.chain.from_iterable(near_names(found, asked=wanted, thresholds=THRESHOLDS))
    return {(min(pair), max(pair)) for pair in near}


def test_trigrams_are_those_of_the_database():
    assert trigrams("Ab，水库") == {"  a", " ab", "ab ", "  水", " 水库", "水库 "}


def test_names_that_are_alike_are_paired_and_others_not():
    assert pairs(cards(["标准厂房建设项目", "标准厂房建设", "抽水蓄能电站"])) == {(0, 1)}


def test_only_what_was_asked_about_is_paired():
    found = cards(["标准厂房建设", "标准厂房建设", "抽水蓄能电站", "抽水蓄能电站"])

    assert pairs(found, {2}) == {(2, 3)}


def test_the_same_owner_needs_less_likeness():
    names = ["产业园道路工程", "产业园道路改造及管网配套"]

    assert pairs(cards(names, owner="城投")) == {(0, 1)}
    assert pairs(cards(names)) == set()


def test_names_of_other_blocks_are_never_compared():
    one, other = NameCard(1, "标准厂房", "", (1, ("2",))), NameCard(2, "标准厂房", "", (1, ("3",)))

    assert pairs([one, other]) == set()


def _noisy(number: int, r: random.Random) -> list[str]:
    """Names as offices write them, each twice with a word more or less."""
    places = [f"{a}{b}{c}" for a in "龙凤平坝河山" for b in "塘寨桥湾岭坪" for c in "东西南北上下"]
    kinds = ["标准厂房", "抽水蓄能电站", "产业园道路", "水库除险加固", "中学", "污水处理厂", "物流园"]
    tails = ["", "建设", "项目", "工程", "建设项目", "（新建）"]
    bases = [r.choice(places) + r.choice(kinds) for _ in range(number)]
    return [base + tail for base in bases for tail in r.sample(tails, 2)]


def test_a_large_block_finds_what_the_whole_comparison_finds(monkeypatch):
    found = cards(_noisy(300, random.Random(7)))
    whole = pairs(found)
    monkeypatch.setattr(name_blocks, "WHOLE", 0)

    blocked = pairs(found)

    assert len(whole) > 300
    assert len(blocked & whole) >= 0.98 * len(whole)


@pytest.mark.parametrize(
    "name", ["标准厂房建设项目", "标准厂房建设项目{:05d}"], ids=["one name", "nearly one"]
)
def test_twenty_thousand_names_that_are_alike_stay_bounded(name):
    found = cards([name.format(number) for number in range(20_000)])

    near = list(
        itertools.chain.from_iterable(near_names(found, asked=frozenset(range(200)), thresholds=THRESHOLDS))
    )

    assert len(near) == 200 * MOST_NEAR
    assert {one for one, _ in near} == set(range(200))


def test_a_name_of_a_large_block_is_compared_with_few():
    grams = {
        f"标准厂房建设项目{number:05d}": trigrams(f"标准厂房建设项目{number:05d}") for number in range(5_000)
    }

    compared = name_blocks._Rare(grams).near("标准厂房建设项目00042")

    assert len(compared) == MOST_COMPARED
    assert "标准厂房建设项目00043" in compared
