"""Every refund that arrives has its credit note, in a series without gaps; nothing about one is ever edited."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.payments.conftest import new_buyer
from tests.payments.test_refunds import paid, refund  # noqa: F401 (a fixture)


def notes(buyer):
    from foundation.db import db
    from payments.models import CreditNote

    with buyer.app.app_context():
        found = list(db.session.scalars(select(CreditNote).order_by(CreditNote.id)))
        db.session.expunge_all()
        return found


def fail_the_refund(buyer, local_stripe, work):
    from foundation.db import db
    from payments.models import Refund

    with buyer.app.app_context():
        stripe_id = db.session.query(Refund).one().stripe_id
    local_stripe.fail_refund(stripe_id)
    local_stripe.heard()
    work()


def test_each_refund_that_succeeds_has_one_credit_note(paid, finance, local_stripe, work):  # noqa: F811
    refund(finance, paid, "100")
    refund(finance, paid, "50.50")
    local_stripe.heard()
    work()
    assert [(n.number[-5:], n.cents, n.reverses_id) for n in notes(paid)] == [
        ("00001", 10000, None),
        ("00002", 5050, None),
    ]


def test_a_refund_made_in_stripes_dashboard_has_one_too(paid, local_stripe, work):  # noqa: F811
    local_stripe.refund(paid.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    assert [n.cents for n in notes(paid)] == [480000]


def test_a_refund_that_fails_later_has_its_note_taken_back_by_a_new_one(paid, finance, local_stripe, work):  # noqa: F811
    refund(finance, paid, "4800")
    fail_the_refund(paid, local_stripe, work)
    first, second = notes(paid)
    assert (first.cents, second.cents) == (480000, -480000)
    assert (second.reverses_id, second.facts["reverses"]) == (first.id, first.number)
    page = paid.client.get(f"/orders/{paid.books().order.public_id}").text
    assert f"takes back {first.number}" in page


def test_a_refund_that_stripe_refuses_has_none(paid, finance, local_stripe):  # noqa: F811
    local_stripe.refund(paid.books().attempts[0].session_id)
    refund(finance, paid, "100")
    assert notes(paid) == []


def test_a_refund_from_before_credit_notes_gets_its_note_when_stripe_is_asked_again(paid, finance, local_stripe):  # noqa: F811
    refund(finance, paid, "100")
    with paid.app.app_context():
        from foundation.db import db

        db.session.execute(text("TRUNCATE credit_note, credit_note_counter"))
        db.session.commit()
    page = f"/staff/orders/{paid.books().order.public_id}"
    finance.submit(f"{page}/settle", on=page)
    assert [n.cents for n in notes(paid)] == [10000]


def test_the_series_has_no_gaps_also_when_one_is_undone(app, school, finance, local_stripe):
    cohort = school.cohort(seats=9)
    for number in range(3):
        buyer = new_buyer(app, school, cohort, f"Person {number}")
        buyer.come_back(local_stripe.pay(buyer.enroll()))
        page = f"/staff/orders/{buyer.books().orders[-1].public_id}"
        finance.submit(f"{page}/refund", {"amount": "1", "reason": "Moved"}, on=page)
        with app.app_context():
            from foundation.db import db
            from payments.models import CreditNoteCounter
            from payments.numbering import next_serial

            next_serial(CreditNoteCounter, school.now().year)
            db.session.rollback()
    year = notes(buyer)[0].year
    assert [n.number for n in notes(buyer)] == [f"CN-{year}-{n:05d}" for n in (1, 2, 3)]


def test_the_note_is_a_pdf_for_its_buyer_and_for_finance_alone(app, school, paid, finance, local_stripe):  # noqa: F811
    refund(finance, paid, "50.50")
    order, note = paid.books().order, notes(paid)[0]
    address = f"/orders/{order.public_id}/credit-notes/{note.number}.pdf"
    assert address in paid.client.get(f"/orders/{order.public_id}").text
    assert address in finance.get(f"/staff/orders/{order.public_id}").text
    words = PdfReader(io.BytesIO(paid.client.get(address).data)).pages[0].extract_text()
    for told in ("Credit note", note.number, "Ana Lima", "$50.50", paid.books().receipts[0]):
        assert told in words
    assert finance.get(address).status_code == 200
    assert app.test_client().sign_in(school.user("Bo Chen")).get(address).status_code == 404
    assert paid.client.get(address.replace("00001", "00002")).status_code == 404


def test_the_letter_of_the_refund_names_its_credit_note(paid, finance, local_stripe):  # noqa: F811
    refund(finance, paid, "50.50")
    from foundation.db import db
    from mail.models import Letter

    with paid.app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.kind == "order.refunded")).one()
    assert letter.facts["credit"] == notes(paid)[0].number


@pytest.mark.parametrize("statement", ["UPDATE credit_note SET cents = 1", "DELETE FROM credit_note"])
def test_a_credit_note_is_never_edited(paid, finance, local_stripe, statement):  # noqa: F811
    refund(finance, paid, "1")
    with paid.app.app_context():
        from foundation.db import db

        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
