"""What the office would propose for an application, from whom, why, at what price, and on what it rests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch, Sum

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of
from quotas import rules
from quotas.models import Account, Application, Payment, Policy, Proposal, ProposalLine, ProposalQuerySet
from quotas.rules import Instrument, MeanMethod, Pool, PriceMeans, Reasoned, SourceKind, Step
from quotas.selectors.holdings import PoolState, drawing_rules, read_pool
from quotas.selectors.prices import price_means_on


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a proposal: so much of one account at one price, rounded to the cent once."""

    step: Step
    account: Account
    amount: int
    left_before: int
    price: Decimal | None
    yuan: Decimal


@dataclass(frozen=True, slots=True)
class Planned:
    """A proposal that nobody has stored: its reasoning, lines, money, and what it rests on.

    `needs_fallback`: instruments whose window has no trade, so that the last price is taken.
    `unpriced`: instruments that have to be paid for and have no price at all.
    """

    policy: Policy
    made_on: date
    draws: tuple[Reasoned, ...]
    lines: tuple[PlannedLine, ...]
    relied: Mapping[str, object]
    needs_fallback: tuple[Instrument, ...]
    unpriced: tuple[Instrument, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.yuan for line in self.lines), Decimal(0))

    @property
    def shortfall(self) -> dict[Instrument, int]:
        return {draw.instrument: draw.shortfall for draw in self.draws if draw.shortfall}

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.relied)


