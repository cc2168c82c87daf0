"""A move waits for its fee or for staff, is done then, and can be declined or taken back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from foundation.db import db
from tests.payments.changing.conftest import changes, let_the_seat_go, page_of, pay_fee, shown_sum


def test_a_move_for_a_fee_is_done_as_soon_as_the_fee_is_paid(asked, next_one, local_stripe):
    assert "as soon as the fee of $150 is paid" in asked.client.get(f"{page_of(asked)}/change").text
    back = local_stripe.pay(pay_fee(asked))
    asked.come_back(back)
    asked.come_back(back)
    books = asked.books()
    assert books.order.cohort_id == next_one.id
    assert [cents for kind, cents in books.money if kind == "charge"] == [480000, 15000]
    assert [str(change.state) for change in changes(asked)] == ["done"]
    assert books.letters.count("enrollment.moved") == 1 and len(books.receipts) == 2
    with asked.app.app_context():
        from foundation.escalating import open_tasks

        assert open_tasks() == []


def test_the_fee_of_a_move_is_no_part_of_the_price_and_no_arrears(asked, school, local_stripe):
    from payments.plans import arrears

    with asked.app.app_context():
        arrears.look_at(asked.books().order.id, at=school.now() + timedelta(days=60))
        db.session.commit()
    assert str(asked.books().enrollments[0].state) == "active"
    asked.come_back(local_stripe.pay(pay_fee(asked)))
    assert shown_sum(asked) == "$4,800", "the fee is kept, the price comes back by the rules"


def test_a_fee_that_is_paid_when_the_seat_has_gone_moves_nobody_and_goes_before_staff(asked, next_one, local_stripe):
    page = pay_fee(asked)
    let_the_seat_go(asked.app, next_one)
    asked.come_back(local_stripe.pay(page))
    books = asked.books()
    assert books.order.cohort_id != next_one.id
    assert "change.paid_for_nothing" in books.tasks
    assert [str(change.state) for change in changes(asked)] == ["asked"]
    assert books.seats == ["taken", "held"]


def test_what_is_taken_back_asks_for_no_fee_any_more(asked):
    change = changes(asked)[0]
    asked.client.submit(f"/account/changes/{change.public_id}/take-back", on="/account/changes")
    from payments.models import OrderDue

    with asked.app.app_context():
        assert [str(due.state) for due in db.session.scalars(select(OrderDue).order_by(OrderDue.number))] == [
            "paid",
            "void",
        ]


def test_a_move_for_a_fee_waits_for_staff_on_the_desk_and_is_then_done(asked, finance, next_one):
    assert asked.books().tasks == ["change.asked"]
    change = changes(asked)[0]
    page = f"/staff/changes/{change.public_id}"
    assert page in finance.get("/staff").text
    assert "Waits for us" in finance.get("/staff/changes").text
    assert finance.submit(page, {"answer": "", "do": "carry_out"}).status_code == 422
    assert finance.submit(page, {"answer": "Paid by transfer", "do": "carry_out"}).status_code == 303
    assert asked.books().order.cohort_id == next_one.id
    assert "Paid by transfer" in asked.client.get("/account/changes").text
    with asked.app.app_context():
        from foundation.escalating import open_tasks

        assert open_tasks() == []


def test_a_move_that_staff_decline_changes_nothing_and_says_why(asked, finance, next_one):
    page = f"/staff/changes/{changes(asked)[0].public_id}"
    finance.submit(page, {"answer": "That cohort is for nurses", "do": "decline"})
    assert asked.books().order.cohort_id != next_one.id
    assert "That cohort is for nurses" in asked.client.get("/account/changes").text
    assert "change.declined" in asked.books().letters


def test_what_waits_can_be_taken_back_and_is_overtaken_by_stopping(asked):
    change = changes(asked)[0]
    assert "You have asked for a change" in asked.client.get(f"{page_of(asked)}/change").text
    asked.client.submit(f"/account/changes/{change.public_id}/take-back", on="/account/changes")
    assert str(changes(asked)[0].state) == "taken_back"
    asked.client.submit(f"{page_of(asked)}/move", {"cohort": "autumn"})
    asked.client.submit(f"{page_of(asked)}/stop", {"sure": "y"})
    assert [str(c.state) for c in changes(asked)] == ["taken_back", "taken_back", "done"]


def test_a_seat_that_is_gone_when_staff_decide_is_said_and_nothing_moves(asked, finance, app, next_one):
    let_the_seat_go(app, next_one)
    page = f"/staff/changes/{changes(asked)[0].public_id}"
    answer = finance.submit(page, {"answer": "Paid", "do": "carry_out"})
    assert answer.status_code == 422
    assert "The last seat there has just gone" in answer.text
    assert str(changes(asked)[0].state) == "asked"
    assert asked.books().seats == ["taken", "held"]


def test_staff_move_somebody_however_often_and_without_the_fee(paid, finance, next_one, school, program):
    page = f"/staff/changes/move/{paid.books().order.public_id}"
    assert page in finance.get(f"/staff{page_of(paid)}").text
    assert finance.submit(page, {"cohort": "autumn", "reason": ""}).status_code == 422
    assert finance.submit(page, {"cohort": "autumn", "reason": "Asked on the phone"}).status_code == 303
    school.cohort(of=program, starts_in=120, code="winter")
    assert finance.submit(page, {"cohort": "winter", "reason": "Again"}).status_code == 303
    assert [str(c.kind) for c in changes(paid)] == ["move", "move"]
