"""Events are told, signed, and delivered until they are taken; and the faults that a school must outlive."""

import time

import pytest
import requests
import stripe

from payments.sandbox.serving import serving
from payments.sandbox.settings import SandboxSettings
from tests.payments.sandbox.conftest import SCHEMA, SECRET, open_session, stripe_client
from tests.payments.sandbox.contract import judge_object
from tests.payments.sandbox.driver import BANK_FAILS, DECLINED, SandboxDriver

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
DONE = "checkout.session.completed"


@pytest.fixture
def paid(client, driver):
    """Sets faults, pays a session, and waits until all is told."""

    def pay(**faults):
        driver.faults(**faults)
        made = open_session(client)
        driver.pay(made.url)
        driver.wait_for_deliveries()
        return made

    return pay


def test_a_payment_is_told_in_four_events_that_are_as_stripe_describes_them(paid, school):
    made = paid()
    assert school.types() == PAID
    assert [breach for event in school.events for breach in judge_object(event)] == []
    told = school.events[-1]["data"]["object"]
    assert (told["id"], told["payment_status"], told["client_reference_id"]) == (made.id, "paid", "o1")


def test_a_decline_and_an_expiry_are_told(client, driver, school):
    made = open_session(client)
    driver.submit(made.url, DECLINED)
    driver.expire(made.id)
    driver.wait_for_deliveries()
    told = ["charge.failed", "payment_intent.payment_failed", "payment_intent.canceled", "checkout.session.expired"]
    assert school.types() == ["payment_intent.created", *told]
    assert [breach for event in school.events for breach in judge_object(event)] == []


def test_every_delivery_carries_a_signature_that_stripes_client_accepts(paid, school):
    paid()
    for body, header in school.taken:
        assert stripe.Webhook.construct_event(body, header, SECRET).object == "event"


def test_one_changed_byte_breaks_the_signature(paid, school):
    paid()
    body, header = school.taken[-1]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(b'"paid"', b'"pald"'), header, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_of_somebody_else")


def test_events_name_the_call_that_made_them(client, driver, school):
    client.v1.customers.create(params={"name": "Ada"}, options={"idempotency_key": "customer:ada"})
    driver.wait_for_deliveries()
    event = school.events[0]
    assert event["request"]["idempotency_key"] == "customer:ada"
    assert event["request"]["id"].startswith("req_")
    assert event["api_version"] == "2026-10-28.endive"


def test_what_is_not_taken_comes_again_until_it_is(paid, school):
    school.answers = [500, 302, 200]
    paid()
    ids = [event["id"] for event in school.events]
    assert len(ids) == 6
    assert len(set(ids)) == 4


def test_after_the_last_try_a_delivery_has_failed_and_a_person_can_send_it_again(client, driver, school):
    school.answers = [500] * 4
    client.v1.customers.create(params={"name": "Ada"})
    failed = driver.wait_for_deliveries()[0]
    assert (failed["state"], failed["attempts"]) == ("failed", 4)
    assert client.v1.events.list({"delivery_success": False}).data[0].type == "customer.created"
    driver.resend(failed["id"])
    assert driver.wait_for_deliveries()[0]["state"] == "delivered"
    assert client.v1.events.list({"delivery_success": False}).data == []


def test_events_can_be_listed_by_type_time_and_page(client, paid):
    made = paid()
    since = {"gte": int(time.time()) - 60}
    found = client.v1.events.list({"types": [DONE, "charge.succeeded"], "created": since}).data
    assert [event.type for event in found] == [DONE, "charge.succeeded"]
    assert client.v1.events.list({"created": {"gte": int(time.time()) + 60}}).data == []
    oldest = list(client.v1.events.list({"limit": 1}).auto_paging_iter())[-1]
    newer = client.v1.events.list({"ending_before": oldest.id, "limit": 2}).auto_paging_iter()
    assert [event.type for event in newer] == PAID[1:]
    assert client.v1.events.retrieve(found[0].id).data.object.id == made.id


def test_the_endpoint_can_be_listed(client, school):
    assert [(e.url, e.status) for e in client.v1.webhook_endpoints.list().data] == [(school.url, "enabled")]


