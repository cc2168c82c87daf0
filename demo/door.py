"""One evening on which everybody tapped at the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from courseware.attendance.checking_in import check_in, check_out, close_class
from courseware.attendance.codes import code_at
from courseware.models import LiveClass
from enrollment.models import Enrollment
from foundation.db import db

AT_THE_DOOR = ("hazel", 3)


def tap(live_class: LiveClass, minutes: Mapping[int, int], at: datetime) -> None:
    """Everybody came for as long as told, the late ones late; whoever was there to the end did not check out."""
    for one in db.session.query(Enrollment).filter(Enrollment.id.in_(list(minutes))).order_by(Enrollment.id):
        there = minutes[one.id]
        if not there:
            continue
        came = live_class.ends_at - timedelta(minutes=there)
        check_in(one, live_class, code_at(live_class, came), at=came)
        if there < live_class.minutes:
            check_out(one, live_class, at=live_class.ends_at)
    close_class(live_class.id, at=at)
