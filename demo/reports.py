"""One evening's sheet as it came: from the report that Zoom keeps of its meeting."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from courseware.attendance.reports import taking
from courseware.models import LiveClass
from enrollment.models import Enrollment
from foundation.db import db

FROM_ZOOM = ("hazel", 2)
HEAD = ("Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest")


def save_report(live_class: LiveClass, minutes: Mapping[int, int], at: datetime) -> None:
    """Everybody was there as long as told; the second one's line broke in the middle."""
    actor = live_class.instructor
    assert actor is not None
    data = _file(live_class, minutes).encode()
    kept = taking.bring(live_class, data, "participants.csv", zones=[live_class.cohort.time_zone], actor=actor, at=at)
    taking.save(kept, live_class, absent=True, keep_saved=False, reason="", seen=None, actor=actor, at=at)


def _file(live_class: LiveClass, minutes: Mapping[int, int]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    people = db.session.query(Enrollment).filter(Enrollment.id.in_(list(minutes))).order_by(Enrollment.id)
    for place, one in enumerate(people):
        there = minutes[one.id]
        halves = [(0, there // 2), (there // 2, there)] if place == 1 else [(0, there)]
        for came, went in halves:
            if went:
                times = [_clock(live_class, came), _clock(live_class, went)]
                writer.writerow([one.user.name, one.user.email if place % 2 else "", *times, went - came, "No"])
    return out.getvalue()


def _clock(live_class: LiveClass, minutes: int) -> str:
    moment = live_class.starts_at + timedelta(minutes=minutes)
    return moment.astimezone(live_class.cohort.zone).strftime("%m/%d/%Y %I:%M:%S %p")
