"""Admitting: whether a person may buy a seat of a cohort at all, before the question of a free one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Flask, current_app
from sqlalchemy import select

from accounts.models import User
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import Refused

Holds = Callable[[int, str, date], bool]


class NotAdmitted(Refused):
    """They lack what the cohort asks for."""


def told_by(app: Flask, holds: Holds) -> None:
    """Who knows whether a person holds a credential on a day; said once, when the rooms are joined."""
    app.extensions["holds_credential"] = holds


def check(user: User, cohort: Cohort, *, at: datetime) -> None:
    """Raises NotAdmitted, saying what is lacking and what to do."""
    if cohort.requires_program is not None and not has_completed(user.id, cohort.requires_program.id):
        raise NotAdmitted(
            f"This cohort is for people who have completed {cohort.requires_program.title} with us, and your account "
            "does not show it. Sign in with the account that you had then, or write to us."
        )
    if cohort.requires_credential and not _holds(user, cohort, at):
        raise NotAdmitted(
            f"This cohort is for people who hold the {cohort.requires_credential}, and your account does not show "
            "one. Sign in, record it under Hours, Renewal, and come back; or write to us."
        )


def has_completed(user_id: int, program_id: int) -> bool:
    query = select(Enrollment.id).join(Enrollment.cohort).where(Enrollment.user_id == user_id)
    done = query.where(Cohort.program_id == program_id, Enrollment.state == EnrollmentState.COMPLETED)
    return db.session.scalar(done.limit(1)) is not None


def _holds(user: User, cohort: Cohort, at: datetime) -> bool:
    holds: Holds = current_app.extensions["holds_credential"]
    return holds(user.id, cohort.requires_credential, at.astimezone(cohort.zone).date())


def asked(cohort: Cohort) -> list[str]:
    """What a cohort asks for, in plain words, for its pages."""
    found = []
    if cohort.requires_program is not None:
        found.append(f"{cohort.requires_program.title}, completed with us")
    if cohort.requires_credential:
        found.append(f"The {cohort.requires_credential} credential, recorded in your account")
    return [*found, cohort.prerequisites] if cohort.prerequisites else found
