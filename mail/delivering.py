"""Delivery: claim one letter, render it, hand it over, write down what became of it; then the next.

Each step is a short transaction of its own, so that a worker that dies at any point leaves a row which another one
takes up when the lease has ended. Only between the mail server's answer and our commit can a letter go out twice;
the second copy has the same Message-ID.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import or_, select

from foundation.db import db
from mail import gateway, settling, standing
from mail.composing import compose
from mail.models import LETTER_MOVES, Letter, LetterState
from mail.permitting import why_not
from mail.rendering import render
from mail.sealing import recipient

LEASE = timedelta(minutes=3)
SHIFT = timedelta(seconds=45)
MAX_LAPSES = 5


def deliver_due(clock: Callable[[], datetime]) -> Iterator[None]:
    """Deliver what is due. The caller commits each time this yields: `for _ in deliver_due(now): commit()`.

    After 45 seconds no new letter is begun, so that a worker is never stopped by its time limit in mid-letter;
    the next sweep goes on.
    """
    chosen, began = current_app.config["SETTINGS"], clock()
    while clock() - began < SHIFT:
        if standing.is_still(chosen.smtp_url, clock()):
            return
        letter = claim_next(clock())
        if letter is None:
            return
        letter_id, attempt = letter.id, letter.attempts
        yield
        message = _ready(letter, clock())
        to = recipient(letter) if message is not None else ""
        yield
        if message is not None:
            outcome = gateway.hand_over(message, to, chosen.smtp_url)
            settling.settle(letter_id, attempt, outcome, at=clock())
            yield


def claim_next(at: datetime) -> Letter | None:
    """The next letter that is due, or whose worker was lost; nobody else gets it until the lease ends."""
    due = (Letter.state == LetterState.QUEUED) & (Letter.due_at <= at)
    lost = (Letter.state == LetterState.SENDING) & (Letter.lease_until < at)
    letter = db.session.scalar(
        select(Letter)
        .where(or_(due, lost))
        .order_by(Letter.category.desc(), Letter.due_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if letter is not None:
        letter.lapses += letter.state == LetterState.SENDING
        letter.state, letter.lease_until = LetterState.SENDING, at + LEASE
        letter.attempts += 1
    return letter


def _ready(letter: Letter, at: datetime) -> EmailMessage | None:
    """The message to hand over; None where the letter ends here, which its row then says, or has ended meanwhile."""
    db.session.refresh(letter, with_for_update={"key_share": True})
    if letter.state != LetterState.SENDING:
        return None
    if letter.lapses >= MAX_LAPSES:
        settling.bury(letter, f"Its worker was lost {letter.lapses} times while it was being sent.", at=at)
        return None
    reason = why_not(letter, current_app.config["SETTINGS"])
    if reason is not None:
        LETTER_MOVES.check(letter.state, LetterState.SUPPRESSED)
        letter.state, letter.reason, letter.lease_until = LetterState.SUPPRESSED, reason, None
        return None
    try:
        if letter.html is None:
            render(letter)
        return compose(letter, current_app.config["SETTINGS"])
    except Exception as error:
        words = f"It could not be put together ({type(error).__name__}); a technician has to look."
        settling.bury(letter, words, at=at, fault=traceback.format_exc(limit=8))
        return None
