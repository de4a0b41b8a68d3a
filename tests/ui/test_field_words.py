"""A field whose format, unit or consequence its label does not show says it below. No database."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest
from django import forms

from ui.field_words import ENDINGS, WORDS, words_for
from ui.forms import OfficeFormMixin

NUMBERS = re.compile("文号|函号|案号|凭证号|编号|代码|监管号")
RULES = ("生效日期", "依据", "依据或原因", "依据或说明", "法定依据")
# Rows of a table of forms: the table's heads and the page say it once.
IN_TABLES = {"approvals.forms.LimitForm", "projects.people_forms.CriterionForm"}
# A number that stands in the address or is picked on the page itself, and what a label says whole.
PLAIN = {"调度", "None", "开始月", "截止月"}


def office_forms() -> Iterator[type]:
    for module in ("landguard.urls", "landguard.api_urls"):
        importlib.import_module(module)
    waiting = [OfficeFormMixin]
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        name = f"{found.__module__}.{found.__qualname__}"
        is_ours = not found.__module__.startswith(("tests.", "ui.gallery"))
        if is_ours and name not in IN_TABLES and hasattr(found, "base_fields"):
            yield found


def asks_for_words(field: forms.Field) -> bool:
    """A quantity without its unit, a box, the number of a paper, a day or a source that decides."""
    label = str(field.label)
    if label in PLAIN or isinstance(field.widget, forms.HiddenInput):
        return False
    if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
        return not label.startswith("已")
    if isinstance(field, forms.IntegerField | forms.DecimalField | forms.FloatField):
        return "（" not in label and not label.endswith(("天数", "户数"))
    is_text = isinstance(field, forms.CharField) and not isinstance(field, forms.ModelChoiceField)
    return label in RULES or (is_text and NUMBERS.search(label) is not None)


def test_no_field_leaves_its_format_unit_or_consequence_to_guessing() -> None:
    silent, repeating, seen = [], [], set()
    for form in office_forms():
        for name, field in form.base_fields.items():  # type: ignore[attr-defined]
            label = str(field.label)
            said = str(field.help_text) or words_for(label)
            seen.add(label)
            if asks_for_words(field) and not said:
                silent.append(f"{form.__module__}.{form.__qualname__}.{name} {label}")
            if said.rstrip("。") == label:
                repeating.append(f"{form.__qualname__}.{name} {label}")

    assert sorted(set(silent)) == []
    assert repeating == []
    # No words for a label that no form has any more.
    assert {word for word in WORDS if word not in ENDINGS} - seen == set()


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("处罚决定文号", WORDS["文号"]),
        ("占补指标划入州池比例", WORDS["比例"]),
        ("报送批次", ""),
        ("项目名称", ""),
    ],
)
def test_words_are_found_by_the_whole_label_or_a_known_ending(label: str, words: str) -> None:
    assert words_for(label) == words
    form = type("Form", (OfficeFormMixin, forms.Form), {"one": forms.CharField(label=label)})
    assert form().fields["one"].help_text == words
    assert form(prefix="row-0").fields["one"].help_text == ""
