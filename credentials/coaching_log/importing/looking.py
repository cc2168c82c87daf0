"""The look at a file before it is imported: what it would write, kept sealed until its trainee says yes or no."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from accounts.models import User
from credentials.coaching_log.importing.planning import Plan, plan_import
from credentials.coaching_log.importing.reading import Read, read_log
from credentials.coaching_log.importing.showing import Shown, shown_rows
from credentials.coaching_log.importing.workbooks import is_workbook
from credentials.models import IMPORT_MOVES, LOOKS, ImportState, LogImport
from foundation.db import db
from foundation.errors import Refused
from foundation.jobs import Job, enqueue
from foundation.secrets import decrypt, encrypt

MOST_BYTES = 10 * 1024 * 1024
SOON = 300  # rows that a page can take over while one waits: about a tenth of a second
SHEETS = 120_000  # bytes that so many rows take in an unpacked workbook


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown of a file: its report, remarks and rows; of one that holds no log, why."""

    report: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    rows: list[Shown] = field(default_factory=list)
    fault: str = ""

    def sealed(self) -> str:
        told = [self.report, self.remarks, [one.told() for one in self.rows], self.fault]
        return encrypt(json.dumps(told, ensure_ascii=False))


def look_of(shown: LogImport) -> Look:
    """In clear: for the trainee's own pages alone."""
    if not shown.sealed_look:
        return Look()
    report, remarks, rows, fault = json.loads(decrypt(shown.sealed_look))
    return Look(report, remarks, [Shown.from_told(*one) for one in rows], fault)


def look(user: User, data: bytes, *, at: datetime) -> Plan:
    """What a file would write; changes nothing. Raises Refused where it holds no coaching log."""
    _check_size(data)
    return plan_import(user, _read(user, data, at))


def show(user: User, data: bytes, name: str, *, at: datetime) -> LogImport:
    """Keep a file, sealed, while its trainee looks at what it would write. An earlier look is put away.

    A large one is read by the worker. Raises Refused where it holds no coaching log, and that is seen at once.
    """
    _check_size(data)
    plan = None if is_large(data) else look(user, data, at=at)
    db.session.execute(delete(LogImport).where(LogImport.user_id == user.id, LogImport.state.in_(LOOKS)))
    shown = begin(user, name, at)
    shown.sealed_file = encrypt(base64.b64encode(data).decode())
    if plan is None:
        enqueue(Job.TAKE_OVER_LOGS)
    else:
        _keep(shown, plan)
    return shown


def is_large(data: bytes) -> bool:
    """Whether more rows are in it than can be read while one waits; told without reading them."""
    if not is_workbook(data):
        return data.count(b"\n") > SOON
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(one.file_size for one in archive.infolist() if "worksheets/" in one.filename) > SHEETS
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def read_again(kept: LogImport) -> Read:
    """The rows of a kept file, always the same: by the day on which it was brought."""
    return _read(kept.user, base64.b64decode(decrypt(kept.sealed_file)), kept.created_at)


def look_at(waiting: LogImport, read: Read) -> None:
    """What a page has left for later: the rows beside the log."""
    _keep(waiting, plan_import(waiting.user, read))


def refuse(waiting: LogImport, fault: str) -> None:
    """Nothing can be taken over from this file, and its trainee learns why. The file is gone."""
    IMPORT_MOVES.check(waiting.state, ImportState.REFUSED)
    waiting.state, waiting.sealed_file = ImportState.REFUSED, ""
    waiting.sealed_look = Look(fault=fault).sealed()


def drop(shown: LogImport) -> None:
    """Put a look away: nothing was written, and the file is gone."""
    if shown.state in LOOKS:
        db.session.delete(shown)


def forget_looks(before: datetime) -> int:
    """Delete files that were looked at and never confirmed; how many."""
    stale = (LogImport.state.in_(LOOKS), LogImport.created_at < before)
    return len(db.session.scalars(delete(LogImport).where(*stale).returning(LogImport.id)).all())


def begin(user: User, name: str, at: datetime) -> LogImport:
    made = LogImport(
        user_id=user.id,
        state=ImportState.READING,
        sealed_name=encrypt(name[:200]) if name else "",
        report={},
        steps=0,
        done=0,
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def kept_counts(report: dict[str, Any]) -> dict[str, Any]:
    """The counts of a report. Reasons may quote what the file says, so they are sealed."""
    return report | {"problems": len(report["problems"])}


def _keep(shown: LogImport, plan: Plan) -> None:
    IMPORT_MOVES.check(shown.state, ImportState.SHOWN)
    report = kept_counts(plan.report())
    shown.state, shown.report, shown.steps = ImportState.SHOWN, report, len(plan.read.entries)
    shown.sealed_look = Look(report, plan.read.remarks, shown_rows(plan)).sealed()


def _read(user: User, data: bytes, at: datetime) -> Read:
    return read_log(data, today=at.astimezone(ZoneInfo(user.time_zone)).date())


def _check_size(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise Refused("This file is larger than 10 MB. A log that large comes in parts.", field="file")
