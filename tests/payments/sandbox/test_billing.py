"""Instalments at the local Stripe: a schedule that ends a subscription, failing cards, disputes, the portal."""

import time

import pytest
import stripe

MONTH = 31 * 24 * 3600 + 2 * 3600  # longer than any month by the hour after which a bill is collected, and one more
DISPUTED = "4000000000000259"


def buy_instalments(client, driver, card="4242424242424242"):
    """A buyer on a test clock has paid the first of the monthly instalments; (clock, subscription)."""
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": int(time.time())})
    customer = client.v1.customers.create({"email": "buyer@example.com", "test_clock": clock.id})
    price = {"currency": "usd", "unit_amount": 40000, "recurring": {"interval": "month"}}
    price["product_data"] = {"name": "Foundations of Coaching, an instalment"}
    wishes = {
        "mode": "subscription",
        "success_url": "http://127.0.0.1:5000/orders/o1?session_id={CHECKOUT_SESSION_ID}",
        "customer": customer.id,
        "line_items": [{"quantity": 1, "price_data": price}],
        "subscription_data": {"metadata": {"order": "o1"}},
    }
    session = client.v1.checkout.sessions.create(wishes)
    driver.pay(session.url, card)
    done = client.v1.checkout.sessions.retrieve(session.id)
    return clock, client.v1.subscriptions.retrieve(done.subscription)


def end_after(client, subscription, number):
    schedule = client.v1.subscription_schedules.create({"from_subscription": subscription.id})
    first = schedule.phases[0]
    phase = {
        "start_date": first.start_date,
        "items": [{"price": item.price, "quantity": item.quantity} for item in first["items"]],
        "duration": {"interval": "month", "interval_count": number},
    }
    change = {"end_behavior": "cancel", "proration_behavior": "none", "phases": [phase]}
    return client.v1.subscription_schedules.update(schedule.id, change)


def advance(client, clock, seconds):
    frozen = client.v1.test_helpers.test_clocks.retrieve(clock.id).frozen_time
    client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": frozen + seconds})


def invoices(client, subscription, **wishes):
    return client.v1.invoices.list({"subscription": subscription.id} | wishes).data


def let_the_card_fail(client, subscription):
    bad = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": subscription.customer})
    client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})


def test_three_instalments_are_paid_and_never_a_fourth(client, driver):
    clock, subscription = buy_instalments(client, driver)
    end_after(client, subscription, 3)
    for _ in range(5):
        advance(client, clock, MONTH)
    assert [(one.status, one.amount_paid) for one in invoices(client, subscription)] == [("paid", 40000)] * 3
    assert client.v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_a_subscription_without_a_schedule_bills_on(client, driver):
    clock, subscription = buy_instalments(client, driver)
    for _ in range(4):
        advance(client, clock, MONTH)
    assert len(invoices(client, subscription)) > 3


def test_a_card_that_fails_later_leaves_the_invoice_open_and_says_when_it_is_tried_again(client, driver):
    clock, subscription = buy_instalments(client, driver)
    end_after(client, subscription, 3)
    let_the_card_fail(client, subscription)
    advance(client, clock, MONTH)
    (failed,) = invoices(client, subscription, status="open")
    assert failed.next_payment_attempt
    assert client.v1.subscriptions.retrieve(subscription.id).status == "past_due"


def test_a_new_card_pays_the_open_instalment_and_the_plan_is_active_again(client, driver):
    clock, subscription = buy_instalments(client, driver)
    end_after(client, subscription, 3)
    let_the_card_fail(client, subscription)
    advance(client, clock, MONTH)
    (failed,) = invoices(client, subscription, status="open")
    good = client.v1.payment_methods.attach("pm_card_visa", {"customer": subscription.customer})
    paid = client.v1.invoices.pay(failed.id, {"payment_method": good.id})
    assert paid.status == "paid"
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_the_bank_takes_a_disputed_payment_back_and_says_by_when_to_answer(client, driver, session):
    driver.pay(session.url, DISPUTED)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    (dispute,) = client.v1.disputes.list({"payment_intent": intent}).data
    assert (dispute.status, dispute.amount) == ("needs_response", 120000)
    assert dispute.evidence_details.due_by
    lost = client.v1.disputes.close(dispute.id)
    assert lost.status == "lost"


def test_the_portal_is_a_page_of_the_customers_own(client, driver):
    _clock, subscription = buy_instalments(client, driver)
    features = {"invoice_history": {"enabled": True}, "payment_method_update": {"enabled": True}}
    made = client.v1.billing_portal.configurations.create({"features": features})
    wishes = {
        "customer": subscription.customer,
        "configuration": made.id,
        "return_url": "http://127.0.0.1:5000/account",
    }
    portal = client.v1.billing_portal.sessions.create(wishes)
    page = driver.http.get(portal.url, timeout=60)
    assert page.status_code == 200
    assert "Cancel" not in page.text


def test_events_of_a_renewal_come_in_stripes_order(client, driver):
    clock, subscription = buy_instalments(client, driver)
    end_after(client, subscription, 2)
    advance(client, clock, MONTH + 2 * 3600)
    told = [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]
    assert told.count("invoice.paid") == 2
    assert told.index("customer.subscription.created") < told.index("invoice.paid")
    assert isinstance(subscription, stripe.Subscription)


def test_a_paused_plan_makes_void_invoices_that_nobody_is_asked_for_and_goes_on_after_it(client, driver):
    clock, subscription = buy_instalments(client, driver)
    end_after(client, subscription, 5)
    client.v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    for _ in range(2):
        advance(client, clock, MONTH)
    client.v1.subscriptions.update(subscription.id, {"pause_collection": ""})
    advance(client, clock, MONTH)
    assert [one.status for one in invoices(client, subscription)] == ["paid", "void", "void", "paid"]


def test_an_invoice_from_before_the_pause_is_collected_unless_its_advance_is_switched_off(client, driver):
    clock, subscription = buy_instalments(client, driver)
    let_the_card_fail(client, subscription)
    advance(client, clock, MONTH)
    (failed,) = invoices(client, subscription, status="open")
    assert client.v1.invoices.update(failed.id, {"auto_advance": False}).next_payment_attempt is None
    good = client.v1.payment_methods.attach("pm_card_visa", {"customer": subscription.customer})
    client.v1.subscriptions.update(subscription.id, {"default_payment_method": good.id})
    advance(client, clock, 10 * 24 * 3600)
    assert client.v1.invoices.retrieve(failed.id).status == "open"
    client.v1.invoices.update(failed.id, {"auto_advance": True})
    advance(client, clock, 2 * 3600)
    assert client.v1.invoices.retrieve(failed.id).status == "paid"


def test_the_end_of_a_plan_is_its_schedules_alone(client, driver):
    _clock, subscription = buy_instalments(client, driver)
    end_after(client, subscription, 3)
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
