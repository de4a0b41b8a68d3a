"""A booking with its accounts, log entry and movements in one call of the database.

The accounts are locked last and only until the same statement commits: nobody waits for a client.
A key used before writes nothing and gives the first booking; a broken constraint undoes everything
and comes back by its name.
"""

from django.db import migrations

BOOK = """
CREATE FUNCTION quotas_book(
    booking jsonb, entry jsonb, moves jsonb, OUT booking_id bigint, OUT is_new boolean, OUT refused text
) LANGUAGE plpgsql AS $$
DECLARE
    resolved jsonb;
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
    INSERT INTO quotas_account (instrument, place, holder_id, owner_id, period, balance)
    SELECT DISTINCT place.instrument, place.place, place.holder_id, place.owner_id, place.period, 0
    FROM jsonb_array_elements(moves) AS move, LATERAL (
        VALUES (move -> 'source'), (move -> 'target')
    ) AS ends (named), LATERAL jsonb_to_record(ends.named) AS place (
        instrument text, place text, holder_id bigint, owner_id bigint, period smallint
    )
    WHERE NOT EXISTS (
        SELECT FROM quotas_account AS account
        WHERE account.instrument = place.instrument AND account.place = place.place
            AND account.holder_id = place.holder_id AND account.owner_id = place.owner_id
            AND account.period = place.period
    )
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT DO NOTHING;
    SELECT jsonb_agg(
        move.value || jsonb_build_object(
            'place', move.ordinality,
            'request_key', gen_random_uuid(),
            'source_id', source.id,
            'target_id', target.id
        ) ORDER BY move.ordinality
    ) INTO resolved
    FROM jsonb_array_elements(moves) WITH ORDINALITY AS move, LATERAL jsonb_to_record(move.value -> 'source')
        AS giver (instrument text, place text, holder_id bigint, owner_id bigint, period smallint),
        LATERAL jsonb_to_record(move.value -> 'target')
        AS taker (instrument text, place text, holder_id bigint, owner_id bigint, period smallint),
        quotas_account AS source, quotas_account AS target
    WHERE (source.instrument, source.place, source.holder_id, source.owner_id, source.period)
            = (giver.instrument, giver.place, giver.holder_id, giver.owner_id, giver.period)
        AND (target.instrument, target.place, target.holder_id, target.owner_id, target.period)
            = (taker.instrument, taker.place, taker.holder_id, taker.owner_id, taker.period);
    PERFORM audit_write(entry, booking_id);
    SELECT post.refused INTO refused FROM quotas_post(resolved) AS post;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'refused' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = refused;
    END IF;
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("quotas", "0007_who_reviews"), ("audit", "0004_write_from_sql")]

    operations = [migrations.RunSQL(BOOK, "DROP FUNCTION quotas_book(jsonb, jsonb, jsonb)")]
