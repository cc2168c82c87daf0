"""The webhook: only what Stripe signed, just now, for this mode; kept once, and free of charge until it is proved."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from foundation.config import LOCAL_WEBHOOK_SECRET
from foundation.db import db


def an_event(**other):
    about = {"id": "cs_test_1", "object": "checkout.session", "client_reference_id": "nobody", "metadata": {}}
    event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": int(time.time())}
    return event | {"livemode": False, "api_version": "2026-10-28.endive", "data": {"object": about}} | other


def deliver(client, body, header):
    headers = {"Stripe-Signature": header} if header is not None else {}
    return client.post("/webhooks/stripe", data=body, headers=headers, content_type="application/json")


def signed(event, secret=LOCAL_WEBHOOK_SECRET, ago=0):
    """A body and its signature, made as Stripe makes it: over the very bytes."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    at = int(time.time()) - ago
    return body, f"t={at},v1={hmac.new(secret.encode(), b'%d.' % at + body, hashlib.sha256).hexdigest()}"


def kept(app):
    from payments.models import StripeEvent

    with app.app_context():
        return list(db.session.scalars(select(StripeEvent.event_id).order_by(StripeEvent.id)))


def two_signatures():
    body, right = signed(an_event())
    return body, f"{signed(an_event(), 'whsec_old')[1]},{right.split(',', 1)[1]}"


def changed():
    body, header = signed(an_event())
    return body.replace(b"evt_1", b"evt_2"), header


BAD = {
    "no signature": lambda: (signed(an_event())[0], None),
    "a blank one": lambda: (signed(an_event())[0], ""),
    "a wrong secret": lambda: signed(an_event(), "whsec_wrong"),
    "301 seconds old": lambda: signed(an_event(), ago=301),
    "from the far future": lambda: signed(an_event(), ago=-400),
    "one byte changed": changed,
    "not UTF-8": lambda: signed(b'{"id": "\xff\xfe"}'),
    "not JSON": lambda: signed(b"garbled"),
    "a list": lambda: signed([1, 2]),
    "a thin event": lambda: signed({"id": "evt_1", "object": "v2.core.event", "type": "v1.x"}),
    "an event about nothing": lambda: signed(an_event(data={})),
    "an event without an id": lambda: signed(an_event(id=None)),
    "no time": lambda: (signed(an_event())[0], "v1=" + "0" * 64),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_stripe_did_not_just_sign_is_refused_and_costs_no_statement(app, client, queries, bad):
    body, header = BAD[bad]()
    with queries() as q:
        answer = deliver(client, body, header)
    assert answer.status_code == 400
    assert q.count == 0
    assert kept(app) == []


def test_a_body_of_more_than_half_a_megabyte_is_refused_and_costs_nothing(app, client, queries):
    with queries() as q:
        assert deliver(client, b"x" * 600_000, f"t={int(time.time())},v1=0").status_code == 413
    assert q.count == 0


def knock(app, body, **environ):
    """A POST at Stripe's door as a server hands it over; whatever would be asked behind the door raises."""
    from payments.doorkeeping import PATH, Doorkeeper

    keeper, said = Doorkeeper(app), []
    keeper.inside = lambda *_: pytest.fail("the application was asked")
    asked = {"PATH_INFO": PATH, "REQUEST_METHOD": "POST", "wsgi.input": body} | environ
    list(keeper(asked, lambda status, headers: said.append(status)))
    return said


class Unread:
    def read(self, *_):
        pytest.fail("its body was read")


@pytest.mark.parametrize("header", ["", "t=1,v1=0", "v1=0", "t=99999999999,v1=0"])
def test_a_message_whose_time_gives_it_away_is_not_even_read(app, header):
    assert knock(app, Unread(), HTTP_STRIPE_SIGNATURE=header, CONTENT_LENGTH="100") == ["400 Bad Request"]


def test_a_forged_message_never_reaches_the_application(app):
    body, header = signed(an_event(), "whsec_wrong")
    told = {"HTTP_STRIPE_SIGNATURE": header, "CONTENT_LENGTH": str(len(body))}
    assert knock(app, BytesIO(body), **told) == ["400 Bad Request"]


def test_of_a_body_without_a_length_no_more_is_read_than_we_take(app):
    body = BytesIO(b"x" * 2_000_000)
    told = {"HTTP_STRIPE_SIGNATURE": f"t={int(time.time())},v1=0", "wsgi.input_terminated": True}
    assert knock(app, body, **told)[0].startswith("413")
    assert body.tell() < 600_000


def test_a_proxy_may_hand_stripes_message_on_in_chunks(app, client):
    body, header = signed(an_event())
    chunks = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "wsgi.input": BytesIO(body)}
    answer = client.post("/webhooks/stripe", headers={"Stripe-Signature": header}, environ_overrides=chunks)
    assert (answer.status_code, kept(app)) == (200, ["evt_1"])


