"""Staff see money in limbo first, all that happened to an order, and who is in a cohort."""

from __future__ import annotations

import csv
import io

import pytest

from tests.payments.conftest import new_buyer


@pytest.fixture
def registrar(app, school):
    return app.test_client().sign_in(school.user("Reg Istrar", "registrar"))


@pytest.fixture
def paid(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    local_stripe.heard()
    work()
    return buyer


@pytest.fixture
def unseated(app, school, local_stripe):
    """Somebody paid, and the cohort was full by then."""
    from enrollment.models import Cohort
    from foundation.db import db

    late = new_buyer(app, school, school.cohort(seats=1), "Sam Whitlock")
    back = local_stripe.pay(late.enroll())
    with app.app_context():
        from foundation.clock import now
        from payments import ordering
        from payments.models import OrderState

        ordering.give_up(late.books().order.id, OrderState.EXPIRED, at=now())
        db.session.get_one(Cohort, late.cohort.id).seats = 0
        db.session.commit()
    late.come_back(back)
    return late


def text(answer):
    return answer.get_data(as_text=True)


def test_money_in_limbo_stands_first(finance, unseated):
    page = text(finance.get("/staff/orders"))
    assert page.index("Needs a decision (1)") < page.index("Sam Whitlock") < page.index("All orders")


def test_an_unseated_buyer_is_seated_once_there_is_a_seat(app, finance, unseated):
    from enrollment.models import Cohort
    from foundation.db import db

    page = f"/staff/orders/{unseated.books().order.public_id}"
    finance.submit(f"{page}/seat", on=page)
    assert unseated.books().state == "paid_no_seat"
    with app.app_context():
        db.session.get_one(Cohort, unseated.cohort.id).seats = 1
        db.session.commit()
    finance.submit(f"{page}/seat", on=page)
    books = unseated.books()
    assert books.state == "paid"
    assert books.seats == ["released", "taken"]
    assert open_decisions(unseated) == []
    assert books.letters == ["enrollment.welcome", "order.paid", "order.paid_no_seat"]
    assert len(books.receipts) == 1


def open_decisions(buyer):
    from sqlalchemy import select

    from foundation.db import db
    from foundation.escalating import StaffTask

    with buyer.app.app_context():
        query = select(StaffTask.kind).where(StaffTask.resolved_at.is_(None))
        return list(db.session.scalars(query.order_by(StaffTask.id)))


def test_a_decision_is_closed_by_refunding_and_by_a_note(finance, unseated):
    page = f"/staff/orders/{unseated.books().order.public_id}"
    refused = finance.submit(f"{page}/decided", {"note": " "}, on=page)
    assert (refused.status_code, 'id="note-error"' in text(refused)) == (422, True)
    assert open_decisions(unseated) == ["order.paid_no_seat"]
    finance.submit(f"{page}/refund", {"amount": "4800", "reason": "Full"}, on=page)
    assert open_decisions(unseated) == []
    assert unseated.books().state == "refunded"


def test_a_note_that_is_too_long_comes_back_beside_its_field(finance, unseated):
    page = f"/staff/orders/{unseated.books().order.public_id}"
    refused = text(finance.submit(f"{page}/decided", {"note": "y" * 301}, on=page))
    assert 'id="note-error"' in refused
    assert "y" * 301 in refused


def test_a_note_closes_what_was_put_before_staff(finance, unseated):
    page = f"/staff/orders/{unseated.books().order.public_id}"
    finance.submit(f"{page}/decided", {"note": "Moved to the autumn cohort"}, on=page)
    assert open_decisions(unseated) == []


def test_an_order_tells_its_whole_history(finance, paid):
    page = text(finance.get(f"/staff/orders/{paid.books().order.public_id}"))
    for words in ("checkout.session.completed", "Payment", "Stripe&#39;s fee", "Ordered", "Letter queued: receipt"):
        assert words in page


def test_settling_by_hand_asks_stripe_now(finance, buyer, local_stripe):
    local_stripe.faults(drop=True)
    local_stripe.pay(buyer.enroll())
    page = f"/staff/orders/{buyer.books().order.public_id}"
    finance.submit(f"{page}/settle", on=page)
    assert buyer.books().state == "paid"


def test_a_receipt_can_be_sent_again(finance, paid):
    page = f"/staff/orders/{paid.books().order.public_id}"
    finance.submit(f"{page}/receipt", on=page)
    assert paid.books().letters.count("order.paid") == 2


@pytest.mark.parametrize("words", ["Lima", "lima", "person", "nobody%"])
def test_orders_are_found_by_name_and_address(finance, paid, words):
    page = text(finance.get("/staff/orders", query_string={"words": words}))
    assert ("No order fits" in page) == (words == "nobody%")


def test_the_list_is_taken_away_as_it_is_filtered(finance, paid):
    rows = list(csv.DictReader(io.StringIO(text(finance.get("/staff/orders?format=csv&state=paid")).lstrip("\ufeff"))))
    assert [(row["Name"], row["Amount"], row["Currency"]) for row in rows] == [("Ana Lima", "4800.00", "USD")]
    assert len(text(finance.get("/staff/orders?format=csv&state=failed")).splitlines()) == 1


@pytest.mark.parametrize("sort", ["name", "-name", "amount", "-state", "nonsense"])
def test_the_list_is_sorted_by_any_column(finance, paid, sort):
    assert finance.get("/staff/orders", query_string={"sort": sort, "page": "99"}).status_code == 200


def test_staff_pages_ask_the_database_at_most_eight_times(finance, registrar, paid, queries):
    pages = [(finance, "/staff/orders"), (finance, f"/staff/orders/{paid.books().order.public_id}")]
    pages += [(registrar, "/staff/cohorts"), (registrar, f"/staff/cohorts/{paid.cohort.code}")]
    for client, page in pages:
        client.get(page)
        with queries() as q:
            assert client.get(page).status_code == 200
        assert q.count <= 8, (page, q.count, q.sent)


def test_the_roster_shows_who_is_in_and_that_they_paid(registrar, paid):
    page = text(registrar.get(f"/staff/cohorts/{paid.cohort.code}"))
    assert "Ana Lima" in page
    assert "Active" in page
    row = text(registrar.get(f"/staff/cohorts/{paid.cohort.code}?format=csv")).splitlines()[1]
    assert row.startswith("Ana Lima,")
    assert "active,paid" in row


def test_withdrawing_needs_a_reason_and_frees_the_seat(registrar, paid):
    enrollment = paid.books().enrollments[0]
    page = f"/staff/cohorts/{paid.cohort.code}/{enrollment.public_id}/withdraw"
    refused = registrar.submit(page, {"reason": ""})
    assert refused.status_code == 422
    assert 'id="reason-error"' in text(refused)
    assert registrar.submit(page, {"reason": "Moved abroad"}).status_code == 303
    assert [str(e.state) for e in paid.books().enrollments] == ["withdrawn"]
    assert paid.books().seats == ["released"]


def test_whoever_withdrew_may_enroll_again_and_has_the_same_enrollment(registrar, paid, local_stripe):
    enrollment = paid.books().enrollments[0]
    registrar.submit(f"/staff/cohorts/{paid.cohort.code}/{enrollment.public_id}/withdraw", {"reason": "Moved"})
    paid.come_back(local_stripe.pay(paid.enroll()))
    books = paid.books()
    assert [(e.id, str(e.state)) for e in books.enrollments] == [(enrollment.id, "active")]
    assert books.seats == ["released", "taken"]
    assert len(books.receipts) == 2


@pytest.mark.parametrize("page", ["/staff/cohorts", "/staff/orders"])
def test_a_trainee_sees_no_page_of_the_staff(client, school, page):
    assert client.sign_in(school.user()).get(page).status_code == 403
