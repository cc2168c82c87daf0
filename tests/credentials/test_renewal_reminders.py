"""Letters that remind of a renewal: in time, once each, and only to whoever wants them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from credentials.evaluating.calendar import shift_months
from credentials.models import Level
from credentials.renewing.holding import credential_of, note_credential, withdraw_credential
from credentials.renewing.reminding import due, hush, remind, wake
from foundation.db import db
from mail.models import Letter
from mail.rendering import render

ENDS = date(2027, 12, 31)


@pytest.fixture
def holder(school):
    return school.user("Siobhán Ní Dhúill", "graduate")


@pytest.fixture
def held(school, holder):
    return school.held_credential(holder, granted_on=date(2024, 12, 5), expires_on=ENDS, at=noon(date(2025, 1, 7)))


def noon(day):
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def sweep(app, at):
    """What the worker does in an hour; says the steps it wrote about."""
    with app.app_context():
        found = due(at)
        for one in found:
            remind(one, at=at)
        db.session.commit()
        return [one.months for one in found]


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (shift_months(ENDS, -12), 12),
        (shift_months(ENDS, -6), 6),
        (shift_months(ENDS, -3), 3),
        (shift_months(ENDS, -1), 1),
        (ENDS + timedelta(days=1), 0),
    ],
)
def test_a_reminder_goes_on_its_day_and_not_the_day_before_and_once(app, held, day, months):
    assert sweep(app, noon(day - timedelta(days=1))) in ([], [{6: 12, 3: 6, 1: 3, 0: 1}.get(months)])
    assert sweep(app, noon(day)) == [months]
    for later in (0, 1, 9):
        assert sweep(app, noon(day + timedelta(days=later))) == []


def test_the_worker_was_away_for_a_year_and_only_the_last_that_passed_is_sent(app, held):
    assert sweep(app, noon(shift_months(ENDS, -2))) == [3]
    assert sweep(app, noon(shift_months(ENDS, -2))) == []


def test_whoever_has_just_recorded_it_gets_no_letter_about_what_lies_behind(app, school, holder):
    recorded = noon(shift_months(ENDS, -5))
    school.held_credential(holder, granted_on=date(2024, 12, 5), expires_on=ENDS, at=recorded)
    assert sweep(app, recorded + timedelta(days=1)) == []
    assert sweep(app, noon(shift_months(ENDS, -3))) == [3]


def test_nobody_is_reminded_of_what_was_renewed_withdrawn_or_long_over(app, held, holder):
    with app.app_context():
        user = db.session.merge(holder)
        assert not due(noon(shift_months(ENDS, 5)))
        note_credential(
            user, level=Level.PCC, granted_on=held.granted_on, expires_on=date(2030, 12, 31), at=noon(date(2027, 5, 1))
        )
        assert not due(noon(shift_months(ENDS, -1)))
        db.session.rollback()
        user = db.session.merge(holder)
        withdraw_credential(credential_of(user, held.public_id), user=user, at=noon(date(2027, 5, 1)))
        assert not due(noon(shift_months(ENDS, -1)))


def test_a_mended_record_of_the_same_end_is_not_reminded_of_twice(app, held, holder):
    at = noon(shift_months(ENDS, -6))
    assert sweep(app, at) == [6]
    with app.app_context():
        user = db.session.merge(holder)
        withdraw_credential(credential_of(user, held.public_id), user=user, at=at)
        note_credential(
            user, level=Level.PCC, granted_on=date(2024, 12, 6), expires_on=ENDS, at=at - timedelta(days=400)
        )
        db.session.commit()
    assert sweep(app, at + timedelta(hours=1)) == []


def test_whoever_wants_none_gets_none_until_they_do(app, held, holder):
    at = noon(shift_months(ENDS, -6))
    with app.app_context():
        for _ in range(2):
            hush(db.session.merge(holder), at=at)
        db.session.commit()
    assert sweep(app, at) == []
    with app.app_context():
        wake(db.session.merge(holder), at=at)
        db.session.commit()
    assert sweep(app, at) == [6]


def test_the_letter_says_what_is_there_what_is_missing_and_what_follows_the_end(app, school, held, holder):
    school.cce_unit(holder, ethics=180, core=60, on=date(2026, 3, 1))
    sweep(app, noon(shift_months(ENDS, -3)))
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
        render(letter)
        told = [letter.text, letter.html]
    assert letter.subject == "Your PCC expires on December 31, 2027"
    for words in told:
        assert "Coaching ethics: 3 of 3 h" in words
        assert "Continuing education in the cycle: 4 of 40 h (36 h missing)" in words
        assert "February 29, 2028" in words
        assert "a late fee of 100 USD" in words
        assert "/hours/renewal/quiet/" in words


def test_the_way_out_in_the_letter_needs_no_sign_in_and_changes_nothing_by_being_looked_at(app, client, held):
    sweep(app, noon(shift_months(ENDS, -6)))
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
        render(letter)
        path = re.search(r"(/hours/renewal/quiet/\S+)", letter.text).group(1)
    client.get(path)
    assert sweep(app, noon(shift_months(ENDS, -3))) == [3]
    assert "No more reminders" in client.submit(path).get_data(as_text=True)
    assert sweep(app, noon(shift_months(ENDS, -1))) == []
    assert client.get(path[:-3] + "xxx").status_code == 404


def test_the_page_turns_the_letters_off_and_on(app, client, held, holder):
    page = client.sign_in(holder)
    at = noon(shift_months(ENDS, -6))
    page.submit("/hours/renewal/reminders", on="/hours/renewal")
    assert "You get no letters" in page.get("/hours/renewal").get_data(as_text=True)
    assert sweep(app, at) == []
    page.submit("/hours/renewal/reminders", on="/hours/renewal")
    assert sweep(app, at) == [6]


def test_the_task_promises_what_is_due(app, school, holder):
    from tasks.credentials import remind_of_renewals

    soon = shift_months(school.now().date(), 3)
    school.held_credential(holder, granted_on=soon - timedelta(days=1090), expires_on=soon)
    with app.app_context():
        assert [remind_of_renewals.run() for _ in range(2)] == [1, 0]
