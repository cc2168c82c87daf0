"""The large school of the benchmark is a school like any other, and its sums read indexes alone."""

from sqlalchemy import event, select, text

from credentials.providing.counting import hours_of
from credentials.providing.schooling import school_by_kind
from credentials.summing import totals_of, totals_of_many
from enrollment.models import Cohort, Enrollment
from foundation.db import db
from tests.bench.many_hours import LINES, fill

OTHERS = ("ix_ledger_entry_user_on", "ix_ledger_entry_enrollment_kind", "uq_ledger_entry_reverses_id")
ALONE = ("enable_seqscan", "enable_bitmapscan")


def filled(school, database_url, people=20):
    school.cohort()
    school.mentor()
    return fill(database_url, people=people)


def test_the_large_school_adds_up(school, database_url, app):
    told = filled(school, database_url)
    assert told["lines"] >= 20 * LINES
    with app.app_context():
        enrollments = list(db.session.scalars(select(Enrollment).join(Cohort).where(Cohort.code == told["cohort"])))
        assert len(enrollments) == 20
        every = totals_of_many(one.user_id for one in enrollments)
        by_kind = {one.kind: one.both for one in school_by_kind()}
        assert by_kind == {kind: sum(t.minutes(kind) for t in every.values()) for kind in by_kind}
        assert sum(one.education.both for one in hours_of(enrollments).values()) == by_kind["education"]


def test_the_sums_of_a_person_a_cohort_and_the_school_read_indexes_and_no_table(school, database_url, app):
    told = filled(school, database_url, people=40)
    with app.app_context():
        enrollments = list(db.session.scalars(select(Enrollment).limit(30)))
        db.session.expunge_all()
        asked = (lambda: totals_of(told["user_id"]), lambda: hours_of(enrollments), school_by_kind)
        own, cohort, school_wide = (plan_of(ask) for ask in asked)
    for plan in (own, cohort):
        assert "Index Only Scan using ix_ledger_entry_sums" in plan, plan
    assert "Index Only Scan using ix_ledger_entry_taken_back" in cohort, cohort
    assert "Index Only Scan using ix_ledger_entry_kind_minutes" in school_wide, school_wide
    for plan in (own, cohort, school_wide):
        assert "Index Only Scan using ix_ledger_review_open" in plan, plan
        for reading in ("Seq Scan", "Heap Scan", "Index Scan"):
            assert reading not in plan, plan


def plan_of(ask):
    """The plan of the one statement it sends, for any values, as the database keeps it after a few requests.

    A small table leaves no other way than the covering index.
    """
    sent = []

    def note(_connection, _cursor, sql, parameters, *_):
        sent.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    [(sql, parameters)] = sent
    places = {f"%({name})s": f"${number}" for number, name in enumerate(parameters, 1)}
    for name, place in places.items():
        sql = sql.replace(name, place)
    for setting in ALONE:
        db.session.execute(text(f"SET LOCAL {setting} = off"))
    for other in OTHERS:
        db.session.execute(text(f"DROP INDEX {other}"))
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {sql}")
    plan = "\n".join(row[0] for row in rows)
    db.session.rollback()
    return plan
