"""The API pages by key as the pages do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from ui.pagination import PAGE_SIZE, CursorInvalid, KeysetPage, read_page

MOST = 200


class KeysetPagination(BasePagination):
    """`?cursor=` and `?page_size=` (at most 200); answers {next, previous, results}.

    The order is the view's `keyset_order`, else the queryset's own `order_by` by field names.
    """

    page: KeysetPage[Any]
    address: str

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        if not isinstance(queryset, QuerySet):
            raise TypeError("only querysets page by key")
        self.address = request.build_absolute_uri()
        try:
            self.page = read_page(
                queryset,
                order=_order_of(queryset, view),
                cursor=request.query_params.get("cursor"),
                size=_size_of(request),
            )
        except CursorInvalid as error:
            raise NotFound("游标无效或与当前排序不符，从第一页重新读取。") from error
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.page.next_cursor),
                "previous": self._link(self.page.previous_cursor),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "上一次回答里 next 或 previous 所带的游标",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"每页条数，1 至 {MOST}，默认 {PAGE_SIZE}",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST},
            },
        ]

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return replace_query_param(remove_query_param(self.address, "cursor"), "cursor", cursor)


def _order_of(queryset: QuerySet[Any], view: APIView | None) -> Sequence[str]:
    declared = getattr(view, "keyset_order", None)
    if declared is not None:
        return tuple(declared)
    words = queryset.query.order_by or tuple(queryset.model._meta.ordering)
    return tuple(word for word in words if isinstance(word, str)) or ("pk",)


def _size_of(request: Request) -> int:
    asked = request.query_params.get("page_size", "")
    return min(max(int(asked), 1), MOST) if asked.isdecimal() and len(asked) < 6 else PAGE_SIZE
