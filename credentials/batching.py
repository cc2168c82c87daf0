"""The queue, trainee by trainee: what is odd stands apart, what is clean is one batch with a sample drawn from it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select

from credentials.beside import Beside, Rows, besides, rows_beside
from credentials.flagging import flags, rows_of_days
from credentials.models import Kind, LedgerEntry, LedgerReview
from credentials.queueing import Trainee, Waits, columns, evidence_words, waiting
from credentials.ruling.living import Digests, live_digests
from credentials.wording import KINDS
from foundation.asking import rows
from foundation.remembering import WorkedOut

ONE_IN = 10
MOST_LINES = 200


class Row(NamedTuple):
    """A line that waits, with what is odd about it."""

    entry: Waits
    kind: str
    evidence: tuple[str, ...]
    flags: tuple[str, ...]

    @property
    def sent_at(self) -> datetime:
        return self.entry.sent_at


@dataclass(frozen=True, slots=True)
class Batch:
    """All that waits of one trainee. `sample` is drawn from `clean`, the same for every reviewer."""

    user: Trainee
    odd: list[Row]
    clean: list[Row]
    sample: list[Row]
    more: int

    @property
    def rest(self) -> list[Row]:
        """What was not drawn."""
        return [row for row in self.clean if row not in self.sample]

    @property
    def minutes(self) -> int:
        return sum(row.entry.minutes for row in self.clean)


class Facts(NamedTuple):
    """What the batches depend on, and nothing else."""

    trainees: tuple[tuple[int, int], ...]
    lines: tuple[Waits, ...]
    beside: Rows
    days: Rows
    rules: Digests


class Batches(WorkedOut):
    """The queue of these trainees."""

    known_by: Facts

    @cached_property
    def all(self) -> list[Batch]:
        found: dict[int, list[Waits]] = defaultdict(list)
        for line in self.known_by.lines:
            found[line.user_id].append(line)
        beside = besides(self.known_by.beside)
        odd = flags(self.known_by.lines, beside, self.known_by.days)
        trainees = [(user_id, number) for user_id, number in self.known_by.trainees if found[user_id]]
        return [_batch(found[user_id], odd, beside, number) for user_id, number in trainees]


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


def batches(trainees: Sequence[tuple[int, int]], *, kind: str = "", words: str = "") -> Batches:
    """The batches of these trainees (with how many lines each has); the same few statements for any number of them.

    Of each their oldest lines, MOST_LINES of them and no more.
    """
    lines = tuple(Waits._make(row) for row in rows(_oldest(kind, words), {"people": [one for one, _ in trainees]}))
    beside = rows_beside(line.id for line in lines)
    days = rows_of_days((line.user_id, line.on) for line in lines)
    rules = live_digests() if any(line.kind == Kind.MENTOR for line in lines) else ()
    return Batches(Facts(tuple(trainees), lines, beside, days, rules))


@lru_cache(50)
def _oldest(kind: str, words: str) -> Select[*tuple[Any, ...]]:
    place = func.row_number().over(
        partition_by=LedgerEntry.user_id, order_by=(LedgerReview.sent_at, LedgerReview.entry_id)
    )
    people = any_(bindparam("people", type_=ARRAY(BigInteger)))
    theirs = waiting(kind=kind, words=words).where(LedgerEntry.user_id == people).order_by(None)
    ranked = theirs.with_only_columns(LedgerEntry.id, place.label("place"), maintain_column_froms=True).subquery()
    lines = waiting().join(ranked, ranked.c.id == LedgerEntry.id).where(ranked.c.place <= MOST_LINES)
    return lines.with_only_columns(*columns(), maintain_column_froms=True)


def _batch(lines: list[Waits], odd: dict[int, list[str]], beside: dict[int, Beside], number: int) -> Batch:
    shown = [_row(line, odd[line.id], beside[line.id]) for line in lines]
    clean = [row for row in shown if not row.flags]
    return Batch(lines[0].user, [row for row in shown if row.flags], clean, drawn(clean), number - len(shown))


def _row(line: Waits, odd: list[str], beside: Beside) -> Row:
    return Row(line, KINDS[line.kind], (*evidence_words(line), *beside.evidence), tuple(odd))


def drawn(clean: Sequence[Row]) -> list[Row]:
    """One line in ten, and at least one: by a hash of the line's name, so that nobody chooses and all see the same."""
    by_lot = sorted(clean, key=lambda row: hashlib.sha256(row.entry.public_id.encode()).digest())
    return sorted(by_lot[: -(-len(clean) // ONE_IN)], key=lambda row: (row.entry.on, row.entry.id))
