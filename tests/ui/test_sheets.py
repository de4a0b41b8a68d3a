"""The pages that must work when little else does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

ERROR_PAGES = [f"{code}.html" for code in ("400", "403", "403_csrf", "404", "405", "500")]
ERROR_PAGES.append("account/lockout.html")
OWN_TEMPLATES = sorted(
    path
    for folder in [*(Path(settings.BASE_DIR).glob("*/templates")), Path(settings.BASE_DIR) / "templates"]
    for path in folder.rglob("*.html")
)
STYLESHEETS = sorted((Path(settings.BASE_DIR) / "static" / "landguard").glob("*.css"))


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_needs_no_request_and_no_context(name):
    html = render_to_string(name)

    assert '<html lang="zh-CN">' in html
    assert "<h1>" in html
    assert 'id="main"' in html


def test_a_403_shows_the_sentence_of_the_refusal():
    assert "只有调度办可以冻结台账。" in render_to_string(
        "403.html", {"exception": "只有调度办可以冻结台账。"}
    )


@pytest.mark.django_db
def test_an_address_that_only_takes_what_is_sent_says_so(client: Client):
    told = client.get("/accounts/sessions/end/")

    assert (told.status_code, told["Allow"]) == (405, "POST")
    assert "请回到原页面办理" in told.content.decode()
    assert client.get("/api/v1/jobs/1/retry/")["Content-Type"] != told["Content-Type"]


@pytest.mark.parametrize("path", OWN_TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_keeps_the_strict_content_policy(path):
    source = path.read_text()

    assert not re.search(r"\sstyle=", source), "style= is blocked by the policy"
    assert not re.search(r"\son[a-z]+=\"|hx-on", source), "inline handlers are blocked by the policy"
    scripts = re.findall(r"<script(?![^>]*\bsrc=)", source)
    assert not scripts, "inline scripts are blocked by the policy"


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_stylesheet_uses_nothing_that_office_browsers_lack(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    forbidden = ["color-mix(", "oklch("] + ([] if path.name == "print.css" else [":has("])

    assert [word for word in forbidden if word in css] == []


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_our_own_classes_carry_our_prefix(path):
    foreign = r"btn|card|form-|dropdown|page-|pagination|offcanvas|nav|active|disabled|table|htmx-request"
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    selectors = re.findall(r"^[^{}@;]+(?=\{)", css, flags=re.MULTILINE)
    classes = {name for selector in selectors for name in re.findall(r"\.([a-z][\w-]*)", selector)}

    assert {name for name in classes if not name.startswith("lg-") and not re.match(foreign, name)} == set()


@pytest.mark.django_db
def test_an_account_is_locked_after_too_many_wrong_passwords_and_the_page_says_so(client, section):
    for _ in range(5):
        response = client.post("/accounts/login/", {"login": section.username, "password": "wrong"})

    assert response.status_code == 429
    assert "账号已锁定" in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_a_chinese_404(client):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "未找到该页面" in response.content.decode()


@pytest.mark.django_db
def test_a_stale_form_is_told_that_the_page_expired(section):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/login/", {"login": section.username, "password": "x"})

    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


@pytest.mark.django_db
def test_signing_out_asks_first_when_reached_by_address(client, section):
    client.force_login(section, backend=settings.AUTHENTICATION_BACKENDS[1])

    response = client.get("/accounts/logout/")

    assert response.status_code == 200
    assert "退出后需重新登录" in response.content.decode()
