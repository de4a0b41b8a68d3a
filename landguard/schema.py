"""The description of the API, worked out once a process: it takes seconds and is the same for everyone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

_kept: list[dict[str, Any]] = []


class KeptSchema(SchemaGenerator):
    """Keeps what it tells readers in the office's language; what a command asks for is read anew.

    A command wants the warnings, and another version or language may be anything an address names.
    """

    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:
        is_usual = not self.api_version and get_language() == settings.LANGUAGE_CODE
        if request is None or not public or not is_usual:
            return self._read(request, public)
        if not _kept:
            _kept.append(self._read(request, public))
        return _kept[0]

    def _read(self, request: Request | None, public: bool) -> dict[str, Any]:
        found: dict[str, Any] = super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]
        return found
