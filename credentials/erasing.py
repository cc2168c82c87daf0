"""What this room says about erasing a person: the coaching log goes, the hours and what was certified stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from accounts.erasing.terms import Doing
from accounts.models import User
from credentials.mentor_slots import letters
from credentials.models import (
    BOOKING_MOVES,
    BookingState,
    Certificate,
    CertificateRevocation,
    ClaimState,
    Client,
    CoachingForm,
    Confirmation,
    ConfirmationState,
    EvaluationSubmission,
    FormState,
    LedgerEntry,
    MentorBooking,
    MentorSlot,
    Paper,
    PaperKind,
    PriorLearning,
    SubmissionState,
)
from credentials.prior_learning import sweeping
from foundation.audit import record
from foundation.db import db

WISH = "Its holder was erased and asked for it."
SOMEBODY = "A trainee who has left the school"
FOLDER = "prior-learning/"


def before(doing: Doing) -> None:
    """What is under way ends; papers are withdrawn where that was asked for; documents that need not stay go."""
    _end_what_runs(doing)
    if doing.withdraws:
        _withdraw(doing)
    _let_documents_go(doing)
    _without_notes(doing)


def remove_file(name: str, at: datetime) -> bool:
    """A document of ours, once no claim names it. False while it can't be removed yet."""
    return not name.startswith(FOLDER) or sweeping.remove(name.removeprefix(FOLDER), at=at)


def _end_what_runs(doing: Doing) -> None:
    user = doing.user
    booked = select(MentorBooking).join(MentorSlot).where(MentorBooking.user_id == user.id)
    booked = booked.where(MentorBooking.state == BookingState.BOOKED, MentorSlot.starts_at > doing.at)
    for booking in db.session.scalars(booked.order_by(MentorSlot.starts_at, MentorBooking.id)).all():
        BOOKING_MOVES.check(booking.state, BookingState.GIVEN_UP)
        booking.state = BookingState.GIVEN_UP
        record("mentor_slot.given_up", subject=booking, at=doing.at, slot=booking.slot.public_id)
        letters.promise_given_up(booking, at=doing.at, by=SOMEBODY)
    for model, states, ended in (
        (Confirmation, (ConfirmationState.ASKED,), ConfirmationState.REVOKED),
        (CoachingForm, (FormState.DRAFT, FormState.OFFERED), FormState.DROPPED),
        (EvaluationSubmission, (SubmissionState.WAITING, SubmissionState.TAKEN), SubmissionState.WITHDRAWN),
        (PriorLearning, (ClaimState.HANDED_IN,), ClaimState.WITHDRAWN),
    ):
        mine = (model.user_id == user.id, model.state.in_(states))
        db.session.execute(update(model).where(*mine).values(state=ended))
    unforgotten = (Client.user_id == user.id, Client.forgotten_at.is_(None))
    db.session.execute(update(Client).where(*unforgotten).values(forgotten_at=doing.at))


def _withdraw(doing: Doing) -> None:
    """Certificates answer that they were withdrawn, and lose the name; transcripts lose what they said."""
    held = select(Certificate).where(Certificate.user_id == doing.user.id).order_by(Certificate.id)
    for one in db.session.scalars(held).unique().all():
        if one.revocation is None:
            one.revocation = CertificateRevocation(at=doing.at, actor_id=doing.user.id, reason=WISH, at_wish=True)
            db.session.flush()
            record("certificate.withdrawn", subject=one, at=doing.at, number=one.number)
        one.facts = {name: value for name, value in one.facts.items() if name != "name"}
    papers = (Paper.user_id == doing.user.id, Paper.kind == PaperKind.TRANSCRIPT)
    db.session.execute(update(Paper).where(*papers).values(facts={}))
    db.session.flush()


def _without_notes(doing: Doing) -> None:
    """What staff noted about a document stands in the evidence of its hours; the figures there stay."""
    noted = (LedgerEntry.user_id == doing.user.id, LedgerEntry.evidence.has_key("note"))
    less = update(LedgerEntry).where(*noted).values(evidence=LedgerEntry.evidence - "note")
    db.session.execute(less, execution_options={"synchronize_session": False})


def _let_documents_go(doing: Doing) -> None:
    """A document stays where its hours stand behind a certificate that stands; any other is removed."""
    claims = select(PriorLearning).where(PriorLearning.user_id == doing.user.id).order_by(PriorLearning.id)
    for claim in db.session.scalars(claims).all():
        if claim.state == ClaimState.APPROVED and _is_certified(claim.enrollment_id):
            continue
        doing.leftovers.append(f"{FOLDER}{claim.sha256}")
        claim.sha256 = f"erased:{claim.id}"
    db.session.flush()


def _is_certified(enrollment_id: int | None) -> bool:
    stands = select(Certificate.id).outerjoin(CertificateRevocation).where(CertificateRevocation.id.is_(None))
    return db.session.scalar(stands.where(Certificate.enrollment_id == enrollment_id).limit(1)) is not None


def passports_of(user: User) -> ColumnElement[bool]:
    return (Paper.user_id == user.id) & (Paper.kind == PaperKind.PASSPORT)
