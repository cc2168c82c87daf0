"""Deciding: a make-up is accepted or comes back with a reason; what was accepted is taken back by a new line."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from courseware.attending import latest_mark, lock_class
from courseware.makeups.letters import promise_decision
from courseware.makeups.settling import take_line_back, write_line
from courseware.models import MAKE_UP_MOVES, MakeUp, MakeUpState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

WORDS = {
    MakeUpState.HANDED_IN: "waits",
    MakeUpState.ACCEPTED: "accepted",
    MakeUpState.RETURNED: "returned",
    MakeUpState.WITHDRAWN: "withdrawn by its trainee",
    MakeUpState.TAKEN_BACK: "taken back",
}


def accept(made: MakeUp, *, actor: User, at: datetime) -> bool:
    """Add exactly the minutes that are missing now. Whether anything changed; raises Refused."""
    if not _move(made, MakeUpState.ACCEPTED, actor, at):
        return False
    mark = latest_mark(made.live_class_id, made.enrollment_id)
    if mark is None or mark.minutes >= made.live_class.minutes:
        raise Refused("Nothing is missing: by the sheet this person was there all the time.")
    write_line(made, mark.minutes, mark=mark.number, actor=actor, at=at)
    record("make_up.accepted", subject=made, actor=actor, at=at, minutes=made.minutes)
    promise_decision(made, at=at)
    db.session.flush()
    return True


def give_back(made: MakeUp, reason: str, *, actor: User, at: datetime) -> bool:
    """Send it back with what to change. Whether anything changed; raises Refused, its `field` the reason."""
    _check_reason(reason, "Say what is missing; the trainee reads it.")
    if not _move(made, MakeUpState.RETURNED, actor, at, reason):
        return False
    record("make_up.returned", subject=made, actor=actor, at=at, reason=made.reason)
    promise_decision(made, at=at)
    return True


def take_back(made: MakeUp, reason: str, *, actor: User, at: datetime) -> bool:
    """What was accepted counts no more: its line is reversed by another. Whether anything changed; raises Refused."""
    _check_reason(reason, "Say why; it stands in the person’s ledger.")
    if not _move(made, MakeUpState.TAKEN_BACK, actor, at, reason):
        return False
    take_line_back(made, made.reason, actor, at)
    record("make_up.taken_back", subject=made, actor=actor, at=at, reason=made.reason)
    promise_decision(made, at=at)
    return True


def _check_reason(reason: str, words: str) -> None:
    if not reason.strip():
        raise Refused(words, field="reason")


def _move(made: MakeUp, to: MakeUpState, actor: User, at: datetime, reason: str = "") -> bool:
    """Under the class's lock, so that two who decide at once are one after the other."""
    lock_class(made.live_class_id)
    db.session.refresh(made)
    if made.enrollment.user_id == actor.id:
        raise Refused("Nobody decides about their own make-up.")
    if made.state == to:
        return False
    if not MAKE_UP_MOVES.allows(made.state, to):
        by = f" by {made.decided_by.name}" if made.decided_by else ""
        raise Refused(f"This was decided meanwhile: {WORDS[made.state]}{by}.")
    made.state, made.decided_at, made.decided_by_id, made.reason = to, at, actor.id, reason.strip()
    return True
