"""Asking the other party of a session to confirm it; asking again, and taking the question back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.confirming.subjects import AN_ADDRESS, Subject, subject_of
from credentials.letters import promise_question
from credentials.models import (
    CONFIRMATION_MOVES,
    Client,
    CoachingSession,
    Confirmation,
    ConfirmationState,
    MentorSession,
)
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt
from foundation.tokens import sign
from mail import sealing
from mail.models import Letter, LetterState

PURPOSE = "session.confirmation"
LASTS = timedelta(days=30)
A_DOUBLE_CLICK = timedelta(minutes=1)
MOST_TO_A_LINE = 4
MOST_A_DAY = 40


def ask(user: User, entry_public_id: str, *, address: str, at: datetime) -> Confirmation:
    """Owe the other party a letter with a link that lasts 30 days; an earlier question to them is taken back.

    Asked twice within a minute it is asked once. Raises Refused where nobody may be written to, or not so often.
    """
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    subject = subject_of(user, entry_public_id)
    earlier = asked_about(subject.entry.id)
    if earlier and earlier[0].state == ConfirmationState.ASKED and at - earlier[0].asked_at < A_DOUBLE_CLICK:
        return earlier[0]
    to = _address(user, subject, address)
    _not_too_often(user, len(earlier), at)
    for one in earlier:
        if one.state in {ConfirmationState.ASKED, ConfirmationState.DECLINED}:
            _take_back(one, user, at)
    secret = secrets.token_urlsafe(24)
    asked = Confirmation(
        public_id=new_public_id(),
        user_id=user.id,
        entry_id=subject.entry.id,
        state=ConfirmationState.ASKED,
        sealed_address=encrypt(to),
        is_on_file=subject.is_on_file,
        secret_digest=digest_of(secret),
        asked_at=at,
        expires_at=at + LASTS,
    )
    db.session.add(asked)
    db.session.flush()
    _remember(subject, user, to)
    promise_question(asked, subject.what, subject.people, user, to=to, token=sign(PURPOSE, secret), at=at)
    record("confirmation.asked", subject=asked, actor=user, at=at, whom=str(subject.whom))
    return asked


def revoke(user: User, public_id: str, *, at: datetime) -> Confirmation:
    """Take one's own question back: its link acts no more. What was confirmed already stays. Raises NotFound."""
    query = select(Confirmation).where(Confirmation.public_id == public_id, Confirmation.user_id == user.id)
    asked = db.session.scalar(
        query.options(joinedload(Confirmation.entry)).with_for_update(of=Confirmation, key_share=True)
    )
    if asked is None:
        raise NotFound
    if asked.state == ConfirmationState.CONFIRMED:
        raise Refused("It is confirmed already. If the session itself is wrong, correct it or take it back.")
    _take_back(asked, user, at)
    return asked


def stop_asking(client: Client, *, actor: User, at: datetime, forget: bool = False) -> None:
    """The client no longer agrees: open questions end, letters not sent yet stay here. `forget` erases the rest too."""
    query = select(Confirmation).join(CoachingSession, CoachingSession.entry_id == Confirmation.entry_id)
    for asked in db.session.scalars(query.where(CoachingSession.client_id == client.id).order_by(Confirmation.id)):
        if asked.state == ConfirmationState.ASKED:
            _take_back(asked, actor, at)
        if forget:
            asked.sealed_address = asked.sealed_word = ""
        letter = db.session.scalar(select(Letter).where(Letter.dedupe == f"confirmation.asked:{asked.public_id}"))
        if letter is not None and (forget or letter.state == LetterState.QUEUED):
            sealing.forget(letter)


def asked_about(entry_id: int) -> list[Confirmation]:
    """Every question about a line, the newest first."""
    query = select(Confirmation).where(Confirmation.entry_id == entry_id).order_by(Confirmation.id.desc())
    return list(db.session.scalars(query))


def digest_of(secret: str) -> str:
    """What is kept of a link: 24 random bytes need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _take_back(asked: Confirmation, actor: User, at: datetime) -> None:
    if asked.state != ConfirmationState.REVOKED:
        CONFIRMATION_MOVES.check(asked.state, ConfirmationState.REVOKED)
        asked.state = ConfirmationState.REVOKED
        db.session.flush()
        record("confirmation.revoked", subject=asked, actor=actor, at=at)


def _address(user: User, subject: Subject, typed: str) -> str:
    """Whom to write to: the address on file, where there is one that the trainee can't choose."""
    if subject.obstacle:
        raise Refused(subject.obstacle)
    to = subject.address if subject.is_on_file else typed.strip()
    if len(to) > 254 or not AN_ADDRESS.fullmatch(to):
        raise Refused("Give the e-mail address of the person whom you ask.", field="address")
    if to.lower() in {user.email.lower(), current_app.config["SETTINGS"].school_email.lower()}:
        raise Refused("Nobody confirms their own session. Give the other person's address.", field="address")
    return to


def _not_too_often(user: User, earlier: int, at: datetime) -> None:
    if earlier >= MOST_TO_A_LINE:
        raise Refused(f"{MOST_TO_A_LINE} letters were sent about this session. Speak with them instead.")
    query = select(func.count(Confirmation.id)).where(Confirmation.user_id == user.id)
    if (db.session.scalar(query.where(Confirmation.asked_at > at - timedelta(days=1))) or 0) >= MOST_A_DAY:
        raise Refused(f"You have asked for {MOST_A_DAY} confirmations today. Go on tomorrow.")


def _remember(subject: Subject, user: User, to: str) -> None:
    """The address of one's own mentor is kept, sealed, for the next time."""
    if isinstance(subject.session, MentorSession) and subject.session.mentor.owner_id == user.id:
        subject.session.mentor.sealed_email = encrypt(to)
