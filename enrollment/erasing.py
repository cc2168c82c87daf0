"""What this room says about erasing a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from accounts.erasing.terms import Doing, Emptied, Gone, Matter, Part
from accounts.models import User
from enrollment import seating
from enrollment.applications.answering import move
from enrollment.applications.models import LIVE, Application, ApplicationState
from enrollment.leads import GuideRequest, Lead
from enrollment.models import Cohort, Enrollment, EnrollmentState
from enrollment.waitlist import queueing
from enrollment.waitlist.models import IN_LINE, WaitlistEntry, WaitlistState
from foundation.db import db

ENDED = (EnrollmentState.COMPLETED, EnrollmentState.WITHDRAWN)


def _lead(user: User) -> ColumnElement[bool]:
    return func.lower(Lead.email) == user.email.lower()


def _asks(user: User) -> ColumnElement[bool]:
    return GuideRequest.lead_id.in_(select(Lead.id).where(_lead(user)))


def running(user: User, at: datetime) -> list[Enrollment]:
    """What they still take part in; a course whose time to complete is over runs no more."""
    query = select(Enrollment).join(Cohort).where(Enrollment.user_id == user.id, Enrollment.state.not_in(ENDED))
    return list(db.session.scalars(query.where(Enrollment.access_ended_at.is_(None)).order_by(Enrollment.id)))


def _open_matters(user: User, at: datetime) -> list[Matter]:
    return [
        Matter(
            f"You take part in {one.cohort.program.title}, {one.cohort.title}: stop it first.", "changes.mine", False
        )
        for one in running(user, at)
    ]


def _before(doing: Doing) -> None:
    """Places in line and applications end, and what was held for them is free for others."""
    lines = select(WaitlistEntry).where(WaitlistEntry.user_id == doing.user.id, WaitlistEntry.state.in_(IN_LINE))
    for entry in db.session.scalars(lines.order_by(WaitlistEntry.cohort_id, WaitlistEntry.id)).all():
        seating.lock(entry.cohort)
        db.session.refresh(entry)
        queueing.end(entry, WaitlistState.LEFT, at=doing.at)
    asked = select(Application).where(Application.user_id == doing.user.id)
    asked = asked.where(Application.state.in_(set(LIVE) - {ApplicationState.TAKEN_UP}))
    for application in db.session.scalars(asked.order_by(Application.cohort_id, Application.id)).all():
        seating.lock(application.cohort)
        db.session.refresh(application)
        move(application, ApplicationState.WITHDRAWN, at=doing.at)


PART = Part(
    told=(
        "That you asked for the free guide, with every name you gave there.",
        "What you answered in applications, and what was written to you and noted about them.",
        "Your places on waitlists and your open applications, which end.",
    ),
    goes=(
        Gone("guide_request", _asks),
        Gone("lead", _lead),
        Emptied("application", ("answers", "word")),
        Emptied("application_note", ("text",), "application_id.user_id"),
        Emptied("access_change", ("reason",), "enrollment_id.user_id"),
    ),
    codes={
        "access_change": ("key",),
        "seat": ("ref",),
    },
    nobodys=("program", "cohort", "application_questions", "refund_policy"),
    open_matters=_open_matters,
    before=_before,
)
