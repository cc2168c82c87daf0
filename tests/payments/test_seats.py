"""No seat is sold twice, no money is kept in silence."""

from __future__ import annotations

import threading
from datetime import timedelta

from tests.payments.conftest import new_buyer
from tests.turning import travel


def test_two_buyers_for_the_last_seat_make_one_session(app, school, local_stripe):
    cohort = school.cohort(seats=1)
    buyers = [new_buyer(app, school, cohort, name) for name in ("Ana Lima", "Bo Chen")]
    start, answers = threading.Barrier(2), []

    def run(one):
        page = f"/enroll/{cohort.code}"
        sent = one.client.hidden(page, page) | {"agreed": "y"}
        start.wait()
        answers.append(one.client.post(page, data=sent))

    threads = [threading.Thread(target=run, args=(one,)) for one in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    refused = next(answer for answer in answers if answer.status_code == 422).get_data(as_text=True)
    assert "The last seat has just gone" in refused
    assert len(buyers[0].books().attempts) == 1


def test_after_an_unpaid_hour_the_seat_is_sold_again(app, school, local_stripe, run_task):
    cohort = school.cohort(seats=1)
    slow, quick = new_buyer(app, school, cohort, "Ana Lima"), new_buyer(app, school, cohort, "Bo Chen")
    slow.enroll()
    with travel(slow.books().order.created_at + timedelta(hours=1)):
        run_task("reconcile_orders")
        assert slow.books().state == "expired"
        assert quick.enroll().startswith(local_stripe.base_url)
    assert sorted(slow.books().seats) == ["held", "released"]


def test_money_after_the_seat_has_gone_is_told_to_the_buyer_and_to_staff(app, school, local_stripe, work):
    cohort = school.cohort(seats=1)
    late, other = new_buyer(app, school, cohort, "Ana Lima"), new_buyer(app, school, cohort, "Bo Chen")
    back = local_stripe.pay(late.enroll())
    with travel(late.books().order.created_at + timedelta(minutes=36)):
        with app.app_context():
            from foundation.clock import now
            from foundation.db import db
            from payments import ordering
            from payments.models import OrderState

            ordering.give_up(late.books().order.id, OrderState.EXPIRED, at=now())
            db.session.commit()
        with app.app_context():
            from enrollment import enrolling, seating
            from enrollment.models import Cohort

            taken = seating.take(db.session.get_one(Cohort, cohort.id), ref="gift:1", at=now())
            enrolling.activate(db.session.merge(other.user), db.session.get_one(Cohort, cohort.id), taken, at=now())
            db.session.commit()
        late.come_back(back)
    books = late.books()
    assert books.state == "paid_no_seat"
    assert books.tasks == ["order.paid_no_seat"]
    assert books.letters == ["order.paid_no_seat"]
    assert len(books.enrollments) == 1
    said = late.client.get(f"/orders/{books.order.public_id}").get_data(as_text=True)
    assert "Paid, but the cohort is full" in said


def test_money_from_somebody_who_is_in_already_takes_no_second_seat_and_says_so(school, buyer, local_stripe):
    back = local_stripe.pay(buyer.enroll())
    school.enrollment(buyer.user, buyer.cohort)
    assert "Paid a second time" in buyer.come_back(back).get_data(as_text=True)
    books = buyer.books()
    assert books.state == "paid_no_seat"
    assert books.letters == ["order.paid_twice"]
    assert "taken" not in books.seats
    assert len(books.enrollments) == 1


def test_a_paid_session_of_a_cheap_order_does_not_pay_a_dear_one(app, school, local_stripe):
    user = school.user("Ana Lima")
    cheap, dear = school.cohort(price_cents=10000), school.cohort(price_cents=900000)
    from tests.payments.conftest import Buyer

    client = app.test_client().sign_in(user)
    back = local_stripe.pay(Buyer(app, client, user, cheap).enroll())
    Buyer(app, client, user, dear).enroll()
    wanted = Buyer(app, client, user, dear).books().orders[1]
    answer = client.get(f"/orders/{wanted.public_id}?{back.split('?')[1]}")
    assert answer.status_code == 400
    books = Buyer(app, client, user, dear).books()
    assert [str(order.state) for order in books.orders] == ["pending", "pending"]
    assert not books.enrollments


def test_an_amount_that_does_not_fit_lets_nobody_in_and_asks_staff(app, buyer, local_stripe):
    page = buyer.enroll()
    with app.app_context():
        from foundation.db import db
        from payments.owing import due_of

        due_of(buyer.books().order.id, 1).cents = 999900
        db.session.commit()
    buyer.come_back(local_stripe.pay(page))
    books = buyer.books()
    assert books.state == "review"
    assert books.tasks == ["order.review"]
    assert not books.enrollments
    assert not books.letters


def test_cancelling_ends_the_session_first_and_then_frees_the_seat(buyer, local_stripe, work):
    page = buyer.enroll()
    order = buyer.books().order
    buyer.client.submit(f"/orders/{order.public_id}/cancel", on=f"/orders/{order.public_id}")
    assert buyer.books().state == "cancelled"
    assert buyer.books().seats == ["released"]
    assert local_stripe.submit(page).status_code != 303
    local_stripe.heard()
    work()
    assert buyer.books().state == "cancelled"
    assert buyer.enroll()
    assert len(buyer.books().orders) == 2


def test_cancelling_what_was_paid_meanwhile_lets_in_instead(buyer, local_stripe):
    local_stripe.pay(buyer.enroll())
    order = buyer.books().order
    buyer.client.submit(f"/orders/{order.public_id}/cancel", on=f"/orders/{order.public_id}")
    assert buyer.books().state == "paid"
