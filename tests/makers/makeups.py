"""Make-ups and the rules they follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from courseware.attending import record_attendance
from courseware.makeups.making_up import Told, hand_in
from courseware.makeups.ruling import Wished, set_rule
from courseware.models import LiveClass, MakeUp, MakeUpRule, Way
from enrollment.models import Cohort, Enrollment
from foundation.db import db

TAKEAWAYS = "I heard how silence makes room for the other to go on thinking aloud."


def make_up_rule(school: Any, cohort: Any, **wishes: Any) -> MakeUpRule:
    values: dict[str, Any] = {
        "by_recording": True,
        "by_live": True,
        "takeaways_words": 5,
        "practice_minutes": 0,
        "within_days": 21,
        "at_most": 0,
    }
    return set_rule(db.session.get_one(Cohort, cohort.id), Wished(**(values | wishes)), actor=None, at=school.now())


def marked(school: Any, live_class: Any, enrollment: Any, minutes: int, reason: str = "") -> LiveClass:
    known = db.session.get_one(LiveClass, live_class.id)
    record_attendance(known, {enrollment.id: minutes}, actor=None, reason=reason, at=school.now())
    return known


def handed_in(school: Any, enrollment: Any, live_class: Any, **wishes: Any) -> MakeUp:
    mine, known = db.session.get_one(Enrollment, enrollment.id), db.session.get_one(LiveClass, live_class.id)
    day = (school.now() - timedelta(hours=1)).astimezone(known.cohort.zone).date()
    told: dict[str, Any] = {"way": Way.RECORDING, "made_on": day, "takeaways": TAKEAWAYS}
    return hand_in(mine, known, Told(**(told | wishes)), actor=mine.user, at=school.now())
