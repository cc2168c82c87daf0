"""From the waitlist to a paid seat: never free in between, and an order that fails gives it back."""

from datetime import timedelta

import pytest

from foundation.db import db
from tests.enrollment.waiting import letters, live_seats, states, sweep
from tests.payments.conftest import Buyer, is_in_once, new_buyer
from tests.turning import travel


@pytest.fixture
def offered(app, school) -> Buyer:
    """A buyer with an offer for the only seat; somebody waits behind them."""
    cohort = school.full_cohort()
    buyer = new_buyer(app, school, cohort, "Ana Lima")
    school.waiting(cohort, buyer.user)
    school.waiting(cohort, "Bo Chen")
    school.freed(cohort)
    sweep(school, cohort)
    return buyer


def ordered(school, buyer):
    """What somebody sends who filled in the form while the page still had one."""
    page = f"/enroll/{school.cohort().code}"
    return buyer.client.post(f"/enroll/{buyer.cohort.code}", data=buyer.client.hidden(page, page) | {"agreed": "y"})


def letters_but_the_line_s(books):
    books.letters = [kind for kind in books.letters if not kind.startswith("waitlist.")]
    books.seats = [state for state in books.seats if state != "released"]
    return books


def test_an_accepted_offer_becomes_an_order_and_a_paid_seat(school, offered, local_stripe):
    page = offered.enroll()
    assert states(school) == ["accepted", "waiting"]
    assert live_seats(school) == ["order"]
    offered.come_back(local_stripe.pay(page))
    is_in_once(letters_but_the_line_s(offered.books()))
    assert sweep(school, offered.cohort, school.now() + timedelta(days=2)) == 0
    assert states(school) == ["accepted", "waiting"]


def test_nobody_else_buys_the_offered_seat(app, school, offered, local_stripe):
    other = new_buyer(app, school, offered.cohort, "Cem Kaya")
    answer = ordered(school, other)
    assert answer.status_code == 422
    assert "The last seat has just gone" in answer.get_data(as_text=True)
    assert live_seats(school) == ["waitlist"]


def test_a_cancelled_order_gives_the_seat_back_to_its_offer_while_that_lasts(school, offered, local_stripe):
    offered.enroll()
    order = offered.books().order
    offered.client.submit(f"/orders/{order.public_id}/cancel", on=f"/orders/{order.public_id}")
    assert states(school) == ["offered", "waiting"]
    assert live_seats(school) == ["waitlist"]
    assert sweep(school, offered.cohort) == 0
    assert offered.enroll()
    assert states(school) == ["accepted", "waiting"]


def test_an_order_unpaid_within_the_offer_costs_nothing_and_after_it_passes_on(school, offered, local_stripe, run_task):
    offered.enroll()
    placed = offered.books().order.created_at
    with travel(placed + timedelta(hours=1)):
        assert sweep(school, offered.cohort) == 0, "the order's hold is over, the offer's is not"
        run_task("reconcile_orders")
        assert offered.books().state == "expired"
        assert states(school) == ["offered", "waiting"]
    with travel(placed + timedelta(hours=25)):
        assert sweep(school, offered.cohort) == 1
    assert states(school) == ["lapsed", "offered"]


def test_an_order_begun_in_the_last_minute_of_the_offer_has_its_time_to_pay(school, offered, local_stripe):
    local_stripe.faults(drop=True)
    with travel(school.now() + timedelta(hours=23, minutes=59)) as clock:
        page = offered.enroll()
        clock.shift(timedelta(minutes=20))
        assert sweep(school, offered.cohort) == 0
        assert states(school) == ["accepted", "waiting"]
        offered.come_back(local_stripe.pay(page))
    assert live_seats(school) == ["order"]
    is_in_once(letters_but_the_line_s(offered.books()))


def test_an_order_unpaid_after_the_offer_s_end_passes_the_seat_on_and_tells(school, offered, local_stripe, run_task):
    with travel(school.now() + timedelta(hours=23, minutes=59)) as clock:
        offered.enroll()
        clock.shift(timedelta(hours=1))
        run_task("reconcile_orders")
        assert states(school) == ["lapsed", "waiting"]
        assert letters(school)[-1] == ("lapsed", offered.user.email)
        assert sweep(school, offered.cohort) == 1


def test_one_moment_after_the_offer_nothing_can_be_ordered(school, offered, local_stripe):
    with travel(school.now() + timedelta(hours=24)):
        assert ordered(school, offered).status_code == 422
    assert live_seats(school) == ["waitlist"]


def test_whoever_is_next_need_not_wait_for_the_sweep(app, school, local_stripe):
    cohort = school.full_cohort()
    buyer = new_buyer(app, school, cohort, "Ana Lima")
    school.waiting(cohort, buyer.user)
    school.freed(cohort)
    answer = ordered(school, buyer)
    assert answer.location.startswith(local_stripe.base_url)
    assert states(school) == ["accepted"]


def test_a_refund_offers_the_seat_to_the_line_and_not_to_whoever_gave_it_back(school, offered, local_stripe, work):
    offered.come_back(local_stripe.pay(offered.enroll()))
    local_stripe.refund(offered.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    assert offered.books().state == "refunded"
    assert sweep(school, offered.cohort) == 1
    assert states(school) == ["accepted", "offered"]


def test_money_for_an_order_that_was_given_up_takes_the_seat_that_is_held_for_its_offer(
    app, school, offered, local_stripe
):
    from foundation.clock import now
    from payments import ordering
    from payments.models import OrderState

    back = local_stripe.pay(offered.enroll())
    with app.app_context():
        ordering.give_up(offered.books().order.id, OrderState.EXPIRED, at=now())
        db.session.commit()
    assert states(school) == ["offered", "waiting"]
    offered.come_back(back)
    assert offered.books().state == "paid"
    assert states(school) == ["accepted", "waiting"]
