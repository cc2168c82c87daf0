"""Whatever buyers, the line, refunds, staff and the clock do: no seat is sold twice, no offer is without its seat."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from accounts.models import User
from enrollment import enrolling, seating
from enrollment.models import Enrollment, EnrollmentState, Seat, SeatState
from enrollment.waitlist import offering, queueing
from enrollment.waitlist.models import WaitlistEntry, WaitlistState
from foundation.db import db
from foundation.errors import Refused
from tests.makers.offers import cohort
from tests.makers.people import user

BEGAN = datetime(2027, 3, 13, 12, tzinfo=UTC)


class AnyCohort(RuleBasedStateMachine):
    """A full cohort of two seats with a line behind it, six people, and a clock that only goes forward."""

    school = None

    def __init__(self):
        super().__init__()
        self.at, self.orders, self.next_order = BEGAN, {}, 0
        wishes = {"opens_at": BEGAN - timedelta(days=9), "closes_at": BEGAN + timedelta(days=14), "seats": 2}
        self.cohort = cohort(self.school, **wishes, starts_in=400)
        self.people = [user(self.school, f"Person {number}") for number in range(6)]
        for person in self.people[:2]:
            seat = seating.take(self.cohort, ref=f"gift:{person.id}", at=self.at)
            enrolling.activate(person, self.cohort, seat, at=self.at)
        for person in self.people[2:5]:
            queueing.join(person, self.cohort, at=self.at)

    def _try(self, verb):
        """A refusal changes nothing, as in a view."""
        with db.session.begin_nested() as part:
            try:
                return verb()
            except Refused:
                part.rollback()
                return None

    def _in_line(self):
        return [entry for person in self.people if (entry := queueing.in_line(person.id, self.cohort.id))]

    def _inside(self):
        query = select(Enrollment).where(Enrollment.cohort_id == self.cohort.id)
        return list(
            db.session.scalars(query.where(Enrollment.state != EnrollmentState.WITHDRAWN).order_by(Enrollment.id))
        )

    @rule(data=st.data())
    def join(self, data):
        outside = {entry.user_id for entry in self._in_line()} | {found.user_id for found in self._inside()}
        free = [number for number, person in enumerate(self.people) if person.id not in outside]
        if free:
            person = self.people[data.draw(st.sampled_from(free))]
            self._try(lambda: queueing.join(person, self.cohort, at=self.at))

    @rule(data=st.data(), offered=st.booleans())
    def order(self, data, offered):
        """Somebody buys: whoever has an offer, or anybody who can."""
        can = [p for p in self.people if p.id not in self.orders and not enrolling.takes_part(p.id, self.cohort.id)]
        with_offer = [p for p in can if offering.open_offer(p.id, self.cohort.id, at=self.at)]
        choice = with_offer if offered and with_offer else can
        if not choice or not self.cohort.is_open(self.at):
            return
        person, ref = data.draw(st.sampled_from(choice)), f"order:{self.cohort.id}:{self.next_order}"
        until = self.at + timedelta(minutes=35)
        if self._try(lambda: offering.hold_for(person, self.cohort, ref=ref, until=until, at=self.at)):
            self.orders[person.id], self.next_order = ref, self.next_order + 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def pay(self, data):
        person = db.session.get_one(User, data.draw(st.sampled_from(sorted(self.orders))))
        ref = self.orders.pop(person.id)
        seat = self._try(lambda: offering.take_for(person, self.cohort, ref=ref, at=self.at))
        if seat is not None:
            enrolling.activate(person, self.cohort, seat, at=self.at)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def give_up(self, data):
        ref = self.orders.pop(data.draw(st.sampled_from(sorted(self.orders))))
        seat = seating.live_seat(ref)
        if seat is not None:
            offering.give_back(seat, at=self.at)

    @rule(data=st.data())
    def withdraw(self, data):
        inside = self._inside()
        if inside:
            enrolling.withdraw(data.draw(st.sampled_from(inside)), reason="test", at=self.at)

    @rule(data=st.data(), how=st.sampled_from(["decline", "leave", "let_ahead"]))
    def change_the_line(self, data, how):
        entries = self._in_line()
        if entries:
            entry = data.draw(st.sampled_from(entries))
            more = {"actor": self.people[0], "reason": "a test"} if how == "let_ahead" else {}
            self._try(lambda: getattr(queueing, how)(entry, at=self.at, **more))

    @rule(by=st.integers(-1, 2))
    def resize(self, by):
        occupied = self.cohort.seats - seating.seats_free(self.cohort, self.at)
        self.cohort.seats = max(self.cohort.seats + by, occupied, 1)

    @rule(minutes=st.sampled_from([1, 34, 35, 24 * 60 - 1, 24 * 60]))
    def wait(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule()
    def sweep(self):
        before = queueing.waiting(self.cohort.id)
        offered = offering.offer_free_seats(self.cohort, at=self.at)
        left = queueing.waiting(self.cohort.id)
        still = [entry for entry in before if entry.state in {WaitlistState.WAITING, WaitlistState.OFFERED}]
        assert left == still[offered:], "the offers went to the front of the line"
        if self.cohort.is_open(self.at):
            assert not left or not seating.seats_free(self.cohort, self.at), "a seat is free and somebody waits"
        assert offering.offer_free_seats(self.cohort, at=self.at) == 0

    @invariant()
    def no_seat_is_sold_twice(self):
        query = select(func.count(Seat.id)).where(Seat.cohort_id == self.cohort.id, seating.is_occupied(self.at))
        assert db.session.scalar(query) <= self.cohort.seats

    @invariant()
    def whoever_is_in_has_one_seat(self):
        taken = select(func.count(Seat.id)).where(Seat.cohort_id == self.cohort.id, Seat.state == SeatState.TAKEN)
        inside = select(func.count(Enrollment.id)).where(
            Enrollment.cohort_id == self.cohort.id, Enrollment.state != EnrollmentState.WITHDRAWN
        )
        assert db.session.scalar(taken) == db.session.scalar(inside)

    @invariant()
    def every_offer_holds_its_seat_and_no_other_does(self):
        query = select(WaitlistEntry).where(WaitlistEntry.cohort_id == self.cohort.id)
        for entry in db.session.scalars(query):
            seat = seating.live_seat(entry.seat_ref)
            assert (seat is not None) == (entry.state == WaitlistState.OFFERED), entry.state
            assert seat is None or seat.held_until == entry.offered_until


def test_no_seat_is_ever_sold_twice_and_the_line_keeps_its_order(app, school):
    class Machine(AnyCohort):
        pass

    Machine.school = school
    with app.app_context():
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=15,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        db.session.rollback()
