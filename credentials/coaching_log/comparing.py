"""Two clients side by side: what stands of each, who looks like whom, and what may have been logged twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import func, select

from credentials.models import Client, CoachingSession, Consent
from credentials.profiling import is_reversed
from foundation.db import db


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a client stands in the log: sessions, whole minutes, and the days of the first and the last."""

    sessions: int
    minutes: int
    first: date | None
    last: date | None


def standing_of(*clients: Client) -> list[Standing]:
    """What stands of each, in one statement."""
    one = CoachingSession
    sums = (func.count(), func.sum(one.minutes), func.min(one.on), func.max(func.coalesce(one.until, one.on)))
    query = select(one.client_id, *sums).where(one.client_id.in_([c.id for c in clients]), ~is_reversed(one.entry_id))
    found = {
        number: Standing(count, int(minutes), *days)
        for number, count, minutes, *days in db.session.execute(query.group_by(one.client_id))
    }
    return [found.get(client.id, Standing(0, 0, None, None)) for client in clients]


def twins_of(kept: Client, gone: Client) -> list[tuple[date, int]]:
    """Day and minutes of sessions that stand with both: perhaps one session that was logged twice."""
    one = CoachingSession
    what = (one.on, one.minutes, one.participants)
    mine, theirs = (
        select(*what).where(one.client_id == client.id, one.until.is_(None), ~is_reversed(one.entry_id))
        for client in (kept, gone)
    )
    found = db.session.execute(mine.intersect(theirs))
    return sorted((on, minutes) for on, minutes, _ in found)


def stricter(one: Client, other: Client) -> Client:
    """Whose word is offered first: who refused, else who said it last."""
    return max(one, other, key=lambda c: (c.consent == Consent.REFUSED, c.consent_on or date.min))


def likely(client: Client, others: Sequence[Client]) -> list[Client]:
    """The others, who look most like this client first. Names are sealed, so that they are compared here."""
    return sorted(others, key=lambda other: -_alike(client, other))


def look_alikes(clients: Sequence[Client]) -> list[tuple[Client, Client]]:
    """Pairs who have the same words in their names, in whatever order, or the same contact: perhaps one person."""
    seen: dict[str, Client] = {}
    pairs: dict[tuple[int, int], tuple[Client, Client]] = {}
    for client in sorted(clients, key=lambda one: one.number):
        if client.forgotten_at:
            continue
        for mark in filter(None, (" ".join(_words(client.name)), client.contact.casefold())):
            first = seen.setdefault(mark, client)
            if first is not client:
                pairs[first.id, client.id] = (first, client)
    return list(pairs.values())


def _words(name: str) -> list[str]:
    return sorted(re.findall(r"\w+", name.casefold()))


def _alike(one: Client, other: Client) -> float:
    if one.contact and one.contact.casefold() == other.contact.casefold():
        return 2
    names = ["".join(_words(name)) for name in (one.name, other.name)]
    return SequenceMatcher(a=names[0], b=names[1]).quick_ratio()
