"""Copying: the classes of a cohort, as many days after the new first day and at the same hours of the wall."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from courseware.models import LiveClass
from courseware.scheduling import schedule
from enrollment.models import Cohort
from foundation.db import db
from foundation.wall import moment, on_wall


def copy_classes(old: Cohort, new: Cohort, actor: User, at: datetime) -> None:
    """Each class with its length, its lesson, its room and its teacher; lessons only within one program."""
    later = new.starts_on - old.starts_on
    for one in db.session.scalars(
        select(LiveClass).filter_by(cohort_id=old.id, called_off_at=None).order_by(LiveClass.starts_at)
    ):
        schedule(
            new,
            title=one.title,
            starts_at=moment(on_wall(one.starts_at, old.time_zone) + later, new.time_zone),
            minutes=one.minutes,
            core_minutes=one.core_minutes,
            lesson=one.lesson if old.program_id == new.program_id else None,
            join_url=one.join_url,
            instructor=one.instructor,
            actor=actor,
            at=at,
        )
