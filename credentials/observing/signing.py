"""Both sign: first the mentor, then the trainee; before that either may take it back to the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import FORM_MOVES, CoachingForm, FormKind, FormSignature, FormState, MentorSession, SignerRole
from credentials.observing import letters
from credentials.observing.drafting import content_of, version_of
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt


class NotReady(Refused):
    """What is missing before it can be signed, line by line."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("It can't be signed yet.")
        self.missing = missing


def offer(form: CoachingForm, *, actor: User, at: datetime) -> None:
    """The author signs the newest version and asks the trainee to. Raises NotReady. Signed twice it is signed once."""
    db.session.refresh(form, with_for_update={"of": CoachingForm, "key_share": True})
    if form.state == FormState.OFFERED:
        return
    FORM_MOVES.check(form.state, FormState.OFFERED)
    version = version_of(form)
    missing = content_of(form, version).missing()
    if missing:
        raise NotReady(missing)
    version.is_kept = True
    _sign(form, SignerRole.AUTHOR, actor, at)
    form.state, form.offered_at, form.sealed_word = FormState.OFFERED, at, ""
    record("form.offered", subject=form, actor=actor, at=at, version=form.number)
    letters.promise_to_sign(form, at=at)


def take_back(form: CoachingForm, *, actor: User, at: datetime) -> None:
    """The author takes the signature back while the trainee has not signed; a new version follows."""
    _reopen(form, actor, at)


def give_back(form: CoachingForm, *, word: str, actor: User, at: datetime) -> None:
    """The trainee does not sign it as it is, and says why; the author is told."""
    if not word.strip():
        raise Refused("Say what is not right; your mentor reads this.", field="word")
    if _reopen(form, actor, at):
        form.sealed_word = encrypt(word.strip())
        letters.promise_given_back(form, at=at)


def sign(form: CoachingForm, *, actor: User, at: datetime) -> None:
    """The trainee signs the version that the author signed; from now on it is written no more."""
    db.session.refresh(form, with_for_update={"of": CoachingForm, "key_share": True})
    if form.state == FormState.SIGNED:
        return
    if form.state != FormState.OFFERED:
        raise Refused("Your mentor is writing on it again. You get a letter when it is there to sign.")
    _sign(form, SignerRole.TRAINEE, actor, at)
    FORM_MOVES.check(form.state, FormState.SIGNED)
    form.state, form.signed_at = FormState.SIGNED, at
    record("form.signed", subject=form, actor=actor, at=at, version=form.number)
    if form.kind == FormKind.OBSERVATION and form.session_id is not None:
        _note_observed(form.session_id, actor, at)


def form_of(public_id: str, *, author: User | None = None, trainee: User | None = None) -> CoachingForm:
    """A form as its author or its trainee may see it; a draft is its author's alone. Raises NotFound."""
    query = select(CoachingForm).where(CoachingForm.public_id == public_id)
    people = (joinedload(CoachingForm.author).noload(User.roles), joinedload(CoachingForm.user).noload(User.roles))
    found = db.session.scalar(query.options(*people))
    if found is None:
        raise NotFound
    if author is not None and found.author_id == author.id:
        return found
    if trainee is not None and found.user_id == trainee.id and found.state in {FormState.OFFERED, FormState.SIGNED}:
        return found
    raise NotFound


def _sign(form: CoachingForm, role: SignerRole, actor: User, at: datetime) -> None:
    signature = FormSignature(
        form_id=form.id,
        number=form.number,
        role=role,
        signer_id=actor.id,
        signer_name=actor.name,
        sha256=version_of(form).sha256,
        signed_at=at,
    )
    db.session.add(signature)
    db.session.flush()


def _reopen(form: CoachingForm, actor: User, at: datetime) -> bool:
    """Back to a draft, whose next words are a version of their own."""
    db.session.refresh(form, with_for_update={"of": CoachingForm, "key_share": True})
    if form.state == FormState.DRAFT:
        return False
    if form.state == FormState.SIGNED:
        raise Refused("Both have signed it: it is written no more.")
    FORM_MOVES.check(form.state, FormState.DRAFT)
    version = version_of(form)
    form.state, form.offered_at, form.number = FormState.DRAFT, None, form.number + 1
    copy = {name: getattr(version, name) for name in ("form_id", "sealed_content", "sha256")}
    db.session.add(type(version)(number=form.number, is_kept=False, saved_by_id=form.author_id, saved_at=at, **copy))
    db.session.flush()
    record("form.reopened", subject=form, actor=actor, at=at, version=form.number)
    return True


def _note_observed(session_id: int, actor: User, at: datetime) -> None:
    """A signed observation makes its mentor session an observed one."""
    session = db.session.get_one(MentorSession, session_id)
    if not session.observed:
        session.observed = True
        record("mentor_session.observed", subject=session, actor=actor, at=at)
