"""Monthly reports and circulars: drafted from a frozen round, approved, issued once, receipts kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.rights import Right, require
from accounts.selectors import home_prefecture
from audit.services import record
from dispatch.documents import CircularText, circular
from dispatch.errors import CircularNotReady, CopiesMissing, RoundNotFrozen
from dispatch.models import Circular, CircularCopy, LedgerSnapshot, Round
from dispatch.rules.ledger import renumbered
from dispatch.selectors.differences import Edition
from dispatch.selectors.packages import round_figures
from dispatch.services.ledgers import stored_rows
from notifications.models import Message
from notifications.services import tell_and_mail

# Of a title in the name of its file: most file systems take 255 bytes, three a character.
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What people write; empty paragraphs are filled from the figures."""

    title: str
    number: str = ""
    praise: str = ""
    problems: str = ""
    demands: str = ""


@transaction.atomic
def draft_circular(*, round_id: int, kind: str, draft: Draft, actor: User, now: datetime) -> Circular:
    """Begin a report or circular on a frozen round, or change its draft.

    Raises:
        Round.DoesNotExist.
        RoundNotFrozen: there are no figures to rely on.
        CircularNotReady: it is approved or issued already.
    """
    require(actor, Right.FREEZE_ROUND)
    found = Round.objects.select_for_update().get(pk=round_id)
    if not found.is_frozen:
        raise RoundNotFrozen(f"{found.period.label}尚未定稿，定稿后才能起草通报。", period=str(found.period))
    row = Circular.objects.select_for_update().filter(round=found, kind=kind).first()
    if row is not None and row.state != Circular.State.DRAFT:
        raise CircularNotReady(f"“{row.title}”{row.get_state_display()}，不能再改。", state=row.state)
    row = row or Circular(round=found, kind=kind, organisation=home_prefecture())
    row.version, row.drafted_by, row.drafted_at = found.version, actor, now
    row.title, row.number = draft.title.strip(), draft.number.strip()
    row.praise, row.problems, row.demands = draft.praise, draft.problems, draft.demands
    row.save()
    _log(row, "circular.drafted", actor, {"round": str(found.period), "version": row.version})
    return row


@transaction.atomic
def approve_circular(
    *, circular_id: int, approver: str, approved_on: date, actor: User, today: date
) -> Circular:
    """Enter who approved the text, and on which day.

    Raises:
        CircularNotReady: no draft, or a day to come.

    Source: S2-20 报专班审定.
    """
    require(actor, Right.FREEZE_ROUND)
    row = _locked(circular_id, actor)
    if row.state != Circular.State.DRAFT:
        raise CircularNotReady(f"“{row.title}”{row.get_state_display()}，不需要再审定。", state=row.state)
    if approved_on > today or not approver.strip():
        raise CircularNotReady("须写明审定人，审定日期不能晚于今天。", approved_on=approved_on)
    row.state, row.approver, row.approved_on = Circular.State.APPROVED, approver.strip(), approved_on
    row.save(update_fields=["state", "approver", "approved_on"])
    _log(row, "circular.approved", actor, {"approver": row.approver, "approved_on": approved_on})
    return row


@transaction.atomic
def issue_circular(
    *, circular_id: int, copies: Collection[Organisation], actor: User, today: date
) -> Circular:
    """Make the document from the frozen figures and send it to its addressees; their people are told.

    Raises:
        CircularNotReady: not approved, or issued already.
        CopiesMissing: nobody gets it.

    Source: S2-32 月通报并抄送镇街.
    """
    require(actor, Right.FREEZE_ROUND)
    row = _locked(circular_id, actor)
    if row.state != Circular.State.APPROVED:
        raise CircularNotReady(
            f"“{row.title}”{row.get_state_display()}；审定后才能印发，印发后不能再改。", state=row.state
        )
    if not copies:
        raise CopiesMissing("还没有选择抄送单位，至少选择一个。")
    row.content = _document(row, copies, today=today)
    row.sha256 = sha256(row.content).hexdigest()
    row.filename = f"{row.title[:LONGEST_NAME]}_{today:%Y%m%d}.docx"
    row.state, row.issued_on = Circular.State.ISSUED, today
    row.save(update_fields=["content", "sha256", "filename", "state", "issued_on"])
    CircularCopy.objects.bulk_create(CircularCopy(circular=row, organisation=unit) for unit in copies)
    tell_and_mail(
        recipients=_readers(copies),
        kind=Message.Kind.NOTICE,
        key=f"circular:{row.pk}",
        title=row.title,
        body="已印发，请打开签阅。",
        url=reverse("dispatch:circular", args=[row.pk]),
    )
    _log(row, "circular.issued", actor, {"copies": len(copies), "sha256": row.sha256})
    return row


def draft_document(row: Circular, *, today: date) -> bytes:
    """The document as it would be issued today, for those who approve it. Kept nowhere."""
    return _document(row, (), today=today)


def _document(row: Circular, copies: Collection[Organisation], *, today: date) -> bytes:
    whole = LedgerSnapshot.objects.select_related("round", "organisation").get(
        round=row.round, version=row.version, organisation__code=settings.PREFECTURE_CODE
    )
    edition = Edition(whole.pk, whole.round, whole.version, whole.organisation)
    figures = round_figures(
        edition=edition,
        unit=whole.organisation,
        rows=renumbered(stored_rows(whole)),
        taken_on=whole.taken_on,
        on=today,
    )
    names = [unit.name for unit in copies]
    text = CircularText(
        title=row.title,
        number=row.number,
        addressee="、".join(names[:4]) + ("等单位" if len(names) > 4 else ""),
        praise=row.praise,
        problems=row.problems,
        demands=row.demands,
        copies=names,
    )
    return circular(figures, text, issuer=settings.BUREAU_NAME, issued_on=today)


def _readers(copies: Collection[Organisation]) -> list[User]:
    """The people of the addressees and of what lies below them."""
    paths = tuple(unit.path for unit in copies)
    people = User.objects.get_queryset().filter(is_active=True, organisation__isnull=False)
    return [
        one
        for one in people.select_related("organisation").order_by("pk")
        if one.organisation and one.organisation.path.startswith(paths)
    ]


@transaction.atomic
def sign_receipt(*, found: Circular, actor: User, now: datetime) -> None:
    """The first reading by an addressee's person is that addressee's receipt; later ones change nothing."""
    if actor.organisation is None:
        return
    copies = CircularCopy.objects.filter(circular=found, read_at__isnull=True).select_related("organisation")
    own = [copy for copy in copies if actor.organisation.path.startswith(copy.organisation.path)]
    if own:
        nearest = max(own, key=lambda copy: len(copy.organisation.path))
        CircularCopy.objects.filter(pk=nearest.pk, read_at__isnull=True).update(read_at=now, read_by=actor)


def _locked(circular_id: int, actor: User) -> Circular:
    rows = Circular.objects.visible_to(actor).select_related("round")
    return rows.select_for_update(of=("self",)).get(pk=circular_id)


def _log(row: Circular, verb: str, actor: User, facts: dict[str, object]) -> None:
    record(actor=actor, verb=verb, subject=row, facts=facts, scope_path=row.organisation.path)
