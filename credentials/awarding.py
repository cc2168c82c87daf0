"""Writing the ledger: minutes are awarded once for a source, and taken back by a line that says why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.errors import Refused


def award_minutes(
    *,
    user_id: int,
    enrollment_id: int | None,
    minutes: int,
    core_minutes: int,
    synchronous: bool,
    on: date,
    title: str,
    evidence: dict[str, Any],
    source_key: str,
    at: datetime,
    actor: User | None = None,
) -> LedgerEntry:
    """Education minutes, once for a `source_key`: asked again, the first line is the answer. They wait for a check.

    `minutes` and `core_minutes` are whole minutes, `on` is the day in the cohort's zone. `evidence` holds figures and
    codes for the reviewer; its `type` and `ref` name where the minutes come from.
    """
    return write_line(
        user_id=user_id,
        enrollment_id=enrollment_id,
        kind=Kind.EDUCATION,
        minutes=minutes,
        core_minutes=core_minutes,
        synchronous=synchronous,
        on=on,
        title=title,
        evidence=evidence,
        source_key=source_key,
        at=at,
        actor=actor,
        state=ReviewState.SENT,
    )


def write_line(
    *,
    user_id: int,
    enrollment_id: int | None,
    kind: Kind,
    minutes: int,
    core_minutes: int,
    synchronous: bool,
    on: date,
    title: str,
    evidence: dict[str, Any],
    source_key: str,
    at: datetime,
    actor: User | None,
    state: ReviewState,
) -> LedgerEntry:
    """A line of any kind with its review, once for a `source_key`. Raises Refused where the minutes can't be."""
    if minutes < 1 or not 0 <= core_minutes <= minutes:
        raise Refused("A line holds at least one minute, and no more core minutes than minutes.", field="minutes")
    values = {
        "public_id": new_public_id(),
        "user_id": user_id,
        "enrollment_id": enrollment_id,
        "kind": kind,
        "minutes": minutes,
        "core_minutes": core_minutes,
        "synchronous": synchronous,
        "on": on,
        "title": title,
        "recorded_at": at,
        "recorded_by_id": actor.id if actor else None,
        "evidence_type": str(evidence.get("type", source_key.split(":")[0])),
        "evidence_ref": str(evidence.get("ref", "")),
        "evidence": evidence,
        "reason": "",
        "source_key": source_key,
    }
    entry, is_new = _write_once(values)
    if is_new:
        sent_at = at if state == ReviewState.SENT else None
        db.session.add(LedgerReview(entry_id=entry.id, user_id=user_id, state=state, sent_at=sent_at, reason=""))
        record("hours.recorded", subject=entry, actor=actor, at=at, kind=str(kind), minutes=minutes)
        db.session.flush()
    return entry


def reverse(entry: LedgerEntry, reason: str, actor: User | None, at: datetime) -> LedgerEntry:
    """Take a line back by another that cancels it to the minute. Done twice it is done once. The reason is required."""
    values = reversal_of(entry, reason, actor, at)
    reversal, is_new = _write_once(values)
    if is_new:
        record("hours.reversed", subject=entry, actor=actor, at=at, minutes=entry.minutes)
    return reversal


def reversal_of(entry: LedgerEntry, reason: str, actor: User | None, at: datetime) -> dict[str, Any]:
    """The values of the line that takes another back, for whoever writes many at once. Raises Refused."""
    if entry.is_reversal:
        raise Refused("A reversal can't be reversed: log the hours anew instead.")
    if not reason.strip():
        raise Refused("Say why this line is taken back.", field="reason")
    kept = ("user_id", "enrollment_id", "kind", "synchronous", "on", "title", "evidence_type", "evidence_ref")
    return {name: getattr(entry, name) for name in kept} | {
        "public_id": new_public_id(),
        "minutes": -entry.minutes,
        "core_minutes": -entry.core_minutes,
        "recorded_at": at,
        "recorded_by_id": actor.id if actor else None,
        "evidence": {"type": "reversal"},
        "reverses_id": entry.id,
        "reason": reason.strip(),
        "source_key": f"reversal:{entry.id}",
    }


def _write_once(values: dict[str, Any]) -> tuple[LedgerEntry, bool]:
    statement = insert(LedgerEntry).values(**values).on_conflict_do_nothing().returning(LedgerEntry.id)
    added = db.session.execute(statement).scalar_one_or_none()
    found = db.session.scalars(select(LedgerEntry).where(LedgerEntry.source_key == values["source_key"])).one()
    return found, added is not None
