from datetime import timedelta

import pytest

from enrollment import enrolling, seating
from enrollment.models import SeatState
from enrollment.seating import SoldOut
from foundation.db import db


def test_the_last_seat_is_held_for_one_buyer_only(school, context):
    cohort = db.session.merge(school.cohort(seats=1))
    now = school.now()
    seating.hold(cohort, ref="order:1", until=now + timedelta(minutes=31), at=now)
    with pytest.raises(SoldOut):
        seating.hold(cohort, ref="order:2", until=now + timedelta(minutes=31), at=now)


def test_a_seat_can_be_sold_again_when_its_hold_has_ended(school, context):
    cohort = db.session.merge(school.cohort(seats=1))
    now = school.now()
    seating.hold(cohort, ref="order:1", until=now + timedelta(minutes=31), at=now)
    later = now + timedelta(minutes=32)
    assert seating.hold(cohort, ref="order:2", until=later + timedelta(minutes=31), at=later)
    with pytest.raises(SoldOut):
        seating.take(cohort, ref="order:1", at=later)


def test_money_after_the_hold_still_gets_a_seat_while_one_is_left(school, context):
    cohort = db.session.merge(school.cohort(seats=1))
    now = school.now()
    seating.hold(cohort, ref="order:1", until=now + timedelta(minutes=31), at=now)
    seat = seating.take(cohort, ref="order:1", at=now + timedelta(hours=3))
    assert seat.state == SeatState.TAKEN
    assert seating.seats_left(cohort, now) == 0


def test_whoever_comes_back_and_leaves_again_gives_up_the_new_seat(school, context):
    cohort, person = db.session.merge(school.cohort(seats=2)), db.session.merge(school.user())
    at = school.now()
    for ref in ("order:1", "order:2"):
        place = enrolling.activate(person, cohort, seating.take(cohort, ref=ref, at=at), at=at)
        assert place.seat.ref == ref
        enrolling.withdraw(place, reason="a test", at=at)
    assert seating.seats_left(cohort, at) == 2
