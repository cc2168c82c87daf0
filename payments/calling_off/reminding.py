"""Reminding: whoever has not chosen hears of it twice; then it is for staff to talk to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select

from enrollment.models import Cohort, Enrollment
from foundation.db import db
from foundation.escalating import StaffTask, escalate, resolve
from mail.models import Letter
from payments import letters
from payments.calling_off.waiting import CHOOSES, days_since, has_not_chosen, orders_of

FIRST, SECOND, FOR_STAFF = 3, 10, 14
"""Days after a cohort was called off."""
TASK = "cohort.not_chosen"


def to_remind(*, at: datetime) -> list[int]:
    """Enrollments that are owed a letter. Where a look was missed, the later letter stands for both."""
    sent = select(Letter.id).where(Letter.dedupe == _mark(at)).correlate(Enrollment, Cohort)
    query = (
        select(Enrollment.id)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .where(has_not_chosen(), Cohort.cancelled_at <= at - timedelta(days=FIRST), ~sent.exists())
    )
    return list(db.session.scalars(query.order_by(Enrollment.id)))


def _mark(at: datetime) -> ColumnElement[str]:
    """The `dedupe` of the letter that is due, as `letters.cohort_reminded` writes it."""
    is_second = Cohort.cancelled_at <= at - timedelta(days=SECOND)
    which = case((is_second, literal(str(SECOND))), else_=literal(str(FIRST)))
    ids = cast(Enrollment.id, String), cast(Cohort.id, String)
    return func.concat_ws(":", literal("cohort.reminded"), *ids, which)


def remind(enrollment_id: int, *, at: datetime) -> bool:
    """Write once a reminder; False where they have chosen meanwhile."""
    enrollment = db.session.get_one(Enrollment, enrollment_id, populate_existing=True)
    cohort = enrollment.cohort
    if enrollment.state not in CHOOSES or cohort.cancelled_at is None:
        return False
    order = orders_of([enrollment.id]).get(enrollment.id)
    which = SECOND if days_since(cohort, at) >= SECOND else FIRST
    letters.cohort_reminded(enrollment, order, which, at=at, is_last=which == SECOND)
    return True


def put_before_staff(*, at: datetime) -> int:
    """One task for each cohort in which somebody still waits; it is over when everybody has chosen."""
    old = Cohort.cancelled_at <= at - timedelta(days=FOR_STAFF)
    query = select(Cohort, func.count(Enrollment.id)).join(Enrollment, Enrollment.cohort_id == Cohort.id)
    query = query.where(has_not_chosen(), old).group_by(Cohort.id).order_by(Cohort.id)
    waits = {cohort.id: (cohort, number) for cohort, number in db.session.execute(query)}
    for cohort, number in waits.values():
        people = f"{number} people have" if number > 1 else "Somebody has"
        escalate(
            TASK,
            subject=cohort,
            summary=f"{people} not chosen since {cohort.title} ({cohort.code}) was called off. Choose with them.",
            dedupe=f"{TASK}:{cohort.id}",
            at=at,
        )
    for task in _open_tasks():
        if task.subject_id not in waits:
            resolve(task, actor=None, at=at, note="Everybody has chosen")
    return len(waits)


def _open_tasks() -> list[StaffTask]:
    query = select(StaffTask).where(StaffTask.kind == TASK, StaffTask.resolved_at.is_(None))
    return list(db.session.scalars(query.order_by(StaffTask.id)))
