"""Every call: who may make it, how often it is done, and what happens when the line is bad."""

import threading
from typing import Any

import pytest
import requests
import stripe

from tests.payments.sandbox.conftest import open_session, stripe_client


def post(address, path, data, **headers):
    headers = {"Authorization": "Bearer sk_test_x", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return requests.post(address + path, data, headers=headers, timeout=60)


def test_no_key_and_a_wrong_key_are_refused(address):
    assert requests.get(f"{address}/v1/charges", timeout=60).status_code == 401
    live = stripe.StripeClient("sk_live_abcdef", base_addresses={"api": address})
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        live.v1.charges.list()
    assert requests.get(f"{address}/v1/charges", auth=("sk_test_x", ""), timeout=60).status_code == 200


def test_an_unknown_address_is_refused_in_stripes_words(address, wrong_on_purpose):
    answer = post(address, "/v1/rockets", {})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith("Unrecognized request URL (POST: /v1/rockets)")


def test_each_answer_names_its_request_and_the_version(address):
    answer = post(address, "/v1/customers", {}, Stripe_Version="2026-05-27.dahlia")
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-05-27.dahlia"


def test_the_same_key_gives_the_same_answer_and_one_object(address, client):
    first = post(address, "/v1/customers", {"name": "Ada"}, Idempotency_Key="k1")
    second = post(address, "/v1/customers", {"name": "Ada"}, Idempotency_Key="k1")
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(client.v1.customers.list().data) == 1


def test_the_same_key_with_other_parameters_is_an_error(client):
    client.v1.customers.create(params={"name": "Ada"}, options={"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError, match="can only be used with the same parameters") as refused:
        client.v1.customers.create(params={"name": "Bo"}, options={"idempotency_key": "k1"})
    assert refused.value.http_status == 400


def test_a_declined_card_is_kept_under_its_key_but_a_refused_parameter_is_not(client, wrong_on_purpose):
    declined = {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa_chargeDeclined", "confirm": True}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(params=declined, options={"idempotency_key": "pay"})
    assert len(client.v1.payment_intents.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create(params={"bogus": "1"}, options={"idempotency_key": "late"})
    assert client.v1.customers.create(params={"name": "Ada"}, options={"idempotency_key": "late"}).name == "Ada"


def test_two_calls_with_one_key_at_once_do_the_work_once(address, client, driver):
    driver.faults(api_slow={"seconds": 1.5, "times": 2})
    answers = []
    calls = [
        threading.Thread(target=lambda: answers.append(post(address, "/v1/customers", {}, Idempotency_Key="k")))
        for _ in range(2)
    ]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    conflict = next(a for a in answers if a.status_code == 409).json()["error"]
    assert conflict["code"] == "idempotency_key_in_use"
    assert len(client.v1.customers.list().data) == 1


def test_fault_500_is_outlived_by_a_client_that_tries_again(address, driver):
    driver.faults(api_500=1)
    with pytest.raises(stripe.APIError):
        stripe_client(address).v1.customers.list()
    driver.faults(api_500={"times": 2, "path": "/v1/customers"})
    assert stripe_client(address, retries=2).v1.customers.create(params={"name": "Ada"}).name == "Ada"


def test_fault_429_is_a_rate_limit_error(client, driver):
    driver.faults(api_429=1)
    with pytest.raises(stripe.RateLimitError):
        client.v1.customers.list()
    assert client.v1.customers.list().data == []


def test_fault_timeout_does_nothing_and_hangs_up(client, driver):
    driver.faults(api_timeout={"seconds": 0.3, "times": 1})
    with pytest.raises(stripe.APIConnectionError):
        open_session(client)
    assert client.v1.checkout.sessions.list().data == []


def test_fault_answer_lost_does_the_work_and_the_same_key_finds_it(address, client, driver):
    driver.faults(answer_lost={"times": 1, "path": "/v1/checkout/sessions"})
    with pytest.raises(stripe.APIConnectionError):
        open_session(client)
    assert len(client.v1.checkout.sessions.list().data) == 1
    driver.faults(answer_lost=1)
    again = stripe_client(address, retries=2)
    made = again.v1.customers.create(params={"name": "Ada"})
    assert [customer.id for customer in client.v1.customers.list().data] == [made.id]


@pytest.mark.parametrize(
    "body",
    ["name=%00", "metadata[a]=%00", "a[b=1", "a]=1", "[x]=1", "a[b]=1&a=2", "a=1&a[b]=2", "x" + "[y]" * 40 + "=1"],
)
def test_a_garbled_body_is_refused_and_harms_nothing(address, wrong_on_purpose, body):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = post(address, "/v1/customers", body, **headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "path", ["/v1/customers/%00", "/c/pay/%00", "/c/pay/nobody", "/v1/events/%F0%9F%92%A9", "/3d-secure/x"]
)
def test_an_address_of_nothing_is_not_found(address, wrong_on_purpose, path):
    answer = requests.get(address + path, headers={"Authorization": "Bearer sk_test_x"}, timeout=60)
    assert answer.status_code == 404


@pytest.mark.parametrize("advance", [-1, "1", None, 10**12, 1.5])
def test_the_clock_takes_whole_seconds_forward(address, advance):
    assert requests.post(f"{address}/_clock", json={"advance": advance}, timeout=60).status_code == 400


def test_a_control_that_can_not_be_done_says_so(address):
    ask: Any = {"headers": {"Accept": "application/json"}, "timeout": 10}
    for path in ("sessions/cs_none/expire", "sessions/cs_none/clear", "refunds/re_none/fail"):
        answer = requests.post(f"{address}/control/{path}", **ask)
        assert (answer.status_code, "No such" in answer.json()["said"]) == (400, True)
    for path in ("sessions/cs_none/explode", "deliveries/7/resend", f"deliveries/{2**70}/resend"):
        assert requests.post(f"{address}/control/{path}", **ask).status_code == 404
