"""Writing a cohort: made as a draft, changed under its lock, never to less than was sold."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.models import User
from enrollment import seating, timetables
from enrollment.cohorts import checking, followers, letters
from enrollment.models import Cohort, Enrollment, EnrollmentState, Seat
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.jobs import Job, enqueue

PRESENT = (EnrollmentState.ACTIVE, EnrollmentState.READ_ONLY, EnrollmentState.PAUSED, EnrollmentState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class CohortDraft:
    """A cohort as it was typed; times in UTC, the price in the smallest unit of its currency."""

    program_id: int
    title: str
    starts_on: date
    ends_on: date
    time_zone: str
    language: str
    rhythm: str
    seats: int
    seats_minimum: int
    opens_at: datetime
    closes_at: datetime
    offer_hours: int
    currency: str
    price_cents: int
    instructor_id: int | None = None
    requires_program_id: int | None = None
    requires_credential: str = ""
    prerequisites: str = ""
    holds_seats: bool = False


def as_draft(cohort: Cohort) -> CohortDraft:
    """A cohort as if it had just been typed; to begin a change or a copy with."""
    return CohortDraft(**{field.name: getattr(cohort, field.name) for field in fields(CohortDraft)})


def create(code: str, draft: CohortDraft, *, actor: User, at: datetime, like: Cohort | None = None) -> Cohort:
    """A new cohort that the public doesn't see yet; `like` another, whose classes and ways to pay come along.

    Raises Refused beside the field that does not fit.
    """
    checking.check_code(code)
    checking.check(draft)
    cohort = Cohort(code=code, is_published=False, created_at=at, **asdict(draft))
    try:
        with db.session.begin_nested():
            db.session.add(cohort)
            db.session.flush()
    except IntegrityError:
        raise Refused("Another cohort has this code already. Choose another one.", "code") from None
    record("cohort.created", subject=cohort, actor=actor, at=at, code=code, like=like.code if like else "")
    if like is not None:
        followers.copied(like, cohort, actor=actor, at=at)
    return cohort


def change(cohort: Cohort, draft: CohortDraft, *, seen: int, actor: User, at: datetime) -> dict[str, list[str]]:
    """Bring a cohort to what was typed; answers with what changed, each from and to. Whoever is in is told of new days.

    Raises Refused where somebody else changed it meanwhile (`seen` is the revision that was read), or beside a field.
    """
    cohort = seating.lock(cohort)
    if seen != cohort.revision:
        raise Refused("Somebody else has changed this cohort since you opened the page. Look below at what it is now.")
    if cohort.cancelled_at is not None:
        raise Refused("This cohort was called off. Copy it to new dates instead.")
    checking.check(draft)
    _check_against_what_was_sold(cohort, draft, at)
    changed = differences(cohort, draft)
    if not changed:
        return {}
    for name in changed:
        setattr(cohort, name, getattr(draft, name))
    cohort.revision += 1
    db.session.flush()
    record("cohort.changed", subject=cohort, actor=actor, at=at, **changed)
    if "seats" in changed or "closes_at" in changed:
        enqueue(Job.OFFER_FREE_SEATS)
    if changed.keys() & {"starts_on", "ends_on"}:
        for enrollment in present(cohort):
            letters.changed(enrollment, changed, at=at)
    return changed


def differences(cohort: Cohort, draft: CohortDraft) -> dict[str, list[str]]:
    """What a draft says otherwise than the cohort: the old word and the new one."""
    names: dict[str, Any] = asdict(draft)
    return {name: [str(getattr(cohort, name)), str(new)] for name, new in names.items() if getattr(cohort, name) != new}


def _check_against_what_was_sold(cohort: Cohort, draft: CohortDraft, at: datetime) -> None:
    given = cohort.seats - seating.seats_free(cohort, at)
    if draft.seats < min(given, cohort.seats):
        raise Refused(f"{given} seats are taken or held just now; it can't have fewer.", "seats")
    if draft.currency != cohort.currency:
        raise Refused("Prices and orders are written in this currency. Copy the cohort to sell in another.", "currency")
    if draft.program_id != cohort.program_id and db.session.scalar(_seats_ever(cohort)):
        raise Refused("Seats of it were sold as this program. Copy the cohort for another one.", "program")
    if draft.time_zone != cohort.time_zone and timetables.class_days(cohort):
        raise Refused("Its classes are written in this zone. Call them off first, or copy the cohort.", "time_zone")


def _seats_ever(cohort: Cohort) -> Any:
    return select(func.count(Seat.id)).where(Seat.cohort_id == cohort.id)


def present(cohort: Cohort) -> list[Enrollment]:
    """Everybody who takes part and has not finished."""
    query = select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.state.in_(PRESENT))
    return list(db.session.scalars(query.order_by(Enrollment.id)))


def show(cohort: Cohort, on: bool, *, actor: User, at: datetime) -> None:
    """Put a cohort before the public, or take it away from there; who is in stays in. Raises Refused."""
    cohort = seating.lock(cohort)
    if on and cohort.cancelled_at is not None:
        raise Refused("This cohort was called off. Copy it to new dates instead.")
    if on and not cohort.program.is_published:
        raise Refused(f"{cohort.program.title} is a draft itself. Publish the program first.")
    if on and cohort.seats < 1:
        raise Refused("It has no seats yet.")
    if cohort.is_published != on:
        cohort.is_published = on
        cohort.revision += 1
        record("cohort.published" if on else "cohort.unpublished", subject=cohort, actor=actor, at=at)
        enqueue(Job.OFFER_FREE_SEATS)
