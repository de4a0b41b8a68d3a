"""The one writer of the dashboard's figures: what changes deadlines and projects adds rows of change.

Rows are only added, never changed, so that two who work in one county never wait for each other;
`dispatch.services.tallies.fold` puts them together. A deadline counts under its project's list and
level: a project that moves to another takes its deadlines along.
"""

from __future__ import annotations

from django.db import migrations

# How one deadline changes the figures: which figure, from which day, by how many.
CHANGES_OF_ONE = """
CREATE FUNCTION dispatch_changes_of(role text, state text, started_on date, stopped_on date,
    live_from date, amber_from date, red_from date, idle_from date)
RETURNS TABLE (measure text, day date, number integer) LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN role = 'VALIDITY' THEN 'v-' || side.lamp ELSE side.lamp END, turn.day, side.number
    FROM (
        SELECT lamps.day, lamps.lamp, lag(lamps.lamp) OVER (ORDER BY lamps.day) AS before
        FROM (
            SELECT DISTINCT days.day,
                CASE WHEN red_from <= days.day THEN 'red'
                    WHEN state = 'PAUSED' THEN 'pause'
                    WHEN idle_from <= days.day THEN 'idle'
                    WHEN amber_from <= days.day THEN 'amber'
                    WHEN live_from <= days.day THEN 'green'
                    ELSE 'idle' END AS lamp
            FROM (VALUES ('0001-01-01'::date), (live_from), (amber_from), (red_from), (idle_from))
                AS days(day)
            WHERE days.day IS NOT NULL AND state IN ('RUNNING', 'PAUSED')
        ) AS lamps
    ) AS turn
    CROSS JOIN LATERAL (VALUES (turn.lamp, 1), (turn.before, -1)) AS side(lamp, number)
    WHERE side.lamp IS NOT NULL AND turn.lamp IS DISTINCT FROM turn.before
        AND (role <> 'VALIDITY' OR side.lamp IN ('red', 'amber'))
    UNION ALL
    SELECT 'started', started_on, 1 WHERE role <> 'VALIDITY'
    UNION ALL
    SELECT 'met', stopped_on, 1 WHERE role <> 'VALIDITY' AND state = 'MET'
    UNION ALL
    SELECT 'late', late.day, late.number
    FROM (VALUES (red_from, 1), (stopped_on, -1)) AS late(day, number)
    WHERE role <> 'VALIDITY' AND late.day IS NOT NULL AND red_from IS NOT NULL
        AND (stopped_on IS NULL OR stopped_on > red_from)
$$;
"""

_LAMPS_KEEP_STAGE = "CASE WHEN change.measure IN ('started', 'met', 'late') THEN '' ELSE d.stage END"
_CHANGES = f"""
    SELECT d.scope_organisation_id, {_LAMPS_KEEP_STAGE} AS stage, {{year}} AS year, {{level}} AS level,
        change.measure, change.day, {{sign}} * change.number AS number
    FROM {{rows}} AS d
    LEFT JOIN projects_project AS p ON p.id = d.project_id
    LEFT JOIN projects_annuallist AS list ON list.id = p.annual_list_id
    CROSS JOIN LATERAL dispatch_changes_of(d.role, d.state, d.started_on, d.stopped_on, d.live_from,
        d.amber_from, d.red_from, d.idle_from) AS change
"""
_OWN = {"year": "coalesce(list.year, 0)", "level": "coalesce(p.level, '')"}


def _changes(rows: str, sign: int) -> str:
    return _CHANGES.format(rows=rows, sign=sign, **_OWN)


def _add(*parts: str, folded: bool = False) -> str:
    """Add the changes of all parts, summed; what cancels out is not written."""
    return f"""
    INSERT INTO dispatch_deadlinetally
        (scope_organisation_id, stage, year, level, measure, day, number, is_folded)
    SELECT scope_organisation_id, stage, year, level, measure, day, sum(number), {str(folded).lower()}
    FROM ({" UNION ALL ".join(parts)}) AS changes
    GROUP BY scope_organisation_id, stage, year, level, measure, day
    HAVING sum(number) <> 0;
    """


_SAME = """(fresh.scope_organisation_id, fresh.stage, fresh.project_id, fresh.role, fresh.state,
        fresh.started_on, fresh.stopped_on, fresh.live_from, fresh.amber_from, fresh.red_from,
        fresh.idle_from)
    IS NOT DISTINCT FROM
        (stale.scope_organisation_id, stale.stage, stale.project_id, stale.role, stale.state,
        stale.started_on, stale.stopped_on, stale.live_from, stale.amber_from, stale.red_from,
        stale.idle_from)"""
_FRESH = f"(SELECT fresh.* FROM fresh JOIN stale USING (id) WHERE NOT ({_SAME}))"
_STALE = f"(SELECT stale.* FROM fresh JOIN stale USING (id) WHERE NOT ({_SAME}))"