def test_a_flood_writes_one_line_a_minute_that_says_how_many_there_were():
    from payments.doorkeeping import Refusals

    start, refusals = datetime(2026, 11, 25, tzinfo=UTC), Refusals()
    told = [refusals.untold(at=start + timedelta(seconds=n / 10)) for n in range(601)]
    assert [n for n in told if n] == [1, 600]


def test_nobody_can_call_a_message_proved_by_a_header(client):
    headers = {"practicum.proved": "{}", "Practicum-Proved": "{}"}
    assert client.post("/webhooks/stripe", data=b"{}", headers=headers).status_code == 400


def test_while_a_secret_is_rolled_either_signature_is_enough(app, client):
    assert deliver(client, *two_signatures()).status_code == 200
    assert kept(app) == ["evt_1"]


def test_an_event_of_the_other_mode_is_refused_as_a_conflict(app, client):
    assert deliver(client, *signed(an_event(livemode=True))).status_code == 409
    assert kept(app) == []


def test_an_event_is_kept_once_with_one_statement_to_write_it(app, client, queries):
    body, header = signed(an_event())
    with queries() as q:
        assert deliver(client, body, header).status_code == 200
    assert q.count == 1
    assert deliver(client, body, header).status_code == 200
    assert kept(app) == ["evt_1"]


def states(app):
    from payments.models import StripeEvent

    with app.app_context():
        return [str(state) for state in db.session.scalars(select(StripeEvent.state).order_by(StripeEvent.id))]


def test_what_was_never_ours_is_ignored_without_asking_stripe(app, client, work):
    for number, (type_, name) in enumerate([("checkout.session.completed", "checkout.session"), ("x.y", "payout")]):
        about = {"id": f"x_{number}", "object": name, "client_reference_id": "another-shop", "metadata": {}}
        deliver(client, *signed(an_event(id=f"evt_{number}", type=type_, data={"object": about})))
    work()
    assert states(app) == ["ignored", "ignored"]


def test_an_order_of_ours_that_is_not_there_is_tried_again_and_after_a_day_put_before_staff(app, client, work):
    from foundation.escalating import StaffTask
    from tests.turning import travel

    about = {"id": "cs_1", "object": "checkout.session", "client_reference_id": "gone", "metadata": {"order": "gone"}}
    deliver(client, *signed(an_event(data={"object": about})))
    work()
    assert states(app) == ["waiting"]
    with travel(time.time() + 25 * 3600):
        work()
    assert states(app) == ["dead"]
    with app.app_context():
        assert db.session.scalars(select(StaffTask.kind)).all() == ["stripe.event_dead"]


def test_events_that_stripe_could_not_deliver_are_fetched(app, buyer, local_stripe, work, run_task):
    local_stripe.faults(drop=True)
    local_stripe.pay(buyer.enroll())
    assert kept(app) == []
    assert run_task("fetch_missed_events") >= 0


def test_the_runbook_names_every_event_the_school_listens_to():
    from pathlib import Path

    from payments.gateway import TOLD

    runbook = (Path(__file__).parents[2] / "docs" / "runbooks" / "stripe.md").read_text("utf-8")
    listed = [word for line in runbook.splitlines() if line.startswith("    ") for word in line.split()]
    assert sorted(listed) == sorted(TOLD)


def test_an_event_that_spells_what_no_text_can_hold_is_kept_without_it(app, client):
    from payments.models import StripeEvent

    event = an_event(
        data={"object": {"id": "cs_test_1", "object": "checkout.session", "metadata": {"n": "A\0\ud800b 🎓"}}}
    )
    assert deliver(client, *signed(event)).status_code == 200
    with app.app_context():
        told = db.session.scalars(select(StripeEvent)).one()
        assert "A" in str(told.payload) and "\0" not in str(told.payload)


def test_a_signed_body_without_end_is_refused(client):
    assert deliver(client, *signed(b"[" * 100_000)).status_code == 400
