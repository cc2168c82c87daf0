"""An import from its first look to its undoing: shown, taken, undone."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from accounts.models import User
from credentials.awarding import reversal_of
from credentials.coaching_log.importing.planning import Plan, plan_import
from credentials.coaching_log.importing.reading import read_log
from credentials.coaching_log.importing.writing import write_plan
from credentials.coaching_log.keeping_clients import clients_of
from credentials.coaching_log.logging_sessions import one_at_a_time
from credentials.models import IMPORT_MOVES, CoachingSession, ImportState, LedgerEntry, LogImport
from credentials.profiling import is_reversed
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.secrets import decrypt, encrypt

MOST_BYTES = 10 * 1024 * 1024


def look(user: User, data: bytes, *, at: datetime) -> Plan:
    """What a file would write; changes nothing. Raises Refused where it holds no coaching log."""
    if len(data) > MOST_BYTES:
        raise Refused("This file is larger than 10 MB. A log that large comes in parts.", field="file")
    today = at.astimezone(ZoneInfo(user.time_zone)).date()
    return plan_import(user, read_log(data, today=today), clients_of(user))


def show(user: User, data: bytes, name: str, *, at: datetime) -> tuple[LogImport, Plan]:
    """Keep a file, sealed, while its trainee looks at what it would write. An earlier look is put away."""
    plan = look(user, data, at=at)
    db.session.execute(delete(LogImport).where(LogImport.user_id == user.id, LogImport.state == ImportState.SHOWN))
    shown = _begin(user, name, plan, at)
    shown.sealed_file = encrypt(base64.b64encode(data).decode())
    return shown, plan


def look_again(shown: LogImport, user: User, *, at: datetime) -> Plan:
    """What a kept file would write now."""
    return look(user, base64.b64decode(decrypt(shown.sealed_file)), at=at)


def confirm(shown: LogImport, *, user: User, at: datetime) -> LogImport:
    """Write what was shown. Confirmed twice it is written once."""
    one_at_a_time(user)
    db.session.refresh(shown)
    if shown.state == ImportState.SHOWN:
        _take(user, shown, look_again(shown, user, at=at), at)
    return shown


def take(user: User, data: bytes, name: str, *, at: datetime) -> Plan:
    """Look and write in one step. A file that adds nothing leaves no trace."""
    one_at_a_time(user)
    plan = look(user, data, at=at)
    if plan.new:
        _take(user, _begin(user, name, plan, at), plan, at)
    return plan


def undo(taken: LogImport, *, user: User, at: datetime) -> int:
    """Reverse every line of an import that still stands; how many. Undone twice it is undone once."""
    one_at_a_time(user)
    db.session.refresh(taken)
    IMPORT_MOVES.check(taken.state, ImportState.UNDONE)
    query = select(LedgerEntry).join(CoachingSession, CoachingSession.entry_id == LedgerEntry.id)
    entries = db.session.scalars(query.where(CoachingSession.import_id == taken.id, ~is_reversed(LedgerEntry.id)))
    lines = [reversal_of(entry, "The import was undone", user, at) for entry in entries]
    if lines:
        db.session.execute(insert(LedgerEntry), lines)
    if taken.state != ImportState.UNDONE:
        taken.state, taken.undone_at = ImportState.UNDONE, at
        record("import.undone", subject=taken, actor=user, at=at, lines=len(lines))
    return len(lines)


def drop(shown: LogImport) -> None:
    """Put a look away: nothing was written, and the file is gone."""
    if shown.state == ImportState.SHOWN:
        db.session.delete(shown)


def import_of(user: User, public_id: str) -> LogImport:
    """One's own import; anybody else's is not found."""
    found = db.session.scalar(select(LogImport).where(LogImport.public_id == public_id, LogImport.user_id == user.id))
    if found is None:
        raise NotFound
    return found


def imports_of(user: User) -> Sequence[LogImport]:
    """What was imported, the latest first; a look that was never confirmed is not among them."""
    query = select(LogImport).where(LogImport.user_id == user.id, LogImport.state != ImportState.SHOWN)
    return db.session.scalars(query.order_by(LogImport.id.desc()).limit(50)).all()


def forget_looks(before: datetime) -> int:
    """Delete files that were looked at and never confirmed; how many."""
    stale = (LogImport.state == ImportState.SHOWN, LogImport.created_at < before)
    gone = select(LogImport.id).where(*stale)
    number = len(db.session.scalars(gone).all())
    db.session.execute(delete(LogImport).where(*stale))
    return number


def _begin(user: User, name: str, plan: Plan, at: datetime) -> LogImport:
    made = LogImport(
        user_id=user.id,
        state=ImportState.SHOWN,
        sealed_name=encrypt(name[:200]) if name else "",
        report=_kept(plan),
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _take(user: User, shown: LogImport, plan: Plan, at: datetime) -> None:
    write_plan(user, plan, shown, at=at)
    report = _kept(plan)
    changed = {"state": ImportState.TAKEN, "taken_at": at, "report": report, "sealed_file": ""}
    db.session.execute(update(LogImport).where(LogImport.id == shown.id).values(**changed))
    db.session.refresh(shown)
    record("import.taken", subject=shown, actor=user, at=at, lines=report["imported"])


def _kept(plan: Plan) -> dict[str, object]:
    """The counts of a report. Reasons may quote what the file says, so they are shown and not kept."""
    report = plan.report()
    return report | {"problems": len(report["problems"])}
