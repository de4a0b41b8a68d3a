"""What the filters of lists share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

import django_filters
from django import forms


class _OfTheClass(OrderedDict[str, Any]):
    """A class's filters; the copy that `copy.deepcopy` asks for has filters and settings of its own."""

    def __deepcopy__(self, memo: dict[int, Any]) -> OrderedDict[str, Any]:
        return OrderedDict((name, _own(found)) for name, found in self.items())


class _MadeForOne(dict[str, forms.Field]):
    """Fields that belong to one form already."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


def _own(found: django_filters.Filter) -> django_filters.Filter:
    """This filter for one filterset: what is set on it later stays with that one.

    The form field is left out: describing the API makes one for the class, without the choices of anybody.
    """
    own = object.__new__(type(found))
    own.__dict__.update(found.__dict__, extra=dict(found.extra))
    own.__dict__.pop("_field", None)
    if found.method is not None:
        own.__dict__.pop("filter", None)
        own.method = found.method  # binds it to this filter
    return own


class FilterSet(django_filters.FilterSet):
    """The filterset of every list: django-filter's, which copies no more than one list can change.

    The library copies each filter of the class to its last part, makes a form field of it and copies that
    once more: for a list with a dozen filters more work than reading its fifty rows. Here a filterset has
    its own filters with their own `extra`, and its form the fields that were made for it.
    """

    @classmethod
    def get_filters(cls) -> Mapping[str, django_filters.Filter]:
        return _OfTheClass(super().get_filters())

    def get_form_class(self) -> type[forms.Form]:
        form: type[forms.Form] = super().get_form_class()
        form.base_fields = _MadeForOne(form.base_fields)
        return form


def offer(filterset: django_filters.FilterSet, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let the filter `name` of this one `filterset` take these choices."""
    filterset.filters[name].extra["choices"] = list(choices)
