"""Taking over what was shown: at once where it is little, else by the worker, some rows at a time, each row once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.models import User
from credentials.coaching_log.importing.looking import SOON, Look, begin, kept_counts, look, look_of, read_again
from credentials.coaching_log.importing.planning import Plan, plan_import
from credentials.coaching_log.importing.reading import Read
from credentials.coaching_log.importing.showing import MOST, shown_rows
from credentials.coaching_log.importing.writing import write_plan
from credentials.coaching_log.logging_sessions import one_at_a_time
from credentials.models import IMPORT_MOVES, LOOKS, UNDER_WAY, CoachingSession, ImportState, LogImport
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.jobs import Job, enqueue

STEP, MOST_STEPS = 250, 20
NOTHING_YET = {"imported": 0, "duplicates": 0, "clients": 0, "minutes": {"paid": 0, "pro_bono": 0}, "problems": 0}


def confirm(shown: LogImport, *, user: User, at: datetime) -> LogImport:
    """Write what was shown; confirmed twice it is written once. Much of it is left to the worker.

    Raises Refused while another import of this trainee is being written, or nothing was shown.
    """
    one_at_a_time(user)
    db.session.refresh(shown)
    if shown.state in {ImportState.READING, ImportState.REFUSED}:
        raise Refused("There is nothing to import from this file.")
    if shown.state == ImportState.SHOWN:
        _check_no_other(shown)
        _begin_taking(shown)
        if shown.steps <= SOON:
            _step_to_the_end(shown, read_again(shown), at)
        else:
            enqueue(Job.TAKE_OVER_LOGS)
    return shown


def take(user: User, data: bytes, name: str, *, at: datetime) -> Plan:
    """Look and write in one step. A file that adds nothing leaves no trace."""
    one_at_a_time(user)
    plan = look(user, data, at=at)
    if plan.new:
        made = begin(user, name, at)
        made.steps, made.report, made.state = len(plan.read.entries), kept_counts(plan.report()), ImportState.SHOWN
        _begin_taking(made)
        _write(made, plan, range(made.steps), at)
        _finish(made, at)
    return plan


def step(taken: LogImport, read: Read, at: datetime) -> None:
    """Write the next rows. The caller holds the trainee's row, and commits: what is `done` is then done for good."""
    span = range(taken.done, min(taken.steps, taken.done + max(STEP, taken.steps // MOST_STEPS)))
    plan = plan_import(taken.user, read, span=span, besides=taken)
    _write(taken, plan, span, at)
    if taken.done >= taken.steps:
        _finish(taken, at)


def import_of(user: User, public_id: str) -> LogImport:
    """One's own import; anybody else's is not found."""
    found = db.session.scalar(select(LogImport).where(LogImport.public_id == public_id, LogImport.user_id == user.id))
    if found is None:
        raise NotFound
    return found


def imports_of(user: User) -> Sequence[LogImport]:
    """What was imported, the latest first; a look that was never confirmed is not among them."""
    query = select(LogImport).where(LogImport.user_id == user.id, LogImport.state.not_in(LOOKS))
    return db.session.scalars(query.order_by(LogImport.id.desc()).limit(50)).all()


def _begin_taking(shown: LogImport) -> None:
    IMPORT_MOVES.check(shown.state, ImportState.TAKING)
    shown.state, shown.done, shown.report = ImportState.TAKING, 0, shown.report | NOTHING_YET
    shown.sealed_look = replace(look_of(shown), rows=[], report={}).sealed()


def _check_no_other(shown: LogImport) -> None:
    writing = (LogImport.user_id == shown.user_id, LogImport.state.in_(UNDER_WAY), LogImport.id != shown.id)
    if db.session.scalar(select(LogImport.id).where(*writing).limit(1)):
        raise Refused("Another import is still under way. This one can follow once it has ended.")


def _step_to_the_end(taken: LogImport, read: Read, at: datetime) -> None:
    while taken.state == ImportState.TAKING:
        step(taken, read, at)


def _write(taken: LogImport, plan: Plan, span: range, at: datetime) -> None:
    write_plan(taken.user, plan, taken, at=at)
    taken.report = _added(taken.report, plan.report())
    taken.done = span.stop
    if plan.problems or span.start == 0:
        kept = look_of(taken)
        wrong = shown_rows(replace(plan, new=[], duplicates=[]))
        remarks = kept.remarks or plan.read.remarks
        taken.sealed_look = Look(remarks=remarks, rows=[*kept.rows, *wrong][:MOST]).sealed()
    db.session.flush()


def _added(report: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    more = kept_counts(more)
    minutes = {name: report["minutes"][name] + more["minutes"][name] for name in ("paid", "pro_bono")}
    return (
        report
        | {name: report[name] + more[name] for name in ("imported", "duplicates", "problems")}
        | {"minutes": minutes}
    )


def _finish(taken: LogImport, at: datetime) -> None:
    IMPORT_MOVES.check(taken.state, ImportState.TAKEN)
    persons = select(func.count(CoachingSession.client_id.distinct())).where(CoachingSession.import_id == taken.id)
    taken.report = taken.report | {"clients": db.session.scalar(persons)}
    taken.state, taken.taken_at, taken.sealed_file = ImportState.TAKEN, at, ""
    record("import.taken", subject=taken, actor=taken.user, at=at, lines=taken.report["imported"])
