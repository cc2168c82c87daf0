"""What the worker does with large logs: reads, takes over, undoes. Whatever was left half-way is gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from credentials.coaching_log.importing import looking, taking, undoing
from credentials.coaching_log.importing.reading import Read
from credentials.coaching_log.logging_sessions import one_at_a_time
from credentials.models import UNDER_WAY, ImportState, LogImport
from foundation.db import db
from foundation.errors import Refused

log = structlog.get_logger()
UNREADABLE = "This file can't be read. Save it again as .xlsx or as CSV."
STAYS = timedelta(days=1)


def work(at: Callable[[], datetime]) -> Iterator[LogImport]:
    """Step after step of what is under way, the earliest first; the caller commits after each.

    One that fails does not keep back the others: a file that can't be read is refused, anything else is tried again.
    """
    query = select(LogImport.id).where(LogImport.state.in_(UNDER_WAY)).order_by(LogImport.id)
    for number in db.session.scalars(query).all():
        try:
            yield from _go_on(number, at)
        except OperationalError:
            raise
        except Exception as wrong:
            db.session.rollback()
            log.error("import.failed", number=number, error=type(wrong).__name__)
            yield from _refused(number, UNREADABLE)


def sweep(at: datetime) -> int:
    """Forget files that were brought more than a day ago and never confirmed; how many."""
    return looking.forget_looks(at - STAYS)


def _go_on(number: int, at: Callable[[], datetime]) -> Iterator[LogImport]:
    """The file is read before its trainee's row is held: it may take seconds, and they may be logging a session."""
    first = db.session.get(LogImport, number)
    if first is None or not first.is_under_way:
        return
    try:
        read = None if first.state == ImportState.UNDOING else looking.read_again(first)
    except Refused as refused:
        yield from _refused(number, refused.message)
        return
    while (one := _claimed(number)) is not None:
        _step(one, read, at())
        yield one
        if not one.is_under_way:
            return


def _step(one: LogImport, read: Read | None, at: datetime) -> None:
    if one.state == ImportState.UNDOING:
        undoing.step(one, at)
    elif read is not None and one.state == ImportState.READING:
        looking.look_at(one, read)
    elif read is not None:
        taking.step(one, read, at)


def _refused(number: int, fault: str) -> Iterator[LogImport]:
    one = _claimed(number)
    if one is not None and one.state == ImportState.READING:
        looking.refuse(one, fault)
        yield one


def _claimed(number: int) -> LogImport | None:
    """The import, and its trainee's row held until the commit: two workers never write the same rows."""
    one = db.session.get(LogImport, number)
    if one is None:
        return None
    one_at_a_time(one.user)
    query = select(LogImport).where(LogImport.id == number, LogImport.state.in_(UNDER_WAY))
    locked = query.with_for_update(of=LogImport, skip_locked=True, key_share=True)
    return db.session.scalar(locked.execution_options(populate_existing=True))
