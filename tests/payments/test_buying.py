"""A seat is bought once, whichever way the news of the payment travels."""

from __future__ import annotations

ONCE = ["enrollment.welcome", "order.paid"]


def test_whoever_pays_is_in_with_one_seat_one_receipt_and_two_letters(buyer, local_stripe):
    page = buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert "You are in" in page.get_data(as_text=True)
    books = buyer.books()
    assert books.state == "paid"
    assert len(books.enrollments) == 1
    assert books.seats == ["taken"]
    assert books.receipts == [f"{books.order.paid_at.year}-00001"]
    assert books.letters == ONCE
    assert [kind for kind, _ in books.money] == ["charge", "fee"]


def test_a_closed_tab_is_paid_by_the_webhook_alone(buyer, local_stripe, work):
    local_stripe.pay(buyer.enroll())
    local_stripe.heard()
    work()
    assert buyer.books().state == "paid"
    assert buyer.books().letters == ONCE
