"""What a booking costs the database: fewer statements, and fewer indexes to open and to keep up.

Its one movement finds its accounts in the statement that writes it, and has no request's key beside the
booking's. An index of what is hardly ever filled in holds only that, and none begins with the same column
as another one.
"""

import importlib

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.migrations import TablesAtOnce

BOOK = """
CREATE OR REPLACE FUNCTION quotas_book(booking quotas_booking, entry audit_entry, moves quotas_move[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    move quotas_move;
    entry_id bigint;
    written integer;
BEGIN
    booking.id := nextval('quotas_booking_id_seq');
    INSERT INTO quotas_booking SELECT booking.*;
    entry_id := audit_write(entry, booking.id);
    IF array_length(moves, 1) = 1 THEN
        move := moves[1];
        INSERT INTO quotas_movement (
            kind, instrument, source_id, target_id, amount, reason, document_no,
            project_id, run_key, occurred_on, entered_at, entered_by_id
        )
        SELECT
            move.kind, move.instrument, source.id, target.id, move.amount, booking.reason,
            booking.document_no, booking.project_id, booking.key, booking.occurred_on, booking.entered_at,
            booking.entered_by_id
        FROM quotas_account AS source, quotas_account AS target
        WHERE source.instrument = move.instrument AND source.place = move.source_place
            AND source.holder_id = move.source_holder_id AND source.owner_id = move.source_owner_id
            AND source.period = move.source_period
            AND target.instrument = move.instrument AND target.place = move.target_place
            AND target.holder_id = move.target_holder_id AND target.owner_id = move.target_owner_id
            AND target.period = move.target_period;
        IF FOUND THEN
            RETURN booking.id;
        END IF;
    END IF;
    PERFORM quotas_open(moves);
    INSERT INTO quotas_movement (
        kind, instrument, source_id, target_id, amount, reason, document_no,
        project_id, run_key, occurred_on, entered_at, entered_by_id
    )
    SELECT
        asked.kind, asked.instrument, source.id, target.id, asked.amount, booking.reason,
        booking.document_no, booking.project_id, booking.key, booking.occurred_on, booking.entered_at,
        booking.entered_by_id
    FROM unnest(moves) WITH ORDINALITY AS asked (
        kind, instrument, source_place, source_holder_id, source_owner_id, source_period,
        target_place, target_holder_id, target_owner_id, target_period, amount, place_in_order
    )
    JOIN quotas_account AS source ON (
        source.instrument = asked.instrument AND source.place = asked.source_place
        AND source.holder_id = asked.source_holder_id AND source.owner_id = asked.source_owner_id
        AND source.period = asked.source_period
    )
    JOIN quotas_account AS target ON (
        target.instrument = asked.instrument AND target.place = asked.target_place
        AND target.holder_id = asked.target_holder_id AND target.owner_id = asked.target_owner_id
        AND target.period = asked.target_period
    )
    ORDER BY asked.place_in_order;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < array_length(moves, 1) THEN
        RAISE EXCEPTION 'an account of the booking can be neither found nor opened';
    END IF;
    RETURN booking.id;
END $$;
"""
BEFORE = importlib.import_module("quotas.migrations.0011_plain_call").BOOK.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(TablesAtOnce):

    dependencies = [
        ('audit', '0007_fewer_places'),
        ('accounts', '0007_reference_version'),
        ('papers', '0002_papers_without_an_account'),
        ('projects', '0021_readings_of_kept_rows'),
        ('quotas', '0011_plain_call'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='movement',
            name='quota_movement_moves_balances',
        ),
        migrations.RemoveIndex(
            model_name='movement',
            name='quota_movement_by_project',
        ),
        migrations.AlterField(
            model_name='account',
            name='holder',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quota_held', to='accounts.organisation', verbose_name='指标所在'),
        ),
        migrations.AlterField(
            model_name='account',
            name='owner',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quota_owned', to='accounts.organisation', verbose_name='权属'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='consolidation',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='quotas.consolidation', verbose_name='来源项目'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='project',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quota_bookings', to='projects.project', verbose_name='关联项目'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='repays',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repaid_by', to='quotas.booking', verbose_name='归还的预支'),
        ),
        migrations.AlterField(
            model_name='movement',
            name='request_key',
            field=models.UUIDField(editable=False, null=True, verbose_name='请求编号'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('consolidation__isnull', False)), fields=['consolidation'], name='quota_booking_by_consolidation'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('project__isnull', False)), fields=['project'], name='quota_booking_by_project'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('repays__isnull', False)), fields=['repays'], name='quota_booking_by_repays'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('project__isnull', False)), fields=['project', '-id'], name='quota_movement_by_project'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='quota_account_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the ledger is append-only';", hash='16eea334df6941a4271a8621e0947de23fbba8c5', level='STATEMENT', operation='DELETE OR TRUNCATE', pgid='pgtrigger_quota_account_is_kept_04803', table='quotas_account', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='movement',
            trigger=pgtrigger.compiler.Trigger(name='quota_movement_moves_balances', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change RECORD; are_several boolean; first_id bigint; second_id bigint; delta bigint; instrument_of varchar;', func="\n    SELECT LEAST(source_id, target_id), GREATEST(source_id, target_id),\n            CASE WHEN source_id < target_id THEN -amount ELSE amount END, instrument,\n            EXISTS (SELECT FROM moved OFFSET 1)\n        INTO first_id, second_id, delta, instrument_of, are_several FROM moved;\n    IF NOT are_several THEN\n        UPDATE quotas_account SET balance = balance + delta\n            WHERE id = first_id AND instrument = instrument_of;\n        IF FOUND THEN\n            UPDATE quotas_account SET balance = balance - delta\n                WHERE id = second_id AND instrument = instrument_of;\n        END IF;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'a movement joins accounts of different instruments, or one that is not there'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'quota_movement_one_instrument';\n        END IF;\n        RETURN NULL;\n    END IF;\n    FOR change IN\n        SELECT account_id, instrument, SUM(ends.delta) AS delta FROM (\n            SELECT source_id AS account_id, instrument, -amount AS delta FROM moved\n            UNION ALL SELECT target_id, instrument, amount FROM moved\n        ) AS ends GROUP BY account_id, instrument ORDER BY account_id\n    LOOP\n        UPDATE quotas_account SET balance = balance + change.delta\n            WHERE id = change.account_id AND instrument = change.instrument;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'a movement joins accounts of different instruments, or one that is not there'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'quota_movement_one_instrument';\n        END IF;\n    END LOOP;\n    RETURN NULL;\n", hash='f3458be0b43a6d7af3f598e56b4216af3dec9ed2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_quota_movement_moves_balances_faa2e', referencing='REFERENCING NEW TABLE AS moved ', table='quotas_movement', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.UniqueConstraint(condition=models.Q(('request_key__isnull', False)), fields=('request_key',), name='quota_movement_asked_once'),
        ),
        migrations.RunSQL(BOOK, BEFORE),
    ]
