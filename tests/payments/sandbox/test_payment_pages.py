"""The two addresses that Stripe's own command line pays a session with; the steps are those of its fixtures."""

import requests

KEY = {"Authorization": "Bearer sk_test_x"}


def confirm(address, session, method, amount=120000):
    form = {"payment_method": method, "expected_amount": amount}
    return requests.post(f"{address}/v1/payment_pages/{session.id}/confirm", form, headers=KEY, timeout=60)


def test_a_session_is_paid_in_the_steps_of_the_command_line(address, client, session):
    page = requests.get(f"{address}/v1/payment_pages/{session.id}", headers=KEY, timeout=60).json()
    assert (page["status"], page["amount_total"]) == ("open", 120000)
    method = client.v1.payment_methods.create(params={"type": "card", "card": {"token": "tok_visa"}})
    assert confirm(address, session, method.id).json()["payment_status"] == "paid"
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert confirm(address, session, method.id).status_code == 400


def test_another_amount_than_is_due_is_refused(address, client, session):
    assert confirm(address, session, "pm_card_visa", 1).json()["error"]["param"] == "expected_amount"
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_a_declined_card_leaves_the_session_open(address, client, session):
    declined = confirm(address, session, "pm_card_visa_chargeDeclined")
    assert (declined.status_code, declined.json()["error"]["decline_code"]) == (402, "generic_decline")
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.payment_intents.list().data[0].status == "requires_payment_method"
