"""Answering without an account: one link, one answer; every wrong one meets the same page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from opinions.models import LinkTry, Reply, Request, SignedLink
from opinions.services import links
from opinions.services.links import NewLink
from papers.models import Paper
from papers.selectors import papers_of
from tests.opinions.scenes import FOREST, SENT, moment, request_of, sent
from tests.papers.files import pdf

pytestmark = pytest.mark.django_db
NOW = moment(SENT)
ANSWER = {"verdict": "AGREE", "signer": "规划科科长"}


@pytest.fixture(autouse=True)
def _the_day_of_sending():
    with time_machine.travel(NOW, tick=False):
        yield


def link_for(request: Request, actor: User) -> NewLink:
    return links.make_link(request_id=request.pk, given_to="规划科", actor=actor, today=SENT, now=NOW)


def address(request_id: int, token: str) -> str:
    return reverse("opinions:reply", args=[request_id, token])


@pytest.fixture
def request_(section: User) -> Request:
    return request_of(sent(section))


@pytest.fixture
def made(section: User, request_: Request) -> NewLink:
    return link_for(request_, section)


def unknown(client: Client, path: str, **post: object) -> bytes:
    answer = client.post(path, post) if post else client.get(path)
    assert answer.status_code == 404
    return answer.content


def test_whoever_holds_the_link_answers_once(client, request_, made):
    page = client.get(address(request_.pk, made.token))
    assert (page.status_code, request_.round.project.name in page.content.decode()) == (200, True)

    done = client.post(address(request_.pk, made.token), ANSWER)

    reply = Reply.objects.get()
    assert (done.status_code, reply.via_link, reply.entered_by, reply.signer) == (
        200,
        True,
        None,
        "规划科科长",
    )
    request_.refresh_from_db()
    assert request_.state == "ANSWERED"


def test_every_link_that_opens_nothing_shows_the_same_page(client, section, request_, made):
    other = link_for(request_of(sent(section, FOREST), FOREST), section)
    revoked, expired = link_for(request_, section), link_for(request_, section)
    links.revoke_link(link_id=revoked.link.pk, actor=section, today=SENT, now=NOW)
    SignedLink.objects.filter(pk=expired.link.pk).update(expires_at=NOW)
    tampered = made.token[:-1] + ("A" if made.token[-1] != "A" else "B")

    seen = {
        "nobody's request": unknown(client, address(10**9, made.token)),
        "tampered": unknown(client, address(request_.pk, tampered)),
        "another request's": unknown(client, address(request_.pk, other.token)),
        "on another request": unknown(client, address(other.link.request_id, made.token)),
        "revoked": unknown(client, address(request_.pk, revoked.token)),
        "expired": unknown(client, address(request_.pk, expired.token)),
    }
    client.post(address(request_.pk, made.token), ANSWER)
    seen["used"] = unknown(client, address(request_.pk, made.token))

    assert len(set(seen.values())) == 1, seen.keys()


@pytest.mark.parametrize("wrong", ["tampered", "used", "revoked", "expired", "another's"])
def test_no_answer_comes_through_a_link_that_opens_nothing(client, section, request_, made, wrong):
    token, before = made.token, 0
    paper = {"papers": SimpleUploadedFile("意见.pdf", pdf())}
    if wrong == "tampered":
        token += "x"
    elif wrong == "used":
        client.post(address(request_.pk, token), ANSWER)
        before = 1
    elif wrong == "revoked":
        links.revoke_link(link_id=made.link.pk, actor=section, today=SENT, now=NOW)
    elif wrong == "expired":
        SignedLink.objects.update(expires_at=NOW - timedelta(seconds=1))
    else:
        token = link_for(request_of(sent(section, FOREST), FOREST), section).token

    unknown(client, address(request_.pk, token), **ANSWER, **paper)

    assert (Reply.objects.count(), Paper.objects.count()) == (before, 0)


def test_asking_for_more_leaves_the_link_open(client, request_, made):
    client.post(address(request_.pk, made.token), {**ANSWER, "verdict": "MORE_NEEDED", "text": "防洪评价"})

    assert client.get(address(request_.pk, made.token)).status_code == 200


def test_papers_come_with_an_answer_through_the_link_and_say_so(client, section, request_, made):
    sent_in = [SimpleUploadedFile("意见.pdf", pdf()), SimpleUploadedFile("附图.pdf", pdf(text="2"))]

    done = client.post(address(request_.pk, made.token), {**ANSWER, "papers": sent_in})

    papers = papers_of(actor=section, subject_kind="opinions.request", subject_id=request_.pk)
    assert done.status_code == 200
    assert [(paper.filename, paper.uploaded_by, paper.department) for paper in papers] == [
        ("附图.pdf", None, request_.organisation),
        ("意见.pdf", None, request_.organisation),
    ]
    assert papers[0].uploader == f"免登录链接：{request_.organisation.name} 规划科科长"
    entry = Entry.objects.filter(verb="paper.attached").latest("pk")
    assert (entry.actor_id, "规划科科长" in str(entry.facts["handed_in_by"])) == (None, True)
    client.force_login(section)
    page = client.get(request_.get_absolute_url()).content.decode()
    assert ("免登录链接" in page, "附图" in page) == (True, True)


def test_a_bad_paper_refuses_the_whole_answer_and_the_link_stays_good(client, request_, made, settings):
    settings.OPINION_LINK_PAPERS = 1
    path = address(request_.pk, made.token)
    fake = SimpleUploadedFile("意见.pdf", b"MZ this is a program")
    two = [SimpleUploadedFile("意见.pdf", pdf()), SimpleUploadedFile("附图.pdf", pdf(text="2"))]

    answers = [client.post(path, {**ANSWER, "papers": files}) for files in ([fake], two)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "最多上传 1 个文件" in answers[1].content.decode()
    assert (Reply.objects.count(), Paper.objects.count()) == (0, 0)
    assert client.get(path).status_code == 200


def test_a_refused_answer_keeps_what_was_typed(client, request_, made):
    answer = client.post(
        address(request_.pk, made.token), {"verdict": "CONDITIONAL", "signer": "张科长", "text": "原则同意"}
    )

    assert (answer.status_code, "原则同意" in answer.content.decode()) == (422, True)
    assert not Reply.objects.exists()


def test_only_a_digest_is_stored_and_nothing_lists_the_link_to_others(request_, made, department):
    assert made.token not in str(SignedLink.objects.values())
    assert not SignedLink.objects.visible_to(department).exists()


def test_too_many_openings_in_a_minute_look_like_an_unknown_link(client, request_, made, settings):
    settings.OPINION_LINK_TRIES = 3
    path = address(request_.pk, made.token)
    for _ in range(3):
        assert client.get(path).status_code == 200

    limited = unknown(client, path)

    assert LinkTry.objects.get().count == 4
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert client.get(path).status_code == 200
        assert unknown(client, address(request_.pk, made.token + "x")) == limited
