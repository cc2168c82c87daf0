"""Staff find every invoice, and whatever happens to one the books tell one story."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from foundation.db import db
from tests.payments.conftest import new_buyer
from tests.payments.employers.conftest import invoices, order_by_invoice, page_of, pay
from tests.payments.test_prices import text


def test_numbers_have_no_gaps_also_when_an_order_is_undone(app, school):
    cohort = school.cohort(seats=9)
    plan = school.plan(cohort, "invoice", title="Employer", invoice_days=30)
    for number in range(3):
        buyer = new_buyer(app, school, cohort, f"Person {number}")
        order_by_invoice(buyer, plan, company="" if number == 1 else "Acme")
    assert [one.number[-5:] for one in invoices(app)] == ["00001", "00002"]


def test_the_list_shows_what_is_not_paid_and_finds_it_by_purchase_order(app, school, invoiced, finance, queries):
    for words in ("PO-1881", "Marlow", "accounts.marlow", invoices(app)[0].number):
        assert "Marlow Freight" in text(finance.get("/staff/invoices", query_string={"words": words}))
    assert "No invoice fits" in text(finance.get("/staff/invoices?words=nobody"))
    for sort in ("number", "-company", "due", "-amount", "nonsense"):
        assert "Marlow Freight" in text(finance.get(f"/staff/invoices?sort={sort}"))
    with queries() as asked:
        finance.get("/staff/invoices")
    assert asked.count <= 8, "\n".join(asked.sent)
    assert "480000" not in text(finance.get("/staff/invoices?format=csv"))
    assert "4800.00" in text(finance.get("/staff/invoices?format=csv"))
    pay(app, finance, "4800")
    assert "No invoice is open" in text(finance.get("/staff/invoices"))
    assert "Marlow Freight" in text(finance.get("/staff/invoices?state=paid"))


def test_only_finance_sees_invoices(app, school, invoiced):
    client = app.test_client().sign_in(school.user("Reg", "registrar"))
    assert client.get("/staff/invoices").status_code == 403
    assert client.get(page_of(app)).status_code == 403


def test_a_persons_page_holds_the_invoice_and_what_is_open_of_it(app, invoiced, finance):
    page = text(finance.get(f"/staff/people/{invoiced.user.id}/money"))
    assert invoices(app)[0].number in page
    assert page.count("$4,800") >= 2


def test_finance_puts_the_way_to_pay_on_offer(app, school, buyer, finance):
    page = f"/staff/prices/cohorts/{buyer.cohort.code}"
    typed = {"kind": "invoice", "title": "My employer pays", "total": "4800", "invoice_days": "21", "lets_in": "y"}
    finance.submit(page, typed, on=page)
    told = text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "If your employer pays" in told
    assert "You are let in at once" in told
    answer = finance.submit(page, typed | {"invoice_days": "500"}, on=page)
    assert 'id="invoice_days-error"' in text(answer)


def test_the_nightly_comparison_finds_nothing_to_complain_about(app, invoiced, finance):
    from payments.comparing import differences

    for amount in ("300", "4500"):
        pay(app, finance, amount)
        with app.app_context():
            assert list(differences()) == []


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_to_an_invoice_the_books_tell_one_story(app, invoiced, finance, school, seed):
    """A history by chance: transfers of any size, refunds, a cancellation, clicks made twice."""
    from foundation.errors import Refused
    from payments import refunding
    from payments.comparing import differences
    from payments.employers import cancelling, recording
    from payments.models import EnrollmentOrder, Invoice, MoneyEntry, Payment, Refund
    from payments.persons.tallying import tallies

    dice, actor = random.Random(seed), school.user("Fin", "finance")

    def transfer(order):
        cents = dice.choice([1, 99, 50000, 240000, order.amount_cents, 7 * order.amount_cents])
        seen = dice.choice([recording.received(order.id)[0], 0])
        told = recording.Transfer(cents, order.created_at.date() - timedelta(days=1), "")
        recording.take_in(order.invoice.id, told, seen=seen, actor=actor, at=school.now())

    def cancel(order):
        cancelling.cancel(order.invoice.id, reason="By chance", actor=actor, at=school.now())

    def give_back(order):
        left = refunding.refundable(order).cents
        refunding.ask(order.id, dice.randint(1, max(left, 1)), reason="By chance", actor=actor, at=school.now())

    def send(order):
        for asked in db.session.query(Refund).filter_by(order_id=order.id):
            refunding.sent_by_bank(asked, "OUT", actor=actor, at=school.now())

    for _ in range(14):
        with app.app_context():
            order = db.session.query(EnrollmentOrder).one()
            try:
                dice.choice([transfer, transfer, transfer, give_back, send, cancel])(order)
                db.session.commit()
            except Refused:
                db.session.rollback()
            assert [d for d in differences() if d.kind != "not_enrolled"] == []
            came = sum(payment.cents for payment in db.session.query(Payment))
            entries = db.session.query(MoneyEntry).all()
            (one,) = tallies([order], entries)
            invoice = db.session.query(Invoice).one()
            assert one.paid.cents == came
            assert one.stays.cents == sum(entry.cents for entry in entries) >= 0
            assert (str(invoice.state) == "paid") <= (came >= invoice.cents)
            assert (str(invoice.state) == "part_paid") <= (0 < came < invoice.cents)


def test_a_copied_cohort_is_sold_by_invoice_too(app, school, buyer):
    from enrollment.models import Cohort
    from payments.models import PricePlan
    from payments.pricing.copying import copy_plans

    school.plan(buyer.cohort, "invoice", title="Employer", invoice_days=21, lets_in=True)
    other, keeper = school.cohort(seats=2, code="copied"), school.user("Fin", "finance")
    with app.app_context():
        old, new = (db.session.get_one(Cohort, one.id) for one in (buyer.cohort, other))
        copy_plans(old, new, keeper, school.now())
        db.session.commit()
        made = db.session.query(PricePlan).filter_by(cohort_id=other.id).one()
        assert (made.invoice_days, made.lets_in) == (21, True)
