"""The make-up rule of two cohorts; one studio made up and accepted, another that waits on the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from courseware.makeups.deciding import accept
from courseware.makeups.making_up import Told, hand_in
from courseware.makeups.ruling import Wished, set_recording, set_rule
from courseware.models import Attendance, LiveClass, MakeUp, Way
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db

RULE = Wished(
    by_recording=True,
    by_live=True,
    takeaways_words=30,
    practice_minutes=30,
    within_days=28,
    at_most=3,
    note="Watch it with paper beside you. We want to read what changed in how you listen, not a summary.",
)
TAKEAWAYS = (
    "What stayed with me is how long Rosa waited after the client said “I don’t know”. I counted eleven seconds. "
    "I would have helped after three. In my next two sessions I will let the silence be the question, and write down "
    "what the client did with it."
)
LATER = timedelta(days=4)


def make_up(at: datetime) -> None:
    """Rules for everybody who learns now; who missed something has handed it in since."""
    for cohort in db.session.query(Cohort).filter(Cohort.code.in_(("hazel", "willow"))).order_by(Cohort.id):
        set_rule(cohort, RULE, actor=cohort.instructor, at=min(at, cohort.opens_at))
    short = (
        db.session.query(Attendance)
        .join(LiveClass, LiveClass.id == Attendance.live_class_id)
        .join(Cohort, Cohort.id == LiveClass.cohort_id)
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .filter(Cohort.code == "hazel", Attendance.minutes < LiveClass.minutes)
        .filter(Enrollment.state == EnrollmentState.ACTIVE)
        .order_by(Attendance.minutes.desc(), LiveClass.starts_at, Attendance.id)
    )
    made = [_hand_in(mark, at) for mark in (short.all()[:1] + short.all()[-1:])]
    instructor = made[0].live_class.instructor if made else None
    if instructor is not None:
        accept(made[0], actor=instructor, at=min(at, made[0].handed_in_at + timedelta(days=1)))


def _hand_in(mark: Attendance, at: datetime) -> MakeUp:
    live_class, mine = mark.live_class, mark.enrollment
    when = min(at - timedelta(hours=2), live_class.ends_at + LATER)
    url = f"https://films.example.com/{live_class.public_id}"
    set_recording(
        live_class, recording_url=url, can_be_made_up=True, actor=live_class.instructor, at=live_class.ends_at
    )
    day = when.astimezone(live_class.cohort.zone).date()
    told = Told(Way.RECORDING, day, TAKEAWAYS, practice_minutes=40, practice_with="Wulandari, from our cohort")
    return hand_in(mine, live_class, told, actor=mine.user, at=when)
