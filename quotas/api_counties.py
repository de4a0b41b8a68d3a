"""A county or park in what is sent to the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Organisation
from quotas import selectors


class OfCounty(serializers.Serializer[Any]):
    """县市（园区）：提交人看得见的报送单位。"""

    county = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "actor" in self.context:
            field: Any = self.fields["county"]
            units = selectors.counties(actor=self.context["actor"])
            field.queryset = units.filter(kind__in=Organisation.REPORTING_KINDS)
