"""Who follows in a post inherits what is open, from the day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts import posts
from accounts.errors import HolderMissing, PostElsewhere, PostTaken, TenureOutOfOrder
from accounts.models import Organisation, Post, Tenure, User
from accounts.posts import Holder
from approvals.models import Step
from approvals.services.acceptance import accept_step
from approvals.services.changes import assign_step
from approvals.services.opening import open_track
from audit.models import Entry
from deadlines import services as clocks
from deadlines.models import Deadline
from desk import succession
from desk.tasks import inherit
from notifications.models import Message
from tests.desk.promises import TODAY, promise
from tests.factories import PostFactory, ProjectFactory, TenureFactory, UserFactory, organisation

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def post(section: User) -> Post:
    """用途管制科's clerk since 2026, held by `section`."""
    made = PostFactory(organisation=section.organisation, title="用途管制经办", duty=Post.Duty.OFFICER)
    TenureFactory(post=made, user=section, starts_on=date(2026, 1, 1))
    return made


@pytest.fixture
def successor(section: User) -> User:
    return UserFactory(organisation=section.organisation)


# --- succession ------------------------------------------------------------------------------------


def test_a_promise_hangs_on_the_post_its_holder_has(post: Post, section: User) -> None:
    assert promise(holder=section).holder_post == post
    assert promise(holder=None).holder_post is None


def test_who_follows_inherits_what_is_open_and_not_what_is_closed(
    post: Post, section: User, successor: User, dispatcher: User
) -> None:
    running, paused = promise(holder=section), promise(holder=section)
    closed = promise(holder=section)
    clocks.stop(deadline_id=closed.pk, stopped_on=TODAY, today=TODAY)
    others = promise(holder=UserFactory(organisation=section.organisation))

    succession.succeed(
        actor=dispatcher, post_id=post.pk, holder=Holder(successor), starts_on=TODAY, today=TODAY
    )

    holders = {row.pk: row.holder_id for row in Deadline.objects.all()}
    assert holders[running.pk] == holders[paused.pk] == successor.pk
    assert holders[closed.pk] == section.pk
    assert holders[others.pk] == others.holder_id
    assert [row.label for row in post.tenures.order_by("starts_on")] == [section.label, successor.label]
    assert post.tenures.get(user=section).ends_on == TODAY
    message = Message.objects.get(recipient=successor)
    assert message.title == f"您已接任{post}，承接 2 项在办事项"
    assert Entry.objects.filter(verb="post.inherited", facts__number=2).exists()


def test_a_succession_to_come_waits_for_its_day(
    post: Post, section: User, successor: User, dispatcher: User
) -> None:
    row = promise(holder=section)

    succession.succeed(
        actor=dispatcher, post_id=post.pk, holder=Holder(successor), starts_on=TOMORROW, today=TODAY
    )

    assert succession.inherit(today=TODAY) == 0
    assert Deadline.objects.get(pk=row.pk).holder == section
    assert succession.inherit(today=TOMORROW) == 1
    assert Deadline.objects.get(pk=row.pk).holder == successor
    assert succession.inherit(today=TOMORROW) == 0


def test_the_step_follows_its_clock(post: Post, section: User, successor: User, dispatcher: User) -> None:
    steps = open_track(project=ProjectFactory(), actor=dispatcher, today=TODAY)
    step = next(step for step in steps if step.code == "A03")
    accept_step(step_id=step.pk, accepted_on=TODAY, actor=dispatcher, today=TODAY)
    assign_step(
        step_id=step.pk, organisation=post.organisation, holder=section, actor=dispatcher, today=TODAY
    )

    succession.succeed(
        actor=dispatcher, post_id=post.pk, holder=Holder(successor), starts_on=TODAY, today=TODAY
    )

    assert Step.objects.get(pk=step.pk).holder == successor


def test_a_successor_without_an_account_leaves_the_work_with_the_organisation(
    post: Post, section: User, dispatcher: User
) -> None:
    row = promise(holder=section)

    succession.succeed(
        actor=dispatcher, post_id=post.pk, holder=Holder(name="新任经办"), starts_on=TODAY, today=TODAY
    )

    row.refresh_from_db()
    assert (row.holder, row.holder_post) == (None, post)


def test_who_leaves_without_a_successor_leaves_the_work_behind(
    post: Post, section: User, dispatcher: User, successor: User
) -> None:
    row = promise(holder=section)
    succession.leave(actor=dispatcher, post_id=post.pk, ends_on=YESTERDAY, today=TODAY)
    assert Deadline.objects.get(pk=row.pk).holder is None

    succession.succeed(
        actor=dispatcher, post_id=post.pk, holder=Holder(successor), starts_on=TODAY, today=TODAY
    )

    assert Deadline.objects.get(pk=row.pk).holder == successor


def test_the_schedule_hands_over(post: Post, section: User, successor: User, time_machine) -> None:
    row = promise(holder=section)
    post.tenures.update(ends_on=TODAY)
    TenureFactory(post=post, user=successor, starts_on=TODAY)
    time_machine.move_to(f"{TODAY}T00:20+08:00", tick=False)

    inherit()

    assert Deadline.objects.get(pk=row.pk).holder == successor


# --- posts -----------------------------------------------------------------------------------------


def test_a_post_shows_who_holds_it_on_a_day_and_who_follows(
    post: Post, section: User, successor: User, dispatcher: User
) -> None:
    posts.install(actor=dispatcher, post_id=post.pk, holder=Holder(successor, "李某"), starts_on=TOMORROW)

    today = posts.post_list(actor=dispatcher, on=TODAY).get(pk=post.pk)
    tomorrow = posts.post_list(actor=dispatcher, on=TOMORROW).get(pk=post.pk)

    assert (today.holder_name, today.next_name, today.next_on) == (section.title, "李某", TOMORROW)
    assert (tomorrow.holder_name, tomorrow.holder_id, tomorrow.next_name) == ("李某", successor.pk, "")


