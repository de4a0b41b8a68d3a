"""One handler speaks for every refusal of the API: {code, message, facts}, in office language."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.defaults import page_not_found as plain_page_not_found
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import DomainError
from ui.outage import MESSAGE, OUTAGES, RETRY_SECONDS, forget_lost_connections

logger = logging.getLogger(__name__)

# Status → code and sentence. What an exception says itself is kept where a person wrote it.
_WORDS: dict[int, tuple[str, str]] = {
    400: ("malformed", "请求内容无法解析，检查格式后重试。"),
    401: ("not_authenticated", "尚未登录或令牌无效，登录后重试。"),
    403: ("forbidden", "您的岗位无权办理此事项。"),
    404: ("not_found", "未找到该记录，或不在您的可见范围内。"),
    405: ("method_not_allowed", "此地址不支持该操作。"),
    406: ("not_acceptable", "此地址不提供所要求的格式。"),
    415: ("unsupported_media_type", "此地址不接受该格式的内容。"),
    429: ("throttled", "请求过于频繁，稍后重试。"),
}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """A DomainError becomes 409, bad input 400 `invalid` with the fields as facts; the rest by status.

    Anything that is neither a refusal nor HTTP's own is a bug: None, and it travels up as a 500.
    """
    if isinstance(exc, DomainError):
        return _body(status.HTTP_409_CONFLICT, exc.code, exc.message, exc.facts)
    if isinstance(exc, OUTAGES):
        return _outage(exc)
    response = drf_exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.ValidationError):
        response.data = {
            "code": "invalid",
            "message": "提交的内容有误，见 facts 中各字段。",
            "facts": _fields(exc.detail),
        }
        return response
    code, message = _WORDS.get(response.status_code, ("error", "请求未能完成。"))
    seconds = response.headers.get("Retry-After")
    facts = {"retry_after_seconds": int(seconds)} if seconds else {}
    response.data = {"code": code, "message": _own_words(exc) or message, "facts": facts}
    return response


def address_unknown(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The project's handler of a 404: a program that asked an unknown address reads the API's form."""
    if not request.path.startswith("/api/"):
        return plain_page_not_found(request, exception)
    code, _ = _WORDS[status.HTTP_404_NOT_FOUND]
    body = {
        "code": code,
        "message": "没有这个接口地址，请对照接口说明核对。",
        "facts": {"path": request.path},
    }
    return JsonResponse(body, status=status.HTTP_404_NOT_FOUND, json_dumps_params={"ensure_ascii": False})


def _outage(exc: Exception) -> Response:
    """The database went away: nothing was saved, the same request may be sent again with its key."""
    logger.warning("database outage: %s", exc)
    forget_lost_connections()
    facts: dict[str, object] = {"retry_after_seconds": RETRY_SECONDS}
    response = _body(status.HTTP_503_SERVICE_UNAVAILABLE, "unavailable", MESSAGE, facts)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _own_words(exc: Exception) -> str:
    """The sentence our own code gave with a 403 or 404; a framework's English is not for the office."""
    if isinstance(exc, PermissionDenied | exceptions.PermissionDenied | exceptions.NotFound):
        text = str(exc)
        return text if any("\u4e00" <= letter <= "\u9fff" for letter in text) else ""
    return ""


def _fields(detail: Any) -> dict[str, list[Any]]:
    """Field → list of sentences; what belongs to no field stands under `all`."""
    if not isinstance(detail, dict):
        return {"all": list(detail) if isinstance(detail, list) else [detail]}
    return {
        ("all" if name == "non_field_errors" else str(name)): (
            list(value) if isinstance(value, list) else [value]
        )
        for name, value in detail.items()
    }


def _body(code: int, slug: str, message: str, facts: dict[str, object]) -> Response:
    return Response({"code": slug, "message": message, "facts": facts}, status=code)
