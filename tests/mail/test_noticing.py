import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select

from foundation.db import db
from mail.models import Letter, Suppression

TO = "reader@example.com"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.fixture
def secrets(app, monkeypatch):
    known = ("postmark=hook:pass=word", "mailgun=k", f"sendgrid={PUBLIC}")
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], mail_webhooks=known))


def stops(app):
    with app.app_context():
        return [s.reason for s in db.session.scalars(select(Suppression).order_by(Suppression.id))]


def test_a_provider_we_do_not_know_or_hold_no_secret_of_is_not_there(client):
    assert client.post("/webhooks/mail/pigeon", json={}).status_code == 404
    assert client.post("/webhooks/mail/postmark", json={}).status_code == 404


def test_a_bounce_marks_the_letter_and_stops_the_address_once(client, app, school, mailbox, secrets):
    letter = school.letter(TO)
    mailbox.deliver()
    event = {"Type": "HardBounce", "ID": 7, "Email": TO}
    for _ in range(2):
        assert client.post("/webhooks/mail/postmark", json=event, auth=("hook", "pass=word")).status_code == 200
    assert stops(app) == ["hard_bounce"]
    with app.app_context():
        assert db.session.get(Letter, letter.id).state == "failed"


@pytest.mark.parametrize("auth", [None, ("hook", "wrong"), ("", "")])
def test_a_notice_without_the_right_password_costs_nothing(client, app, secrets, auth):
    event = {"Type": "HardBounce", "ID": 7, "Email": TO}
    assert client.post("/webhooks/mail/postmark", json=event, auth=auth).status_code == 400
    assert stops(app) == []


def mailgun(school, key=b"k", **changed):
    stamp = str(int(school.now().timestamp()))
    proof = hmac.new(key, f"{stamp}tok".encode(), hashlib.sha256).hexdigest()
    event = {"event": "complained", "id": "x1", "recipient": TO} | changed
    return {"signature": {"timestamp": stamp, "token": "tok", "signature": proof}, "event-data": event}


def test_a_signed_complaint_stops_news(client, app, school, secrets):
    assert client.post("/webhooks/mail/mailgun", json=mailgun(school)).status_code == 200
    assert stops(app) == ["complaint"]
    assert client.post("/webhooks/mail/mailgun", json=mailgun(school, key=b"other")).status_code == 400


@pytest.mark.parametrize("changed", [{"recipient": "rea\0der@example.com"}, {"id": "x\0"}])
def test_a_signed_notice_about_what_can_be_no_address_is_taken_and_stops_nothing(client, app, school, secrets, changed):
    assert client.post("/webhooks/mail/mailgun", json=mailgun(school, **changed)).status_code == 200
    assert stops(app) == []


def test_a_bounce_for_now_stops_nothing(client, app, school, secrets):
    event = mailgun(school, event="failed", severity="temporary")
    assert client.post("/webhooks/mail/mailgun", json=event).status_code == 200
    assert stops(app) == []


def sendgrid(school, age=0):
    body = json.dumps([{"event": "bounce", "sg_event_id": "e1", "email": TO}]).encode()
    stamp = str(int(school.now().timestamp()) - age)
    signature = base64.b64encode(KEY.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    head = "X-Twilio-Email-Event-Webhook-"
    return {"data": body, "headers": {f"{head}Timestamp": stamp, f"{head}Signature": signature}}


def test_a_signed_list_of_events_is_read_and_an_old_or_changed_one_refused(client, app, school, secrets):
    assert client.post("/webhooks/mail/sendgrid", **sendgrid(school, age=900)).status_code == 400
    changed = sendgrid(school) | {"data": b"[]"}
    assert client.post("/webhooks/mail/sendgrid", **changed).status_code == 400
    assert stops(app) == []
    assert client.post("/webhooks/mail/sendgrid", **sendgrid(school)).status_code == 200
    assert stops(app) == ["hard_bounce"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"', b"null"])
@pytest.mark.parametrize("provider", ["postmark", "mailgun", "sendgrid"])
def test_garbled_notices_get_400_and_cost_nothing(client, app, secrets, provider, body):
    assert client.post(f"/webhooks/mail/{provider}", data=body, auth=("hook", "pass=word")).status_code == 400
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Suppression)) == 0
