"""What the public may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from community.models import CoachProfile, Story
from credentials.models import Certificate
from enrollment.models import Cohort, Program
from enrollment.seating import left_of
from foundation.clock import now
from foundation.db import db


def _public_stories(at: datetime) -> Select[Any]:
    shown = (Story.published_at <= at, Story.approved_at.is_not(None))
    return select(Story).where(*shown).order_by(Story.published_at.desc(), Story.id.desc())


def stories(at: datetime, *, limit: int = 60) -> list[Story]:
    """Published stories with their authors, newest first."""
    return list(db.session.scalars(_public_stories(at).options(joinedload(Story.author)).limit(limit)))


def story_named(slug: str, at: datetime) -> Story | None:
    found: Story | None = db.session.scalar(
        _public_stories(at).options(joinedload(Story.author)).where(Story.slug == slug)
    )
    return found


def coaches(words: str = "", language: str = "") -> Select[Any]:
    """Public profiles, by name; one statement with the people."""
    query = (
        select(CoachProfile)
        .join(CoachProfile.user)
        .options(contains_eager(CoachProfile.user).noload(User.roles))
        .where(CoachProfile.is_public)
        .order_by(User.name, CoachProfile.id)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        specialties = db.cast(CoachProfile.specialties, db.String)
        query = query.where(User.name.ilike(like) | CoachProfile.headline.ilike(like) | specialties.ilike(like))
    return query.where(CoachProfile.languages.contains([language])) if language else query


def coach_named(slug: str) -> CoachProfile | None:
    found: CoachProfile | None = db.session.scalar(coaches().where(CoachProfile.slug == slug))
    return found


def public_story_slugs() -> list[str]:
    return [story.slug for story in db.session.scalars(_public_stories(now()))]


def public_coach_slugs() -> list[str]:
    return list(db.session.scalars(select(CoachProfile.slug).where(CoachProfile.is_public).order_by(CoachProfile.id)))


def programs() -> list[Program]:
    """Published programs, in the school's order."""
    query = select(Program).where(Program.is_published).order_by(Program.position, Program.id)
    return list(db.session.scalars(query))


def program_named(slug: str) -> Program | None:
    return db.session.scalar(select(Program).where(Program.is_published, Program.slug == slug))


def coming_cohorts(at: datetime, program_id: int | None = None) -> list[tuple[Cohort, int]]:
    """Cohorts that can still be joined or are announced, each with the seats left; one statement."""
    query = (
        select(Cohort, left_of(at))
        .join(Cohort.program)
        .options(contains_eager(Cohort.program))
        .where(Program.is_published, Cohort.closes_at > at)
        .order_by(Cohort.starts_on, Cohort.id)
    )
    if program_id:
        query = query.where(Cohort.program_id == program_id)
    return [(cohort, left) for cohort, left in db.session.execute(query)]


def cohort_named(slug: str, code: str) -> tuple[Cohort, int] | None:
    """A cohort of a published program with the seats left; past ones can still be looked at."""
    query = (
        select(Cohort, left_of(now()))
        .join(Cohort.program)
        .options(contains_eager(Cohort.program))
        .where(Program.is_published, Program.slug == slug, Cohort.code == code)
    )
    found = db.session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def profile_of(user_id: int) -> CoachProfile | None:
    """A person's public profile."""
    query = select(CoachProfile).where(CoachProfile.user_id == user_id, CoachProfile.is_public)
    found: CoachProfile | None = db.session.scalar(query)
    return found


def own_profile(user_id: int) -> CoachProfile | None:
    """A person's profile, shown or hidden; for herself."""
    return db.session.scalar(select(CoachProfile).where(CoachProfile.user_id == user_id))


def stories_by(user_id: int, at: datetime) -> list[Story]:
    return list(db.session.scalars(_public_stories(at).where(Story.author_id == user_id)))


def languages_spoken() -> list[str]:
    """Every language that a coach in the directory works in."""
    spoken = func.jsonb_array_elements_text(CoachProfile.languages)
    return sorted(db.session.scalars(select(spoken).where(CoachProfile.is_public).distinct()))


def certificates_of(user_id: int) -> list[Certificate]:
    """Certificates that stand."""
    query = select(Certificate).where(Certificate.user_id == user_id, ~Certificate.revocation.has())
    return list(db.session.scalars(query.order_by(Certificate.issued_at)))
