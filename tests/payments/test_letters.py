"""What a buyer reads: the letters really go out, each says what it must, none names anybody else."""

from __future__ import annotations

import pytest

from foundation.db import db


def test_receipt_and_welcome_reach_the_buyer_once(buyer, local_stripe, work, mailbox):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    local_stripe.heard()
    work()
    mailbox.deliver()
    mailbox.deliver()
    subjects = [str(letter["Subject"]) for letter in mailbox.to(buyer.user.email)]
    assert len(subjects) == 2
    assert any(buyer.books().receipts[0] in subject for subject in subjects)
    page = buyer.client.get(f"/orders/{buyer.books().order.public_id}").get_data(as_text=True)
    assert "Mail sent" in page


@pytest.mark.parametrize(
    "kind", ["paid", "welcome", "paid_no_seat", "paid_twice", "payment_under_way", "payment_failed"]
)
def test_every_letter_has_subject_text_html_and_a_way_on(app, school, kind):
    from foundation.clock import now
    from mail.rendering import render
    from payments import letters
    from payments.models import EnrollmentOrder

    order = school.order(school.user("Ana Lima"), school.cohort())
    with app.app_context():
        letter = getattr(letters, kind)(db.session.get_one(EnrollmentOrder, order.id), at=now())
        render(letter)
        assert letter.subject
        assert "Ana" in letter.text
        assert "Ana" in letter.html
        assert "http://127.0.0.1:5000/" in letter.text


@pytest.mark.parametrize(("kind", "words"), [("refunded", "has ended"), ("refund_failed", "another way")])
def test_letters_about_refunds_name_the_amount(app, school, kind, words):
    from foundation.clock import now
    from mail.rendering import render
    from payments import letters
    from payments.models import EnrollmentOrder, Refund

    order = school.order(school.user("Ana Lima"), school.cohort())
    with app.app_context():
        mine = db.session.get_one(EnrollmentOrder, order.id)
        refund = Refund(order_id=mine.id, cents=480000, currency="USD", asked_at=now())
        db.session.add(refund)
        db.session.flush()
        full = {"full": True} if kind == "refunded" else {}
        letter = getattr(letters, kind)(mine, refund, at=now(), **full)
        render(letter)
        assert "$4,800" in letter.text
        assert words in letter.text