def test_fault_duplicate_delivers_one_event_twice(paid, school):
    paid(duplicate={"types": [DONE]})
    ids = [event["id"] for event in school.events if event["type"] == DONE]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_fault_twin_event_tells_one_change_with_two_ids(paid, school):
    paid(twin_event={"types": [DONE], "times": 1})
    twins = [event for event in school.events if event["type"] == DONE]
    assert len({event["id"] for event in twins}) == 2
    assert twins[0]["data"] == twins[1]["data"]


def test_fault_reorder_delivers_the_newest_first(paid, school):
    paid(reorder={"seconds": 0.5})
    assert school.types() == PAID[::-1]


def test_fault_delay_delivers_later(paid, school):
    began = time.monotonic()
    paid(delay={"seconds": 1, "types": [DONE]})
    assert school.types() == PAID
    assert time.monotonic() - began > 1


def test_fault_drop_tells_nobody_but_the_event_is_there(client, paid, school):
    paid(drop=True)
    assert school.types() == []
    assert len(client.v1.events.list({"delivery_success": False}).data) == 4


def test_fault_times_ends_by_itself(paid, school, driver):
    paid(drop=3)
    assert school.types() == [DONE]
    assert driver.faults() == {}


def test_fault_old_timestamp_is_refused_by_stripes_client(paid, school):
    paid(old_timestamp=True)
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        school.verified(0)


def test_fault_two_signatures_is_accepted_by_the_right_one(paid, school):
    paid(two_signatures=True)
    assert school.taken[0][1].count("v1=") == 2
    school.verified(0)


def test_fault_wrong_signature_is_refused(paid, school):
    paid(wrong_signature=True)
    with pytest.raises(stripe.SignatureVerificationError):
        school.verified(0)


def test_fault_ignore_first_answer_delivers_again(paid, school):
    paid(ignore_first_answer={"types": [DONE]})
    assert school.types().count(DONE) == 2


def test_a_switch_that_is_not_there_is_refused(driver):
    for wrong in (
        {"explode": True},
        {"drop": {"colour": "red"}},
        {"drop": "often"},
        {"delay": {"seconds": "nan"}},
        {"drop": 10**30},
        ["drop"],
    ):
        assert requests.post(f"{driver.base_url}/_faults", json=wrong, timeout=60).status_code == 400


def test_the_switches_can_be_set_on_the_page(driver):
    form = {"on": ["drop", "delay"], "times_drop": "2", "seconds_delay": "7"}
    requests.post(f"{driver.base_url}/control/faults", form, timeout=60)
    switched = requests.get(f"{driver.base_url}/_faults", timeout=60).json()
    assert (switched["drop"]["times"], switched["delay"]["seconds"]) == (2, 7)


def test_a_delayed_payment_clears_by_itself_when_its_time_has_come(books, school):
    settings = SandboxSettings(
        database=books, port=0, schema=SCHEMA, webhook_url=school.url, webhook_secret=SECRET, clears_after=3600
    )
    with serving(settings) as address:
        client, driver = stripe_client(address), SandboxDriver(address)
        made = [open_session(client), open_session(client)]
        driver.pay_by_bank(made[0].url)
        driver.pay_by_bank(made[1].url, BANK_FAILS["usd"])
        driver.advance(3600)
        driver.wait_for_deliveries()
        states = [client.v1.checkout.sessions.retrieve(one.id).payment_status for one in made]
        driver.reset()
    assert states == ["paid", "unpaid"]
    assert {"checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"} <= set(school.types())


def test_only_the_events_that_the_endpoint_wants_are_delivered(books, school):
    settings = SandboxSettings(
        database=books, port=0, schema=SCHEMA, webhook_url=school.url, webhook_events=(DONE,), poll_every=0.05
    )
    with serving(settings) as address:
        client, driver = stripe_client(address), SandboxDriver(address)
        driver.pay(open_session(client).url)
        driver.wait_for_deliveries()
        told = client.v1.events.list().data
        driver.reset()
    assert school.types() == [DONE]
    assert len(told) == 4
