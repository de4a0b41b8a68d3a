"""The smallest valid rows; a test writes down what matters to it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Organisation, Post, Tenure, User
from approvals.models import Step, StepType
from deadlines.models import Deadline
from jobs.models import Job
from notifications.models import Message
from projects.models import AnnualList, LandUse, ListScope, Project

PASSWORD = "Zhouju-2026-mima"


@cache
def hashed(password: str) -> str:
    """Hashing is slow on purpose; a run needs each password once."""
    return make_password(password)


def organisation(code: str) -> Organisation:
    """An organisation of the seeded tree."""
    return Organisation.objects.get(code=code)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    code = factory.Sequence(lambda n: f"T{n:04d}")
    name = factory.LazyAttribute(lambda o: f"测试单位{o.code}")
    short_name = factory.LazyAttribute(lambda o: o.name)
    kind = Organisation.Kind.COUNTY
    parent = None
    path = factory.LazyAttribute(lambda o: f"{o.parent.path if o.parent else ''}{o.code}/")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    title = factory.LazyAttribute(lambda o: f"{o.username}岗")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.invalid")
    role = User.Role.SECTION
    organisation = factory.LazyFunction(lambda: organisation("522700-ZRZY-YTGZ"))

    @factory.post_generation
    def password(obj: Any, create: bool, extracted: str | None, **_: Any) -> None:
        if create:
            obj.password = hashed(extracted or PASSWORD)
            obj.save(update_fields=["password"])


class AnnualListFactory(DjangoModelFactory[AnnualList]):
    class Meta:
        model = AnnualList
        django_get_or_create = ("year",)

    year = 2026


class ProjectFactory(DjangoModelFactory[Project]):
    """An adopted project of 都匀市 with its land; `submitted=True` for one still to be screened."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    class Params:
        submitted = factory.Trait(status=Project.Status.SUBMITTED, number=None, annual_list=None)

    name = factory.Sequence(lambda n: f"都匀市试验项目{n}号")
    organisation = factory.LazyFunction(lambda: organisation("522701"))
    submitted_by = factory.SelfAttribute("organisation")
    annual_list = factory.SubFactory(AnnualListFactory)
    number = factory.Sequence(lambda n: f"5227-2026-{n:05d}")
    status = Project.Status.ADOPTED
    track = Project.Track.SINGLE_SITE
    list_category = ListScope.PROVINCIAL
    priority_class = Project.PriorityClass.KEY
    search_text = factory.LazyAttribute(lambda o: o.name)

    @factory.post_generation
    def land(obj: Any, create: bool, extracted: dict[str, int] | None, **_: Any) -> None:
        if create:
            LandUse.objects.create(project=obj, **(extracted or {"total_m2": 10_000, "arable_m2": 2_000}))


class DeadlineFactory(DjangoModelFactory[Deadline]):
    """A running 20-working-day promise. Its conclusions are not computed: use the services for that."""

    class Meta:
        model = Deadline

    subject_kind = "approvals.step"
    subject_id = factory.Sequence(lambda n: n)
    subject_label = "用地预审"
    subject_code = "A03"
    stage = "用地预审"
    holder_organisation = factory.LazyFunction(lambda: organisation("522700-ZRZY-YTGZ"))
    scope_organisation = factory.LazyFunction(lambda: organisation("522701"))
    started_on = date(2026, 11, 2)
    statutory_limit = 20
    statutory_unit = "wd"
    statutory_kind = "max"


class StepFactory(DjangoModelFactory[Step]):
    """A step of the seeded catalogue that has not started."""

    class Meta:
        model = Step

    project = factory.SubFactory(ProjectFactory)
    code = "A03"
    step_type = factory.LazyAttribute(lambda o: StepType.objects.get(code=o.code, effective_to__isnull=True))
    holder_organisation = factory.LazyFunction(lambda: organisation("522700-ZRZY-YTGZ"))


class MessageFactory(DjangoModelFactory[Message]):
    class Meta:
        model = Message

    recipient = factory.SubFactory(UserFactory)
    kind = Message.Kind.NOTICE
    key = factory.Sequence(lambda n: f"message-{n}")
    title = "通知"


class JobFactory(DjangoModelFactory[Job]):
    class Meta:
        model = Job

    kind = "test"
    key = factory.Sequence(lambda n: f"job-{n}")
    title = "测试任务"
    organisation = factory.LazyFunction(lambda: organisation("522700"))
    not_before = factory.LazyFunction(timezone.now)


class PostFactory(DjangoModelFactory[Post]):
    """A leader's post in the prefecture's bureau, held by nobody."""

    class Meta:
        model = Post

    organisation = factory.LazyFunction(lambda: organisation("522700-ZRZY"))
    title = factory.Sequence(lambda n: f"副局长{n}")
    duty = Post.Duty.LEADER


class TenureFactory(DjangoModelFactory[Tenure]):
    """Somebody without an account in a post since 2026."""

    class Meta:
        model = Tenure

    post = factory.SubFactory(PostFactory)
    person_name = factory.Maybe("user", "", factory.Sequence(lambda n: f"任职人{n}"))
    user = None
    starts_on = date(2026, 1, 1)
