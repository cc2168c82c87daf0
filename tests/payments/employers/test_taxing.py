"""An employer's invoice shows net, tax and gross as Stripe works them out, and a dispute that is lost moves its tax."""

from __future__ import annotations

import pytest

from foundation.db import db
from tests.payments.employers.conftest import invoices, order_by_invoice, page_of, pay
from tests.payments.test_disputes import DISPUTED
from tests.payments.test_disputes import bank_acts as bank_acts
from tests.payments.test_prices import text
from tests.payments.test_tax import lines, receipt_facts
from tests.payments.test_tax import taxed as taxed

PLACE = {"country": "US", "postal_code": "04101", "state": "ME", "tax_number": ""}
ABROAD = {"country": "IE", "postal_code": "D02 X285", "tax_number": "IE6388047V"}


@pytest.fixture
def ordered(app, buyer, by_invoice, taxed, local_stripe):
    """`ordered("exclusive", **typed)`: an order by invoice while tax is worked out so."""

    def order(behavior, **typed):
        taxed(behavior)
        return order_by_invoice(buyer, by_invoice, **(PLACE | typed))

    return order


@pytest.mark.parametrize(("behavior", "asked", "tax"), [("exclusive", 576000, 96000), ("inclusive", 480000, 80000)])
def test_the_invoice_shows_net_tax_and_gross_with_rate_and_place(app, client, ordered, behavior, asked, tax):
    from payments.employers.issuing import document

    assert ordered(behavior).status_code == 303
    (invoice,) = invoices(app)
    assert (invoice.cents, invoice.tax_cents, invoice.net.cents) == (asked, tax, asked - tax)
    with app.app_context():
        told = document(db.session.merge(invoice))
    rate = "Sales tax 20 %, ME, United States"
    assert told["taxes"] == [["Without tax", invoice.net.shown()], [rate, f"${tax // 100:,}"]]
    assert (told["price"], told["discount"], told["total"]) == ("$4,800", "", invoice.amount.shown())
    assert told["address"][-2:] == ["04101 ME", "United States"]
    page = text(client.get(f"/invoices/{invoice.public_id}"))
    assert "Sales tax 20 %, ME, United States" in page and invoice.net.shown() in page
    assert client.get(f"/invoices/{invoice.public_id}.pdf").data.startswith(b"%PDF")


def test_a_company_abroad_with_a_tax_number_owes_it_itself_and_the_invoice_says_so(app, ordered):
    from payments.employers.issuing import sums

    assert ordered("exclusive", **ABROAD).status_code == 303
    (invoice,) = invoices(app)
    assert (invoice.cents, invoice.tax_cents, invoice.tax_number) == (480000, 0, "IE6388047V")
    assert sums(invoice)[1] == ("VAT reverse charge: to be accounted for by you, Ireland", "$0")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"country": ""}, "country"),
        ({"postal_code": ""}, "postal_code"),
        (ABROAD | {"tax_number": "12"}, "tax_number"),
        ({"company": ""}, "company"),
    ],
)
def test_without_what_the_tax_depends_on_nothing_is_ordered(app, buyer, ordered, wrong, field):
    answer = ordered("exclusive", **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer) and "PO-1881" in text(answer)
    assert not invoices(app) and buyer.books().orders == []


def test_while_stripe_is_silent_nothing_is_ordered_and_nothing_typed_is_lost(app, ordered, local_stripe):
    local_stripe.faults(api_500=True)
    answer = ordered("exclusive")
    assert answer.status_code == 422 and "try again in a minute" in text(answer) and "PO-1881" in text(answer)


def test_without_the_setting_nobody_is_asked_for_a_country(buyer, by_invoice):
    assert 'name="country"' not in text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert order_by_invoice(buyer, by_invoice).status_code == 303


def test_its_transfers_split_the_tax_and_what_was_too_much_goes_back_without_any(app, buyer, ordered, finance):
    ordered("exclusive")
    assert "$5,760" in text(finance.get(page_of(app)))
    for amount in ("1,000.01", "0.02", "5,000"):
        pay(app, finance, amount)
    came = lines(app)
    assert sum(tax for _, _, tax in came) == 96000
    assert receipt_facts(app)[0]["taxes"][0]["cents"] == 96000
    assert buyer.books().state == "paid"
    assert "order.overpaid" in buyer.books().tasks
    assert "$960" in text(finance.get("/staff/books?period=2026")), "the year in which the transfers came"


def test_all_that_goes_back_of_a_transfer_takes_all_its_tax_along(app, buyer, ordered, finance):
    from payments import taxing
    from payments.models import Payment

    ordered("exclusive")
    pay(app, finance, "6,000")
    with app.app_context():
        payment = db.session.query(Payment).one()
        assert (taxing.of_part(payment, 24000), taxing.of_part(payment, 600000)) == (0, 96000)


def test_a_cancelled_invoice_has_a_credit_note_with_its_tax(app, ordered, finance):
    from payments.models import CreditNote

    ordered("exclusive")
    finance.submit(f"{page_of(app)}/cancel", {"reason": "Changed their minds"}, on=page_of(app))
    with app.app_context():
        note = db.session.query(CreditNote).one()
        assert (note.cents, note.facts["tax_cents"]) == (576000, 96000)


def test_a_dispute_that_is_lost_moves_the_tax_as_a_refund_does(
    app, buyer, taxed, finance, local_stripe, work, bank_acts
):
    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll(), DISPUTED))
    local_stripe.heard()
    work()
    assert sum(tax for _, _, tax in lines(app)) == 96000
    bank_acts("lose")
    work()
    assert lines(app)[-1] == ("dispute_lost", 0, -96000)
    assert (sum(cents for _, cents, _ in lines(app)), sum(tax for _, _, tax in lines(app))) == (0, 0)
    journal = text(finance.get(f"/staff/books/journal.txt?period={buyer.books().order.created_at:%Y}"))
    assert "Liabilities:Sales tax  960.00 USD" in journal and "Expenses:Disputes  -960.00 USD" in journal


def test_a_dispute_that_is_won_moves_none(app, buyer, taxed, local_stripe, work, bank_acts):
    taxed("exclusive")
    buyer.come_back(local_stripe.pay(buyer.enroll(), DISPUTED))
    local_stripe.heard()
    work()
    bank_acts("win")
    assert sum(tax for _, _, tax in lines(app)) == 96000
