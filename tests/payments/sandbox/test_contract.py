"""Stripe's own description is the judge, and it can say no."""

import io
import json
import urllib.parse

import pytest

from tests.payments.sandbox.contract import (
    ContractRecorder,
    judge_answer,
    judge_object,
    judge_request,
)

SESSIONS = "/v1/checkout/sessions"
GOOD = {
    "mode": "payment",
    "success_url": "https://example.com/ok",
    "line_items[0][price]": "p",
    "expand[]": "line_items",
}


def asked(**more):
    return judge_request("POST", SESSIONS, "", urllib.parse.urlencode({**GOOD, **more}))


def test_a_right_request_passes():
    assert asked() == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mode": "paiement"}, "mode is none of"),
        ({"clientreference": "1"}, "clientreference is unknown to Stripe"),
        ({"line_items[0][quantity]": "two"}, "line_items[0].quantity is no integer"),
        ({"line_items[0][amount]": "2"}, "line_items[0].amount is unknown"),
        ({"allow_promotion_codes": "yes"}, "allow_promotion_codes is no boolean"),
        ({"subscription_data[cancel_at]": "1"}, "subscription_data.cancel_at is unknown"),
        ({"client_reference_id": "x" * 201}, "client_reference_id is longer than 200"),
        ({"line_items[0][price_data][unit_amount]": "5"}, "line_items[0].price_data lacks currency"),
    ],
)
def test_a_wrong_request_is_named(wrong, words):
    breaches = asked(**wrong)
    assert len(breaches) == 1
    assert words in breaches[0]


def test_an_unknown_query_and_an_unknown_call_are_named():
    assert judge_request("GET", SESSIONS, "paid=true", "") == [f"GET {SESSIONS}: paid is unknown to Stripe"]
    assert judge_request("POST", "/v1/nothing", "", "") == ["POST /v1/nothing: Stripe has no such call"]


def test_an_answer_that_is_not_stripes_is_named(client, session):
    right = client.v1.checkout.sessions.retrieve(session.id).to_dict()
    assert judge_object(json.loads(json.dumps(right))) == []
    for name, value in (("status", "finished"), ("amount_total", "12"), ("seat", 3)):
        assert judge_answer("GET", f"{SESSIONS}/{session.id}", 200, right | {name: value})
    del right["payment_status"]
    assert judge_answer("GET", f"{SESSIONS}/{session.id}", 200, right)


def test_the_recorder_fails_a_test_whose_calls_are_wrong():
    def answers_anything(_environ, start_response):
        start_response("200 OK", [])
        return [b'{"object": "list"}']

    recorder = ContractRecorder(answers_anything)
    environ = {"PATH_INFO": SESSIONS, "REQUEST_METHOD": "GET", "QUERY_STRING": "limit=x", "wsgi.input": io.BytesIO()}
    list(recorder(environ, lambda *_: None))
    with pytest.raises(AssertionError, match="limit is no integer"):
        recorder.check()
    assert any("lacks data" in breach for breach in recorder.breaches)
