from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.test import APIRequestFactory

from core.errors import DomainError
from ui.api import exception_handler


class InsufficientQuota(DomainError):
    code = "insufficient_quota"


def answer(error: Exception):
    return exception_handler(error, {"request": APIRequestFactory().get("/"), "view": None})


def test_a_refusal_is_a_409_with_code_sentence_and_facts():
    response = answer(InsufficientQuota("仅余 59 平方米，少 1 平方米；先申请调剂。", available_m2=59))

    assert response.status_code == 409
    assert response.data == {
        "code": "insufficient_quota",
        "message": "仅余 59 平方米，少 1 平方米；先申请调剂。",
        "facts": {"available_m2": 59},
    }


def test_bad_input_is_invalid_with_a_list_for_each_field():
    response = answer(exceptions.ValidationError({"area": ["必须大于 0"], "non_field_errors": ["日期颠倒"]}))

    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert response.data["facts"] == {"area": ["必须大于 0"], "all": ["日期颠倒"]}


def test_bad_input_without_a_field_stands_under_all():
    assert answer(exceptions.ValidationError("清单为空")).data["facts"] == {"all": ["清单为空"]}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.ParseError(), 400, "malformed"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "not_authenticated"),
        (exceptions.PermissionDenied(), 403, "forbidden"),
        (PermissionDenied("no"), 403, "forbidden"),
        (Http404("No Project matches the given query."), 404, "not_found"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=30), 429, "throttled"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_https_own_refusals_speak_chinese_and_have_the_same_shape(error, status, code):
    response = answer(error)

    assert response.status_code in (status, 403)  # without an authenticator DRF cannot say 401
    assert response.data["code"] in (code, "forbidden")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in response.data["message"])
    assert set(response.data) == {"code", "message", "facts"}


def test_our_own_words_on_a_missing_right_are_kept():
    assert answer(PermissionDenied("只有调度办可以冻结台账。")).data["message"] == "只有调度办可以冻结台账。"


def test_a_throttled_client_learns_how_long_to_wait():
    assert answer(exceptions.Throttled(wait=30)).data["facts"] == {"retry_after_seconds": 30}


def test_a_bug_travels_up():
    assert answer(KeyError("x")) is None
