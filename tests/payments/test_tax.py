"""Tax is what Stripe says: on top or within, on the receipt, in the books, and back with a refund, to the cent."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.db import db
from payments.taxing import share
from tests.payments.conftest import new_buyer
from tests.payments.plans.conftest import a_month_on
from tests.payments.test_prices import enroll, text
from tests.payments.test_refunds import refund


@pytest.fixture
def taxed(app):
    """The school has told Stripe to work out tax; prices hold it, or don't."""
    plain = app.config["SETTINGS"]

    def choose(behavior):
        app.config["SETTINGS"] = dataclasses.replace(plain, stripe_tax=behavior)

    yield choose
    app.config["SETTINGS"] = plain


def lines(app):
    from payments.models import MoneyEntry

    with app.app_context():
        found = db.session.query(MoneyEntry).filter(MoneyEntry.kind != "fee").order_by(MoneyEntry.id)
        return [(str(one.kind), one.cents, one.tax_cents) for one in found]


def receipt_facts(app):
    from payments.models import Receipt

    with app.app_context():
        return [one.facts for one in db.session.query(Receipt).order_by(Receipt.id)]


@pytest.mark.parametrize(("behavior", "paid", "tax"), [("exclusive", 576000, 96000), ("inclusive", 480000, 80000)])
def test_tax_stands_on_the_receipt_and_in_the_ledger(app, buyer, taxed, local_stripe, work, behavior, paid, tax):
    taxed(behavior)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    local_stripe.heard()
    work()
    assert (buyer.books().state, lines(app)) == ("paid", [("charge", paid, tax)])
    (facts,) = receipt_facts(app)
    told = {"name": "Sales tax", "percent": "20", "cents": tax, "is_included": behavior == "inclusive"}
    assert (facts["taxes"], facts["paid_cents"]) == ([told], paid)
    order = f"/orders/{buyer.books().order.public_id}"
    assert f"${tax // 100:,}" in text(buyer.client.get(order))
    assert buyer.client.get(f"{order}/receipt.pdf").data.startswith(b"%PDF")


def test_without_the_setting_stripe_is_asked_for_no_tax(app, buyer, local_stripe):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert "automatic_tax" not in buyer.books().attempts[0].params
    assert lines(app) == [("charge", 480000, 0)]
    assert receipt_facts(app)[0]["taxes"] == []


@pytest.mark.parametrize(("behavior", "words"), [("exclusive", "Tax comes on top"), ("inclusive", "Tax is included")])
def test_the_buyer_reads_it_before_paying(buyer, taxed, behavior, words):
    taxed(behavior)
    assert words in text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))


def test_a_refund_takes_its_tax_along_and_all_of_it_leaves_none(app, buyer, taxed, finance, local_stripe):
    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    for amount in ("1000.01", "0.02", "4759.97"):
        assert refund(finance, buyer, amount).status_code == 303
    came, *back = lines(app)
    assert sum(cents for _, cents, _ in back) == -came[1]
    assert sum(tax for _, _, tax in back) == -came[2]
    assert buyer.books().state == "refunded"


