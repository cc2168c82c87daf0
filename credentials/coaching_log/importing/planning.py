"""What an import would write: each entry beside what already stands, so that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from credentials.coaching_log.importing.reading import Read
from credentials.coaching_log.importing.rows import Entry, Problem
from credentials.coaching_log.importing.standing import Stood, standing_in
from credentials.coaching_log.keeping_clients import every_client_of
from credentials.models import Client, LogImport, Payment
from foundation.filters import hours


@dataclass
class Plan:
    """`new` entries are written; `duplicates` stand already, in the log or earlier in the file.

    `twice`: the rows of those that stand earlier in the file.
    """

    read: Read
    clients: dict[str, Client]
    new: list[Entry] = field(default_factory=list)
    duplicates: list[Entry] = field(default_factory=list)
    twice: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def persons(self) -> set[str]:
        return {person(entry.name) for entry in self.new}

    def minutes(self, *, pro_bono: bool) -> int:
        parts = [part for entry in self.new for part in entry.parts]
        return sum(minutes for minutes, payment in parts if (payment == Payment.PRO_BONO) == pro_bono)

    def report(self) -> dict[str, Any]:
        """The report of the contract: whole minutes, and rows as a spreadsheet numbers them."""
        return {
            "shape": str(self.read.shape),
            "rows_read": self.read.rows,
            "imported": len(self.new),
            "duplicates": len(self.duplicates),
            "clients": len(self.persons),
            "minutes": {"paid": self.minutes(pro_bono=False), "pro_bono": self.minutes(pro_bono=True)},
            "problems": [{"row": one.row, "column": one.column, "reason": one.reason} for one in self.problems],
        }


def person(name: str) -> str:
    """One person, however the name is spaced or cased."""
    return " ".join(name.split()).casefold()


def known_persons(user: User) -> dict[str, Client]:
    """The trainee's clients by their names; who was merged into another is that one, by the name they had too."""
    clients = [client for client in reversed(every_client_of(user)) if not client.forgotten_at]
    clients.sort(key=lambda client: not client.merged_into_id)
    return {person(client.name): client.standing for client in clients}


def plan_import(user: User, read: Read, *, span: range | None = None, besides: LogImport | None = None) -> Plan:
    """Compare a file with the log.

    Only the entries in `span` are judged, all where there is none; what is wrong with the file's rows comes with the
    first of them. What `besides` has written of the file already doesn't stand in its own way.
    """
    span = range(len(read.entries)) if span is None else span
    plan = Plan(read, known_persons(user), problems=list(read.problems) if span.start == 0 else [])
    log, zone = standing_in(user, besides), ZoneInfo(user.time_zone)
    seen: set[tuple[Any, ...]] = set()
    for place, entry in enumerate(read.entries[: span.stop]):
        mark = _mark(entry)
        if place in span:
            client = plan.clients.get(person(entry.name))
            _judge(plan, entry, log.beside(entry, client) if client else [], zone, is_twice=mark in seen)
        seen.add(mark)
    plan.problems.sort(key=lambda one: one.row)
    return plan


def _judge(plan: Plan, entry: Entry, there: Sequence[Stood], zone: ZoneInfo, *, is_twice: bool) -> None:
    if is_twice or _stands(entry, there, zone):
        plan.duplicates.append(entry)
        plan.twice |= {entry.row} if is_twice else set()
    elif reason := _clash(entry, there, plan):
        plan.problems.append(Problem(entry.row, "Start Date" if entry.until else "Date", reason))
    else:
        plan.new.append(entry)


def _mark(entry: Entry) -> tuple[Any, ...]:
    return person(entry.name), entry.on, entry.until, entry.people, entry.parts, entry.starts


def _stands(entry: Entry, there: Sequence[Stood], zone: ZoneInfo) -> bool:
    """A session: same client, day, length and pay. A run: what stands between its days adds up to the same."""
    alike = [session for session in there if session.participants == entry.people and session.format == entry.format]
    if entry.until is None:
        return all(any(_is_same(entry, part, session, zone) for session in alike) for part in entry.parts)
    inside = [session for session in alike if session.last <= entry.until and session.on >= entry.on]
    return bool(inside) and _sums(entry.parts) == _sums([(session.minutes, session.payment) for session in inside])


def _is_same(entry: Entry, part: tuple[int, Payment], session: Stood, zone: ZoneInfo) -> bool:
    minutes, payment = part
    same_pay = (payment == Payment.PRO_BONO) == (session.payment == Payment.PRO_BONO)
    if session.until or session.on != entry.on or session.minutes != minutes or not same_pay:
        return False
    began = session.started_at.astimezone(zone).time() if session.started_at else None
    return entry.starts is None or began is None or entry.starts == began


def _sums(parts: Sequence[tuple[int, Payment]]) -> tuple[int, int]:
    free = sum(minutes for minutes, payment in parts if payment == Payment.PRO_BONO)
    return sum(minutes for minutes, _ in parts) - free, free


def _clash(entry: Entry, there: Sequence[Stood], plan: Plan) -> str | None:
    """Time that would be counted twice: a run over days with other lines of this client, or a session inside a run."""
    last = entry.until or entry.on
    overlapping = [
        session
        for session in there
        if session.format == entry.format
        and session.participants == entry.people
        and (entry.until or session.until)
        and session.on <= last
        and session.last >= entry.on
    ]
    if not overlapping:
        return None
    total, code = sum(session.minutes for session in overlapping), plan.clients[person(entry.name)].code
    first, end = min(s.on for s in overlapping), max(s.last for s in overlapping)
    return (
        f"{code} has {hours(total)} in the log between {first} and {end}, which this row would count again; "
        "undo the earlier import, or leave this row out"
    )
