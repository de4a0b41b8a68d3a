"""The ledger: accounts, and the movements that are all that ever happens to them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.lookups import Exact

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from quotas import rules

INSTRUMENTS = [(instrument.value, instrument.label) for instrument in rules.Instrument]


def both_or_neither(one: Q, other: Q) -> Exact:
    """That two conditions hold together or not at all, in a form that the database reads quickly."""
    return Exact(
        ExpressionWrapper(one, models.BooleanField()), ExpressionWrapper(other, models.BooleanField())
    )


class AccountQuerySet(ScopedQuerySet["Account"]):
    """A county sees what it holds and what it owns: its quota in the pool stays its own."""

    organisation_path = "holder"

    def _inside(self, path: str) -> Q:
        return Q(holder__path__startswith=path) | Q(owner__path__startswith=path)


class Account(models.Model):
    """A place where quota of one instrument lies: whose hands, whose property, which year.

    `balance` is m² (grain: kg). It is the sum of the account's movements and is changed by one
    writer alone, the trigger on Movement; `manage.py check_ledger` proves it. Internal places
    are never below zero. External ones (where quota comes from and where it goes) balance the
    rest: over all accounts of an instrument the sum is zero at any moment.
    """

    class Place(models.TextChoices):
        AVAILABLE = "AVAILABLE", "可用"
        RESERVED = "RESERVED", "预占"
        FROZEN = "FROZEN", "冻结"
        SOURCE = "SOURCE", "来源"
        USED = "USED", "已核销"
        LAPSED = "LAPSED", "已失效"
        DEDUCTED = "DEDUCTED", "已扣减"

    INTERNAL: ClassVar[tuple[str, ...]] = (Place.AVAILABLE, Place.RESERVED, Place.FROZEN)

    instrument = models.CharField("指标", max_length=20, choices=INSTRUMENTS)
    place = models.CharField("性质", max_length=12, choices=Place)
    # The indexes below begin with these; a second one each would only be opened, never asked.
    holder = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, related_name="quota_held", verbose_name="指标所在"
    )
    owner = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, related_name="quota_owned", verbose_name="权属"
    )
    period = models.PositiveSmallIntegerField("年度", default=0, help_text="0 表示不分年度")
    balance = models.BigIntegerField("余额", default=0, editable=False)
    # What INTERNAL says of the place, set by the database: a constraint is read anew at every change of
    # a balance, and a list of places takes longer to read than the balance to write.
    never_below_zero = models.BooleanField("不得为负", default=True, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = "指标账户"
        ordering = ("instrument", "holder_id", "owner_id", "period", "place")
        indexes = [
            models.Index(name="quota_account_by_holder", fields=["holder", "instrument"]),
            models.Index(name="quota_account_by_owner", fields=["owner", "instrument"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="quota_account_once", fields=["instrument", "place", "holder", "owner", "period"]
            ),
            models.CheckConstraint(
                name="quota_account_not_overdrawn",
                condition=Q(balance__gte=0) | Q(never_below_zero=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="quota_account_begins_at_zero",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.balance <> 0"),
            ),
            pgtrigger.Trigger(
                name="quota_account_knows_its_floor",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.never_below_zero := NEW.place IN ('AVAILABLE', 'RESERVED', 'FROZEN'); RETURN NEW;",
            ),
            # The movement's trigger is one level down; whoever writes a balance by hand is at level 0.
            # Afterwards, and each for its columns: a trigger before the change locks the row once more,
            # and a condition is read anew at every change.
            pgtrigger.Trigger(
                name="quota_account_balance_moves_only",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("balance"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
                func=(
                    "IF OLD.balance <> NEW.balance THEN"
                    " RAISE EXCEPTION 'pgtrigger: Cannot update a balance by hand'; END IF; RETURN NULL;"
                ),
            ),
            pgtrigger.Protect(
                name="quota_account_stays_what_it_is",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "instrument", "place", "holder_id", "owner_id", "period", "never_below_zero"
                ),
                condition=pgtrigger.Condition(
                    "(OLD.instrument <> NEW.instrument OR OLD.place <> NEW.place"
                    " OR OLD.holder_id <> NEW.holder_id OR OLD.owner_id <> NEW.owner_id"
                    " OR OLD.period <> NEW.period OR OLD.never_below_zero <> NEW.never_below_zero)"
                ),
            ),
            # Its movements name it for ever.
            pgtrigger.Trigger(
                name="quota_account_is_kept",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Delete | pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the ledger is append-only';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {self.get_place_display()}"

    @property
    def is_internal(self) -> bool:
        return self.place in self.INTERNAL


class MovementQuerySet(ScopedQuerySet["Movement"]):
    organisation_path = "source__holder"

    def _inside(self, path: str) -> Q:
        ends = Q()
        for end in ("source__holder", "source__owner", "target__holder", "target__owner"):
            ends |= Q(**{f"{end}__path__startswith": path})
        return ends


# Applies the rows of one INSERT to their accounts, one after the other in the order of the accounts'
# keys: two transfers in opposite directions wait for each other and never deadlock. An account of
# another instrument is not found. Nearly every INSERT has one row, which needs no sorting.
_APPLY = """
    SELECT LEAST(source_id, target_id), GREATEST(source_id, target_id),
            CASE WHEN source_id < target_id THEN -amount ELSE amount END, instrument,
            EXISTS (SELECT FROM moved OFFSET 1)
        INTO first_id, second_id, delta, instrument_of, are_several FROM moved;
    IF NOT are_several THEN
        UPDATE quotas_account SET balance = balance + delta
            WHERE id = first_id AND instrument = instrument_of;
        IF FOUND THEN
            UPDATE quotas_account SET balance = balance - delta
                WHERE id = second_id AND instrument = instrument_of;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a movement joins accounts of different instruments, or one that is not there'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'quota_movement_one_instrument';
        END IF;
        RETURN NULL;
    END IF;
    FOR change IN
        SELECT account_id, instrument, SUM(ends.delta) AS delta FROM (
            SELECT source_id AS account_id, instrument, -amount AS delta FROM moved
            UNION ALL SELECT target_id, instrument, amount FROM moved
        ) AS ends GROUP BY account_id, instrument ORDER BY account_id
    LOOP
        UPDATE quotas_account SET balance = balance + change.delta
            WHERE id = change.account_id AND instrument = change.instrument;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a movement joins accounts of different instruments, or one that is not there'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'quota_movement_one_instrument';
        END IF;
    END LOOP;
    RETURN NULL;