def test_a_refund_that_fails_brings_its_tax_back(app, buyer, taxed, finance, local_stripe, work):
    from payments.models import CreditNote, Refund

    taxed("inclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    refund(finance, buyer, "1000")
    with app.app_context():
        stripe_id = db.session.query(Refund).one().stripe_id
    local_stripe.fail_refund(stripe_id)
    local_stripe.heard()
    work()
    assert sum(tax for _, _, tax in lines(app)) == 80000
    with app.app_context():
        assert [note.facts["tax_cents"] for note in db.session.query(CreditNote).order_by(CreditNote.id)] == [
            16667,
            -16667,
        ]


def test_the_rules_give_back_of_what_was_paid_with_tax(app, buyer, taxed, finance, local_stripe):
    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    page = text(finance.get(f"/staff/orders/{buyer.books().order.public_id}/refund"))
    assert 'value="5760"' in page


def test_every_instalment_has_its_tax(app, school, buyer, taxed, local_stripe, work, run_task):
    taxed("exclusive")
    plan = school.plan(buyer.cohort, "instalments", title="Four", total_cents=480000)
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    run_task("follow_plans")
    local_stripe.heard()
    work()
    a_month_on(local_stripe, work, 4)
    assert lines(app) == [("charge", 144000, 24000)] * 4
    assert [facts["paid_cents"] for facts in receipt_facts(app)] == [144000] * 4


def test_a_deposit_and_its_balance_each_have_their_own(app, school, buyer, taxed, local_stripe):
    taxed("exclusive")
    plan = school.plan(buyer.cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    order = f"/orders/{buyer.books().order.public_id}"
    sent = buyer.client.submit(f"{order}/pay", on=order)
    buyer.come_back(local_stripe.pay(sent.location))
    assert [tax for _, _, tax in lines(app)] == [10000, 86000]


def test_the_books_the_journal_and_the_lists_name_the_tax(app, buyer, taxed, finance, local_stripe):
    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    period = buyer.books().order.created_at.strftime("%Y")
    assert "$960" in text(finance.get(f"/staff/books?period={period}"))
    sums = list(
        csv.DictReader(io.StringIO(text(finance.get(f"/staff/books/sums.csv?period={period}")).lstrip("\ufeff")))
    )
    assert [row["Of which tax"] for row in sums] == ["960.00"]
    journal = text(finance.get(f"/staff/books/journal.txt?period={period}"))
    for posting in ("Assets:Stripe  5760.00 USD", "Income:Tuition  -4800.00 USD", "Liabilities:Sales tax  -960.00 USD"):
        assert posting in journal
    orders = list(csv.DictReader(io.StringIO(text(finance.get("/staff/orders?format=csv")).lstrip("\ufeff"))))
    assert [(row["Amount"], row["Tax"]) for row in orders] == [("4800.00", "960.00")]
    assert "Still open: $0" in text(buyer.client.get("/account/payments/statement"))


def test_what_the_receipt_of_a_part_says_adds_up(app, school, buyer, taxed, local_stripe):
    from payments.models import Receipt
    from payments.receipts import document

    taxed("exclusive")
    plan = school.plan(buyer.cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    with app.app_context():
        told = document(db.session.query(Receipt).one())
    assert (told["part_amount"], told["taxes"], told["paid"]) == ("$500", [["Sales tax 20 %", "$100"]], "$600")


def test_the_letter_names_what_was_paid(app, buyer, taxed, local_stripe):
    from mail.models import Letter

    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    with app.app_context():
        assert db.session.query(Letter).filter_by(kind="order.paid").one().facts["amount"] == "$5,760"


def test_a_code_lowers_the_tax_too(app, school, taxed, local_stripe):
    taxed("exclusive")
    school.code("SPRING10")
    buyer = new_buyer(app, school, school.cohort(seats=2))
    buyer.come_back(local_stripe.pay(enroll(buyer, promo="SPRING10").location))
    assert lines(app) == [("charge", 518400, 86400)]


def test_the_nightly_comparison_finds_nothing_to_complain_about(app, buyer, taxed, local_stripe):
    from payments.comparing import differences

    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    with app.app_context():
        assert list(differences()) == []


PAYMENTS = st.integers(50, 10**7).flatmap(
    lambda paid: st.tuples(st.just(paid), st.integers(0, paid), st.lists(st.integers(1, paid), min_size=1, max_size=12))
)


@given(PAYMENTS)
def test_however_a_payment_goes_back_its_tax_goes_back_with_it_to_the_cent(case):
    paid, tax, wishes = case
    gone = tax_gone = 0
    for wish in [*wishes, paid]:
        cents = min(wish, paid - gone)
        part = share(tax, paid, cents, gone=gone, tax_gone=tax_gone)
        assert 0 <= part <= cents
        gone, tax_gone = gone + cents, tax_gone + part
    assert (gone, tax_gone) == (paid, tax)


@given(
    st.integers(50, 10**7).flatmap(lambda cents: st.tuples(st.just(cents), st.integers(0, cents))),
    st.lists(st.integers(1, 4 * 10**6), max_size=8),
)
def test_however_an_invoice_is_paid_its_tax_comes_with_it_to_the_cent(asked, transfers):
    cents, tax = asked
    came = tax_came = 0
    for transfer in [*transfers, cents]:
        pays = max(0, min(transfer, cents - came))
        tax_came += share(tax, cents, pays, gone=came, tax_gone=tax_came)
        came += pays
    assert (came, tax_came) == (cents, tax)


def test_the_instalments_to_come_say_what_tax_to_expect(app, school, buyer, taxed, local_stripe):
    taxed("exclusive")
    plan = school.plan(buyer.cohort, "instalments", title="Four", total_cents=480000)
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    page = text(buyer.client.get(f"/orders/{buyer.books().order.public_id}"))
    assert page.count("$240 of tax come on top") == 3
