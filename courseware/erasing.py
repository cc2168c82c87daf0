"""What this room says about erasing a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from accounts.erasing.terms import Doing, Emptied, Gone, Part
from courseware.models import AttendanceReport, LiveClass, ReportState
from enrollment.models import Enrollment
from foundation.db import db


def _before(doing: Doing) -> None:
    """In the reports of meeting rooms their rows lose the name; reports that somebody only looks at go."""
    places = dict(_places(doing))
    reports = select(AttendanceReport).join(LiveClass).where(LiveClass.cohort_id.in_(list(places.values())))
    reports = reports.order_by(AttendanceReport.id).with_for_update(of=AttendanceReport, key_share=True)
    for report in db.session.scalars(reports).all():
        report.rows = [_nameless(row) if row.get("enrollment") in places else row for row in report.rows]
    theirs = select(LiveClass.id).where(LiveClass.cohort_id.in_(list(places.values())))
    shown = (AttendanceReport.state == ReportState.SHOWN, AttendanceReport.live_class_id.in_(theirs))
    db.session.execute(delete(AttendanceReport).where(*shown), execution_options={"synchronize_session": False})


def _places(doing: Doing) -> list[tuple[int, int]]:
    query = select(Enrollment.id, Enrollment.cohort_id).where(Enrollment.user_id == doing.user.id)
    return [(one.id, one.cohort_id) for one in db.session.execute(query)]


def _nameless(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "name"}


PART = Part(
    told=(
        "What you noted beside lessons, how far you were with each, and your answers in quizzes.",
        "What you wrote and with whom you practised when you made a class up.",
        "Your name in the reports of meeting rooms; the minutes you attended stay without it.",
    ),
    goes=(
        Gone("note", "enrollment_id.user_id"),
        Gone("lesson_progress", "enrollment_id.user_id"),
        Emptied("quiz_attempt", ("answers",), "enrollment_id.user_id"),
        Emptied("attendance", ("reason",), "enrollment_id.user_id"),
        Emptied("make_up", ("takeaways", "practice_with", "live_with", "reason"), "enrollment_id.user_id"),
    ),
    by_hand=("attendance_report.rows", "attendance_report.sealed_file"),
    codes={
        "attendance_report": (
            "digest",
            "file_name",
            "time_zone",
            "picks",
        ),
        "make_up": ("rule",),
    },
    nobodys=("module", "lesson", "question", "choice", "live_class", "make_up_rule"),
    before=_before,
)
