"""What topics may be about, and the council's figures: a new version from a day on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from consultations.models import MeetingSetting, TopicKind
from core.dated import SettingOutOfOrder


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What a version of a kind says; fields as in `TopicKind`."""

    label: str
    place: int
    lead: Organisation | None
    duty: str
    template: str
    is_active: bool
    basis: str


@transaction.atomic
def revise_kind(*, code: str, terms: KindTerms, effective_from: date, actor: User, today: date) -> TopicKind:
    """A new version of a kind of topic, or the first of a new one; topics keep theirs.

    Raises:
        SettingOutOfOrder: the day is past, or has a version already.
    """
    require(actor, Right.EDIT_MEETING_RULES)
    versions = TopicKind.objects.select_for_update().filter(code=code)
    if effective_from < today or versions.filter(effective_from=effective_from).exists():
        raise SettingOutOfOrder(
            "生效日期不能早于今天，也不能与已有版本同日；请另选日期。", effective_from=effective_from
        )
    # Not asdict: it would copy the organisation, too.
    row = TopicKind.objects.create(
        code=code,
        label=terms.label.strip(),
        place=terms.place,
        lead=terms.lead,
        duty=terms.duty.strip(),
        template=terms.template.strip(),
        is_active=terms.is_active,
        basis=terms.basis.strip(),
        effective_from=effective_from,
    )
    facts: dict[str, object] = {"code": code, "lead": terms.lead.code if terms.lead else ""}
    record(actor=actor, verb="topic.kind_revised", subject=row, facts=facts, occurred_on=today)
    return row


@dataclass(frozen=True, slots=True)
class SettingTerms:
    """The council's figures, as in `MeetingSetting`."""

    warn_days: int
    task_days: int
    annual_days: int
    mark: str
    number_mark: str
    basis: str


@transaction.atomic
def revise_setting(*, terms: SettingTerms, effective_from: date, actor: User, today: date) -> MeetingSetting:
    """Other figures from a day on; what was issued or promised before keeps the old ones.

    Raises:
        SettingOutOfOrder: the day is past, or has a row already.
    """
    require(actor, Right.EDIT_MEETING_RULES)
    if effective_from < today or MeetingSetting.objects.filter(effective_from=effective_from).exists():
        raise SettingOutOfOrder(
            "生效日期不能早于今天，也不能与已有版本同日；请另选日期。", effective_from=effective_from
        )
    row = MeetingSetting.objects.create(**asdict(terms), effective_from=effective_from)
    record(actor=actor, verb="meeting.setting_revised", subject=row, facts=asdict(terms), occurred_on=today)
    return row
