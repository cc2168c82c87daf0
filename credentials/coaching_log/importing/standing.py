"""What stands in the log already, laid out so that a row of a file finds what is beside it without a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from accounts.models import User
from credentials.coaching_log.importing.rows import Entry
from credentials.models import Client, CoachingSession, Format, LogImport, Payment
from credentials.profiling import is_reversed
from foundation.db import db


class Stood(NamedTuple):
    """A session that stands: what a row of a file is compared with."""

    client_id: int
    on: date
    until: date | None
    started_at: datetime | None
    minutes: int
    format: Format
    participants: int
    payment: Payment

    @property
    def last(self) -> date:
        return self.until or self.on


@dataclass
class Standing:
    """The sessions of each client; those of a day by themselves, since most rows ask for one day."""

    every: dict[int, list[Stood]] = field(default_factory=dict)
    runs: dict[int, list[Stood]] = field(default_factory=dict)
    days: dict[tuple[int, date], list[Stood]] = field(default_factory=dict)

    def add(self, one: Stood) -> None:
        self.every.setdefault(one.client_id, []).append(one)
        if one.until:
            self.runs.setdefault(one.client_id, []).append(one)
        else:
            self.days.setdefault((one.client_id, one.on), []).append(one)

    def beside(self, entry: Entry, client: Client) -> Sequence[Stood]:
        """For a session those of its day and the runs; for a run whatever there is of this client."""
        if entry.until:
            return self.every.get(client.id, [])
        return [*self.days.get((client.id, entry.on), []), *self.runs.get(client.id, [])]


def standing_in(user: User, besides: LogImport | None = None) -> Standing:
    """The trainee's log, but for what `besides` has written."""
    one = CoachingSession
    query = select(*(getattr(one, name) for name in Stood._fields)).where(
        one.user_id == user.id, ~is_reversed(one.entry_id)
    )
    if besides is not None:
        query = query.where(or_(one.import_id.is_(None), one.import_id != besides.id))
    found = Standing()
    for row in db.session.execute(query):
        found.add(Stood(*row))
    return found
