from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from notifications.models import Delivery, Message
from tests.factories import MessageFactory
from tests.queries import queries_of


def unsent_mail(recipient):
    return Delivery.objects.create(
        message=MessageFactory(recipient=recipient, title="到期提醒"),
        channel="EMAIL",
        address="nobody@example.invalid",
        claimed_at=timezone.now(),
        error="no such user",
    )


def test_the_list_shows_one_s_own_messages_only(client, officer, stranger):
    MessageFactory(recipient=officer, title="本人的消息")
    MessageFactory(recipient=stranger, title="别人的消息")
    client.force_login(officer)

    page = client.get(reverse("notifications:list")).content.decode()

    assert "本人的消息" in page
    assert "别人的消息" not in page
    assert "1 条未读" in page


def test_the_list_takes_the_same_number_of_queries_for_1_and_20_rows(client, officer):
    client.force_login(officer)
    MessageFactory(recipient=officer)
    one = queries_of(lambda: client.get(reverse("notifications:list")))

    MessageFactory.create_batch(19, recipient=officer)

    assert queries_of(lambda: client.get(reverse("notifications:list"))) == one


def test_the_unsent_list_takes_the_same_number_of_queries_for_1_and_20_rows(client, sysadmin, officer):
    client.force_login(sysadmin)
    unsent_mail(officer)
    one = queries_of(lambda: client.get(reverse("notifications:unsent")))

    for _ in range(19):
        unsent_mail(officer)

    assert queries_of(lambda: client.get(reverse("notifications:unsent"))) == one


def test_opening_a_message_marks_it_read_and_leads_to_its_subject(client, officer):
    message = MessageFactory(recipient=officer, url="/projects/5/")
    client.force_login(officer)

    answer = client.post(reverse("notifications:read", args=[message.pk]))

    message.refresh_from_db()
    assert answer.url == "/projects/5/"
    assert message.read_at is not None


def test_a_message_never_leads_out_of_the_product(client, officer):
    message = MessageFactory(recipient=officer, url="https://elsewhere.example/")
    client.force_login(officer)

    answer = client.post(reverse("notifications:read", args=[message.pk]))

    assert answer.url == reverse("notifications:list")


def test_marking_all_read_counts_them(client, officer):
    messages = MessageFactory.create_batch(3, recipient=officer)
    client.force_login(officer)

    page = client.post(reverse("notifications:read-all"), {"up_to": messages[-1].pk}, follow=True)

    assert "已将 3 条消息标为已读" in page.content.decode()


def test_only_unread_ones_on_request(client, officer):
    MessageFactory(recipient=officer, title="读过的", read_at=timezone.now())
    MessageFactory(recipient=officer, title="没读的")
    client.force_login(officer)

    page = client.get(reverse("notifications:list"), {"unread": "true"}).content.decode()

    assert "没读的" in page
    assert "读过的" not in page


def test_another_s_message_does_not_exist(client, stranger, officer):
    message = MessageFactory(recipient=officer)
    client.force_login(stranger)

    assert client.post(reverse("notifications:read", args=[message.pk])).status_code == 404


def test_an_unsent_mail_is_resent_from_its_page(client, sysadmin, officer):
    delivery = unsent_mail(officer)
    client.force_login(sysadmin)
    assert "no such user" in client.get(reverse("notifications:unsent")).content.decode()

    client.post(reverse("notifications:resend", args=[delivery.pk]))

    delivery.refresh_from_db()
    assert delivery.claimed_at is None


def test_a_county_officer_sees_no_unsent_mails(client, officer):
    delivery = unsent_mail(officer)
    client.force_login(officer)

    assert client.get(reverse("notifications:unsent")).status_code == 403
    assert client.post(reverse("notifications:resend", args=[delivery.pk])).status_code == 403


class TestTheApi:
    @pytest.fixture
    def api(self, officer):
        api = APIClient()
        api.force_authenticate(officer)
        return api

    def test_messages_are_listed_and_read(self, api, officer):
        message = MessageFactory(recipient=officer)

        assert len(api.get("/api/v1/messages/").json()["results"]) == 1
        assert api.post(f"/api/v1/messages/{message.pk}/read/").json()["read_at"]
        assert api.post("/api/v1/messages/read-all/", {"up_to": message.pk}).json() == {"count": 0}

    def test_another_s_message_is_not_found(self, api, stranger):
        message = MessageFactory(recipient=stranger)

        assert api.post(f"/api/v1/messages/{message.pk}/read/").status_code == 404
        assert not Message.objects.filter(read_at__isnull=False).exists()

    def test_unsent_mails_are_for_those_who_run_jobs(self, api, officer, sysadmin):
        delivery = unsent_mail(officer)
        other = APIClient()
        other.force_authenticate(sysadmin)

        assert api.get("/api/v1/unsent-mails/").status_code == 403
        assert other.post(f"/api/v1/unsent-mails/{delivery.pk}/resend/").status_code == 204
