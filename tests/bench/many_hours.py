"""A school of many trainees and many lines, written by the database itself in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

LINES = 100
"""Lines of a trainee."""
COHORT = 250
"""Trainees of a cohort."""

SECONDARY = """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
  pg_get_constraintdef(c.oid)
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary"""

# Copies of a row that is there, whatever columns it has; only what makes each of them itself is written.
PEOPLE = """INSERT INTO "user" OVERRIDING SYSTEM VALUE
SELECT made.* FROM (SELECT one FROM "user" one ORDER BY id LIMIT 1) known, generate_series(%(first)s, %(last)s) g,
  LATERAL jsonb_populate_record(NULL::"user", to_jsonb(known.one) || jsonb_build_object('id', g,
    'email', 'trainee' || g || '@example.com', 'name', 'Trainee ' || g, 'fs_uniquifier', md5('person' || g))) made"""

COHORTS = """INSERT INTO cohort OVERRIDING SYSTEM VALUE
SELECT made.* FROM (SELECT one FROM cohort one JOIN program p ON p.id = one.program_id
    WHERE p.level IN ('level1', 'level2') ORDER BY one.id LIMIT 1) known, generate_series(0, %(cohorts)s - 1) g,
  LATERAL jsonb_populate_record(NULL::cohort, to_jsonb(known.one) || jsonb_build_object('id', %(cohort)s + g,
    'code', 'big-' || g, 'title', 'Run ' || g, 'seats', %(size)s)) made"""

ENROLLED = """INSERT INTO enrollment (id, public_id, user_id, cohort_id, state, started_at) OVERRIDING SYSTEM VALUE
SELECT %(enrollment)s + n, left(md5('enrollment' || n), 22), %(first)s + n, %(cohort)s + n / %(size)s, 'active', now()
FROM generate_series(0, %(people)s - 1) n"""

# Of a hundred lines 55 are education (30 of them live), 35 coaching, 8 mentor coaching, 2 continuing education. The
# lines of a person lie far apart, as they do where many people log day by day.
ENTRIES = """INSERT INTO ledger_entry (id, public_id, user_id, enrollment_id, kind, minutes, core_minutes, synchronous,
"on", title, recorded_at, evidence_type, evidence_ref, evidence, reason, source_key) OVERRIDING SYSTEM VALUE
SELECT %(entry)s + n, 'made-' || n, %(first)s + n %% %(people)s,
  CASE WHEN i < 55 THEN %(enrollment)s + n %% %(people)s END,
  CASE WHEN i < 55 THEN 'education' WHEN i < 90 THEN 'coaching' WHEN i < 98 THEN 'mentor' ELSE 'cce' END,
  45 + i %% 3 * 15, CASE WHEN i < 55 AND i %% 5 > 0 THEN 45 + i %% 3 * 15 ELSE 0 END, i NOT BETWEEN 30 AND 54,
  date '2026-01-01' + i * 3, 'Line ' || i, now(), 'made', '', '{}', '', 'made:' || n
FROM (SELECT n, n / %(people)s AS i FROM generate_series(0, %(people)s * %(lines)s - 1) n) made"""

REVERSALS = """INSERT INTO ledger_entry (public_id, user_id, enrollment_id, kind, minutes, core_minutes, synchronous,
"on", title, recorded_at, evidence_type, evidence_ref, evidence, reverses_id, reason, source_key)
SELECT 'back-' || id, user_id, enrollment_id, kind, -minutes, -core_minutes, synchronous, "on", title, now(),
  'reversal', '', '{}', id, 'Made twice', 'reversal:' || id FROM ledger_entry WHERE id >= %(entry)s AND id %% 97 = 0"""

# A fiftieth of the lines is not settled: sent, logged or returned.
REVIEWS = """INSERT INTO ledger_review (entry_id, user_id, kind, synchronous, enrollment_id, minutes, core_minutes,
state, sent_at, reason)
SELECT id, user_id, kind, synchronous, enrollment_id, minutes, core_minutes,
  CASE id %% 199 WHEN 3 THEN 'sent' WHEN 57 THEN 'sent' WHEN 91 THEN 'logged' WHEN 143 THEN 'returned'
  ELSE 'checked' END, now(), CASE WHEN id %% 199 = 143 THEN 'Say more' ELSE '' END
