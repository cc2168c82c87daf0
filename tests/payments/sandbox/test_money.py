"""Payments without a page, refunds, and the small change of the API."""

from typing import Any

import pytest
import stripe

from tests.payments.sandbox.conftest import open_session


def intent(client, method="pm_card_visa", **more):
    params = {"amount": 1000, "currency": "usd", "payment_method": method, "confirm": True, **more}
    return client.v1.payment_intents.create(params=params)


def test_a_payment_can_be_made_confirmed_and_cancelled(client):
    made = client.v1.payment_intents.create(params={"amount": 1000, "currency": "usd"})
    assert made.status == "requires_payment_method"
    done = client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert (done.status, done.amount_received) == ("succeeded", 1000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.cancel(made.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    other = client.v1.payment_intents.create(params={"amount": 1000, "currency": "usd"})
    assert client.v1.payment_intents.cancel(other.id).status == "canceled"
    assert [i.id for i in client.v1.payment_intents.list().data] == [other.id, made.id]


def test_a_declined_payment_says_why_and_keeps_the_failed_charge(client):
    with pytest.raises(stripe.CardError) as refused:
        intent(client, "pm_card_visa_chargeDeclinedInsufficientFunds")
    error: Any = refused.value.error
    assert (refused.value.http_status, error.code, error.decline_code) == (402, "card_declined", "insufficient_funds")
    assert error.payment_intent.status == "requires_payment_method"
    assert client.v1.charges.retrieve(error.charge).failure_code == "card_declined"


def test_three_d_secure_is_asked_of_a_payment_too(client):
    made = intent(client, "pm_card_threeDSecure2Required")
    assert made.status == "requires_action"
    assert made.next_action.redirect_to_url.url.endswith(made.id)


def test_a_payment_method_is_made_from_a_card_or_an_account(client):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
    made = client.v1.payment_methods.create(params={"type": "card", "card": card})
    assert client.v1.payment_methods.retrieve(made.id).card.last4 == "4242"
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.create(params={"type": "card", "card": {**card, "number": "4242424242424241"}})
    iban = {"type": "sepa_debit", "sepa_debit": {"iban": "AT611904300234573201"}}
    assert client.v1.payment_methods.create(params=iban).sepa_debit.country == "AT"


def test_refunds_go_up_to_the_charge_and_not_a_cent_further(client, driver, school):
    paid = intent(client)
    first = client.v1.refunds.create(params={"payment_intent": paid.id, "amount": 300, "metadata": {"by": "desk"}})
    assert (first.status, first.amount) == ("succeeded", 300)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as refused:
        client.v1.refunds.create(params={"payment_intent": paid.id, "amount": 701})
    assert refused.value.param == "amount"
    rest = client.v1.refunds.create(params={"charge": paid.latest_charge})
    assert rest.amount == 700
    assert client.v1.charges.retrieve(paid.latest_charge).refunded
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(params={"charge": paid.latest_charge})
    assert refused.value.code == "charge_already_refunded"
    assert [r.id for r in client.v1.refunds.list({"payment_intent": paid.id}).data] == [rest.id, first.id]
    assert client.v1.refunds.retrieve(first.id).metadata["by"] == "desk"
    driver.wait_for_deliveries()
    assert school.types()[-4:] == ["refund.created", "charge.refunded"] * 2


def test_a_refund_can_come_back_days_later(client, driver, school):
    paid = intent(client)
    refund = client.v1.refunds.create(params={"payment_intent": paid.id})
    driver.fail_refund(refund.id)
    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    assert client.v1.charges.retrieve(paid.latest_charge).amount_refunded == 0
    driver.wait_for_deliveries()
    assert school.types()[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]


def test_a_refund_in_the_dashboard_is_told(client, driver, school):
    made = open_session(client)
    driver.pay(made.url)
    driver.refund(made.id, 500)
    driver.refund(made.id)
    assert [r.amount for r in client.v1.refunds.list().data] == [119500, 500]


def test_money_in_and_out_is_in_the_balance(client):
    paid = intent(client)
    client.v1.refunds.create(params={"payment_intent": paid.id, "amount": 400})
    lines = client.v1.balance_transactions.list().data
    assert [(line.type, line.amount, line.fee) for line in lines] == [("refund", -400, 0), ("charge", 1000, 59)]


def test_customers_are_made_changed_and_found(client):
    made = client.v1.customers.create(params={"email": "ada@example.com", "metadata": {"a": "1", "b": "2"}})
    changed = client.v1.customers.update(made.id, {"name": "Ada", "metadata": {"a": ""}})
    assert (changed.name, changed.metadata.to_dict()) == ("Ada", {"b": "2"})
    assert [c.id for c in client.v1.customers.list({"email": "ada@example.com"}).data] == [made.id]
    assert client.v1.customers.list({"email": "bo@example.com"}).data == []


def test_products_and_prices_are_made_changed_and_found(client):
    product = client.v1.products.create(params={"name": "Workbook"})
    price = client.v1.prices.create(
        params={"product": product.id, "currency": "usd", "unit_amount": 1500, "lookup_key": "workbook"}
    )
    assert client.v1.prices.list({"lookup_keys": ["workbook"]}).data[0].id == price.id
    assert not client.v1.prices.update(price.id, {"active": False}).active
    assert client.v1.products.update(product.id, {"name": "The Workbook"}).name == "The Workbook"
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        open_session(client, line_items=[{"price": price.id, "quantity": 1}])


def test_a_coupon_takes_its_share_off(client):
    coupon = client.v1.coupons.create(params={"percent_off": 25, "duration": "once"})
    made = open_session(client, discounts=[{"coupon": coupon.id}])
    assert (made.amount_subtotal, made.amount_total, made.total_details.amount_discount) == (120000, 90000, 30000)
