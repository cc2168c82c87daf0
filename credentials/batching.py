"""The queue, trainee by trainee: what is odd stands apart, what is clean is one batch with a sample drawn from it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from accounts.models import User
from credentials.beside import Beside, beside_lines
from credentials.flagging import flags_of
from credentials.models import LedgerEntry, LedgerReview
from credentials.queueing import waiting
from foundation.db import db

ONE_IN = 10
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that waits, with what is odd about it."""

    entry: LedgerEntry
    sent_at: datetime
    flags: list[str]
    beside: Beside


@dataclass(frozen=True, slots=True)
class Batch:
    """All that waits of one trainee. `sample` is drawn from `clean`, the same for every reviewer."""

    user: User
    odd: list[Waiting]
    clean: list[Waiting]
    sample: list[Waiting]
    more: int

    @property
    def minutes(self) -> int:
        return sum(line.entry.minutes for line in self.clean)


@lru_cache(50)
def trainees_waiting(*, kind: str = "", words: str = "") -> Select[*tuple[Any, ...]]:
    """Who has lines that wait, and how many; whoever has waited longest comes first."""
    lines = (
        waiting(kind=kind, words=words)
        .order_by(None)
        .with_only_columns(LedgerEntry.user_id, LedgerReview.sent_at, LedgerReview.entry_id, maintain_column_froms=True)
    )
    waits = lines.subquery()
    number = func.count(waits.c.entry_id).label("number")
    oldest = func.min(waits.c.sent_at)
    return select(waits.c.user_id, number).group_by(waits.c.user_id).order_by(oldest, waits.c.user_id)


def batches(trainees: Sequence[tuple[int, int]], *, kind: str = "", words: str = "") -> list[Batch]:
    """The batches of these trainees (with how many lines each has); the same few statements for any number of them."""
    lines = _lines([user_id for user_id, _ in trainees], kind, words)
    entries = [entry for found in lines.values() for entry, _ in found]
    beside = beside_lines(entry.id for entry in entries)
    flags = flags_of(entries, beside)
    return [_batch(lines[user_id], flags, beside, number) for user_id, number in trainees if lines[user_id]]


def _lines(users: list[int], kind: str, words: str) -> dict[int, list[tuple[LedgerEntry, LedgerReview]]]:
    """Each one's oldest lines, MOST_LINES of them and no more."""
    found: dict[int, list[tuple[LedgerEntry, LedgerReview]]] = defaultdict(list)
    for entry, review in db.session.execute(_oldest(kind, words), {"people": users}):
        found[entry.user_id].append((entry, review))
    return found


@lru_cache(50)
def _oldest(kind: str, words: str) -> Select[*tuple[Any, ...]]:
    place = func.row_number().over(
        partition_by=LedgerEntry.user_id, order_by=(LedgerReview.sent_at, LedgerReview.entry_id)
    )
    theirs = (
        waiting(kind=kind, words=words)
        .where(LedgerEntry.user_id.in_(bindparam("people", expanding=True)))
        .order_by(None)
    )
    ranked = theirs.with_only_columns(LedgerEntry.id, place.label("place"), maintain_column_froms=True).subquery()
    return waiting().join(ranked, ranked.c.id == LedgerEntry.id).where(ranked.c.place <= MOST_LINES)


def _batch(
    lines: list[tuple[LedgerEntry, LedgerReview]], flags: dict[int, list[str]], beside: dict[int, Beside], number: int
) -> Batch:
    known = [(entry, review.sent_at) for entry, review in lines if review.sent_at]
    shown = [Waiting(entry, sent_at, flags[entry.id], beside[entry.id]) for entry, sent_at in known]
    clean = [line for line in shown if not line.flags]
    return Batch(lines[0][0].user, [line for line in shown if line.flags], clean, drawn(clean), number - len(shown))


def drawn(clean: Sequence[Waiting]) -> list[Waiting]:
    """One line in ten, and at least one: by a hash of the line's name, so that nobody chooses and all see the same."""
    by_lot = sorted(clean, key=lambda line: hashlib.sha256(line.entry.public_id.encode()).digest())
    return sorted(by_lot[: -(-len(clean) // ONE_IN)], key=lambda line: (line.entry.on, line.entry.id))
