"""Live classes as one trainee meets them: when, with whom, the way in, and the minutes that were counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Boolean, Select, any_, bindparam, cast, func, select

from accounts.models import User
from courseware.attendance.codes import OPENS_BEFORE
from courseware.models import Attendance, Lesson, LiveClass, MakeUp, MakeUpState
from enrollment.models import Cohort, Enrollment
from foundation.asking import rows

DOOR_OPENS_BEFORE = timedelta(minutes=15)
ROOM_STAYS_OPEN = timedelta(minutes=30)


class Meeting(NamedTuple):
    """One live class of one enrollment. `attended` is None until somebody has marked it."""

    id: int
    public_id: str
    title: str
    starts_at: datetime
    minutes: int
    core_minutes: int
    join_url: str
    instructor: str
    lesson_id: int | None
    lesson_slug: str | None
    zone: str
    enrollment_id: int
    enrollment_public_id: str
    attended: int | None
    made_up: int = 0
    sequence: int = 0
    is_called_off: bool = False

    @property
    def counted(self) -> int:
        """Minutes that stand for this class: attended, and made up."""
        return (self.attended or 0) + self.made_up

    @property
    def missing(self) -> int:
        """Minutes that a marked class lacks still."""
        return self.minutes - self.counted if self.attended is not None else 0

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    def is_over(self, at: datetime) -> bool:
        return at >= self.ends_at + ROOM_STAYS_OPEN

    def can_join(self, at: datetime) -> bool:
        """The way in is shown from a quarter of an hour before until half an hour after."""
        return (
            bool(self.join_url)
            and not self.is_called_off
            and self.starts_at - DOOR_OPENS_BEFORE <= at < self.ends_at + ROOM_STAYS_OPEN
        )

    def can_check_in(self, at: datetime) -> bool:
        """Until somebody has marked this person, and while the code of the class is taken."""
        return self.attended is None and not self.is_called_off and self.starts_at - OPENS_BEFORE <= at < self.ends_at


def meetings_of(enrollments: Iterable[Enrollment], *, called_off: bool = False) -> list[Meeting]:
    """All classes of these enrollments, earliest first, in one statement; those `called_off` only where asked for."""
    given = {"enrollments": [e.id for e in enrollments], "called_off": called_off}
    return list(map(Meeting._make, rows(_meetings(), given)))


@cache
def _meetings() -> Select[*tuple[Any, ...]]:
    marked = (
        select(Attendance.minutes)
        .where(Attendance.live_class_id == LiveClass.id, Attendance.enrollment_id == Enrollment.id)
        .order_by(Attendance.number.desc())
        .limit(1)
        .correlate(LiveClass, Enrollment)
        .scalar_subquery()
    )
    made_up = (
        select(cast(func.coalesce(func.sum(MakeUp.minutes), 0), BigInteger))
        .where(MakeUp.live_class_id == LiveClass.id, MakeUp.enrollment_id == Enrollment.id)
        .where(MakeUp.state == MakeUpState.ACCEPTED)
        .correlate(LiveClass, Enrollment)
        .scalar_subquery()
    )
    columns = (
        *(LiveClass.id, LiveClass.public_id, LiveClass.title, LiveClass.starts_at, LiveClass.minutes),
        *(
            LiveClass.core_minutes,
            LiveClass.join_url,
            func.coalesce(User.name, "").label("instructor"),
            LiveClass.lesson_id,
        ),
        *(Lesson.slug.label("lesson_slug"), Cohort.time_zone.label("zone"), Enrollment.id.label("enrollment_id")),
        *(Enrollment.public_id.label("enrollment_public_id"), marked.label("attended")),
        *(made_up.label("made_up"), LiveClass.sequence, LiveClass.called_off_at.is_not(None).label("is_called_off")),
    )
    return (
        select(*columns)
        .select_from(LiveClass)
        .join(Cohort, Cohort.id == LiveClass.cohort_id)
        .join(Enrollment, Enrollment.cohort_id == Cohort.id)
        .outerjoin(User, User.id == LiveClass.instructor_id)
        .outerjoin(Lesson, Lesson.id == LiveClass.lesson_id)
        .where(Enrollment.id == any_(bindparam("enrollments", type_=ARRAY(BigInteger))))
        .where(LiveClass.called_off_at.is_(None) | bindparam("called_off", type_=Boolean))
        .order_by(LiveClass.starts_at, LiveClass.id)
    )
