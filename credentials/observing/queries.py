"""Forms as their authors, their trainees and the registrar look for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import CoachingForm, FormSignature, FormState, FormVersion, Mentor, MentorSession
from credentials.observing.contents import Evidence, Observation, digest
from credentials.observing.letters import TITLES
from credentials.profiling import is_reversed
from foundation.db import db

STATES = {
    FormState.DRAFT: ("Draft", "quiet"),
    FormState.OFFERED: ("Waits for the trainee", "wait"),
    FormState.SIGNED: ("Signed by both", "good"),
    FormState.DROPPED: ("Dropped", "quiet"),
}


@dataclass(frozen=True, slots=True)
class Observed:
    """A signed observation that a review rests on, with its words."""

    form: CoachingForm
    content: Observation

    def about(self, competency: int) -> list[Evidence]:
        return self.content.about(competency)


def forms_by(author: User, state: str, words: str = "") -> Select[Any]:
    """What an author has begun, the newest first; dropped drafts only when asked for. `words` of a trainee's name."""
    query = select(CoachingForm).where(CoachingForm.author_id == author.id)
    if words:
        query = query.where(CoachingForm.user.has(User.name.icontains(words, autoescape=True)))
    query = query.where(
        CoachingForm.state == FormState(state) if state in set(FormState) else CoachingForm.state != FormState.DROPPED
    )
    return query.options(joinedload(CoachingForm.user).noload(User.roles)).order_by(CoachingForm.id.desc())


def forms_about(user: User) -> Select[Any]:
    """What a trainee may read: offered and signed, the newest first."""
    query = select(CoachingForm).where(CoachingForm.user_id == user.id)
    query = query.where(CoachingForm.state.in_([FormState.OFFERED, FormState.SIGNED]))
    return query.options(joinedload(CoachingForm.author).noload(User.roles)).order_by(CoachingForm.id.desc())


def forms_among(user_ids: Iterable[int]) -> list[CoachingForm]:
    """Forms about these people that both have signed, the oldest first, for the registrar; of the erased none."""
    names: Any = (joinedload(CoachingForm.user).noload(User.roles), joinedload(CoachingForm.author).noload(User.roles))
    query = select(CoachingForm).where(CoachingForm.user_id.in_(list(user_ids)), CoachingForm.state == FormState.SIGNED)
    query = query.where(CoachingForm.user.has(User.erased_at.is_(None)))
    return list(db.session.scalars(query.options(*names).order_by(CoachingForm.about_on, CoachingForm.id)).unique())


def sessions_given(author: User, *, most: int = 100) -> list[MentorSession]:
    """Mentor sessions of an author that stand, the newest first."""
    query = select(MentorSession).join(Mentor).where(Mentor.user_id == author.id, ~is_reversed(MentorSession.entry_id))
    return list(db.session.scalars(query.order_by(MentorSession.on.desc(), MentorSession.id.desc()).limit(most)))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    query = select(User.id, User.name).where(User.id.in_(set(user_ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def versions_of(form: CoachingForm) -> list[FormVersion]:
    query = select(FormVersion).where(FormVersion.form_id == form.id).order_by(FormVersion.number.desc())
    return list(db.session.scalars(query))


def signatures_of(form: CoachingForm) -> list[FormSignature]:
    """Who signed the version that stands."""
    query = select(FormSignature).where(FormSignature.form_id == form.id, FormSignature.number == form.number)
    return list(db.session.scalars(query.order_by(FormSignature.id)))


def signatures_hold(version: FormVersion, signatures: Iterable[FormSignature]) -> bool:
    """Whether the words are still those that were signed."""
    now = digest(version.content)
    return all(one.sha256 == now for one in signatures)


def observed_in(public_ids: Iterable[str]) -> list[Observed]:
    """The observations that a review rests on, with their words, the oldest first; one statement."""
    query = (
        select(CoachingForm, FormVersion)
        .join(FormVersion, (FormVersion.form_id == CoachingForm.id) & (FormVersion.number == CoachingForm.number))
        .where(CoachingForm.public_id.in_(list(public_ids)), CoachingForm.state == FormState.SIGNED)
        .order_by(CoachingForm.about_on, CoachingForm.id)
    )
    return [
        Observed(form, Observation.from_json(json.loads(version.content)))
        for form, version in db.session.execute(query)
    ]


def signed_in(session_id: int) -> list[CoachingForm]:
    """Forms that both have signed within a mentor session."""
    query = select(CoachingForm).where(CoachingForm.session_id == session_id, CoachingForm.state == FormState.SIGNED)
    return list(db.session.scalars(query.order_by(CoachingForm.id)))


def title_of(form: CoachingForm) -> str:
    return TITLES[form.kind]