"""


class Movement(models.Model):
    """One transfer of quota between two accounts. Never edited, never deleted.

    A mistake is undone by a second movement of kind REVERSAL the other way, once.
    `request_key` makes a repeated request the same request; those of a booking have none, the booking
    has its own.
    """

    class Kind(models.TextChoices):
        STOCK_IN = "STOCK_IN", "入库"
        TO_POOL = "TO_POOL", "划入州池"
        TRANSFER_OUT = "TRANSFER_OUT", "调出"
        TRANSFER_IN = "TRANSFER_IN", "调入"
        HOLD = "HOLD", "预占"
        RELEASE = "RELEASE", "释放"
        POST = "POST", "核销"
        FREEZE = "FREEZE", "冻结"
        UNFREEZE = "UNFREEZE", "解冻"
        DEDUCT = "DEDUCT", "扣减"
        LAPSE = "LAPSE", "年末失效"
        CARRY_OVER = "CARRY_OVER", "结转"
        ADVANCE = "ADVANCE", "预支"
        REPAY = "REPAY", "归还"
        REVERSAL = "REVERSAL", "冲正"

    request_key = models.UUIDField("请求编号", null=True, editable=False)
    kind = models.CharField("类型", max_length=16, choices=Kind)
    instrument = models.CharField("指标", max_length=20, choices=INSTRUMENTS)
    # The indexes below begin with these; a second one each would only be kept up, never asked.
    source = models.ForeignKey(
        Account,
        models.PROTECT,
        db_index=False,
        related_name="outgoing",
        verbose_name="转出账户",
    )
    target = models.ForeignKey(
        Account,
        models.PROTECT,
        db_index=False,
        related_name="incoming",
        verbose_name="转入账户",
    )
    amount = models.BigIntegerField("数量（平方米、公斤）")
    reason = models.CharField("摘要", max_length=300)
    document_no = models.CharField("文号", max_length=120, blank=True)
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="quota_movements",
        verbose_name="关联项目",
    )
    run_key = models.UUIDField("批次", null=True, editable=False)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="冲正的分录"
    )
    occurred_on = models.DateField("发生日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="操作人"
    )

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = "指标分录"
        ordering = ("-id",)
        indexes = [
            models.Index(name="quota_movement_by_source", fields=["source", "-id"]),
            models.Index(name="quota_movement_by_target", fields=["target", "-id"]),
            # Only of the few that have one: an index takes in empty values as well.
            models.Index(
                name="quota_movement_by_project",
                fields=["project", "-id"],
                condition=Q(project__isnull=False),
            ),
            models.Index(
                name="quota_movement_by_run", fields=["run_key"], condition=Q(run_key__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="quota_movement_asked_once",
                fields=["request_key"],
                condition=Q(request_key__isnull=False),
            ),
            models.CheckConstraint(name="quota_movement_moves_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="quota_movement_two_ends", condition=~Q(source=F("target"))),
            models.CheckConstraint(name="quota_movement_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="quota_movement_reversal_names_its_movement",
                condition=both_or_neither(Q(kind="REVERSAL"), Q(reverses__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="quota_movement_moves_balances",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="moved"),  # type: ignore[no-untyped-call]
                declare=[
                    ("change", "RECORD"),
                    ("are_several", "boolean"),
                    ("first_id", "bigint"),
                    ("second_id", "bigint"),
                    ("delta", "bigint"),
                    ("instrument_of", "varchar"),
                ],
                func=_APPLY,
            ),
            pgtrigger.Protect(
                name="quota_movement_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="quota_movement_is_kept",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the ledger is append-only';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reason}"
