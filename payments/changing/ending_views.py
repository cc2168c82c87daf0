"""What the pages of trainee and staff do alike that end a course."""

from __future__ import annotations

from accounts.models import User
from foundation.clock import now
from foundation.db import db
from payments import sending_back
from payments.changing import stopping
from payments.changing.choosing import changes_of
from payments.fee_views import is_still_open
from payments.models import EnrollmentOrder


def may_stop(order: EnrollmentOrder) -> bool:
    """Close the page of a fee that is not wanted any more; False, with words, where they are to look again first."""
    pending = next((change for change in changes_of(order.id) if change.is_open), None)
    return pending is None or is_still_open(pending)


def end_now(order_id: int, *, seen: int, reason: str, actor: User) -> str:
    """It ends, then what the rules give is sent, each step kept by itself; what became of the money, in words.

    Raises Refused as `stopping.stop` does; then nothing was kept.
    """
    _, asked = stopping.stop(order_id, seen=seen, reason=reason, actor=actor, at=now())
    db.session.commit()
    sending = sending_back.Sending(asked)
    for _ in sending.steps(at=now()):
        db.session.commit()
    return " ".join(words for words, _ in sending.told)
