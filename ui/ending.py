"""Letting a dated row end: the one question it takes, as a page of its own and over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm


class EndForm(OfficeForm):
    effective_to = forms.DateField(label="停用日期", help_text="自这一天起不再适用。")


class EndIn(serializers.Serializer[Any]):
    effective_to = serializers.DateField(help_text="自这一天起不再适用")


def end_page(
    request: HttpRequest, page: FormPage, *, today: date, end: Callable[[date], object], done: str
) -> HttpResponse:
    """Ask from which day on the row applies no more, let it `end` then, and tell `done`."""
    form = EndForm(request.POST or None, initial={"effective_to": today})

    def store() -> str:
        end(form.cleaned_data["effective_to"])
        return done

    return fill_in(request, form, page, store)
