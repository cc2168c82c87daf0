"""Admitting: whether a person may buy a seat of a cohort at all, before the question of a free one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select

from accounts.models import User
from enrollment.applications import answering
from enrollment.applications.models import Application
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import Refused

Holds = Callable[[int, str, date], bool]


class NotAdmitted(Refused):
    """They lack what the cohort asks for."""


class MustApply(NotAdmitted):
    """They have not been accepted, or not any more."""


def told_by(app: Flask, holds: Holds) -> None:
    """Who knows whether a person holds a credential on a day; said once, when the rooms are joined."""
    app.extensions["holds_credential"] = holds


def check(user: User, cohort: Cohort, *, at: datetime) -> None:
    """Raises NotAdmitted, saying what is lacking and what to do.

    Where the program wants an application, whoever is accepted may buy: staff have looked at all the rest.
    """
    if cohort.program.asks_application:
        if acceptance(user, cohort, at=at) is None:
            raise MustApply(
                "This cohort wants an application first, and you can enroll once you are accepted. "
                f"Sign in with the account that you applied with, or apply at /apply/{cohort.code}."
            )
        return
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


def acceptance(user: Any, cohort: Cohort, *, at: datetime) -> Application | None:
    """The application for this very cohort that admits a person at a moment; a visitor has none."""
    if not cohort.program.asks_application or not user.is_authenticated:
        return None
    mine = answering.live(user.id, cohort.id)
    return mine if mine is not None and mine.admits(at) else None


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