def fingerprint_of(relied: Mapping[str, object]) -> str:
    """The digest of what a proposal rests on."""
    text = json.dumps(relied, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def plan_proposal(application: Application, *, made_on: date, policy: Policy) -> Planned:
    """Draw for an application from the pool as it lies, by a policy. Writes nothing. Six queries.

    Source: S4, annex 3, articles 6, 12, 14; domain.md 3.2 R3 to R5.
    """
    pool = Pool(application.pool)
    prefecture = prefecture_of(application.applicant)
    state = read_pool(prefecture=prefecture, year=application.year, pools=[pool])
    need = {Instrument(line.instrument): line.amount for line in application.lines.all()}
    how = drawing_rules(policy)
    draws = rules.reason_draw(
        pool=pool,
        applicant=application.applicant.code,
        state=prefecture.code,
        need=need,
        sources=state.sources,
        how=how,
    )
    means = price_means_on(made_on, months=how.price_months) if pool is Pool.FARMLAND else {}
    priced = {instrument: price_of(found, how.price_method) for instrument, found in means.items()}
    lines = [line for draw in draws for step in draw.steps for line in _lines(step, state, priced)]
    paid_for = {line.step.instrument for line in lines if _is_paid(line.step)}
    return Planned(
        policy=policy,
        made_on=made_on,
        draws=tuple(draws),
        lines=tuple(lines),
        relied=_relied(application, policy, state, priced, means, need),
        needs_fallback=tuple(i for i in means if i in paid_for and means[i].fallback is not None),
        unpriced=tuple(i for i in means if i in paid_for and priced[i] is None),
    )


def price_of(means: PriceMeans, method: MeanMethod) -> Decimal | None:
    """The mean by a method; without a trade in the window the last one published, or None."""
    found = means.by(method)
    if found is None and means.fallback is not None:
        return means.fallback.price
    return found


def _is_paid(step: Step) -> bool:
    return step.instrument.pool is Pool.FARMLAND and step.kind is not SourceKind.OWN


def _lines(step: Step, state: PoolState, priced: Mapping[Instrument, Decimal | None]) -> list[PlannedLine]:
    """A step over the owner's accounts, the oldest period first.

    Money is rounded once for the step: each account's part is the difference of two rounded sums.
    """
    price = priced.get(step.instrument) if _is_paid(step) else None
    lines: list[PlannedLine] = []
    taken, charged = 0, Decimal(0)
    for account in state.accounts[step.instrument, step.owner]:
        amount = min(step.amount - taken, account.balance)
        if amount <= 0:
            continue
        taken += amount
        due = (
            Decimal(0)
            if price is None
            else rules.amount_due(instrument=step.instrument, amount=taken, price=price)
        )
        lines.append(PlannedLine(step, account, amount, account.balance, price, due - charged))
        charged = due
    return lines


def _relied(
    application: Application,
    policy: Policy,
    state: PoolState,
    priced: Mapping[Instrument, Decimal | None],
    means: Mapping[Instrument, PriceMeans],
    need: Mapping[Instrument, int],
) -> dict[str, object]:
    """Everything that decided: the request, the policy, each source's figures, each price."""
    balances = {
        f"{source.name} {instrument.label}": [source.left, source.pooled, source.total, source.used]
        for instrument in need
        for source in state.sources.get(instrument, ())
        if source.left
    }
    return {
        "request": {str(instrument): amount for instrument, amount in need.items()},
        "policy": {"id": policy.pk, "title": str(policy), **asdict(drawing_rules(policy))},
        "balances": balances,
        "prices": {
            instrument.label: [str(priced[instrument]), means[instrument].count]
            for instrument in means
            if instrument in need
        },
    }


def changes_since(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """In words what of the ground of a proposal is different now; empty when nothing is."""
    # Stored as JSON, so both sides are brought to the same form.
    now = json.loads(json.dumps(now, cls=DjangoJSONEncoder))
    sentences: list[str] = []
    if before.get("request") != now.get("request"):
        sentences.append("申请数量已修改。")
    if before.get("policy") != now.get("policy"):
        old, new = _part(before, "policy"), _part(now, "policy")
        sentences.append(f"调节池规则由“{old.get('title')}”变为“{new.get('title')}”。")
    sentences += _balance_changes(_part(before, "balances"), _part(now, "balances"))
    old_prices, new_prices = _part(before, "prices"), _part(now, "prices")
    for name in sorted({*old_prices, *new_prices}):
        old_price, new_price = old_prices.get(name), new_prices.get(name)
        if old_price != new_price:
            sentences.append(f"{name}单价由 {_price(old_price)} 变为 {_price(new_price)}。")
    return sentences


def _part(relied: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = relied.get(name)
    return found if isinstance(found, Mapping) else {}


def _balance_changes(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    labels = {instrument.label: instrument for instrument in Instrument}
    sentences = []
    for name in sorted({*before, *now}):
        old, new = _figures(before.get(name)), _figures(now.get(name))
        if old == new:
            continue
        instrument = labels[name.split(" ", 1)[1]]
        if old[0] != new[0]:
            shown = rules.shown(instrument, old[0]), rules.shown(instrument, new[0])
            sentences.append(f"{name}余额由 {shown[0]} 变为 {shown[1]}。")
        else:
            sentences.append(f"{name}的使用率或累计划入量已变化。")
    return sentences


def _figures(value: object) -> list[int]:
    return list(value) if isinstance(value, list) else [0]


def _price(value: object) -> str:
    if not isinstance(value, list) or value[0] == "None":
        return "无"
    return f"{value[0]} 元（{value[1]} 笔成交）"


def proposal_list(*, actor: User) -> ProposalQuerySet:
    """Proposals that the actor may read with what a page shows, newest first. Three queries."""
    return (
        Proposal.objects.visible_to(actor)
        .select_related(
            "application__applicant", "application__project__organisation", "policy", "made_by", "reservation"
        )
        .prefetch_related(Prefetch("lines", ProposalLine.objects.select_related("owner", "account")))
        .prefetch_related(
            Prefetch("payments", Payment.objects.select_related("payee", "paper", "entered_by"))
        )
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Payee:
    """One owner's treasury: what it is owed by a proposal, what was paid, what lacks."""

    organisation: Organisation
    due: Decimal
    paid: Decimal

    @property
    def lacking(self) -> Decimal:
        return max(self.due - self.paid, Decimal(0))


def payees_of(proposal: Proposal) -> list[Payee]:
    """Who is paid how much by a proposal, in the order of its lines. No query on a loaded page row."""
    owners = {line.owner_id: line.owner for line in proposal.lines.all()}
    charges = [
        rules.Charge(str(line.owner_id), Instrument(line.instrument), line.amount, line.yuan)
        for line in proposal.lines.all()
    ]
    paid: dict[int, Decimal] = {}
    for payment in proposal.payments.all():
        if not payment.struck_reason:
            paid[payment.payee_id] = paid.get(payment.payee_id, Decimal(0)) + payment.yuan
    return [
        Payee(owners[int(owner)], due, paid.get(int(owner), Decimal(0)))
        for owner, due in rules.payments_by_owner(charges).items()
    ]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one treasury is owed and was paid over all running and hooked-up proposals."""

    organisation: Organisation
    due: Decimal
    paid: Decimal

    @property
    def lacking(self) -> Decimal:
        return self.due - self.paid


def settlement(*, actor: User, year: int) -> list[Settlement]:
    """Money by treasury for the proposals of a year's applications. Three queries.

    Source: S4-50, 分缴州、县财政.
    """
    lines = ProposalLine.objects.visible_to(actor).filter(
        proposal__application__year=year, proposal__state__in=["COMMITTED", "APPROVED", "HOOKED_UP"]
    )
    payments = Payment.objects.visible_to(actor).filter(proposal__application__year=year, struck_reason="")
    due = dict(lines.values_list("owner").annotate(total=Sum("yuan")).order_by("owner"))
    paid = dict(payments.values_list("payee").annotate(total=Sum("yuan")).order_by("payee"))
    owners = Organisation.objects.filter(pk__in={*due, *paid}).order_by("code")
    rows = [Settlement(row, due.get(row.pk) or Decimal(0), paid.get(row.pk) or Decimal(0)) for row in owners]
    return [row for row in rows if row.due or row.paid]


def as_trace(draws: Sequence[Reasoned]) -> list[dict[str, object]]:
    """The reasoning as it is stored with a proposal."""
    return [
        {**asdict(step), "left_after": step.left_after, "instrument": str(step.instrument)}
        for draw in draws
        for step in draw.steps
    ]
