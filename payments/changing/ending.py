"""Ending a course for a view: it ends and that is kept, then what the rules give is sent, each step kept by itself."""

from __future__ import annotations

from accounts.models import User
from foundation.clock import now
from foundation.db import db
from payments import sending_back
from payments.changing import stopping


def end_now(order_id: int, *, seen: int, reason: str, actor: User) -> str:
    """What became of the money, in words. Raises Refused as `stopping.stop` does; then nothing was kept."""
    _, asked = stopping.stop(order_id, seen=seen, reason=reason, actor=actor, at=now())
    db.session.commit()
    sending = sending_back.Sending(asked)
    for _ in sending.steps(at=now()):
        db.session.commit()
    return " ".join(words for words, _ in sending.told)
