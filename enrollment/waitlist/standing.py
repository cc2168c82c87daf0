"""How a cohort's line stands: its seats, who waits in what order, and why nobody was offered one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from accounts.models import User
from enrollment.models import Cohort, Seat, SeatState
from enrollment.seating import is_occupied
from enrollment.waitlist.models import WaitlistEntry, WaitlistState
from foundation.audit import AuditLine
from foundation.db import db
from foundation.filters import count, shown_datetime
from foundation.heartbeat import Heartbeat

SILENT = timedelta(minutes=5)
STATES = tuple(str(state) for state in WaitlistState)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A cohort's seats and its line at a moment. `held`: by buyers who are paying; `offered`: for people in line."""

    seats: int
    taken: int
    held: int
    offered: int
    waiting: int

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken - self.held - self.offered)


def numbers(cohort: Cohort, at: datetime) -> Numbers:
    """In one statement."""
    ours, held = Seat.cohort_id == cohort.id, Seat.state == SeatState.HELD
    for_offer = Seat.ref.startswith("waitlist:")
    seats = select(
        func.count().filter(Seat.state == SeatState.TAKEN),
        func.count().filter(held, ~for_offer),
        func.count().filter(held, for_offer),
    ).where(ours, is_occupied(at))
    waits = select(func.count(WaitlistEntry.id)).where(
        WaitlistEntry.cohort_id == cohort.id, WaitlistEntry.state == WaitlistState.WAITING
    )
    taken, buying, offered, waiting = db.session.execute(seats.add_columns(waits.scalar_subquery())).one()
    return Numbers(cohort.seats, taken, buying, offered, waiting)


def why_nobody(cohort: Cohort, now: Numbers, *, at: datetime) -> str:
    """Why nobody is offered a seat at this moment, in one line for staff."""
    if not now.waiting:
        return "Everybody who waits has an offer." if now.offered else "Nobody waits."
    if at < cohort.opens_at:
        return f"Enrollment opens on {shown_datetime(cohort.opens_at)}. Seats are offered only while it is open."
    if not cohort.is_open(at):
        return f"Enrollment closed on {shown_datetime(cohort.closes_at)}. Seats are offered only while it is open."
    if not now.free:
        parts = [(now.taken, "taken"), (now.held, "held by somebody who is paying"), (now.offered, "offered")]
        return (
            f"No seat is free: {', '.join(f'{number} {word}' for number, word in parts if number) or 'there are none'}."
        )
    return f"{count(min(now.free, now.waiting), 'seat')} will be offered within a minute. {_worker(at)}".strip()


def _worker(at: datetime) -> str:
    seen = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    if seen is not None and at - seen <= SILENT:
        return ""
    last = f"was last seen {shown_datetime(seen)}" if seen else "has not been seen yet"
    return f"But the worker that does it {last}: offer them yourself with the button."


def entries(cohort: Cohort, *, words: str = "", state: str = "") -> Select[Any]:
    """Everybody who ever stood in line, with the place of those who wait: offers first, the line, the rest."""
    waits = WaitlistEntry.state == WaitlistState.WAITING
    place = func.row_number().over(order_by=(WaitlistEntry.rank, WaitlistEntry.id)).label("place")
    line = select(WaitlistEntry.id, place).where(WaitlistEntry.cohort_id == cohort.id, waits).subquery()
    first = case((WaitlistEntry.state == WaitlistState.OFFERED, 0), (waits, 1), else_=2)
    query = (
        select(WaitlistEntry, line.c.place)
        .join(WaitlistEntry.user)
        .outerjoin(line, line.c.id == WaitlistEntry.id)
        .options(joinedload(WaitlistEntry.user).options(lazyload(User.roles)))
        .where(WaitlistEntry.cohort_id == cohort.id)
        .order_by(first, line.c.place, WaitlistEntry.ended_at.desc(), WaitlistEntry.id)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(User.name.ilike(like), User.email.ilike(like)))
    return query.where(WaitlistEntry.state == WaitlistState(state)) if state in STATES else query


def changes(cohort: Cohort) -> list[tuple[AuditLine, str, str]]:
    """Every time that staff changed the line, newest first: the log's line, who stood there, who did it."""
    staff = aliased(User)
    query = (
        select(AuditLine, User.name, staff.name)
        .join(WaitlistEntry, WaitlistEntry.id == AuditLine.subject_id)
        .join(User, User.id == WaitlistEntry.user_id)
        .join(staff, staff.id == AuditLine.actor_id)
        .where(AuditLine.subject_type == "waitlist_entry", WaitlistEntry.cohort_id == cohort.id)
        .where(AuditLine.facts["reason"].astext != "")
        .order_by(AuditLine.id.desc())
    )
    return [(line, who, by) for line, who, by in db.session.execute(query.limit(50))]
