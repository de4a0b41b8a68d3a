"""A booking finds its accounts one by one, by their index; only where one is missing are any opened.

The statement that opened them joined all accounts of the ledger with the two of the booking, and
took most of the call's time.
"""

import importlib

from django.db import migrations

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
    SELECT post.refused INTO refused FROM quotas_post(resolved) AS post;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'refused' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = refused;
    END IF;
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
END $$;
"""
AT = """
CREATE FUNCTION quotas_account_at(named jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found bigint;
    wanted_instrument varchar := named ->> 'instrument';
    wanted_place varchar := named ->> 'place';
    wanted_holder bigint := named ->> 'holder_id';
    wanted_owner bigint := named ->> 'owner_id';
    wanted_period smallint := named ->> 'period';
BEGIN
    SELECT id INTO found FROM quotas_account
    WHERE instrument = wanted_instrument AND place = wanted_place AND holder_id = wanted_holder
        AND owner_id = wanted_owner AND period = wanted_period;
    RETURN found;
END $$;
"""
BEFORE = importlib.import_module("quotas.migrations.0008_book_in_one_call").BOOK


class Migration(migrations.Migration):
    dependencies = [("quotas", "0008_book_in_one_call")]

    operations = [
        migrations.RunSQL(AT, "DROP FUNCTION quotas_account_at(jsonb)"),
        migrations.RunSQL(BOOK, BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]
