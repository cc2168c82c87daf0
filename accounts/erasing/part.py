"""What this room says about erasing a person, and what it says for mail and the log, which know nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, func, or_, select, update

from accounts.erasing.terms import Doing, Emptied, Kept, Matter, Part
from accounts.models import User
from foundation.db import db
from mail import consenting, suppressing
from mail.models import STAND_IN, Letter, LetterState

DROPPED = "Whoever it was for has been erased."


def _letters_of(user: User) -> ColumnElement[bool]:
    """Written to them by account or address, or about them to somebody whom only they knew."""
    sealed = STAND_IN + suppressing.digest(user.email)
    return or_(
        Letter.user_id == user.id, func.lower(Letter.to_address) == user.email.lower(), Letter.to_address == sealed
    )


def _letters_naming(user: User) -> ColumnElement[bool]:
    """Letters to others that name them, such as a mentor's; not those about somebody else of the same name."""
    namesakes = select(User.id).where(User.name == user.name, User.id != user.id)
    words = func.concat(Letter.facts.cast(String), " ", Letter.text)
    named = or_(words.contains(user.name, autoescape=True), words.contains(user.email, autoescape=True))
    return and_(named, func.coalesce(Letter.user_id.not_in(namesakes), True))


def _before(doing: Doing) -> None:
    """Letters that have not gone out are owed no longer, and nobody is written news."""
    unsent = Letter.state.in_((LetterState.QUEUED, LetterState.SENDING))
    about = or_(_letters_of(doing.user), _letters_naming(doing.user))
    ended = {"state": LetterState.SUPPRESSED, "reason": DROPPED, "lease_until": None}
    db.session.execute(update(Letter).where(unsent, about).values(**ended))
    consenting.withdraw(suppressing.digest(doing.user.email), source="erasure", at=doing.at)


def _open_matters(user: User, _at: datetime) -> list[Matter]:
    if user.is_staff:
        return [Matter("You work for the school. An owner has to take your roles from you first.")]
    return []


PART = Part(
    told=(
        "Your name, address, password and second factor; every device is signed out.",
        "The texts of all letters to you, and those that have not gone out yet.",
        "Your consent to news: it is withdrawn, so that nobody writes to you again.",
    ),
    goes=(
        Emptied(
            "letter",
            ("to_address", "sealed", "facts", "subject", "text", "html", "smtp_text", "fault"),
            whose=_letters_of,
        ),
        Emptied("letter", ("facts", "subject", "text", "html"), whose=_letters_naming),
    ),
    by_hand=(
        "user.email",
        "user.name",
        "user.password",
        "user.fs_uniquifier",
        "user.tf_primary_method",
        "user.tf_totp_secret",
        "user.mf_recovery_codes",
        "audit_line.facts",
        "staff_task.summary",
        "staff_task.facts",
        "staff_task.note",
    ),
    stays=(
        Kept(
            ("consent.digest",),
            "That an address once said yes or no to news, under a code that only the school’s key makes from it",
            "the school has to prove that it wrote with consent (GDPR Art. 7 (1)); no address can be read from it",
        ),
        Kept(
            ("suppression.digest",),
            "That an address is not written to, under the same kind of code",
            "without it the next imported list would write to you again",
        ),
        Kept(
            ("erasure.reason",),
            "Why an owner erased you at once, where that happened",
            "the school has to account for it (GDPR Art. 5 (2)); the form asks for no names",
        ),
    ),
    codes={
        "user": ("time_zone",),
        "audit_line": (
            "verb",
            "subject_type",
        ),
        "staff_task": (
            "kind",
            "dedupe",
            "subject_type",
        ),
        "letter": (
            "dedupe",
            "kind",
            "message_id",
            "reason",
        ),
        "consent": (
            "purpose",
            "version",
            "wording",
            "source",
        ),
        "suppression": ("source",),
        "erasure": (
            "held_words",
            "leftovers",
        ),
    },
    nobodys=("role", "heartbeat", "standstill", "provider_notice"),
    open_matters=_open_matters,
    before=_before,
)
