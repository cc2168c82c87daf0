"""What the desk reads from every room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from accounts.models import Role, User
from credentials.summing import totals_of
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import NotFound
from mail.models import Letter, LetterState
from payments.models import EnrollmentOrder


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of the desk: what waits, how many, where to decide."""

    label: str
    number: int
    href: str


def waiting() -> list[Queue]:
    """Every queue with how many wait in it; one statement."""
    from credentials.queries import waiting_for_review

    from payments.queries import in_limbo

    counts = {
        ("Hours to review", "staff_hours.queue"): waiting_for_review(),
        ("Money in limbo", "staff_payments.orders"): in_limbo(),
        ("Letters that failed", "staff_mail.letters"): select(func.count(Letter.id)).where(
            Letter.state.in_([LetterState.FAILED, LetterState.DEAD])
        ),
    }
    row = db.session.execute(select(*(query.scalar_subquery() for query in counts.values()))).one()
    return [
        Queue(label, number or 0, url_for(endpoint))
        for (label, endpoint), number in zip(counts, row, strict=True)
        if endpoint in current_app.view_functions
    ]


def people_found(words: str, role: str) -> Select[Any]:
    """People whose name or address holds the words, with the role where one is asked for."""
    query = select(User).order_by(func.lower(User.name), User.id)
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(User.name.ilike(like), User.email.ilike(like)))
    return query.where(User.roles.any(Role.name == role)) if role else query


def person_page(user_id: int) -> dict[str, Any]:
    """Everything the school knows of one person, and nothing of her clients. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    enrollments = db.session.scalars(
        select(Enrollment)
        .where(Enrollment.user_id == user_id)
        .options(joinedload(Enrollment.cohort))
        .order_by(Enrollment.started_at.desc())
    )
    orders = db.session.scalars(
        select(EnrollmentOrder).where(EnrollmentOrder.user_id == user_id).order_by(EnrollmentOrder.id.desc())
    )
    letters = db.session.scalars(
        select(Letter).where(or_(Letter.user_id == user_id, Letter.to_address == user.email)).order_by(Letter.id.desc())
    )
    log = db.session.scalars(
        select(AuditLine)
        .where(
            or_(AuditLine.actor_id == user_id, (AuditLine.subject_type == "user") & (AuditLine.subject_id == user_id))
        )
        .order_by(AuditLine.id.desc())
        .limit(50)
    )
    return {
        "person": user,
        "enrollments": list(enrollments),
        "orders": list(orders),
        "letters": list(letters.fetchmany(50)),
        "log": list(log),
        "totals": totals_of(user_id),
    }
