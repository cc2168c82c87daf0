"""Programs that ask, and people who apply."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import User
from enrollment.applications import answering, asking, reviewing
from enrollment.applications.asking import QuestionDraft
from enrollment.applications.models import Application, Kind
from enrollment.models import Cohort, Program
from foundation.clock import day_in
from foundation.db import db
from tests.makers.people import user

QUESTIONS = [
    QuestionDraft("Why do you want to coach?", Kind.TEXT),
    QuestionDraft("How did you hear of us?", Kind.CHOICE, ("A friend", "The web"), is_needed=False),
]
ANSWERS = {"q1": "To listen well.", "q2": "A friend"}


def asking_program(school: Any, **wishes: Any) -> Program:
    """A program that wants an application first."""
    from tests.makers.offers import program

    made, by = program(school, **wishes), user(school, "Ada Admissions", "admissions", email="ada@example.com")
    told = {"is_asked": True, "intro": "", "days_to_buy": 14, "after": 0}
    asking.publish(made, QUESTIONS, actor=by, at=school.now(), **told)
    return made


def application(school: Any, who: Any, cohort: Any, *, is_sent: bool = True) -> Application:
    person = db.session.get_one(User, who.id)
    made = answering.begin(person, db.session.get_one(Cohort, cohort.id), at=school.now())
    if is_sent:
        answering.send(made, ANSWERS, actor=person, at=school.now())
    return made


def accepted(school: Any, who: Any, cohort: Any, *, days: int = 14) -> Application:
    """Somebody who was let in, and may enroll for some days."""
    from sqlalchemy import select

    made = application(school, who, cohort)
    by = db.session.scalars(select(User).where(User.email == "ada@example.com")).one()
    until = day_in(cohort.time_zone, school.now()) + timedelta(days=days)
    reviewing.accept(made, "Welcome.", until, seen=made.revision, actor=by, at=school.now())
    return made
