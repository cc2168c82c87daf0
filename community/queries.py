"""What the public may read."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import BindParameter, Select, Text, bindparam, cast, func, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from community.models import CoachProfile, Story
from community.offering import Coming, Offer, Syllabus, seats_at
from credentials.models import Certificate, CertificateKind
from enrollment.models import Cohort, Program
from enrollment.seating import left_of
from foundation.asking import row, rows
from foundation.clock import now
from foundation.db import UtcDateTime, db
from foundation.money import Money


class Headline(NamedTuple):
    """A published story as lists show it."""

    slug: str
    title: str
    dek: str
    pull_quote: str
    picture: str
    published_at: datetime
    author: str

    @property
    def href(self) -> str:
        return url_for("community.story", slug=self.slug)


def _public_stories() -> Select[Any]:
    shown = (Story.published_at <= bindparam("at"), Story.approved_at.is_not(None))
    return select(Story).where(*shown).order_by(Story.published_at.desc(), Story.id.desc())


@cache
def _headlines() -> Select[*tuple[Any, ...]]:
    story = (Story.slug, Story.title, Story.dek, Story.pull_quote, Story.picture, Story.published_at)
    listed = _public_stories().join(Story.author).with_only_columns(*story, User.name)
    return listed.limit(bindparam("most"))


def stories(at: datetime, *, limit: int = 60) -> tuple[Headline, ...]:
    """Published stories with their authors, newest first."""
    return tuple(Headline(*found) for found in rows(_headlines(), {"at": at, "most": limit}))


def story_named(slug: str, at: datetime) -> Story | None:
    named = _public_stories().options(joinedload(Story.author)).where(Story.slug == slug)
    found: Story | None = db.session.scalar(named, {"at": at})
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
    return list(db.session.scalars(_public_stories().with_only_columns(Story.slug), {"at": now()}))


def public_coach_slugs() -> list[str]:
    return list(db.session.scalars(select(CoachProfile.slug).where(CoachProfile.is_public).order_by(CoachProfile.id)))


@cache
def _offers() -> Select[*tuple[Any, ...]]:
    program = (Program.slug, Program.title, Program.level, Program.summary)
    times = (Program.minutes, Program.core_minutes, Program.synchronous_minutes)
    return select(*program, *times).where(Program.is_published).order_by(Program.position, Program.id)


def programs() -> tuple[Offer, ...]:
    """Published programs, in the school's order."""
    return tuple(Offer(*found) for found in rows(_offers()))


@cache
def _program_named() -> Select[*tuple[Any, ...]]:
    program = (Program.id, Program.slug, Program.title, Program.level, Program.summary, Program.description_md)
    times = (Program.minutes, Program.core_minutes, Program.synchronous_minutes)
    query = select(*program, *times, cast(Program.facts, Text), Program.asks_application)
    return query.where(Program.is_published, Program.slug == bindparam("slug"))


def program_named(slug: str) -> Syllabus | None:
    found = row(_program_named(), {"slug": slug})
    return Syllabus(*found) if found else None


def _cohorts() -> Select[*tuple[Any, ...]]:
    """Of published programs, as `_coming_at` reads them."""
    at: BindParameter[datetime] = bindparam("at", type_=UtcDateTime)
    cohort = (Cohort.code, Cohort.title, Program.slug, Program.title, Cohort.starts_on, Cohort.ends_on)
    told = (Cohort.rhythm, Cohort.time_zone, Cohort.language)
    terms = (Cohort.price_cents, Cohort.currency, Cohort.opens_at, Cohort.closes_at)
    shown = (Program.is_published, Cohort.is_published)
    return select(*cohort, *told, *terms, left_of(at)).join(Cohort.program).where(*shown)


def _coming_at(at: datetime, found: Any) -> Coming:
    told, (cents, currency, opens_at, closes_at, left) = found[:9], found[9:]
    seats = seats_at(opens_at, closes_at, left, at)
    return Coming._make((*told, Money(cents, currency), opens_at, left, seats))


@cache
def _coming() -> Select[*tuple[Any, ...]]:
    coming = (Cohort.closes_at > bindparam("at"), Cohort.cancelled_at.is_(None))
    return _cohorts().where(*coming).order_by(Cohort.starts_on, Cohort.id)


@cache
def _coming_of() -> Select[*tuple[Any, ...]]:
    return _coming().where(Cohort.program_id == bindparam("program"))


def coming_cohorts(at: datetime, program_id: int | None = None) -> tuple[Coming, ...]:
    """Cohorts that can still be joined or are announced; one statement."""
    query, given = (_coming(), {"at": at}) if program_id is None else (_coming_of(), {"at": at, "program": program_id})
    return tuple(_coming_at(at, found) for found in rows(query, given))


def cohort_named(slug: str, code: str) -> Cohort | None:
    """A cohort of a published program; past ones can still be looked at."""
    named = (Program.is_published, Cohort.is_published, Program.slug == slug, Cohort.code == code)
    query = select(Cohort).join(Cohort.program).options(contains_eager(Cohort.program)).where(*named)
    return db.session.scalar(query)


def as_offered(cohort: Cohort, at: datetime) -> Coming:
    """A cohort with its seats as they are now."""
    return _coming_at(at, row(_cohorts().where(Cohort.id == cohort.id), {"at": at}))


def profile_of(user_id: int) -> CoachProfile | None:
    """A person's public profile."""
    query = select(CoachProfile).where(CoachProfile.user_id == user_id, CoachProfile.is_public)
    found: CoachProfile | None = db.session.scalar(query)
    return found


def own_profile(user_id: int) -> CoachProfile | None:
    """A person's profile, shown or hidden; for herself."""
    return db.session.scalar(select(CoachProfile).where(CoachProfile.user_id == user_id))


def stories_by(user_id: int, at: datetime) -> list[Story]:
    return list(db.session.scalars(_public_stories().where(Story.author_id == user_id), {"at": at}))


def languages_spoken() -> list[str]:
    """Every language that a coach in the directory works in."""
    spoken = func.jsonb_array_elements_text(CoachProfile.languages)
    return sorted(db.session.scalars(select(spoken).where(CoachProfile.is_public).distinct()))


def certificates_of(user_id: int) -> list[Certificate]:
    """Certificates of completion that stand."""
    stands = (~Certificate.revocation.has(), Certificate.kind == CertificateKind.COMPLETION)
    query = select(Certificate).where(Certificate.user_id == user_id, *stands)
    return list(db.session.scalars(query.order_by(Certificate.issued_at, Certificate.id)))
