"""What became of a letter: taken, to be tried again, refused for good, or not to be written at all."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from foundation.audit import HasId, record
from foundation.db import db
from foundation.escalating import StaffTask, escalate, resolve
from foundation.jobs import Job, enqueue
from mail import standing, suppressing
from mail.gateway import Fate, Outcome
from mail.models import LETTER_MOVES, Letter, LetterState, StopReason
from mail.promising import KEEP_TRYING
from mail.sealing import digest_of

NO_ADDRESS = "The mail server says that there is no such address."
CAME_BACK = "The letter came back: the address does not take mail."
GAVE_UP = "The mail server kept putting us off for two days."


def settle(letter_id: int, attempt: int, outcome: Outcome, *, at: datetime) -> None:
    """Write down the mail server's answer to one try. A try whose lease was taken over changes nothing."""
    mine = (Letter.id == letter_id) & (Letter.state == LetterState.SENDING) & (Letter.attempts == attempt)
    letter = db.session.scalar(select(Letter).where(mine).with_for_update(key_share=True))
    if letter is None:
        return
    letter.smtp_code, letter.smtp_text, letter.lease_until = outcome.code, outcome.text or None, None
    if outcome.fate == Fate.TAKEN:
        letter.state, letter.sent_at, letter.reason = LetterState.SENT, at, None
        standing.go_on(current_app.config["SETTINGS"].smtp_url)
    elif outcome.fate == Fate.LOCKED_OUT:
        _wait_at_the_door(letter, outcome, at)
    elif outcome.fate == Fate.LATER and at < letter.give_up_at:
        letter.state, letter.due_at = LetterState.QUEUED, at + _pause(letter.attempts)
    else:
        _fail(letter, outcome, at)


def bury(letter: Letter, reason: str, *, at: datetime, fault: str | None = None) -> None:
    """A letter that can't be made or sent by any try; staff are told, and the others go on."""
    LETTER_MOVES.check(letter.state, LetterState.DEAD)
    letter.state, letter.reason, letter.fault, letter.lease_until = LetterState.DEAD, reason, fault, None
    _tell_staff(letter, reason, at)


def send_again(letter: Letter, *, actor: HasId, at: datetime) -> None:
    """Staff want one more try; the address gets another chance. Words that were never rendered are rendered anew."""
    db.session.refresh(letter, with_for_update={"key_share": True})
    if letter.state in {LetterState.QUEUED, LetterState.SENDING}:
        return
    LETTER_MOVES.check(letter.state, LetterState.QUEUED)
    record("letter.sent_again", subject=letter, actor=actor, at=at, was=str(letter.state))
    suppressing.lift(digest_of(letter), StopReason.HARD_BOUNCE)
    letter.state, letter.due_at, letter.give_up_at = LetterState.QUEUED, at, at + KEEP_TRYING
    letter.lapses, letter.reason, letter.fault = 0, None, None
    _no_longer_a_task(letter, actor, at)
    enqueue(Job.DELIVER_DUE_LETTERS)


def bounced(letter: Letter, *, at: datetime) -> None:
    """A provider told us later that the letter came back. Told twice, it came back once."""
    if letter.state == LetterState.SENT:
        letter.state, letter.reason = LetterState.FAILED, CAME_BACK
        _tell_staff(letter, CAME_BACK, at)


def _pause(attempts: int) -> timedelta:
    """Full jitter: anything up to 1, 2, 4 ... 60 minutes, so that a queue does not come back all at once."""
    ceiling = min(60.0, 2.0 ** min(attempts - 1, 10))
    return timedelta(minutes=random.uniform(0.05, ceiling))  # noqa: S311 (spreads load, hides nothing)


def _fail(letter: Letter, outcome: Outcome, at: datetime) -> None:
    if outcome.fate == Fate.NO_SUCH_ADDRESS:
        reason = NO_ADDRESS
        stopped = digest_of(letter)
        suppressing.stop(stopped, StopReason.HARD_BOUNCE, at=at, source=f"letter {letter.id}")
    else:
        reason = GAVE_UP if outcome.fate == Fate.LATER else "The mail server refused this letter."
    letter.state, letter.reason = LetterState.FAILED, reason
    _tell_staff(letter, reason, at)


def _wait_at_the_door(letter: Letter, outcome: Outcome, at: datetime) -> None:
    """Not this letter's fault: it keeps its place, its tries and its two days; the whole queue waits."""
    until = standing.stand_still(current_app.config["SETTINGS"].smtp_url, outcome.text, at=at)
    letter.state, letter.due_at, letter.attempts = LetterState.QUEUED, at, letter.attempts - 1
    letter.give_up_at = max(letter.give_up_at, until + KEEP_TRYING)
    escalate(
        "mail.locked_out",
        subject=letter,
        summary="The mail server does not accept our user and password. All letters wait until it does.",
        dedupe=f"mail.locked_out:{at:%Y-%m-%d}",
        at=at,
    )


def _no_longer_a_task(letter: Letter, actor: HasId, at: datetime) -> None:
    about = (StaffTask.subject_type == "letter") & (StaffTask.subject_id == letter.id)
    for task in db.session.scalars(select(StaffTask).where(about, StaffTask.kind == "mail.letter_failed")):
        resolve(task, actor=actor, at=at, note="Sent again.")


def _tell_staff(letter: Letter, reason: str, at: datetime) -> None:
    key = f"letter:{letter.id}:{letter.attempts}"
    summary = f"A letter did not arrive ({letter.kind}). {reason}"
    escalate("mail.letter_failed", subject=letter, summary=summary, dedupe=key, at=at)
