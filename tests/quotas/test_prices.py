"""Published prices: a workbook is judged cell by cell, comes in whole, and a wrong price is struck."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from quotas.errors import PricesRefused, ReasonNeeded
from quotas.models import PriceDraft, PricePoint
from quotas.selectors.prices import price_means_on
from quotas.services import prices as services
from tests.quotas.scenes import AREA, TODAY, price

pytestmark = pytest.mark.django_db
HEAD = "指标,公示日期,单价,成交数量,平台,公示编号,来源\n"
GOOD = HEAD + (
    "补充耕地数量,2026-10-12,152000,60,省平台,G-1,公示\n粮食产能,2026-09-03,2.5,12000,省平台,G-2,\n"
)


def stage(actor: User, text: str) -> PriceDraft:
    return services.stage_prices(actor=actor, filename="价格.csv", content=text.encode(), today=TODAY)


def test_a_staged_workbook_stores_no_price_until_it_is_confirmed(section: User) -> None:
    draft = stage(section, GOOD)
    assert PricePoint.objects.count() == 0

    number = services.import_prices(actor=section, draft_id=draft.pk, today=TODAY)

    assert number == 2
    assert list(PricePoint.objects.order_by("reference").values_list("reference", "price")) == [
        ("G-1", Decimal("152000.0000")),
        ("G-2", Decimal("2.5000")),
    ]
    assert not PriceDraft.objects.exists()


def test_every_error_is_named_with_its_cell_and_nothing_comes_in(section: User) -> None:
    bad = HEAD + (
        "林地,2026-10-12,152000,60,省平台,G-1,\n"
        "补充耕地数量,2026年10月,零,-3,,G-2,\n"
        "补充耕地数量,2027-01-05,1,1,省平台,G-3,\n"
        "补充耕地数量,2026-10-01,1,1,省平台,G-4,\n"
        "补充耕地数量,2026-10-02,2,1,省平台,G-4,\n"
    )
    draft = stage(section, bad)

    problems = services.preview_of(draft, today=TODAY).problems

    assert [problem.cell for problem in problems] == ["A2", "B3", "C3", "D3", "E3", "B4", "F6"]
    with pytest.raises(PricesRefused) as refused:
        services.import_prices(actor=section, draft_id=draft.pk, today=TODAY)
    assert refused.value.facts["cells"] == ["A2", "B3", "C3", "D3", "E3", "B4", "F6"]
    assert PricePoint.objects.count() == 0


def test_a_trade_that_is_known_comes_in_once(section: User) -> None:
    services.import_prices(actor=section, draft_id=stage(section, GOOD).pk, today=TODAY)

    with pytest.raises(PricesRefused, match="没有新的价格"):
        services.import_prices(actor=section, draft_id=stage(section, GOOD).pk, today=TODAY)

    assert PricePoint.objects.count() == 2


def test_a_struck_price_leaves_the_mean_and_may_be_entered_anew(section: User) -> None:
    wrong = price(AREA, date(2026, 10, 1), "999999", "G-1", by=section)
    price(AREA, date(2026, 10, 2), "150000", "G-2", by=section)
    with pytest.raises(ReasonNeeded):
        services.strike_price(actor=section, price_id=wrong.pk, reason=" ")

    services.strike_price(actor=section, price_id=wrong.pk, reason="小数点有误")

    assert price_means_on(TODAY, months=6)[AREA].simple == Decimal("150000.00")
    price(AREA, date(2026, 10, 1), "99999", "G-1", by=section)


def test_the_page_previews_and_imports(section: User, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(section)
    file = SimpleUploadedFile("价格.csv", GOOD.encode())

    staged = client.post("/quota/prices/", {"file": file}, follow=True)
    assert "新增 2 条，错误 0 处" in staged.content.decode()
    done = client.post(staged.redirect_chain[0][0], follow=True)

    assert "已导入 2 条公示价格" in done.content.decode()
    [first, second] = PricePoint.objects.order_by("pk")
    chosen = {"instrument": first.instrument, "q": first.reference, "standing": "1"}
    found = client.get("/quota/prices/", chosen).content.decode()
    assert (first.reference in found, second.reference in found) == (True, False)
    by_api = client.get("/api/v1/quota-prices/", {**chosen, "since": "2030-01-01"}).json()
    assert by_api["results"] == []


def test_a_county_does_not_import(officer: User, client: Client) -> None:
    client.force_login(officer)

    assert client.post("/quota/prices/", {"sent": "1"}).status_code == 403
