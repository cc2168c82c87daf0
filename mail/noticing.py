"""What mail providers tell us later: this letter bounced, this reader complained. Proven first, heard once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.wrappers import Request

from foundation.db import db
from mail import settling
from mail.models import Letter, LetterState, ProviderNotice, StopReason
from mail.sealing import stand_in
from mail.suppressing import digest, stop

FRESH = 300


class Forged(Exception):
    """The notice does not prove that the provider sent it, or can't be read."""


@dataclass(frozen=True, slots=True)
class Notice:
    provider: str
    event_id: str
    reason: StopReason
    address: str


def read_notices(provider: str, request: Request, secret: str, *, at: datetime) -> list[Notice]:
    """The bounces for good and the complaints in a request, about what can be an address. Raises Forged."""
    try:
        return [one for one in PROVIDERS[provider](request, secret, at) if "\0" not in one.address + one.event_id]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Forged(type(error).__name__) from error


def take(notice: Notice, *, at: datetime) -> None:
    """Stop mail to the address and mark its last letter; heard twice it counts once."""
    row = {"provider": notice.provider, "event_id": notice.event_id, "kind": notice.reason, "heard_at": at}
    statement = insert(ProviderNotice).values(**row).on_conflict_do_nothing(index_elements=["provider", "event_id"])
    if db.session.scalar(statement.returning(ProviderNotice.id)) is None:
        return
    stop(digest(notice.address), notice.reason, at=at, source=notice.provider)
    if notice.reason == StopReason.HARD_BOUNCE and (letter := _last_sent(notice.address)):
        settling.bounced(letter, at=at)


def _last_sent(address: str) -> Letter | None:
    query = select(Letter).where(Letter.to_address.in_([address, stand_in(address)]), Letter.state == LetterState.SENT)
    return db.session.scalar(query.order_by(Letter.sent_at.desc(), Letter.id.desc()).limit(1))


def _postmark(request: Request, secret: str, _at: datetime) -> Iterator[Notice]:
    """Postmark sends the user and password that one puts into the webhook's address."""
    given = request.authorization
    if given is None or not hmac.compare_digest(f"{given.username}:{given.password}", secret):
        raise Forged("password")
    event = _loaded(request)
    kinds = {"HardBounce": StopReason.HARD_BOUNCE, "SpamComplaint": StopReason.COMPLAINT}
    if reason := kinds.get(event.get("Type", "")):
        yield Notice("postmark", str(event["ID"]), reason, event["Email"])


def _sendgrid(request: Request, secret: str, at: datetime) -> Iterator[Notice]:
    """SendGrid signs timestamp and body by ECDSA; `secret` is its public key in base64."""
    import base64

    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    stamp = request.headers["X-Twilio-Email-Event-Webhook-Timestamp"]
    signature = base64.b64decode(request.headers["X-Twilio-Email-Event-Webhook-Signature"])
    key = serialization.load_der_public_key(base64.b64decode(secret))
    _must_be_fresh(stamp, at)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(signature, stamp.encode() + request.get_data(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Forged("signature") from None
    kinds = {"bounce": StopReason.HARD_BOUNCE, "spamreport": StopReason.COMPLAINT}
    for event in json.loads(request.get_data()):
        if (reason := kinds.get(event.get("event"))) and event.get("type") != "blocked":
            yield Notice("sendgrid", str(event["sg_event_id"]), reason, event["email"])


def _mailgun(request: Request, secret: str, at: datetime) -> Iterator[Notice]:
    """Mailgun signs timestamp and token by HMAC-SHA256."""
    body = _loaded(request)
    proof, event = body["signature"], body["event-data"]
    wanted = hmac.new(secret.encode(), f"{proof['timestamp']}{proof['token']}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, proof["signature"]):
        raise Forged("signature")
    _must_be_fresh(proof["timestamp"], at)
    for_good = event["event"] == "failed" and event.get("severity") == "permanent"
    if for_good or event["event"] == "complained":
        reason = StopReason.HARD_BOUNCE if for_good else StopReason.COMPLAINT
        yield Notice("mailgun", str(event["id"]), reason, event["recipient"])


def _must_be_fresh(stamp: str, at: datetime) -> None:
    if abs(at.timestamp() - float(stamp)) > FRESH:
        raise Forged("too old")


def _loaded(request: Request) -> dict[str, Any]:
    found = json.loads(request.get_data())
    if not isinstance(found, dict):
        raise Forged("not an object")
    return found


PROVIDERS = {"postmark": _postmark, "sendgrid": _sendgrid, "mailgun": _mailgun}
