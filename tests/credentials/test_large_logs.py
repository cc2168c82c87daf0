"""A log too large for a page: the worker takes it over, its page says how far, and each row comes in once."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select, text

from accounts.models import User
from credentials.coaching_log.importing import looking, taking, undoing, working
from credentials.models import Client, CoachingSession, Kind, LedgerEntry, LogImport
from credentials.summing import totals_of
from foundation.audit import AuditLine
from foundation.db import db
from tasks.logs import take_over_logs

HEAD = "Client,Date,Minutes,Paid\n"
LONG = HEAD + "".join(f"Client {n % 30},{date(2024, 1, 1) + timedelta(days=n // 2)},60,yes\n" for n in range(600))
WRONG = "Secretia Name,2024-05-05,none,yes\n"


@pytest.fixture
def page(client, ana):
    return client.sign_in(ana)


def brought(page, content, name="long.csv"):
    """A file handed in; the address of its page."""
    data = {"file": (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name)}
    return page.submit("/hours/log/import", data, content_type="multipart/form-data").location


def worked(school, steps=None):
    """The worker at it, from the start to the end, or killed while it writes the step after so many."""
    with school.app.app_context():
        if steps is None:
            take_over_logs()
            return
        for number, _ in enumerate(working.work(school.now)):
            if number == steps:
                db.session.rollback()
                return
            db.session.commit()


def minutes_of(school, user):
    with school.app.app_context():
        return totals_of(user.id).minutes(Kind.COACHING)


def confirmed(page, school, content=LONG):
    """A long log, read by the worker and confirmed by its trainee, and nothing written yet."""
    look = brought(page, content)
    worked(school)
    assert page.submit(look).status_code == 303
    return look


def test_a_long_log_is_read_and_written_by_the_worker_and_its_page_is_true_all_the_way(page, school, ana):
    look = brought(page, LONG + WRONG)
    reading = page.get(look).text
    assert "Being read" in reading and 'http-equiv="refresh"' in reading and f'data-poll="{look}"' in reading
    page.submit(look, on="/hours/log/import")
    worked(school)
    assert "Import 600 rows" in page.get(look).text
    for _ in range(2):
        assert page.submit(look, on="/hours/log/import").status_code == 303
    assert "0 of 600 rows" in page.get(look).text and minutes_of(school, ana) == 0
    worked(school, steps=1)
    assert "250 of 600 rows" in page.get(look).text and minutes_of(school, ana) == 250 * 60
    assert "Under way, 250 of 600" in page.get("/hours/log/import").text
    worked(school)
    there = page.get(look).text
    assert "In your log" in there and "What could not be imported" in there and "Minutes: " in there
    assert "http-equiv" not in there and minutes_of(school, ana) == 600 * 60


def test_a_worker_that_dies_and_a_job_that_comes_twice_write_every_row_once(page, school, ana):
    confirmed(page, school)
    worked(school, steps=1)
    with school.app.app_context():
        two = [working.work(school.now) for _ in range(2)]
        next(two[0])
        db.session.commit()
        next(two[1])
        db.session.commit()
        assert [next(one, None) for one in two] == [None, None]
    worked(school)
    with school.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CoachingSession)) == 600
        assert db.session.scalar(select(func.count()).select_from(Client)) == 30
        report = db.session.scalars(select(LogImport)).one().report
        told = db.session.scalars(select(AuditLine).where(AuditLine.verb == "import.taken")).all()
    assert (report["imported"], report["duplicates"], report["clients"]) == (600, 0, 30)
    assert report["minutes"] == {"paid": 36_000, "pro_bono": 0}
    assert [line.facts for line in told] == [{"lines": 600}]


def test_a_session_that_is_logged_meanwhile_is_not_counted_again(page, school, ana):
    confirmed(page, school)
    worked(school, steps=1)
    with school.app.app_context():
        known = db.session.scalars(select(Client).where(Client.number == 30)).one()
    school.coaching_session(ana, known, on=date(2024, 1, 1) + timedelta(days=599 // 2), minutes=60)
    worked(school)
    assert minutes_of(school, ana) == 600 * 60
    with school.app.app_context():
        assert db.session.scalars(select(LogImport)).one().report["duplicates"] == 1


def test_a_long_import_is_undone_by_the_worker_once_and_may_come_again(page, school, ana):
    more = "".join(f"Mara,{date(2022, 1, 1) + timedelta(days=n)},30,no\n" for n in range(600))
    look = confirmed(page, school, LONG + more)
    assert page.submit(f"{look}/undo", on=look).status_code == 303
    assert "once it is" in page.get(look).text
    worked(school)
    for _ in range(2):
        page.submit(f"{look}/undo", on="/hours/log/import")
    assert "0 of 1,200 lines" in page.get(look).text and minutes_of(school, ana) == 54_000
    worked(school, steps=1)
    assert "1,000 of 1,200 lines" in page.get(look).text
    worked(school)
    assert "1,200 lines reversed" in page.get(look).text and minutes_of(school, ana) == 0
    with school.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 2400
    again = brought(page, LONG)
    worked(school)
    assert "Import 600 rows" in page.get(again).text


def test_a_reversal_of_many_is_written_as_a_reversal_of_one(school, ana):
    with school.app.app_context():
        user = db.session.get_one(User, ana.id)
        taking.take(user, LONG[: LONG.index("2024-01-03")].encode() + b"2024-01-03,45,no\n", "a.csv", at=school.now())
        undoing.undo(db.session.scalars(select(LogImport)).one(), at=school.now())
        lines = db.session.scalars(select(LedgerEntry).where(LedgerEntry.reverses_id.is_not(None))).all()
        assert len(lines) == 5
        for line in lines:
            assert (line.source_key, line.reason) == (f"reversal:{line.reverses_id}", "The import was undone")
            assert (line.minutes, line.title, line.on) == (
                -line.reverses.minutes,
                line.reverses.title,
                line.reverses.on,
            )
            assert (line.evidence, line.recorded_by_id, len(line.public_id)) == ({"type": "reversal"}, user.id, 22)


def test_a_long_file_that_is_no_log_says_why_on_its_page(page, school):
    look = brought(page, "Colour,Size\n" + "red,12\n" * 400)
    worked(school)
    told = page.get(look).text
    assert "This is no log" in told and "Bring another file" in told
    assert page.submit(look).status_code == 303
    with school.app.app_context():
        assert db.session.scalars(select(LogImport.sealed_file)).all() == [""]


def test_what_could_not_be_imported_is_sealed_and_a_forgotten_look_goes_after_a_day(page, school):
    look = brought(page, HEAD + WRONG + "Wren,2024-05-05,60,yes\n")
    page.submit(look)
    assert "What could not be imported" in page.get(look).text
    brought(page, LONG)
    with school.app.app_context():
        assert "Secretia" not in str(db.session.execute(text("SELECT * FROM log_import")).all())
        assert "none" not in str(db.session.scalars(select(LogImport.report)).all())
        assert (working.sweep(school.now()), working.sweep(school.now() + timedelta(days=2))) == (0, 1)


def test_a_workbook_is_told_to_be_large_without_reading_it():
    def book(rows):
        out, made = io.BytesIO(), Workbook()
        for number in range(rows):
            made.active.append([f"Client {number}", date(2024, 1, 1), 60, "yes", f"a note {number}"])
        made.save(out)
        return out.getvalue()

    assert (looking.is_large(book(250)), looking.is_large(book(700))) == (False, True)
    assert not looking.is_large(b"PK\x03\x04 broken")


def test_two_thousand_rows_cost_a_few_statements_a_step(page, school, queries):
    confirmed(page, school)
    with queries() as seen:
        worked(school)
    assert seen.count <= 3 * 14 + 8, seen


ROW = st.tuples(
    st.sampled_from(["Wren", "wren ", "Idris"]),
    st.dates(date(2024, 1, 1), date(2024, 1, 4)),
    st.sampled_from([None, 2, 5]),
    st.integers(30, 33),
    st.integers(0, 1),
)


@settings(max_examples=15)
@given(rows=st.lists(ROW, min_size=1, max_size=14), size=st.integers(1, 5))
def test_whatever_the_file_says_many_steps_write_what_one_step_writes(school, monkeypatch, rows, size):
    monkeypatch.setattr(taking, "STEP", size)
    head = "Client Name,Individual/Group,Start Date,End Date,Paid Hours,Pro Bono Hours\n"
    content = head + "".join(
        f"{name},individual,{on},{on + timedelta(days=days or 0)},{paid / 60:.2f},{free / 60:.2f}\n"
        for name, on, days, paid, free in rows
    )
    at_once, in_steps = school.user(), school.user()
    with school.app.app_context():
        for join in ("nestloop", "hashjoin"):  # what is left sorts anew
            db.session.execute(text(f"SET LOCAL enable_{join} = off"))
        one, other = (db.session.get_one(User, user.id) for user in (at_once, in_steps))
        taking.take(one, content.encode(), "a.csv", at=school.now())
        taking.confirm(looking.show(other, content.encode(), "b.csv", at=school.now()), user=other, at=school.now())
        db.session.flush()
        assert _sums(one) == _sums(other)
        assert len({report["imported"] for report in _reports(one, other)}) == 1
        db.session.rollback()


def _sums(user):
    found = db.session.scalars(select(CoachingSession).where(CoachingSession.user_id == user.id).order_by("id"))
    return [(one.minutes, one.payment, one.on, one.until, one.client.code) for one in found]


def _reports(*users):
    return [db.session.scalars(select(LogImport.report).where(LogImport.user_id == user.id)).one() for user in users]
