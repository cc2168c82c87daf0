"""The trail of a line: logged, sent, checked, counted; and the lines themselves, as a page lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from credentials.models import CoachingSession, Kind, LedgerEntry, LedgerReview, MentorSession, ReviewState
from credentials.wording import KINDS
from foundation.asking import rows
from foundation.filters import shown_date

DONE, NOW, TODO, STOPPED = "done", "now", "todo", "stopped"
Reversal = aliased(LedgerEntry, name="taken_back")


class Entered(NamedTuple):
    """A line of the ledger as its trainee sees it."""

    id: int
    public_id: str
    on: date
    title: str
    kind: Kind
    minutes: int
    core_minutes: int
    synchronous: bool
    recorded_at: datetime


class Line(NamedTuple):
    """A ledger line with all that its trail needs."""

    entry: Entered
    state: ReviewState
    sent_at: datetime | None
    decided_at: datetime | None
    reason: str
    reversed_at: datetime | None
    reversed_why: str | None
    record: str | None

    @property
    def kind(self) -> str:
        return KINDS[self.entry.kind]

    @property
    def stands(self) -> bool:
        return self.reversed_at is None


def lines_of(user_id: int, *, kind: str = "", state: str = "", since: date | None = None) -> Select[*tuple[Any, ...]]:
    """A person's lines, newest first; a line that was taken back says when and why instead of a second row."""
    query = _lines().where(LedgerEntry.user_id == user_id)
    if kind in set(Kind):
        query = query.where(LedgerEntry.kind == Kind(kind))
    if state in set(ReviewState):
        query = query.where(LedgerReview.state == ReviewState(state), Reversal.id.is_(None))
    return query.where(LedgerEntry.on >= since) if since else query


@cache
def _lines() -> Select[*tuple[Any, ...]]:
    one = LedgerEntry
    entered = (one.id, one.public_id, one.on, one.title, one.kind, one.minutes, one.core_minutes, one.synchronous)
    return (
        select(
            *entered,
            one.recorded_at,
            LedgerReview.state,
            LedgerReview.sent_at,
            LedgerReview.decided_at,
            LedgerReview.reason,
            Reversal.recorded_at,
            Reversal.reason,
            CoachingSession.public_id,
            MentorSession.public_id,
        )
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .outerjoin(Reversal, Reversal.reverses_id == LedgerEntry.id)
        .outerjoin(CoachingSession, CoachingSession.entry_id == LedgerEntry.id)
        .outerjoin(MentorSession, MentorSession.entry_id == LedgerEntry.id)
        .where(LedgerEntry.reverses_id.is_(None))
        .order_by(LedgerEntry.on.desc(), LedgerEntry.id.desc())
    )


def newest(user_id: int, number: int) -> tuple[Line, ...]:
    """A person's last lines."""
    return tuple(line(row) for row in rows(_newest(), {"user_id": user_id, "number": number}))


@cache
def _newest() -> Select[*tuple[Any, ...]]:
    return _lines().where(LedgerEntry.user_id == bindparam("user_id")).limit(bindparam("number"))


def line(row: Any) -> Line:
    state, sent_at, decided_at, reason, reversed_at, why, session, mentoring = row[9:]
    return Line(Entered._make(row[:9]), state, sent_at, decided_at, reason, reversed_at, why, session or mentoring)


def trail(one: Line, excluded: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps of a line as `components/steps.html` shows them. `excluded`: by record, why it does not count."""
    entry = one.entry
    steps = [_step("Logged", DONE, entry.recorded_at)]
    if not one.stands:
        return [*steps, _step("Taken back", STOPPED, one.reversed_at)]
    if one.state == ReviewState.RETURNED:
        return [*steps, _step("Sent", DONE, one.sent_at), _step("Returned", STOPPED, one.decided_at)]
    if one.state == ReviewState.LOGGED:
        return [*steps, _step("Sent", NOW, None), _step("Checked", TODO, None), _step("Counted", TODO, None)]
    steps.append(_step("Sent", DONE, one.sent_at))
    if one.state == ReviewState.SENT:
        return [*steps, _step("Checked", NOW, None), _step("Counted", TODO, None)]
    counts = one.record is None or one.record not in excluded
    last = _step("Counted", DONE, None) if counts else _step("Not counted", STOPPED, None)
    return [*steps, _step("Checked", DONE, one.decided_at), last]


def _step(label: str, state: str, when: datetime | None) -> dict[str, Any]:
    return {"label": label, "state": state, "when": shown_date(when, "MMM d") if when else None}
