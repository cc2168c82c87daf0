"""Taking over a list of people from another system; who unsubscribed or bounced there is stopped here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from enrollment.guide_forms import checked_address
from enrollment.lead_lists import Person
from enrollment.leads import Lead
from foundation.db import db, new_public_id
from foundation.errors import Refused
from mail.models import StopReason, Suppression
from mail.suppressing import digest, stop

CHUNK = 500


@dataclass(slots=True)
class Report:
    """What an import did. Each row is counted once: created, updated, suppressed, a duplicate or a problem."""

    rows_read: int = 0
    created: int = 0
    updated: int = 0
    suppressed: int = 0
    duplicates: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def import_leads(people: list[Person], *, at: datetime) -> Report:
    """Create and stop. A stop wins over every other row of its address; nobody becomes a reader of news by this."""
    report = Report(rows_read=len(people))
    merged = _merged(people, report)
    for chunk in _chunks(merged):
        _take_over(chunk, report, at)
    return report


def _merged(people: list[Person], report: Report) -> dict[str, Person]:
    """One entry an address. Addresses that can't be right become problems."""
    merged: dict[str, Person] = {}
    for person in people:
        try:
            address = checked_address(person.address)
        except Refused as refused:
            report.problems.append({"line": person.line, "reason": refused.message})
            continue
        known = merged.get(address.lower())
        if known is None:
            merged[address.lower()] = Person(person.line, address, person.name, person.stopped)
        else:
            report.duplicates += 1
            known.stopped = known.stopped or person.stopped
            known.name = known.name or person.name
    return merged


def _chunks(merged: dict[str, Person]) -> Iterator[list[Person]]:
    everybody = iter(merged.values())
    while chunk := list(islice(everybody, CHUNK)):
        yield chunk


def _take_over(chunk: list[Person], report: Report, at: datetime) -> None:
    """Two statements look a whole chunk up; rows are added together."""
    addresses = [person.address.lower() for person in chunk]
    leads = {x.email.lower(): x for x in db.session.scalars(select(Lead).where(func.lower(Lead.email).in_(addresses)))}
    stops = _stops([digest(address) for address in addresses])
    for person in chunk:
        if person.stopped:
            _stop(person, person.stopped, stops, leads.get(person.address.lower()), report, at)
        else:
            _add(person, leads.get(person.address.lower()), report, at)
    db.session.flush()


def _stops(digests: list[str]) -> set[tuple[str, StopReason]]:
    query = select(Suppression.digest, Suppression.reason).where(Suppression.digest.in_(digests))
    return {(found, reason) for found, reason in db.session.execute(query)}


def _stop(
    person: Person,
    reason: StopReason,
    stops: set[tuple[str, StopReason]],
    lead: Lead | None,
    report: Report,
    at: datetime,
) -> None:
    if (digest(person.address), reason) in stops:
        report.duplicates += 1
        return
    stop(digest(person.address), reason, at=at, source="import")
    report.suppressed += 1
    if lead is not None:
        lead.news = False


def _add(person: Person, lead: Lead | None, report: Report, at: datetime) -> None:
    name = person.name or person.address.partition("@")[0]
    if lead is None:
        values = {"public_id": new_public_id(), "email": person.address, "name": name, "source": "import"}
        db.session.add(Lead(**values, asked_at=at, is_suspect=False, news=False))
        report.created += 1
    elif person.name and lead.source == "import" and lead.confirmed_at is None and lead.name != name:
        lead.name = name
        report.updated += 1
    else:
        report.duplicates += 1
