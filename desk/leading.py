"""Where a decision that waits can be made: the page of the thing it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from accounts.models import User
from desk.queries import may_enter
from enrollment.models import Cohort, Enrollment
from foundation.db import db
from foundation.escalating import StaffTask
from mail.models import Letter
from payments.models import EnrollmentChange, EnrollmentOrder

# subject's table: (what names it in an address, the page, the page's word for it)
DOORS: dict[str, tuple[Any, str, str]] = {
    "enrollment_order": (EnrollmentOrder.public_id, "staff_payments.order", "public_id"),
    "enrollment_change": (EnrollmentChange.public_id, "staff_changes.show", "public_id"),
    "cohort": (Cohort.code, "staff_calling_off.not_chosen", "code"),
    "letter": (Letter.public_id, "staff_mail.letter", "public_id"),
    "user": (User.id, "desk.person", "user_id"),
    "enrollment": (Enrollment.user_id, "desk.person", "user_id"),
}

ABOUT = {
    "order": "Payment",
    "invoice": "Employer’s invoice",
    "change": "Change of a course",
    "mail": "Letter",
    "refund": "Money back",
    "stripe": "Stripe",
}


def abouts_of(tasks: Sequence[StaffTask]) -> dict[int, str]:
    """What each task is about, in the school's words, by the task's number."""
    return {task.id: ABOUT.get(task.kind.partition(".")[0], "Decision") for task in tasks}


def doors_of(tasks: Sequence[StaffTask], reader: User) -> dict[int, str]:
    """The address of each task's subject, by the task's number; one statement for each kind of subject.

    Left out where the subject has no page of its own, or the reader may not enter it.
    """
    kinds = {task.subject_type for task in tasks} & DOORS.keys()
    found = {kind: _named(kind, tasks) for kind in kinds if may_enter(reader, DOORS[kind][1])}
    named = {task.id: found.get(task.subject_type, {}).get(task.subject_id) for task in tasks}
    return {task.id: _address(task.subject_type, named[task.id]) for task in tasks if named[task.id] is not None}


def _named(kind: str, tasks: Sequence[StaffTask]) -> dict[int, Any]:
    name = DOORS[kind][0]
    ids = [task.subject_id for task in tasks if task.subject_type == kind]
    return dict(db.session.execute(select(name.class_.id, name).where(name.class_.id.in_(ids))).tuples().all())


def _address(kind: str, named: Any) -> str:
    _, page, word = DOORS[kind]
    return url_for(page, **{word: named})