DEADLINES = f"""
CREATE FUNCTION dispatch_tally_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_add(_changes("fresh", 1))} RETURN NULL; END $$;
CREATE FUNCTION dispatch_tally_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_add(_changes(_FRESH, 1), _changes(_STALE, -1))} RETURN NULL; END $$;
CREATE FUNCTION dispatch_tally_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_add(_changes("stale", -1))} RETURN NULL; END $$;
CREATE TRIGGER dispatch_tally_new AFTER INSERT ON deadlines_deadline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION dispatch_tally_new();
CREATE TRIGGER dispatch_tally_change AFTER UPDATE ON deadlines_deadline
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_tally_change();
CREATE TRIGGER dispatch_tally_removal AFTER DELETE ON deadlines_deadline
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION dispatch_tally_removal();
"""

_PROJECT = """
    SELECT p.organisation_id AS scope_organisation_id, ''::varchar AS stage, coalesce(list.year, 0) AS year,
        p.level, 'p-' || p.status AS measure, '0001-01-01'::date AS day, {sign} AS number
    FROM {rows} AS p LEFT JOIN projects_annuallist AS list ON list.id = p.annual_list_id
    WHERE p.status IN ('ADOPTED', 'SUBMITTED', 'SCREENED')
"""
# Deadlines of projects that moved, under the list and level that `moved` names.
_MOVED = f"""
    SELECT d.scope_organisation_id, {_LAMPS_KEEP_STAGE} AS stage, coalesce(list.year, 0) AS year,
        moved.level, change.measure, change.day, {{sign}} * change.number AS number
    FROM {{moved}} AS moved
    JOIN deadlines_deadline AS d ON d.project_id = moved.id
    LEFT JOIN projects_annuallist AS list ON list.id = moved.annual_list_id
    CROSS JOIN LATERAL dispatch_changes_of(d.role, d.state, d.started_on, d.stopped_on, d.live_from,
        d.amber_from, d.red_from, d.idle_from) AS change
"""
_MOVES = "(fresh.annual_list_id, fresh.level) IS DISTINCT FROM (stale.annual_list_id, stale.level)"
_OTHER = """(fresh.organisation_id, fresh.status, fresh.annual_list_id, fresh.level)
    IS DISTINCT FROM (stale.organisation_id, stale.status, stale.annual_list_id, stale.level)"""


def _pair(side: str, condition: str) -> str:
    return f"(SELECT {side}.* FROM fresh JOIN stale USING (id) WHERE {condition})"


PROJECTS = f"""
CREATE FUNCTION dispatch_tally_projects_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_add(_PROJECT.format(rows="fresh", sign=1))} RETURN NULL; END $$;
CREATE FUNCTION dispatch_tally_projects_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN stale USING (id) WHERE {_OTHER}) THEN
        {_add(
            _PROJECT.format(rows=_pair("fresh", _OTHER), sign=1),
            _PROJECT.format(rows=_pair("stale", _OTHER), sign=-1),
            _MOVED.format(moved=_pair("fresh", _MOVES), sign=1),
            _MOVED.format(moved=_pair("stale", _MOVES), sign=-1),
        )}
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION dispatch_tally_projects_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_add(
        _PROJECT.format(rows="stale", sign=-1),
        _MOVED.format(moved="(SELECT id, NULL::bigint AS annual_list_id, ''::varchar AS level FROM stale)", sign=1),
        _MOVED.format(moved="stale", sign=-1),
    )}
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_tally_projects_new AFTER INSERT ON projects_project
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION dispatch_tally_projects_new();
CREATE TRIGGER dispatch_tally_projects_change AFTER UPDATE ON projects_project
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_tally_projects_change();
CREATE TRIGGER dispatch_tally_projects_removal AFTER DELETE ON projects_project
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION dispatch_tally_projects_removal();
"""

# Everything that is there now, written by the same rule; `dispatch_retally()` also repairs.
FILL = f"""
CREATE FUNCTION dispatch_retally() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dispatch_deadlinetally;
    {_add(
        _changes("deadlines_deadline", 1), _PROJECT.format(rows="projects_project", sign=1), folded=True
    )}
END $$;
SELECT dispatch_retally();
"""

FORGET = """
DROP TRIGGER dispatch_tally_projects_removal ON projects_project;
DROP TRIGGER dispatch_tally_projects_change ON projects_project;
DROP TRIGGER dispatch_tally_projects_new ON projects_project;
DROP TRIGGER dispatch_tally_removal ON deadlines_deadline;
DROP TRIGGER dispatch_tally_change ON deadlines_deadline;
DROP TRIGGER dispatch_tally_new ON deadlines_deadline;
DROP FUNCTION dispatch_retally();
DROP FUNCTION dispatch_tally_projects_removal();
DROP FUNCTION dispatch_tally_projects_change();
DROP FUNCTION dispatch_tally_projects_new();
DROP FUNCTION dispatch_tally_removal();
DROP FUNCTION dispatch_tally_change();
DROP FUNCTION dispatch_tally_new();
DROP FUNCTION dispatch_changes_of(text, text, date, date, date, date, date, date);
DELETE FROM dispatch_deadlinetally;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0002_tallies"),
        ("deadlines", "0009_index_by_project"),
        ("projects", "0013_seed_kept_exports"),
    ]

    operations = [
        migrations.RunSQL(CHANGES_OF_ONE, migrations.RunSQL.noop),
        migrations.RunSQL(DEADLINES, migrations.RunSQL.noop),
        migrations.RunSQL(PROJECTS, FORGET),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
