"""When each of the seven panels of 七个一 stands. From values alone. Source: S0-03."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Panel(StrEnum):
    TASK_FORCE = "工作专班"
    MECHANISM = "工作机制"
    TRAINING = "业务培训"
    MATERIALS = "资料汇编"
    PROCEDURE = "报批流程"
    LISTS = "工作清单"
    RESULTS = "工作成果"


class Measure(StrEnum):
    """What is counted for a panel; a dated row says how much of it there has to be."""

    FORCES = "FORCES"
    HEADED = "HEADED"
    ROUND_KINDS = "ROUND_KINDS"
    LADDERS = "LADDERS"
    FROZEN_WEEKS = "FROZEN_WEEKS"
    TRAININGS = "TRAININGS"
    TRAINED = "TRAINED"
    GUIDES = "GUIDES"
    TEMPLATES = "TEMPLATES"
    POLICIES = "POLICIES"
    STEPS = "STEPS"
    LIST_VERSIONS = "LIST_VERSIONS"
    RULES = "RULES"
    DOCUMENTS = "DOCUMENTS"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The words of a measure. `to_do`: what to do while it is lacking; {year} is the current year."""

    panel: Panel
    label: str
    unit: str
    to_do: str


MEANINGS: Mapping[Measure, Meaning] = {
    Measure.FORCES: Meaning(Panel.TASK_FORCE, "工作专班", "个", "成立工作专班"),
    Measure.HEADED: Meaning(Panel.TASK_FORCE, "已明确组长的专班占比", "%", "明确专班组长"),
    Measure.ROUND_KINDS: Meaning(Panel.MECHANISM, "已设置的调度周期", "种", "设置调度周期"),
    Measure.LADDERS: Meaning(Panel.MECHANISM, "提醒督办阶梯", "套", "设置提醒督办阶梯"),
    Measure.FROZEN_WEEKS: Meaning(Panel.MECHANISM, "已定稿的周调度", "期", "完成周调度定稿"),
    Measure.TRAININGS: Meaning(Panel.TRAINING, "当年培训", "次", "登记 {year} 年的培训"),
    Measure.TRAINED: Meaning(Panel.TRAINING, "当年参训", "人次", "登记 {year} 年的参训人数"),
    Measure.GUIDES: Meaning(Panel.MATERIALS, "办事指南", "份", "上传办事指南"),
    Measure.TEMPLATES: Meaning(Panel.MATERIALS, "材料模板", "份", "上传材料模板"),
    Measure.POLICIES: Meaning(Panel.MATERIALS, "政策文件", "份", "上传政策文件"),
    Measure.STEPS: Meaning(Panel.PROCEDURE, "施行中的步骤", "个", "导入步骤目录"),
    Measure.LIST_VERSIONS: Meaning(Panel.LISTS, "当年已发布的年度清单", "版", "发布 {year} 年度清单"),
    Measure.RULES: Meaning(Panel.RESULTS, "管理规定", "项", "形成管理规定"),
    Measure.DOCUMENTS: Meaning(Panel.RESULTS, "当年取得的批复", "件", "登记 {year} 年取得的批复"),
}


def lacking(
    panel: Panel, *, found: Mapping[Measure, int], least: Mapping[Measure, int], year: int
) -> list[str]:
    """What a panel still needs, a sentence each; none: it stands.

    A measure without a least, or with 0, is not asked for; one that is not in `found` could not be
    counted (a share of nothing) and is not asked for either.
    """
    sentences = []
    for measure, meaning in MEANINGS.items():
        there, wanted = found.get(measure), least.get(measure, 0)
        if meaning.panel is not panel or there is None or there >= wanted:
            continue
        unit = meaning.unit if meaning.unit == "%" else f" {meaning.unit}"
        more = "" if wanted == 1 else f"（须有 {wanted}{unit}，现有 {there}{unit}）"
        sentences.append(meaning.to_do.format(year=year) + more)
    return sentences
