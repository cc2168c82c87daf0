"""Beginning a form and saving it, version by version, while the recording plays."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.competencies import FRAMEWORK
from credentials.mentor_slots.publishing import mentor_of
from credentials.models import (
    FORM_MOVES,
    CoachingForm,
    FormKind,
    FormState,
    FormVersion,
    Level,
    Mentor,
    MentorSession,
)
from credentials.observing.contents import Content, Observation, Review, canonical, digest
from credentials.profiling import is_reversed
from foundation.audit import record
from foundation.clock import day_in
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt


def begin_observation(
    author: User, session_public_id: str, *, level: Level, about_on: date, at: datetime
) -> CoachingForm:
    """A Session Observation Form within a mentor session that the author gave. Raises NotFound, Refused."""
    session = session_given(author, session_public_id)
    if about_on > day_in(author.time_zone, at):
        raise Refused("This day has not come yet.", field="about_on")
    form = _begin(author, FormKind.OBSERVATION, level, about_on, session.user_id, session.mentor_id, at)
    form.session_id = session.id
    _write(form, Observation(), author, at, is_kept=False)
    return form


def begin_review(author: User, trainee_id: int, *, level: Level, at: datetime) -> CoachingForm:
    """A Competency Review Form that rests on the observations of this level which both have signed so far."""
    mentor = mentor_of(author)
    signed = signed_observations(author, trainee_id, level)
    if mentor is None or not signed:
        raise Refused("No Session Observation Form of this level is signed by both yet.", field="level")
    form = _begin(author, FormKind.REVIEW, level, day_in(author.time_zone, at), trainee_id, mentor.id, at)
    _write(form, Review(tuple(one.public_id for one in signed)), author, at, is_kept=False)
    return form


def signed_observations(author: User, trainee_id: int, level: Level) -> list[CoachingForm]:
    """What a review can rest on, the oldest first."""
    query = select(CoachingForm).where(
        CoachingForm.author_id == author.id,
        CoachingForm.user_id == trainee_id,
        CoachingForm.level == level,
        CoachingForm.kind == FormKind.OBSERVATION,
        CoachingForm.state == FormState.SIGNED,
    )
    return list(db.session.scalars(query.order_by(CoachingForm.about_on, CoachingForm.id)))


def save(
    form: CoachingForm, content: Content, *, based_on: str, actor: User, at: datetime, is_kept: bool = True
) -> FormVersion:
    """Keep what was written. What saves itself (`is_kept` false) is a working copy; saved on purpose it stays.

    `based_on` names the version the page was opened with; Raises Refused where another page has saved since.
    """
    db.session.refresh(form, with_for_update={"of": CoachingForm, "key_share": True})
    if form.state != FormState.DRAFT:
        raise Refused("It is signed, so it is written no more. Take your signature back first.")
    newest = version_of(form)
    text = canonical(content)
    if newest.sha256 == digest(text):
        newest.is_kept = newest.is_kept or is_kept
        return newest
    if based_on != mark_of(newest):
        raise Refused("Another page has saved this form since you opened it. Copy your words, and open it anew.")
    return _write(form, content, actor, at, is_kept=is_kept)


def drop(form: CoachingForm, *, actor: User, at: datetime) -> None:
    """A draft that comes to nothing. Done twice it is done once; what was signed stays."""
    if form.state == FormState.DROPPED:
        return
    if form.state != FormState.DRAFT:
        raise Refused("It is signed already. Take your signature back first.")
    FORM_MOVES.check(form.state, FormState.DROPPED)
    form.state = FormState.DROPPED
    record("form.dropped", subject=form, actor=actor, at=at)


def version_of(form: CoachingForm, number: int | None = None) -> FormVersion:
    """The newest version of a form, or the one named. Raises NotFound."""
    wanted = form.number if number is None else number
    query = select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.number == wanted)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def mark_of(version: FormVersion) -> str:
    """What a page carries to say which version it was opened with."""
    return f"{version.number}:{version.sha256[:16]}"


def observation_in(version: FormVersion) -> Observation:
    return Observation.from_json(json.loads(version.content))


def review_in(version: FormVersion) -> Review:
    return Review.from_json(json.loads(version.content))


def content_of(form: CoachingForm, version: FormVersion) -> Content:
    return observation_in(version) if form.kind == FormKind.OBSERVATION else review_in(version)


def session_given(author: User, public_id: str) -> MentorSession:
    """A mentor session that stands and that the author gave; anybody else's is not found."""
    query = select(MentorSession).join(Mentor).where(MentorSession.public_id == public_id, Mentor.user_id == author.id)
    found = db.session.scalar(
        query.where(~is_reversed(MentorSession.entry_id)).options(joinedload(MentorSession.mentor))
    )
    if found is None:
        raise NotFound
    return found


def _begin(
    author: User, kind: FormKind, level: Level, about_on: date, user_id: int, mentor_id: int, at: datetime
) -> CoachingForm:
    form = CoachingForm(
        kind=kind,
        level=level,
        framework=FRAMEWORK,
        author_id=author.id,
        mentor_id=mentor_id,
        user_id=user_id,
        about_on=about_on,
        state=FormState.DRAFT,
        number=0,
        created_at=at,
    )
    db.session.add(form)
    db.session.flush()
    record("form.begun", subject=form, actor=author, at=at, kind=str(kind), level=str(level))
    return form


def _write(form: CoachingForm, content: Content, actor: User, at: datetime, *, is_kept: bool) -> FormVersion:
    """A new version; a working copy of the same author is written over, so that typing makes no hundred versions."""
    text = canonical(content)
    values = {"sealed_content": encrypt(text), "sha256": digest(text), "is_kept": is_kept, "saved_at": at}
    newest = version_of(form) if form.number else None
    if newest is not None and not newest.is_kept and newest.saved_by_id == actor.id:
        for name, value in values.items():
            setattr(newest, name, value)
        return newest
    form.number += 1
    version = FormVersion(form_id=form.id, number=form.number, saved_by_id=actor.id, **values)
    db.session.add(version)
    db.session.flush()
    return version
