"""One filterset's filters, choices and form are its own, whatever others of its class do."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import pytest
from django.db.models import QuerySet

from accounts.models import Organisation
from ui.filters import FilterSet, offer


class Units(FilterSet):
    kind = django_filters.ChoiceFilter(choices=(("county", "县市"),))
    named = django_filters.CharFilter(method="by_name")

    class Meta:
        model = Organisation
        fields: ClassVar[list[str]] = []

    seen: Any = None

    def by_name(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        self.seen = value
        return rows.filter(short_name=value)


class KindsOnly(Units):
    """A subclass has its parent's filters."""


def choices_of(filterset: FilterSet) -> list[tuple[str, str]]:
    return [choice for choice in filterset.form.fields["kind"].choices if choice[0]]


@pytest.mark.django_db
@pytest.mark.parametrize("units", [Units, KindsOnly])
def test_what_one_offers_another_does_not(units: type[Units]) -> None:
    # As describing the API does: a form field made for the class.
    assert units.base_filters["kind"].field is not None
    first, second = units({}, Organisation.objects.all()), units({}, Organisation.objects.all())

    offer(first, "kind", [("park", "园区")])

    assert choices_of(first) == [("park", "园区")]
    assert choices_of(second) == [("county", "县市")]
    assert choices_of(units({}, Organisation.objects.all())) == [("county", "县市")]


@pytest.mark.django_db
def test_a_method_is_called_on_its_own_filterset() -> None:
    first, second = (Units({"named": name}, Organisation.objects.all()) for name in ("都匀市", "瓮安县"))

    assert [unit.code for unit in second.qs] == ["522725"]
    assert [unit.code for unit in first.qs] == ["522701"]
    assert (first.seen, second.seen) == ("都匀市", "瓮安县")


@pytest.mark.django_db
def test_the_form_s_fields_are_its_own() -> None:
    first, second = Units({}, Organisation.objects.all()), Units({}, Organisation.objects.all())

    first.form.fields["kind"].label = "另一个"
    first.form.fields["kind"].widget.attrs["class"] = "x"

    assert second.form.fields["kind"].label != "另一个"
    assert "class" not in second.form.fields["kind"].widget.attrs
    assert not Units({"kind": "town"}, Organisation.objects.all()).is_valid()