def test_a_holder_follows_the_one_before(post: Post, dispatcher: User) -> None:
    with pytest.raises(TenureOutOfOrder) as refusal:
        posts.install(actor=dispatcher, post_id=post.pk, holder=Holder(name="甲"), starts_on=date(2026, 1, 1))

    assert refusal.value.facts["starts_on"] == "2026-01-01"
    with pytest.raises(TenureOutOfOrder):
        posts.vacate(actor=dispatcher, post_id=post.pk, ends_on=date(2026, 1, 1))


def test_a_vacant_post_cannot_be_left(dispatcher: User) -> None:
    with pytest.raises(TenureOutOfOrder):
        posts.vacate(actor=dispatcher, post_id=PostFactory().pk, ends_on=TODAY)


def test_somebody_has_to_hold_it(post: Post, dispatcher: User) -> None:
    with pytest.raises(HolderMissing):
        posts.install(actor=dispatcher, post_id=post.pk, holder=Holder(name=" "), starts_on=TODAY)


def test_a_county_keeps_its_own_posts_only(officer: User, stranger: User) -> None:
    own = posts.name_contact(
        actor=officer,
        organisation=organisation("522701"),
        duty=Post.Duty.LIAISON,
        holder=Holder(name="甲", phone="0854-1"),
        starts_on=TODAY,
    )

    with pytest.raises(PostElsewhere) as refusal:
        posts.create_post(
            actor=officer, organisation=organisation("522725"), title="联络员", duty=Post.Duty.LIAISON
        )
    assert refusal.value.facts == {"organisation": "522725"}
    with pytest.raises(Post.DoesNotExist):
        posts.install(actor=stranger, post_id=own.pk, holder=Holder(name="乙"), starts_on=TOMORROW)


def test_a_unit_has_one_liaison_and_naming_another_is_a_succession(officer: User) -> None:
    unit = organisation("522701")
    for day, name in ((TODAY, "甲"), (TOMORROW, "乙")):
        post = posts.name_contact(
            actor=officer,
            organisation=unit,
            duty=Post.Duty.LIAISON,
            holder=Holder(name=name),
            starts_on=day,
        )

    assert Post.objects.filter(organisation=unit, duty=Post.Duty.LIAISON).count() == 1
    assert list(post.tenures.values_list("person_name", flat=True)) == ["甲", "乙"]
    with pytest.raises(PostTaken):
        posts.create_post(actor=officer, organisation=unit, title="另一名联络员", duty=Post.Duty.LIAISON)


def test_a_checked_post_is_no_longer_to_be_checked(dispatcher: User) -> None:
    post = PostFactory(needs_check="职务待核")

    posts.change_post(
        actor=dispatcher, post_id=post.pk, title="副局长", duty=Post.Duty.LEADER, is_active=True
    )

    post.refresh_from_db()
    assert (post.title, post.needs_check) == ("副局长", "")


def test_a_renamed_post_may_not_take_anothers_title(dispatcher: User) -> None:
    first = PostFactory()
    second = PostFactory(organisation=first.organisation)

    with pytest.raises(PostTaken):
        posts.change_post(
            actor=dispatcher, post_id=second.pk, title=first.title, duty=Post.Duty.LEADER, is_active=True
        )


def test_leaders_do_not_keep_posts(leader: User) -> None:
    with pytest.raises(PermissionDenied):
        posts.create_post(
            actor=leader, organisation=organisation("522700"), title="副州长", duty=Post.Duty.LEADER
        )


def test_of_two_posts_the_one_in_the_organisation_counts(section: User) -> None:
    own = TenureFactory(post=PostFactory(organisation=section.organisation), user=section).post
    county = TenureFactory(post=PostFactory(organisation=organisation("522701")), user=section).post

    def held(code: str) -> Post | None:
        return posts.post_held_by(section, organisation=organisation(code), on=TODAY)

    assert held("522700-ZRZY-YTGZ") == own
    assert held("522701") == county
    assert held("522725") is None


# --- what holds whatever happens ----------------------------------------------------------------------


def test_two_people_never_hold_a_post_on_the_same_day(post: Post, successor: User) -> None:
    with pytest.raises(IntegrityError, match="post_held_by_one_at_a_time"), transaction.atomic():
        Tenure.objects.create(post=post, user=successor, starts_on=TODAY)


def test_the_day_one_leaves_the_next_may_begin(post: Post, successor: User) -> None:
    post.tenures.update(ends_on=TODAY)

    Tenure.objects.create(post=post, user=successor, starts_on=TODAY)

    assert post.tenures.on(TODAY).get().user == successor
    assert post.tenures.on(YESTERDAY).get().user != successor


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("tenure_names_a_person", {"person_name": ""}),
        ("tenure_ends_after_it_begins", {"person_name": "甲", "ends_on": TODAY}),
    ],
)
def test_a_tenure_is_somebodys_and_lasts_a_day(name: str, columns: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Tenure.objects.create(post=PostFactory(), starts_on=TODAY, **columns)


@pytest.mark.parametrize(
    ("unit", "title", "words"),
    [
        ("黔南州", "州政府秘书长", "黔南州政府秘书长"),
        ("黔南州", "黔南州政府秘书长", "黔南州政府秘书长"),
        ("独山县", "县委书记", "独山县委书记"),
        ("州自然资源局", "局长", "州自然资源局局长"),
        ("都匀市", "市长", "都匀市市长"),
    ],
)
def test_a_post_names_its_unit_once(unit: str, title: str, words: str) -> None:
    assert str(Post(organisation=Organisation(short_name=unit), title=title)) == words
