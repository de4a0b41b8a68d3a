"""The one writer of project lamps: a function of the database, fired by what changes deadlines.

Each project is born with a clock of days that never come. A statement that changes deadlines has the
clocks of their projects written anew. The rows are locked before their deadlines are read, so that of
two transactions that change deadlines of one project the second sees what the first did.
"""

from __future__ import annotations

from django.db import migrations

WRITER = """
CREATE FUNCTION projects_refresh_clocks(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM projects_projectclock WHERE project_id = ANY(ids) ORDER BY project_id FOR UPDATE;
    UPDATE projects_projectclock AS clock
    SET red_from = found.red_from, amber_from = found.amber_from, amber_spans = found.amber_spans,
        is_paused = found.is_paused, green_from = found.green_from, green_spans = found.green_spans
    FROM (
        SELECT asked.id,
            coalesce(min(d.red_from), '9999-12-31') AS red_from,
            coalesce(min(d.amber_from) FILTER (WHERE d.state = 'RUNNING' AND d.idle_from IS NULL),
                '9999-12-31') AS amber_from,
            range_agg(daterange(d.amber_from, d.idle_from))
                FILTER (WHERE d.state = 'RUNNING' AND d.amber_from < d.idle_from) AS amber_spans,
            coalesce(bool_or(d.state = 'PAUSED'), false) AS is_paused,
            coalesce(min(d.live_from) FILTER (WHERE d.state = 'RUNNING' AND d.idle_from IS NULL),
                '9999-12-31') AS green_from,
            range_agg(daterange(d.live_from, d.idle_from))
                FILTER (WHERE d.state = 'RUNNING' AND d.live_from < d.idle_from) AS green_spans
        FROM unnest(ids) AS asked(id)
        LEFT JOIN deadlines_deadline AS d ON d.project_id = asked.id AND d.state IN ('RUNNING', 'PAUSED')
        GROUP BY asked.id
    ) AS found
    WHERE clock.project_id = found.id
        AND (clock.red_from, clock.amber_from, clock.amber_spans, clock.is_paused, clock.green_from,
             clock.green_spans)
        IS DISTINCT FROM
            (found.red_from, found.amber_from, found.amber_spans, found.is_paused, found.green_from,
             found.green_spans);
END $$;
"""

BIRTH = """
CREATE FUNCTION projects_clock_at_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO projects_projectclock (project_id, red_from, amber_from, is_paused, green_from)
    SELECT id, '9999-12-31', '9999-12-31', false, '9999-12-31' FROM born;
    RETURN NULL;
END $$;
CREATE TRIGGER projects_clock_at_birth AFTER INSERT ON projects_project
    REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION projects_clock_at_birth();
"""

CHANGES = """
CREATE FUNCTION projects_clock_after_new() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT project_id) INTO ids FROM fresh WHERE project_id IS NOT NULL;
    IF ids IS NOT NULL THEN PERFORM projects_refresh_clocks(ids); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION projects_clock_after_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT touched.id) INTO ids
    FROM fresh JOIN stale USING (id)
    CROSS JOIN LATERAL (VALUES (fresh.project_id), (stale.project_id)) AS touched(id)
    WHERE touched.id IS NOT NULL
        AND (fresh.project_id, fresh.state, fresh.live_from, fresh.amber_from, fresh.red_from,
             fresh.idle_from)
        IS DISTINCT FROM
            (stale.project_id, stale.state, stale.live_from, stale.amber_from, stale.red_from,
             stale.idle_from);
    IF ids IS NOT NULL THEN PERFORM projects_refresh_clocks(ids); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION projects_clock_after_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT project_id) INTO ids FROM stale WHERE project_id IS NOT NULL;
    IF ids IS NOT NULL THEN PERFORM projects_refresh_clocks(ids); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER projects_clock_after_new AFTER INSERT ON deadlines_deadline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION projects_clock_after_new();
CREATE TRIGGER projects_clock_after_change AFTER UPDATE ON deadlines_deadline
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION projects_clock_after_change();
CREATE TRIGGER projects_clock_after_removal AFTER DELETE ON deadlines_deadline
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION projects_clock_after_removal();
"""

FILL = """
INSERT INTO projects_projectclock (project_id, red_from, amber_from, is_paused, green_from)
    SELECT id, '9999-12-31', '9999-12-31', false, '9999-12-31' FROM projects_project;
SELECT projects_refresh_clocks(array(SELECT id FROM projects_project ORDER BY id));
"""

FORGET = """
DROP TRIGGER projects_clock_after_removal ON deadlines_deadline;
DROP TRIGGER projects_clock_after_change ON deadlines_deadline;
DROP TRIGGER projects_clock_after_new ON deadlines_deadline;
DROP TRIGGER projects_clock_at_birth ON projects_project;
DROP FUNCTION projects_clock_after_removal();
DROP FUNCTION projects_clock_after_change();
DROP FUNCTION projects_clock_after_new();
DROP FUNCTION projects_clock_at_birth();
DROP FUNCTION projects_refresh_clocks(bigint[]);
DELETE FROM projects_projectclock;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0003_seed_staleness"),
        ("deadlines", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(WRITER, migrations.RunSQL.noop),
        migrations.RunSQL(BIRTH, migrations.RunSQL.noop),
        migrations.RunSQL(CHANGES, FORGET),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
