"""One line for a cohort: a free seat is offered to one person at a time, in order, and nobody is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.models import User
from enrollment import seating
from enrollment.models import Cohort
from enrollment.waitlist import offering, queueing
from enrollment.waitlist.models import WAITLIST_MOVES, WaitlistEntry, WaitlistState
from foundation.db import db
from foundation.errors import Refused
from foundation.states import MoveRefused
from mail.models import Letter
from mail.rendering import render
from tests.enrollment.waiting import entry_of, letters, live_seats, states, sweep

DAY = timedelta(hours=24)


def test_a_free_seat_is_held_for_the_first_in_line_for_a_day(school):
    cohort = school.full_cohort()
    ana = school.user("Ana Lima")
    first, _second = school.waiting(cohort, ana), school.waiting(cohort, "Bo Chen")
    school.freed(cohort)
    now = school.now()
    assert sweep(school, cohort, now) == 1
    assert states(school) == ["offered", "waiting"]
    assert entry_of(school, first).offered_until == now + DAY
    assert live_seats(school) == ["waitlist"]
    assert letters(school)[-1] == ("offered", ana.email)


def test_as_many_are_offered_a_seat_as_seats_are_free_and_no_more(school):
    cohort = school.full_cohort(seats=2)
    for name in ("Ana Lima", "Bo Chen", "Cem Kaya"):
        school.waiting(cohort, name)
    school.freed(cohort, 1)
    school.freed(cohort, 2)
    assert sweep(school, cohort) == 2
    assert sweep(school, cohort) == 0
    assert states(school) == ["offered", "offered", "waiting"]
    assert [kind for kind, _ in letters(school)].count("offered") == 2


def test_nobody_else_can_buy_a_seat_that_waits_for_the_next_in_line_not_even_before_the_sweep(school, context):
    cohort = school.full_cohort()
    school.waiting(cohort)
    mine = db.session.merge(school.freed(cohort))
    assert seating.seats_free(mine, school.now()) == 1
    assert seating.seats_left(mine, school.now()) == 0
    with pytest.raises(seating.SoldOut):
        seating.hold(mine, ref="order:9", until=school.now() + DAY, at=school.now())


def test_declining_passes_the_seat_to_the_next_and_saying_it_twice_changes_nothing(school, context):
    cohort = school.full_cohort()
    ana, bo = school.user("Ana Lima"), school.user("Bo Chen")
    first, _second = school.waiting(cohort, ana), school.waiting(cohort, bo)
    school.freed(cohort)
    sweep(school, cohort)
    for _ in range(2):
        queueing.decline(db.session.get_one(WaitlistEntry, first.id), at=school.now())
        db.session.commit()
    assert sweep(school, cohort) == 1
    assert states(school) == ["declined", "offered"]
    assert letters(school)[-1] == ("offered", bo.email)


def test_an_offer_that_runs_out_passes_on_and_the_person_is_told(school):
    cohort = school.full_cohort()
    ana, bo = school.user("Ana Lima"), school.user("Bo Chen")
    first, second = school.waiting(cohort, ana), school.waiting(cohort, bo)
    school.freed(cohort)
    sweep(school, cohort)
    end = entry_of(school, first).offered_until
    assert sweep(school, cohort, end - timedelta(microseconds=1)) == 0
    assert states(school) == ["offered", "waiting"]
    assert sweep(school, cohort, end) == 1
    assert states(school) == ["lapsed", "offered"]
    assert letters(school)[-2:] == [("lapsed", ana.email), ("offered", bo.email)]
    assert entry_of(school, second).offered_until == end + DAY


def test_whoever_leaves_is_never_offered_a_seat_again(school, context):
    cohort = school.full_cohort()
    ana, bo = school.user("Ana Lima"), school.user("Bo Chen")
    first, _second = school.waiting(cohort, ana), school.waiting(cohort, bo)
    queueing.leave(db.session.get_one(WaitlistEntry, first.id), at=school.now())
    db.session.commit()
    school.freed(cohort)
    sweep(school, cohort)
    assert states(school) == ["left", "offered"]
    assert ("offered", ana.email) not in letters(school)
    assert letters(school)[-1] == ("offered", bo.email)


def test_a_larger_cohort_offers_its_new_seats(school, context):
    cohort = school.full_cohort()
    school.waiting(cohort)
    assert sweep(school, cohort) == 0
    db.session.get_one(Cohort, cohort.id).seats = 2
    db.session.commit()
    assert sweep(school, cohort) == 1


def test_a_hold_that_runs_out_is_offered_to_the_line(school, context):
    cohort, now = school.cohort(seats=1), school.now()
    seating.hold(db.session.merge(cohort), ref="order:1", until=now + timedelta(minutes=35), at=now)
    db.session.commit()
    school.waiting(cohort)
    assert sweep(school, cohort, now + timedelta(minutes=34)) == 0
    assert sweep(school, cohort, now + timedelta(minutes=35)) == 1


def test_nobody_is_offered_a_seat_while_enrollment_is_closed_and_no_offer_outlasts_it(school, context):
    closes = school.now() + timedelta(hours=5)
    cohort = school.full_cohort(closes_at=closes)
    entry = school.waiting(cohort)
    school.freed(cohort)
    assert sweep(school, cohort, closes) == 0
    assert sweep(school, cohort) == 1
    assert entry_of(school, entry).offered_until == closes
    sweep(school, cohort, closes)
    assert states(school) == ["lapsed"]


def test_when_the_cohort_begins_the_line_ends_and_everybody_in_it_is_told(school):
    cohort = school.full_cohort(starts_in=3)
    school.waiting(cohort)
    begins = datetime.combine(cohort.starts_on, datetime.min.time(), UTC)
    sweep(school, cohort, begins)
    assert states(school) == ["waiting"], "in New York it is still the evening before"
    sweep(school, cohort, begins + DAY)
    assert states(school) == ["lapsed"]
    assert letters(school)[-1][0] == "over"


def test_joining_twice_is_one_place_and_coming_back_is_the_end_of_the_line(school, context):
    cohort = school.full_cohort()
    ana = school.user("Ana Lima")
    first, second = school.waiting(cohort, ana), school.waiting(cohort, "Bo Chen")
    assert school.waiting(cohort, ana).id == first.id
    queueing.leave(db.session.get_one(WaitlistEntry, first.id), at=school.now())
    db.session.commit()
    again = school.waiting(cohort, ana)
    assert again.id > second.id
    assert queueing.place_of(db.session.get_one(WaitlistEntry, again.id)) == 2


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"seats": 1}, "A seat has come free"),
        ({"seats": 0, "opens_at": 3, "closes_at": 9}, "not open"),
        ({"seats": 0, "opens_at": -9, "closes_at": -3}, "not open"),
    ],
)
def test_nobody_waits_where_waiting_leads_nowhere(school, made, words):
    wishes = {k: school.now() + timedelta(days=v) if k.endswith("_at") else v for k, v in made.items()}
    with pytest.raises(Refused, match=words):
        school.waiting(school.cohort(**wishes))


def test_whoever_is_in_the_cohort_does_not_wait_and_is_taken_out_of_the_line(school):
    cohort = school.full_cohort()
    ana = school.user("Ana Lima")
    school.waiting(cohort, ana)
    school.enrollment(ana, cohort)
    school.freed(cohort)
    assert sweep(school, cohort) == 0
    assert states(school) == ["left"]
    with pytest.raises(Refused, match="in this cohort already"):
        school.waiting(cohort, ana)


def test_staff_let_somebody_ahead_with_a_reason_that_stays(school, context):
    from foundation.audit import AuditLine

    cohort, rosa = school.full_cohort(), school.user("Rosa Registrar", "registrar")
    for name in ("Ana Lima", "Bo Chen", "Cem Kaya"):
        last = school.waiting(cohort, name)
    entry = db.session.get_one(WaitlistEntry, last.id)
    why = "Moved from the cohort we cancelled"
    queueing.let_ahead(entry, actor=db.session.merge(rosa), reason=why, at=school.now())
    assert queueing.place_of(entry) == 1
    with pytest.raises(Refused, match="first in line already"):
        queueing.let_ahead(entry, actor=db.session.merge(rosa), reason="Once more", at=school.now())
    db.session.commit()
    line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "waitlist.let_ahead")).one()
    assert line.facts == {"was": 3, "reason": why}
    assert line.actor_id == rosa.id
    school.freed(cohort)
    sweep(school, cohort)
    assert states(school) == ["waiting", "waiting", "offered"]


def test_every_state_leads_only_where_the_table_says(context, school):
    entry = db.session.get_one(WaitlistEntry, school.waiting(school.full_cohort()).id)
    ends = {WaitlistState.LAPSED, WaitlistState.LEFT, WaitlistState.DECLINED}
    assert WAITLIST_MOVES.ends == ends
    for old in WaitlistState:
        for new in WaitlistState:
            entry.state, entry.offered_until = old, school.now()
            if WAITLIST_MOVES.allows(old, new):
                queueing.move(entry, new, at=school.now())
                assert entry.state == new
                assert (entry.ended_at is None) == (new in {WaitlistState.WAITING, WaitlistState.OFFERED})
            else:
                with pytest.raises(MoveRefused):
                    queueing.move(entry, new, at=school.now())


@pytest.mark.parametrize(
    ("begins", "shown"),
    [
        (datetime(2027, 3, 13, 17, tzinfo=UTC), "Sun, Mar 14, 2027, 1:00\N{NARROW NO-BREAK SPACE}PM EDT"),
        (datetime(2027, 11, 6, 17, tzinfo=UTC), "Sun, Nov 7, 2027, 12:00\N{NARROW NO-BREAK SPACE}PM EST"),
    ],
)
def test_an_offer_lasts_24_real_hours_where_the_clocks_change_and_the_letter_names_both_clocks(
    school, context, begins, shown
):
    wishes = {"opens_at": begins - DAY, "closes_at": begins + 30 * DAY, "time_zone": "Asia/Singapore"}
    cohort = db.session.merge(school.full_cohort(**wishes, starts_in=600))
    person = db.session.merge(school.user("Ana Lima"))
    entry = queueing.join(person, cohort, at=begins)
    seating.release(seating.live_seat(f"gift:{cohort.id}:1"), at=begins)
    offering.offer_free_seats(cohort, at=begins)
    assert entry.offered_until - begins == DAY
    letter = db.session.scalars(select(Letter).where(Letter.kind == "waitlist.offered")).one()
    render(letter)
    assert shown.replace("\N{NARROW NO-BREAK SPACE}", " ") in letter.text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Singapore time" in letter.text


@pytest.mark.parametrize("kind", ["joined", "offered", "lapsed", "over"])
def test_every_letter_says_what_it_must_and_leads_on(school, context, kind):
    from enrollment.waitlist import letters as written

    entry = db.session.get_one(WaitlistEntry, school.waiting(school.full_cohort()).id)
    entry.offered_until = school.now() + DAY
    more = {"place": 3} if kind == "joined" else {}
    letter = getattr(written, kind)(entry, at=school.now(), **more)
    if kind == "joined":
        letter = db.session.scalars(select(Letter).where(Letter.kind == "waitlist.joined")).one()
    render(letter)
    assert letter.subject
    assert "Ana" in letter.text
    assert "Ana" in letter.html
    assert "http://127.0.0.1:5000/" in letter.text
    wanted = {"joined": ["leave"], "offered": ["accept", "decline", "leave"]}.get(kind, [])
    assert all(f"/{act}" in letter.text and f"/{act}" in letter.html for act in wanted)


def test_a_closed_account_is_not_offered_a_seat(school, context):
    cohort = school.full_cohort()
    entry = school.waiting(cohort)
    db.session.get_one(User, entry.user_id).active = False
    db.session.commit()
    school.freed(cohort)
    assert sweep(school, cohort) == 0
    assert states(school) == ["left"]
