"""What the tables of approvals and quotas forbid whatever the code above them does.

Each law is broken once by hand, with a row as plain as the table allows; foreign keys are checked
at the commit, which never comes. Laws that are a story of their own (states, triggers that add up)
are broken in the tests of that story; here the rest.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, IntegrityError, connection, models, transaction

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent
DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 2, tzinfo=UTC)

EARLY, LATE = DAY - timedelta(days=30), DAY + timedelta(days=30)
CONTRACT = {"signed_on": DAY, "contract_no": "1", "user_name": "1", "start_by": DAY, "finish_by": DAY}

# What makes the plainest row lawful; {} is the row's number.
LAWFUL: dict[str, dict[str, Any]] = {
    "approvals.LandDocument": {"number": "{}", "supervision_no": "{}"},
    "approvals.Occasion": {"course_id": "{}", "why_counted": "不停"},
    "quotas.Consolidation": {"record_no": "{}"},
    "quotas.Movement": {"target_id": 99},
    "quotas.Proposal": {"state": "COMMITTED", "reservation_id": "{}", "committed_on": DAY},
    "quotas.SupplyLink": {"area_m2": 2, "paddy_m2": 1, "grain_kg": 1},
}
# Values that break one law, each line by itself.
BREAKS: dict[str, list[dict[str, Any]]] = {
    "batch_accepted_after_request": [{"submitted_on": DAY, "accepted_on": EARLY}],
    "batch_project_has_land": [{"area_m2": 0}],
    "compensation_rate_is_an_amount": [{"amount_yuan": 0}],
    "document_term_lasts": [{"months": 0}],
    "expropriation_authorised_in_writing": [{"authority_kind": "AUTHORISED"}],
    "expropriation_count_within_households": [
        {"signed": 9},
        {"paid": 9},
        {"households": 0, "signed": 0, "paid": 0},
    ],
    "expropriation_has_land": [{"area_m2": 0}],
    "expropriation_risk_has_a_level": [{"kind": "RISK"}],
    "fee_is_an_amount": [{"budget_yuan": 0}],
    "fee_kind_has_a_name": [{"name": ""}],
    "fee_payment_or_its_reversal": [
        {"amount_yuan": -1},
        {"reason": "1"},
        {"reverses_id": 1, "amount_yuan": -1},
        {"reverses_id": 1, "reason": "1"},
    ],
    "field_improvement_amounts": [{"area_m2": 0}, {"new_arable_m2": 9}, {"funds_yuan": -1}],
    "field_improvement_accepted_on_a_day": [{"stage": "ACCEPTED"}],
    "fund_entry_is_an_amount": [{"amount_yuan": 0, "note": "1"}],
    "fund_entry_taken_back_with_reason": [{"amount_yuan": -1}],
    "gate_override_is_reasoned": [{"reason": ""}, {"doc_no": ""}],
    "gate_statement_has_a_number": [{"doc_no": ""}],
    "gate_statement_not_negative": [{"area_m2": -1}, {"due_yuan": -1}, {"paid_yuan": -1}],
    "idle_setting_in_order": [
        {"developed_numerator": 0},
        {"developed_numerator": 2, "developed_denominator": 1},
        {"fee_percent": 101},
        {"invested_percent": 101},
        {"idle_months": 0},
        {"idle_months": 9, "recovery_months": 8},
    ],
    "land_document_area_not_negative": [{"approved_total_m2": -1}, {"applied_total_m2": -1}],
    "land_document_arable_within_total": [{"approved_total_m2": 1, "approved_arable_m2": 2}],
    "land_document_fetched_after_decision": [{"received_on": EARLY}],
    "land_document_floor_area_positive": [{"floor_area_m2": 0}],
    "land_document_has_a_number": [{"number": "", "supervision_no": ""}],
    "land_document_revoked_with_reason": [{"revoked_on": DAY}, {"revoked_reason": "1"}],
    "land_patrol_names_somebody": [{"people": ""}],
    "land_patrol_passed_on_once": [{"is_suspicious": True, "case_id": 9, "problem_id": 9}],
    "land_patrol_passes_on_what_it_found": [
        {"is_suspicious": False, "case_id": 9},
        {"is_suspicious": False, "problem_id": 9},
    ],
    "land_standard_in_order": [{"least": 2, "most": 1}],
    "land_thrift_not_negative": [
        {f"{name}_m2": -1} for name in ("floor_area", "counted_floor", "base", "green", "office")
    ],
    "library_version_ends_after_it_begins": [{"effective_to": DAY}],
    "library_version_is_not_empty": [{"size": 0}],
    "material_missing_has_a_promise": [{"is_missing": True}],
    "matter_answered_in_words": [
        {"answered_on": LATE},
        {"answer": "1"},
        {"answer": "1", "answered_on": EARLY},
    ],
    "matter_published_when_answered": [
        {"kind": "QUESTION", "published_on": LATE},
        {"kind": "QUESTION", "published_on": DAY, "answer": "1", "answered_on": LATE},
        {"kind": "SAFETY", "published_on": LATE, "answer": "1", "answered_on": LATE},
    ],
    "matter_term_lasts": [{"days": 0}],
    "occasion_ends_after_it_begins": [{"expected_end_on": EARLY}, {"last_on": EARLY, "outcome": "1"}],
    "occasion_over_says_what_came_of_it": [{"outcome": "1"}, {"last_on": LATE}],
    "occasion_stops_or_says_why_not": [{"why_counted": ""}, {"pause_id": 1}],
    "patrol_not_negative": [{"developed_m2": -1}, {"invested_yuan": -1}],
    "patrol_stopped_after_start": [{"stopped_on": DAY}, {"stopped_on": EARLY, "started_on": DAY}],
    "promise_exception_has_a_reason": [{"reason": ""}],
    "set_check_promise_has_who_and_when": [
        {"state": "PROMISED", "promised_by": "1"},
        {"state": "PROMISED", "promised_on": DAY},
    ],
    "step_merged_is_set_aside": [
        {"merged_into": "1"},
        {"merged_into": "2", "code": "2", "status": "NOT_INVOLVED", "closing_reason": "1"},
    ],
    "step_closes_after_it_starts": [{"accepted_on": DAY, "closed_on": EARLY}],
    "step_started_has_a_clock": [{"status": "RUNNING"}, {"status": "PAUSED"}],
    "step_type_ends_after_it_begins": [{"effective_to": DAY}],
    "stock_target_not_negative": [
        {f"{name}_m2": -1} for name in ("arable_held", "arable_target", "basic_held", "basic_target")
    ],
    "supply_contract_is_whole": [
        CONTRACT | {"contract_no": ""},
        CONTRACT | {"user_name": ""},
        CONTRACT | {"start_by": None},
        CONTRACT | {"finish_by": None},
    ],
    "supply_finish_after_start": [{"start_by": LATE, "finish_by": DAY}],
    "supply_finished_after_started": [{"finished_on": DAY}, {"finished_on": EARLY, "started_on": DAY}],
    "supply_has_land": [{"area_m2": 0}],
    "supply_payment_is_an_amount": [{"amount_yuan": 0}],
    "reserve_land_amounts": [{"area_m2": 0}, {"cost_yuan": -1}],
    "reserve_land_days_in_order": [{"finished_on": EARLY}],
    "reserve_land_supplied_with_an_area": [{"supplied_on": DAY}, {"supplied_m2": 1}],
    "three_batch_has_a_goal": [{"goal": ""}],
    "training_unit_sent_somebody": [{"people": 0}],
    "violation_decided_has_a_number": [
        {"state": "DECIDED", "decision_no": "1"},
        {"state": "DECIDED", "decided_on": DAY},
    ],
    "skip_rule_ends_after_it_begins": [{"effective_to": EARLY}],
    "skip_rule_merges_into_another": [
        {"into_code": "1"},
        {"kind": "MERGE"},
        {"kind": "MERGE", "into_code": "2"},
    ],
    "skip_rule_names_its_authority": [
        {name: ""} for name in ("authority", "document", "clause", "condition")
    ],
    "quota_application_answer_says_why": [{"state": "RETURNED"}, {"state": "REFUSED"}],
    "quota_application_line_asks_for_something": [{"amount": 0}, {"need": 0}],
    "quota_booking_repayment_names_its_advance": [{"kind": "REPAYMENT"}, {"repays_id": 1}],
    "quota_booking_reversal_names_its_booking": [{"kind": "REVERSAL"}, {"reverses_id": 1}],
    "quota_booking_says_why": [{"reason": ""}],
    "quota_checklist_ends_after_it_begins": [{"effective_to": DAY}],
    "quota_consolidation_amounts": [
        *({name: -1} for name in ("area_m2", "grain_kg", "paddy_m2", "scale_m2")),
        *({"state_share": share, "agreement_no": "1"} for share in ("-0.1", "1.1")),
    ],
    "quota_consolidation_share_by_agreement": [{"state_share": "0.1"}],
    "quota_link_paddy_is_farmland": [{"paddy_m2": 3}],
    "quota_link_released_with_reason": [{"released_on": DAY}],
    "quota_link_stands_for_something": [
        {"area_m2": 0, "paddy_m2": 0, "grain_kg": 0},
        {"area_m2": -1, "paddy_m2": -1},
        {"grain_kg": -1},
    ],
    "quota_negative_listing_ends_after_it_begins": [
        {"until": EARLY},
        {"removed_on": EARLY, "removal_reason": "1"},
    ],
    "quota_negative_listing_removed_with_reason": [{"removed_on": LATE}],
    "quota_negative_listing_says_why": [{"reason": ""}],
    "quota_opinion_answered_with_a_verdict": [{"answered_on": DAY}, {"verdict": "1"}],
    "quota_payment_is_money": [{"yuan": 0}],
    "quota_pending_deduction_amount": [{"amount": 0}],
    "quota_pending_deduction_settled_by_one": [
        {"settled_on": DAY},
        {"booking_id": 1},
        {"void_reason": "1"},
        {"booking_id": 1, "settled_on": DAY, "void_reason": "1"},
    ],
    "quota_policy_ends_after_it_begins": [{"effective_to": DAY}],
    "quota_policy_fund_rate_is_a_share": [{"fund_rate": "-0.1"}, {"fund_rate": "1.1"}],
    "quota_policy_rates_are_shares": [
        {f"{name}_rate": rate} for name in ("farmland", "plan", "advance") for rate in ("-0.1", "1.1")
    ],
    "quota_policy_trial_ends_after_it_begins": [{"trial_until": EARLY}],
    "quota_price_is_positive": [{"price": 0}, {"amount": 0}],
    "quota_proposal_hooked_up_has_its_day": [{"state": "HOOKED_UP"}],
    "quota_proposal_line_within_balance": [{"amount": 0}, {"left_before": 0}, {"yuan": -1}],
    "quota_proposal_money_not_negative": [{"total_yuan": -1}],
    "quota_run_committed_has_its_booking": [{"state": "COMMITTED"}, {"booking_id": 1}],
    "quota_transfer_out_amount": [{"amount": 0}],
    "quota_transfer_out_completed_by_a_paper": [{"completed_on": DAY}],
}
# What may be there once, and what the second row changes so that only this law stands in its way.
ONCE = (
    *("batch_once_a_year", "batch_project_once", "compensation_rate_version_once"),
    *("document_term_once", "expropriation_act_once", "expropriation_once_per_collective"),
    *("fee_kind_once", "fee_once_per_kind", "fee_payment_once"),
    *("expropriation_reason_once", "gate_rule_once_a_day", "land_document_area_once"),
    *("land_document_number_once", "land_document_supervision_no_once", "land_standard_once"),
    *("library_one_open_version", "library_title_once", "library_version_once"),
    *("step_type_version_once", "matter_term_once", "occasion_once_per_course"),
    *("set_check_item_once", "set_check_once", "step_once_per_round"),
    *("step_type_one_open_version", "stock_target_once_a_day", "supply_parcel_once"),
    *("three_batch_project_once_a_year", "field_improvement_once", "reserve_land_once"),
    *("supply_payment_once", "training_once", "training_unit_once", "quota_account_once"),
    *("quota_application_line_once", "quota_application_material_once"),
    *("quota_checklist_one_open_version", "quota_consolidation_filed_once"),
    *("quota_checklist_one_version_a_day", "quota_county_entry_once"),
    *("quota_fiscal_account_one_a_day", "quota_link_once", "quota_negative_listing_open_once"),
    *("quota_opinion_once_an_office", "quota_payment_voucher_once", "quota_price_once"),
    *("quota_proposal_line_once", "quota_proposal_one_running", "quota_reservation_line_once"),
    *("quota_transfer_out_once", "own_term_once_a_day"),
)
# What the second row changes so that only this law stands in its way.
BESIDE = {
    name: {"effective_to": LATE}
    for name in ("library_version_once", "step_type_version_once", "quota_checklist_one_version_a_day")
}
# Rows that stay as they were written, and what is tried.
STAYS = (
    *("expropriation_count_is_immutable", "fund_entry_is_immutable", "gate_override_is_immutable"),
    *("library_content_is_immutable", "library_download_is_immutable", "patrol_is_immutable"),
    *("fee_payment_is_immutable", "step_skip_is_immutable", "promise_exception_is_immutable"),
    *("set_check_is_immutable", "quota_county_entry_is_immutable"),
    "quota_movement_is_immutable",
)
KEPT: dict[str, tuple[str, ...]] = dict.fromkeys(STAYS, ("UPDATE", "DELETE")) | {
    "gate_statement_is_immutable": ("UPDATE",),
    "quota_account_balance_moves_only": ("UPDATE",),
    "quota_account_is_kept": ("DELETE", "TRUNCATE"),
    "quota_account_stays_what_it_is": ("UPDATE",),
    "quota_booking_is_immutable": ("UPDATE",),
    "quota_booking_is_kept": ("DELETE",),
    "quota_movement_is_kept": ("TRUNCATE",),
}
CHANGED = {
    "quota_account_balance_moves_only": "balance = 9",
    "quota_account_stays_what_it_is": "never_below_zero = false",
    "quota_booking_is_immutable": "reason = '9'",
}
# Triggers that add up, and a key that only some have; their stories break them.
TOLD_ELSEWHERE = {
    "quota_movement_asked_once": "tests/quotas/test_ledger.py",
    "quota_movement_moves_balances": "tests/quotas/test_ledger.py",
    "quota_account_begins_at_zero": "tests/quotas/test_ledger.py",
    "quota_account_knows_its_floor": "tests/quotas/test_ledger.py",
    "quota_county_book_not_overdrawn": "tests/quotas/test_books.py",
}
PGHISTORY = {"insert_insert", "update_update", "append_only"}


def rules_of(model: type[models.Model]) -> list[Any]:
    rules = (*model._meta.constraints, *getattr(model._meta, "triggers", ()))
    return [rule for rule in rules if rule.name not in PGHISTORY]


def law(name: str) -> tuple[type[models.Model], Any]:
    for app in ("approvals", "quotas"):
        for model in apps.get_app_config(app).get_models():
            for rule in rules_of(model):
                if rule.name == name:
                    return model, rule
    raise AssertionError(f"no table keeps {name}")


def plain(field: models.Field[Any, Any], place: int) -> Any:
    """A value that the column takes; another `place`, another value."""
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return json.dumps(field.get_default(), cls=DjangoJSONEncoder)
    if field.has_default() and not callable(field.default):
        return field.default
    kind = (field.target_field if field.is_relation else field).get_internal_type()
    if kind == "ArrayField":
        return "{}"
    if field.choices:
        return "" if field.blank else field.choices[0][0]
    if kind in ("CharField", "TextField"):
        return "" if field.blank else f"{place}"
    if kind == "BinaryField":
        return b"1"
    if kind == "DateTimeField":
        return MOMENT
    if kind == "DateField":
        return DAY + timedelta(days=place)
    if kind == "UUIDField":
        return uuid.uuid4()
    if kind == "BooleanField":
        return False
    return Decimal(place) if kind == "DecimalField" else place


def row_of(model: type[models.Model], number: int = 1, /, **values: Any) -> dict[str, Any]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    made = {str(field.column): plain(field, number) for field in fields}
    lawful = LAWFUL.get(model._meta.label, {}).items()
    made |= {name: value.format(number) if isinstance(value, str) else value for name, value in lawful}
    return made | values


def insert(model: type[models.Model], row: dict[str, Any]) -> None:
    columns = ", ".join(f'"{column}"' for column in row)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(row))})',
            [*row.values()],
        )


@pytest.mark.parametrize("name", BREAKS)
def test_a_row_that_breaks_a_law_is_refused_and_its_lawful_neighbour_is_not(name: str) -> None:
    model, _ = law(name)
    with transaction.atomic():
        insert(model, row_of(model))
        for values in BREAKS[name]:
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                insert(model, row_of(model, 2, **values))
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ONCE)
def test_what_may_be_there_once_is_refused_the_second_time(name: str) -> None:
    model, constraint = law(name)
    same = [str(model._meta.get_field(field).column) for field in constraint.fields]
    with transaction.atomic():
        first = row_of(model)
        insert(model, first)
        insert(model, row_of(model, 2))
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            insert(
                model, row_of(model, 3, **BESIDE.get(name, {}), **{column: first[column] for column in same})
            )
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", KEPT)
def test_a_row_that_is_kept_is_neither_changed_nor_removed(name: str) -> None:
    model, _ = law(name)
    table, key = model._meta.db_table, model._meta.pk.column
    change = CHANGED.get(name, f'"{key}" = "{key}"')
    commands = {
        "UPDATE": f"UPDATE {table} SET {change}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # The row comes in while the triggers sleep: what else an insertion does is told elsewhere.
        cursor.execute("SET LOCAL session_replication_role = replica")
        insert(model, row_of(model))
        cursor.execute("SET LOCAL session_replication_role = origin")
        for tried in KEPT[name]:
            with (
                pytest.raises(DatabaseError, match=f"Cannot .*{tried.lower()}|append-only"),
                transaction.atomic(),
            ):
                cursor.execute(commands[tried])
        transaction.set_rollback(True)


def test_every_law_of_the_tables_is_broken_by_some_test() -> None:
    said = "\n".join(path.read_text() for path in ROOT.rglob("test_*.py"))
    kept = {
        rule.name
        for app in ("approvals", "quotas")
        for model in apps.get_app_config(app).get_models()
        for rule in rules_of(model)
    }

    assert sorted(name for name in kept if name not in said) == []
