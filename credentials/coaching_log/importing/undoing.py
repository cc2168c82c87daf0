"""Undoing an import: every line of it that still stands is reversed; many of them by the worker, some at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, func, insert, literal, select

from credentials.coaching_log.importing.looking import SOON
from credentials.coaching_log.importing.writing import told_rows
from credentials.coaching_log.logging_sessions import one_at_a_time
from credentials.models import IMPORT_MOVES, CoachingSession, ImportState, LedgerEntry, LogImport
from credentials.profiling import is_reversed
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.errors import Refused
from foundation.jobs import Job, enqueue

STEP = 1000
KEPT = ("user_id", "enrollment_id", "kind", "synchronous", "on", "title", "evidence_type", "evidence_ref")
WHY = "The import was undone"


def undo(taken: LogImport, *, at: datetime) -> LogImport:
    """Reverse every line that still stands. Undone twice it is undone once; a large one is left to the worker.

    Raises Refused where it is not in the log, or not yet.
    """
    one_at_a_time(taken.user)
    db.session.refresh(taken)
    if taken.state in {ImportState.UNDOING, ImportState.UNDONE}:
        return taken
    if taken.state != ImportState.TAKEN:
        raise Refused("This import is not in your log as a whole. Undo it once it is.")
    lines = db.session.scalar(select(func.count()).select_from(_standing(taken).subquery())) or 0
    taken.state, taken.steps, taken.done = ImportState.UNDOING, lines, 0
    if lines <= SOON:
        step(taken, at)
    else:
        enqueue(Job.TAKE_OVER_LOGS)
    return taken


def step(taken: LogImport, at: datetime) -> None:
    """Reverse the next lines. The caller holds the trainee's row, and commits."""
    lines = db.session.scalars(_standing(taken).order_by(LedgerEntry.id).limit(STEP)).all()
    if lines:
        _reverse(lines, taken, at)
    taken.done = min(taken.steps, taken.done + len(lines))
    if len(lines) < STEP:
        IMPORT_MOVES.check(taken.state, ImportState.UNDONE)
        taken.state, taken.undone_at = ImportState.UNDONE, at
        record("import.undone", subject=taken, actor=taken.user, at=at, lines=taken.steps)
    db.session.flush()


def _standing(taken: LogImport) -> Any:
    query = select(LedgerEntry.id).join(CoachingSession, CoachingSession.entry_id == LedgerEntry.id)
    return query.where(CoachingSession.import_id == taken.id, ~is_reversed(LedgerEntry.id))


def _reverse(lines: Any, taken: LogImport, at: datetime) -> None:
    """One statement for all of them; the values are those of `awarding.reversal_of`."""
    one = LedgerEntry
    told = told_rows([{"line": line, "name": new_public_id()} for line in lines], line=BigInteger(), name=String())
    values = {name: getattr(one, name) for name in KEPT} | {
        "public_id": told.c.name,
        "minutes": -one.minutes,
        "core_minutes": -one.core_minutes,
        "recorded_at": literal(at, one.recorded_at.type),
        "recorded_by_id": literal(taken.user_id, BigInteger()),
        "evidence": literal({"type": "reversal"}, one.evidence.type),
        "reverses_id": one.id,
        "reason": literal(WHY),
        "source_key": func.concat("reversal:", one.id),
    }
    picked = select(*values.values()).join(told, told.c.line == one.id)
    db.session.execute(insert(one).from_select(list(values), picked.order_by(one.id)))
