"""Letters that remind of a renewal: a year, half a year, three months and a month before, and when grace begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.evaluating.calendar import shift_months
from credentials.letters import promise_renewal
from credentials.models import HeldCredential, RenewalQuiet
from credentials.renewing.counting import wallet_of
from credentials.renewing.holding import current, stands
from credentials.renewing.timing import clock_of, first_day_to_submit
from credentials.standing import Assessed
from foundation.audit import record
from foundation.db import db
from mail.models import Letter

MONTHS_BEFORE = (12, 6, 3, 1)
QUIET = "renewal-quiet"  # what the link in a letter is signed for


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that is due to somebody; `months` before the end, 0 when it has come."""

    user: User
    held: HeldCredential
    months: int

    @property
    def dedupe(self) -> str:
        """One letter for a step of one end, however often the record behind it was mended."""
        one = self.held
        return f"renewal.reminder:{one.user_id}:{one.level}:{one.expires_on.isoformat()}:{self.months}"


def due(at: datetime) -> list[Due]:
    """The letters that are due and were not promised yet: of several that passed unnoticed the last alone."""
    found = [one for one in (_due(user, held, at) for user, held in _holders(at)) if one]
    promised = set(db.session.scalars(select(Letter.dedupe).where(Letter.dedupe.in_([one.dedupe for one in found]))))
    return [one for one in found if one.dedupe not in promised]


def remind(one: Due, *, at: datetime) -> None:
    """Promise the letter: what is there, what is missing, and the days that follow."""
    today = _day(one.user, at)
    wallet = wallet_of(one.user.id, [one.held])
    clock = clock_of(wallet.profile(str(one.held.level), "renewal", max(today, one.held.granted_on)), today)
    if clock is None:
        return
    standing = Assessed(wallet, str(one.held.level), "renewal", first_day_to_submit(clock))
    promise_renewal(one.user, clock, standing.rings, months=one.months, dedupe=one.dedupe, at=at)


def hush(user: User, *, at: datetime) -> None:
    """No more reminders. Said twice it is said once."""
    added = insert(RenewalQuiet).values(user_id=user.id, since=at).on_conflict_do_nothing()
    if db.session.execute(added.returning(RenewalQuiet.user_id)).scalar_one_or_none():
        record("renewal.reminders_off", subject=user, actor=user, at=at)


def wake(user: User, *, at: datetime) -> None:
    """Reminders again."""
    gone = delete(RenewalQuiet).where(RenewalQuiet.user_id == user.id).returning(RenewalQuiet.user_id)
    if db.session.execute(gone).scalar_one_or_none():
        record("renewal.reminders_on", subject=user, actor=user, at=at)


def is_quiet(user: User) -> bool:
    return db.session.get(RenewalQuiet, user.id) is not None


def _holders(at: datetime) -> Iterator[tuple[User, list[HeldCredential]]]:
    """Everybody who may hear of an end that is near, with all that they hold."""
    near = HeldCredential.expires_on.between(shift_months(at.date(), -2), shift_months(at.date(), 12) + timedelta(1))
    owners = select(HeldCredential.user_id).where(near)
    quiet = select(RenewalQuiet.user_id)
    query = (
        select(HeldCredential, User)
        .join(User, User.id == HeldCredential.user_id)
        .where(HeldCredential.user_id.in_(owners), HeldCredential.user_id.not_in(quiet), User.active, stands())
        .order_by(HeldCredential.user_id, HeldCredential.id)
    )
    for user, rows in groupby(db.session.execute(query), key=lambda row: row[1]):
        yield user, [held for held, _ in rows]


def _due(user: User, held: list[HeldCredential], at: datetime) -> Due | None:
    today = _day(user, at)
    one = current(held, today)
    if one is None or one.expires_on < shift_months(today, -2):
        return None
    passed = [(day, months) for day, months in _marks(one.expires_on) if day <= today]
    if not passed or passed[-1][0] <= _day(user, one.recorded_at):
        return None  # whoever has just recorded it has the page before them
    return Due(user, one, passed[-1][1])


def _marks(expires_on: date) -> list[tuple[date, int]]:
    before = [(shift_months(expires_on, -months), months) for months in MONTHS_BEFORE]
    return [*before, (expires_on + timedelta(days=1), 0)]


def _day(user: User, at: datetime) -> date:
    return at.astimezone(ZoneInfo(user.time_zone)).date()
