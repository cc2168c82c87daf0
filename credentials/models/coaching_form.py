"""Forms that a mentor or evaluator fills about a trainee's coaching, version by version, and that both sign."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.mentor import Mentor, MentorSession
from credentials.models.mentor_file import Level
from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt
from foundation.states import Moves


class FormKind(StrEnum):
    """ICF's Session Observation Form, and the Competency Review Form that several of them roll up to."""

    OBSERVATION = "session_observation"
    REVIEW = "competency_review"


class FormState(StrEnum):
    """`offered`: its author has signed and the trainee is asked to. `dropped`: a draft that came to nothing."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"
    DROPPED = "dropped"


FORM_MOVES = Moves(
    "form",
    {
        FormState.DRAFT: {FormState.OFFERED, FormState.DROPPED},
        FormState.OFFERED: {FormState.DRAFT, FormState.SIGNED},
        FormState.SIGNED: set(),
        FormState.DROPPED: set(),
    },
)


class SignerRole(StrEnum):
    AUTHOR = "author"
    TRAINEE = "trainee"


class CoachingForm(Model):
    """One form. `about_on`: the day of the coaching observed; `number`: the newest version.

    `sealed_word`: what the trainee wrote when giving it back unsigned, for its author alone.
    """

    __tablename__ = "coaching_form"
    __table_args__ = (
        Index("ix_coaching_form_author", "author_id", "id"),
        Index("ix_coaching_form_user", "user_id", "kind", "id"),
        Index("ix_coaching_form_session", "session_id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    kind: Mapped[FormKind] = mapped_column(word(FormKind))
    level: Mapped[Level] = mapped_column(word(Level))
    framework: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("mentor_session.id"))
    about_on: Mapped[date]
    state: Mapped[FormState] = mapped_column(word(FormState))
    number: Mapped[int]
    sealed_word: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(foreign_keys=[author_id])
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    mentor: Mapped[Mentor | None] = relationship()
    session: Mapped[MentorSession | None] = relationship()
    signatures: Mapped[list[FormSignature]] = relationship(order_by="FormSignature.id")

    @property
    def word(self) -> str:
        """In clear: for its author and its trainee."""
        return decrypt(self.sealed_word) if self.sealed_word else ""


class FormVersion(Model):
    """What a form said at one time, sealed: it quotes people. A version that was kept or signed is written no more.

    `is_kept`: saved on purpose. The newest version may be a working copy that saves itself while its author types.
    """

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[pk]
    form_id: Mapped[int] = mapped_column(ForeignKey("coaching_form.id"))
    number: Mapped[int]
    sealed_content: Mapped[str]
    sha256: Mapped[str]
    is_kept: Mapped[bool]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]

    @property
    def content(self) -> str:
        """In clear, as JSON; an empty object where the trainee has been erased."""
        return decrypt(self.sealed_content) if self.sealed_content else "{}"


class FormSignature(Model):
    """Who signed which version, by the hash of its words: a word changed afterwards breaks it."""

    __tablename__ = "form_signature"
    __table_args__ = (UniqueConstraint("form_id", "number", "role"), {"info": {"append_only": True}})

    id: Mapped[pk]
    form_id: Mapped[int] = mapped_column(ForeignKey("coaching_form.id"))
    number: Mapped[int]
    role: Mapped[SignerRole] = mapped_column(word(SignerRole))
    signer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signer_name: Mapped[str]
    sha256: Mapped[str]
    signed_at: Mapped[datetime]
