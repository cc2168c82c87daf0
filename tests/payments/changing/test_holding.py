"""A move whose fee is being paid holds its seat as long as it can be paid; nobody pays for a seat that is gone."""

from __future__ import annotations

from sqlalchemy import select

from enrollment.models import Cohort, Seat
from enrollment.seating import seats_left
from foundation.db import db
from payments.models import CheckoutAttempt
from payments.ordering import GRACE
from tests.payments.changing.conftest import STEPS, changes, let_the_seat_go, page_of, pay_fee, race_to_move
from tests.payments.conftest import new_buyer
from tests.payments.sandbox.driver import BANK_FAILS


def left(app, cohort):
    """Seats that a stranger could buy there."""
    with app.app_context():
        found = db.session.get_one(Cohort, cohort.id)
        return seats_left(found, found.created_at.now(found.created_at.tzinfo))


def there(app):
    """The live seat of the wish: its state, and until when it is held."""
    with app.app_context():
        seat = db.session.scalar(select(Seat).where(Seat.ref.like("move:%")).order_by(Seat.id.desc()))
        return None if seat is None else (str(seat.state), seat.held_until)


def pages(app):
    """The attempts to pay the fee."""
    with app.app_context():
        query = select(CheckoutAttempt).where(CheckoutAttempt.due_number > 1)
        return list(db.session.scalars(query.order_by(CheckoutAttempt.id)))


def take_back(buyer):
    change = changes(buyer)[0]
    buyer.client.submit(f"/account/changes/{change.public_id}/take-back", on="/account/changes")


def test_the_seat_is_held_exactly_as_long_as_the_page_can_be_paid(app, asked, next_one):
    (attempt,) = pages(app)
    assert there(app) == ("held", attempt.expires_at + GRACE)
    assert left(app, next_one) == 0
    assert "A seat there is held for you until" in asked.client.get(f"{page_of(asked)}/change").text


def test_a_stranger_sees_no_seat_there_and_staff_see_who_is_paying(app, school, asked, next_one):
    stranger = new_buyer(app, school, next_one, "Bo Chen")
    assert stranger.client.submit(f"/enroll/{next_one.code}", {"agreed": "y"}, on="/account").status_code == 422
    desk = app.test_client().sign_in(school.user("Rita Registrar", "registrar"))
    assert "paying just now" in desk.get(f"/staff/cohorts/{next_one.code}").text


def test_whoever_pays_has_the_seat_that_was_held_though_the_cohort_is_full(app, asked, next_one, local_stripe):
    back = local_stripe.pay(pay_fee(asked))
    local_stripe.faults(duplicate=True)
    asked.come_back(back)
    asked.come_back(back)
    books = asked.books()
    assert books.order.cohort_id == next_one.id
    assert sorted(books.seats) == ["released", "taken"]
    assert [str(change.state) for change in changes(asked)] == ["done"]


def test_what_is_taken_back_closes_the_page_and_frees_the_seat(app, asked, next_one, bank):
    take_back(asked)
    (attempt,) = pages(app)
    assert bank.v1.checkout.sessions.retrieve(attempt.session_id).status == "expired"
    assert left(app, next_one) == 1
    assert [str(change.state) for change in changes(asked)] == ["taken_back"]


def test_what_was_paid_in_that_very_moment_is_done_and_not_taken_back(app, asked, next_one, local_stripe):
    local_stripe.faults(drop=True)
    local_stripe.pay(pay_fee(asked))
    take_back(asked)
    assert [str(change.state) for change in changes(asked)] == ["done"]
    assert asked.books().order.cohort_id == next_one.id


def test_whoever_stops_instead_can_not_pay_for_the_move_any_more(app, asked, next_one, bank):
    asked.client.submit(f"{page_of(asked)}/stop", {"sure": "y"})
    (attempt,) = pages(app)
    assert bank.v1.checkout.sessions.retrieve(attempt.session_id).status == "expired"
    assert left(app, next_one) == 1
    assert [str(change.state) for change in changes(asked)] == ["taken_back", "done"]


def test_nothing_is_taken_back_while_stripe_can_not_close_the_page(app, asked, next_one, local_stripe):
    local_stripe.faults(api_500={"times": 3, "path": "/v1/checkout"})
    take_back(asked)
    assert [str(change.state) for change in changes(asked)] == ["asked"]
    assert left(app, next_one) == 0


def test_a_page_whose_time_is_over_frees_the_seat_and_a_new_one_takes_it_again(
    app,
    asked,
    next_one,
    local_stripe,
    work,
):
    (attempt,) = pages(app)
    local_stripe.expire(attempt.session_id)
    local_stripe.heard()
    work()
    assert left(app, next_one) == 1
    assert "No seat is held any more" in asked.client.get(f"{page_of(asked)}/change").text
    pay_fee(asked)
    assert left(app, next_one) == 0
    assert len(pages(app)) == 2


def test_nobody_is_sent_to_pay_for_a_seat_that_has_gone_meanwhile(app, asked, next_one, local_stripe, work):
    (attempt,) = pages(app)
    local_stripe.expire(attempt.session_id)
    local_stripe.heard()
    work()
    let_the_seat_go(app, next_one)
    assert pay_fee(asked).endswith("/change")
    assert (
        "The last seat there has just gone. Nothing was charged." in asked.client.get(f"{page_of(asked)}/change").text
    )
    assert len(pages(app)) == 1


def test_a_bank_that_takes_its_days_keeps_the_seat_and_frees_it_when_it_says_no(
    app,
    asked,
    next_one,
    local_stripe,
    work,
):
    (attempt,) = pages(app)
    local_stripe.pay_by_bank(pay_fee(asked), BANK_FAILS["usd"])
    local_stripe.heard()
    work()
    told = there(app)
    local_stripe.fail(attempt.session_id)
    local_stripe.heard()
    work()
    assert told == ("held", None)
    assert left(app, next_one) == 1


def test_a_page_whose_making_was_not_answered_holds_one_seat_and_is_made_once(
    app,
    school,
    program,
    next_one,
    local_stripe,
    bank,
):
    school.policy(program, steps=STEPS, transfer_fee_cents=15000)
    buyer = new_buyer(app, school, school.cohort(of=program, starts_in=30))
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    local_stripe.faults(answer_lost={"times": 3, "path": "/v1/checkout"})
    buyer.client.submit(f"{page_of(buyer)}/move", {"cohort": "autumn"})
    assert left(app, next_one) == 0
    local_stripe.no_faults()
    buyer.come_back(local_stripe.pay(pay_fee(buyer)))
    assert buyer.books().order.cohort_id == next_one.id
    assert len(bank.v1.checkout.sessions.list().data) == 2


def test_of_two_who_want_the_last_seat_exactly_one_gets_to_pay(app, school, program, local_stripe, next_one):
    school.policy(program, steps=STEPS, transfer_fee_cents=15000)
    cohort = school.cohort(of=program, starts_in=30)
    buyers = [new_buyer(app, school, cohort, name) for name in ("Ana Lima", "Bo Chen")]
    for buyer in buyers:
        buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert race_to_move(buyers) == [303, 422]
    assert len(pages(app)) == 1
