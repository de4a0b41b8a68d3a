"""The movements of a booking are written inside its own call's safety net, and a single one plainly.

A booking put one subtransaction into another, and the single movement of nearly every booking went
through a sort and an aggregate.
"""

import importlib

from django.db import migrations

WRITE = """
CREATE FUNCTION quotas_write(moves jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    only_id bigint;
BEGIN
    IF jsonb_array_length(moves) = 1 THEN
        INSERT INTO quotas_movement (
            request_key, kind, instrument, source_id, target_id, amount, reason, document_no,
            project_id, run_key, reverses_id, occurred_on, entered_at, entered_by_id
        )
        SELECT
            move.request_key, move.kind, move.instrument, move.source_id, move.target_id, move.amount,
            move.reason, move.document_no, move.project_id, move.run_key, move.reverses_id,
            move.occurred_on, move.entered_at, move.entered_by_id
        FROM jsonb_to_record(moves -> 0) AS move (
            request_key uuid, kind text, instrument text, source_id bigint, target_id bigint,
            amount bigint, reason text, document_no text, project_id bigint, run_key uuid,
            reverses_id bigint, occurred_on date, entered_at timestamptz, entered_by_id bigint
        )
        RETURNING id INTO only_id;
        RETURN ARRAY[only_id];
    END IF;
    WITH written AS (
        INSERT INTO quotas_movement (
            request_key, kind, instrument, source_id, target_id, amount, reason, document_no,
            project_id, run_key, reverses_id, occurred_on, entered_at, entered_by_id
        )
        SELECT
            move.request_key, move.kind, move.instrument, move.source_id, move.target_id, move.amount,
            move.reason, move.document_no, move.project_id, move.run_key, move.reverses_id,
            move.occurred_on, move.entered_at, move.entered_by_id
        FROM jsonb_to_recordset(moves) AS move (
            place int, request_key uuid, kind text, instrument text, source_id bigint, target_id bigint,
            amount bigint, reason text, document_no text, project_id bigint, run_key uuid,
            reverses_id bigint, occurred_on date, entered_at timestamptz, entered_by_id bigint
        )
        ORDER BY move.place
        RETURNING id
    )
    SELECT array_agg(id ORDER BY id) INTO ids FROM written;
    RETURN ids;
END $$;
"""
POST = """
CREATE OR REPLACE FUNCTION quotas_post(moves jsonb, OUT ids bigint[], OUT refused text) LANGUAGE plpgsql AS $$
BEGIN
    ids := quotas_write(moves);
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
    ids := NULL;
END $$;
"""
BOOK = """
CREATE OR REPLACE FUNCTION quotas_book(
    booking jsonb, entry jsonb, moves jsonb, OUT booking_id bigint, OUT is_new boolean, OUT refused text
) LANGUAGE plpgsql AS $$
DECLARE
    resolved jsonb := '[]';
    move jsonb;
    source_id bigint;
    target_id bigint;
BEGIN
    INSERT INTO quotas_booking SELECT written.* FROM jsonb_populate_record(
        NULL::quotas_booking,
        booking || jsonb_build_object('id', nextval('quotas_booking_id_seq'::regclass))
    ) AS written ON CONFLICT (key) DO NOTHING RETURNING id INTO booking_id;
    is_new := booking_id IS NOT NULL;
    IF NOT is_new THEN
        SELECT id INTO booking_id FROM quotas_booking WHERE key = (booking ->> 'key')::uuid;
        RETURN;
    END IF;
    FOR tries IN 1..2 LOOP
        resolved := '[]';
        FOR move IN SELECT value FROM jsonb_array_elements(moves) LOOP
            source_id := quotas_account_at(move -> 'source');
            target_id := quotas_account_at(move -> 'target');
            EXIT WHEN source_id IS NULL OR target_id IS NULL;
            resolved := resolved || jsonb_build_array(
                (move - 'source' - 'target') || jsonb_build_object(
                    'place', jsonb_array_length(resolved) + 1,
                    'request_key', gen_random_uuid(),
                    'source_id', source_id,
                    'target_id', target_id
                )
            );
        END LOOP;
        EXIT WHEN jsonb_array_length(resolved) = jsonb_array_length(moves);
        -- In one order for everybody: two that open the same accounts wait, and never deadlock.
        INSERT INTO quotas_account (instrument, place, holder_id, owner_id, period, balance)
        SELECT DISTINCT place.instrument, place.place, place.holder_id, place.owner_id, place.period, 0
        FROM jsonb_array_elements(moves) AS asked, LATERAL (
            VALUES (asked -> 'source'), (asked -> 'target')
        ) AS ends (named), LATERAL jsonb_to_record(ends.named) AS place (
            instrument text, place text, holder_id bigint, owner_id bigint, period smallint
        )
        WHERE quotas_account_at(ends.named) IS NULL
        ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT DO NOTHING;
    END LOOP;
    IF jsonb_array_length(resolved) < jsonb_array_length(moves) THEN
        RAISE EXCEPTION 'an account of the booking can be neither found nor opened';
    END IF;
    PERFORM audit_write(entry, booking_id);
    PERFORM quotas_write(resolved);
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
END $$;
"""
BOOK_BEFORE = importlib.import_module("quotas.migrations.0009_find_accounts_by_index").BOOK
POST_BEFORE = importlib.import_module("quotas.migrations.0006_links_books_and_deductions").POST.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):
    dependencies = [("quotas", "0009_find_accounts_by_index")]

    operations = [
        migrations.RunSQL(WRITE, "DROP FUNCTION quotas_write(jsonb)"),
        migrations.RunSQL(POST, POST_BEFORE),
        migrations.RunSQL(BOOK, BOOK_BEFORE),
    ]
