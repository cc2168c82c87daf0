"""A report from its first look to the sheet: brought, looked at as often as one likes, saved once."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from courseware.attendance.reports.matching import picks_of
from courseware.attendance.reports.planning import Counted, Participant, Plan, likeliest_zone, plan_report
from courseware.attendance.reports.reading import read_report
from courseware.attending import lock_class, record_attendance
from courseware.models import REPORT_MOVES, AttendanceReport, LiveClass, ReportState
from courseware.staff_queries import sheet
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import shown_date
from foundation.secrets import decrypt, encrypt

KEPT_UNSAVED = timedelta(days=1)


def bring(
    live_class: LiveClass, data: bytes, name: str, *, zones: Sequence[str], actor: User, at: datetime
) -> AttendanceReport:
    """Keep a file, sealed, while somebody looks at what it would write. Raises Refused.

    `zones`: whose clocks it may tell; the one in which it fits the class best is assumed.
    """
    if at < live_class.starts_at:
        raise Refused("This class has not begun yet. Bring its report once it has.", field="file")
    report = read_report(data)
    if saved := saved_before(live_class, report.digest):
        raise Refused(_said_before(saved), field="file")
    _forget_looks(live_class, actor, at)
    made = AttendanceReport(
        live_class_id=live_class.id,
        digest=report.digest,
        file_name=name[:200],
        time_zone=likeliest_zone(report, live_class, zones),
        sealed_file=encrypt(base64.b64encode(data).decode()),
        brought_by_id=actor.id,
        brought_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def look(kept: AttendanceReport, live_class: LiveClass) -> Plan:
    """What a kept file would write now."""
    report = read_report(base64.b64decode(decrypt(kept.sealed_file)))
    return plan_report(report, live_class, sheet(live_class), ZoneInfo(kept.time_zone), picks_of(kept.picks))


def answer(kept: AttendanceReport, *, time_zone: str, picks: Mapping[int, int]) -> bool:
    """Take over whose clock it is and who is who. Whether that changes what was shown."""
    told = {str(number): pick for number, pick in sorted(picks.items())}
    if (kept.time_zone, kept.picks) == (time_zone, told):
        return False
    kept.time_zone, kept.picks = time_zone, told
    return True


def save(
    kept: AttendanceReport,
    live_class: LiveClass,
    *,
    absent: bool,
    keep_saved: bool,
    reason: str,
    seen: int | None,
    actor: User,
    at: datetime,
) -> int:
    """Write what was shown to the sheet, once; how many marks are new or changed.

    `absent` marks with 0 whom the report does not name; `keep_saved` leaves alone who is marked already.
    Raises Refused.
    """
    lock_class(live_class.id)
    db.session.refresh(kept)
    if kept.state == ReportState.SAVED:
        return 0
    if saved := saved_before(live_class, kept.digest):
        raise Refused(_said_before(saved))
    plan = look(kept, live_class)
    if not plan.is_worth_saving:
        raise Refused("Nobody on the sheet was in this class by this report, so there is nothing to save.")
    chosen = [one for one in plan.counted if one.minutes and (one.is_new or not keep_saved)]
    changed = record_attendance(
        live_class,
        {one.person.enrollment_id: one.minutes for one in chosen} | (_absent(plan) if absent else {}),
        times={one.person.enrollment_id: one.spans for one in chosen},
        source={one.person.enrollment_id: {"report": _source(kept, one)} for one in chosen},
        actor=actor,
        reason=reason,
        seen=seen,
        at=at,
    )
    _keep(kept, plan, actor, at)
    record("attendance_report.saved", subject=kept, actor=actor, at=at, marks=changed, digest=kept.digest)
    return changed


def drop(kept: AttendanceReport) -> None:
    """Put a look away: nothing was written, and the file is gone."""
    if kept.state == ReportState.SHOWN:
        db.session.delete(kept)


def report_of(live_class: LiveClass, public_id: str) -> AttendanceReport:
    """A report of this class. Raises NotFound."""
    query = select(AttendanceReport).options(joinedload(AttendanceReport.saved_by))
    mine = (AttendanceReport.live_class_id == live_class.id, AttendanceReport.public_id == public_id)
    found = db.session.scalar(query.where(*mine))
    if found is None:
        raise NotFound
    return found


def saved_reports(live_class: LiveClass) -> Sequence[AttendanceReport]:
    """Those that stand behind the sheet, the latest first."""
    query = select(AttendanceReport).options(joinedload(AttendanceReport.saved_by))
    saved = (AttendanceReport.live_class_id == live_class.id, AttendanceReport.state == ReportState.SAVED)
    return db.session.scalars(query.where(*saved).order_by(AttendanceReport.id.desc())).all()


def saved_before(live_class: LiveClass, digest: str) -> AttendanceReport | None:
    return next((one for one in saved_reports(live_class) if one.digest == digest), None)


def _said_before(saved: AttendanceReport) -> str:
    by = f" by {saved.saved_by.name}" if saved.saved_by else ""
    on = f" on {shown_date(saved.saved_at)}" if saved.saved_at else ""
    return f"This very file was saved to this class{on}{by}. It changes nothing a second time."


def _forget_looks(live_class: LiveClass, actor: User, at: datetime) -> None:
    """One's own earlier look at this class, and what anybody left lying for more than a day."""
    mine = (AttendanceReport.live_class_id == live_class.id) & (AttendanceReport.brought_by_id == actor.id)
    stale = AttendanceReport.brought_at < at - KEPT_UNSAVED
    db.session.execute(delete(AttendanceReport).where(AttendanceReport.state == ReportState.SHOWN, mine | stale))


def _absent(plan: Plan) -> dict[int, int]:
    return {person.enrollment_id: 0 for person in plan.missing if person.minutes is None}


def _source(kept: AttendanceReport, one: Counted) -> dict[str, Any]:
    return {"sha256": kept.digest, "rows": one.lines, "read_as": kept.time_zone}


def _keep(kept: AttendanceReport, plan: Plan, actor: User, at: datetime) -> None:
    """The rows stay, without the file and without an address: who is on the sheet by enrollment, a stranger unnamed."""
    REPORT_MOVES.check(kept.state, ReportState.SAVED)
    kept.rows = [row for one in plan.participants for row in _rows(one)] + [
        {"row": one.number, "reason": one.reason} for one in plan.problems
    ]
    kept.state, kept.sealed_file = ReportState.SAVED, ""
    kept.saved_by_id, kept.saved_at = actor.id, at
    db.session.flush()


def _rows(one: Participant) -> list[dict[str, Any]]:
    known = one.match.enrollment_id
    who = {"enrollment": known, "name": one.name, "by": one.match.how} if known else {"reason": _why_not(one)}
    return [
        {"row": stay.row.number, **who, "times": [t.isoformat() for t in stay.span] if stay.span else []}
        | ({"seconds": stay.row.seconds} if stay.row.seconds is not None else {})
        for stay in one.stays
    ]


def _why_not(one: Participant) -> str:
    words = {"teaches": "teaches the class", "you": "left out by hand"}
    return words.get(one.match.how, "nobody on the sheet")