FROM ledger_entry WHERE id >= %(entry)s AND reverses_id IS NULL ORDER BY id"""

SESSIONS = """INSERT INTO mentor_session (public_id, user_id, mentor_id, entry_id, "on", minutes, mentees, observed,
created_at)
SELECT left(md5('mentoring' || id), 22), user_id, %(mentor)s, id, "on", minutes, 1 + id %% 2, id %% 3 = 0, now()
FROM ledger_entry
WHERE id >= %(entry)s AND user_id < %(first)s + %(size)s AND kind = 'mentor' AND reverses_id IS NULL"""

CLIENTS = """INSERT INTO client (public_id, user_id, number, sealed_name, sealed_contact, consent, created_at)
SELECT left(md5('client' || u.id || '.' || n), 22), u.id, n, '', '', 'given', now()
FROM "user" u, generate_series(1, 12) n WHERE u.id >= %(first)s AND u.id < %(first)s + %(size)s"""

COACHED = """INSERT INTO coaching_session (public_id, user_id, client_id, entry_id, "on", minutes, format, participants,
payment, sealed_notes, created_at)
SELECT left(md5('coaching' || l.id), 22), l.user_id, c.id, l.id, l."on", l.minutes, 'individual', 1, 'paid', '', now()
FROM ledger_entry l JOIN client c ON c.user_id = l.user_id AND c.number = 1 + l.id %% 12
WHERE l.id >= %(entry)s AND l.kind = 'coaching' AND l.reverses_id IS NULL"""


def fill(url: str, *, people: int) -> dict[str, Any]:
    """Write the school; says the code of its first cohort and who stands in it first."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '256MB'")
        said = _said(connection, people)
        for sql in (PEOPLE, COHORTS, ENROLLED):
            connection.execute(sql, said)
        with _without_indexes(connection, "ledger_entry"):
            connection.execute(ENTRIES, said)
            _mind_ids(connection)
            connection.execute(REVERSALS, said)
        with _without_indexes(connection, "ledger_review"):
            connection.execute(REVIEWS, said)
        for sql in (SESSIONS, CLIENTS, COACHED):
            connection.execute(sql, said)
        lines = connection.execute("SELECT count(*) FROM ledger_entry").fetchone()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return {"cohort": "big-0", "user_id": said["first"], "people": people, "lines": lines[0] if lines else 0}


def _said(connection: psycopg.Connection, people: int) -> dict[str, Any]:
    asked = """SELECT (SELECT coalesce(max(id), 0) + 1000 FROM "user"),
    (SELECT coalesce(max(id), 0) + 1 FROM ledger_entry),
    (SELECT coalesce(max(id), 0) + 1 FROM enrollment),
    (SELECT coalesce(max(id), 0) + 1 FROM cohort), (SELECT min(id) FROM mentor)"""
    first, entry, enrollment, cohort, mentor = connection.execute(asked).fetchone() or (0, 0, 0, 0, 0)
    return {
        "people": people,
        "first": first,
        "last": first + people - 1,
        "entry": entry,
        "enrollment": enrollment,
        "cohort": cohort,
        "mentor": mentor,
        "cohorts": -(-people // COHORT),
        "size": COHORT,
        "lines": LINES,
    }


@contextmanager
def _without_indexes(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Many lines are indexed quicker in one go, after they are written."""
    known = connection.execute(SECONDARY, (table,)).fetchall()
    for index, _, constraint, _ in known:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if constraint else f"DROP INDEX {index}")
    yield
    for _, made, constraint, what in known:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {what}" if constraint else made)


def _mind_ids(connection: psycopg.Connection) -> None:
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('ledger_entry', 'id'), (SELECT max(id) FROM ledger_entry))"
    )
