"""Answering: a person begins an application, keeps a draft, sends it, answers what is asked again, or withdraws."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from enrollment import enrolling, seating
from enrollment.applications import asking, letters
from enrollment.applications.models import (
    APPLICATION_MOVES,
    LIVE,
    WRITES,
    Application,
    ApplicationState,
)
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

MOST = {"line": 300, "text": 6000, "choice": 300, "yes": 3}
LEFT_OUT = "An answer is needed here."


def live(user_id: int, cohort_id: int) -> Application | None:
    """A person's application for a cohort that has not ended, as it is now."""
    query = select(Application).where(Application.user_id == user_id, Application.cohort_id == cohort_id)
    return db.session.scalar(query.where(Application.state.in_(LIVE)).execution_options(populate_existing=True))


def latest(user_id: int, cohort_id: int) -> Application | None:
    """The last one, ended or not."""
    query = select(Application).where(Application.user_id == user_id, Application.cohort_id == cohort_id)
    return db.session.scalar(query.order_by(Application.id.desc()).limit(1))


def begin(user: User, cohort: Cohort, *, at: datetime) -> Application:
    """A draft; asked again, the one there is. Raises Refused where it leads nowhere."""
    known = live(user.id, cohort.id)
    if known is not None:
        return known
    questions = asking.newest(cohort.program_id)
    if questions is None or not questions.is_asked:
        raise Refused("Nobody needs to apply for this cohort.")
    if not cohort.is_open(at):
        raise Refused("Enrollment for this cohort is not open, so nobody applies for it.")
    if enrolling.takes_part(user.id, cohort.id):
        raise Refused("You are in this cohort already.")
    before = latest(user.id, cohort.id)
    if before is not None and before.state == ApplicationState.DECLINED:
        raise Refused("We could not offer you a seat in this cohort. Look at the others, or write to us.")
    made = Application(cohort_id=cohort.id, user_id=user.id, questions_id=questions.id, begun_at=at)
    db.session.add(made)
    db.session.flush()
    record("application.begun", subject=made, actor=user, at=at, cohort=cohort.code)
    return made


def locked(application: Application, seen: int | None = None) -> Application:
    """As it is now, its row locked. Raises Refused where it changed since it was read (`seen` is its revision)."""
    db.session.scalars(select(Application.id).where(Application.id == application.id).with_for_update(key_share=True))
    db.session.refresh(application)
    if seen is not None and seen != application.revision:
        raise Refused("This application has changed since you opened the page. Look at it as it is now, then decide.")
    return application


def save(application: Application, answers: dict[str, str], *, at: datetime) -> None:
    """Keep a draft, however little is written yet. Raises Refused beside an answer that is too long."""
    locked(application)
    if application.state not in WRITES:
        raise Refused("This application has been sent already.")
    application.answers = _fitting(application, answers)
    db.session.flush()


def _fitting(application: Application, answers: dict[str, str]) -> dict[str, str]:
    kept = {}
    for question in application.questions.questions:
        given, most = answers.get(question["key"], "").strip(), MOST[question["kind"]]
        if len(given) > most:
            raise Refused(f"At most {most} characters.", question["key"])
        known = ["yes", "no"] if question["kind"] == "yes" else question["choices"]
        if given and known and given not in known:
            raise Refused("Choose one of these.", question["key"])
        kept[question["key"]] = given
    return kept


def send(application: Application, answers: dict[str, str], *, actor: User, at: datetime) -> None:
    """Hand it in. Raises Refused beside the first answer that is lacking."""
    save(application, answers, at=at)
    if not application.cohort.is_open(at) and application.state == ApplicationState.DRAFT:
        raise Refused("Enrollment for this cohort has closed meanwhile.")
    for question in application.questions.questions:
        if question["is_needed"] and not application.answers.get(question["key"]):
            raise Refused(LEFT_OUT, question["key"])
    again = application.state == ApplicationState.MORE_ASKED
    move(application, ApplicationState.SUBMITTED, at=at, actor=actor)
    application.submitted_at = application.submitted_at or at
    letters.received(application, again=again, at=at)


def withdraw(application: Application, *, actor: User, at: datetime) -> None:
    """They think better of it; a seat that was held is free. Said twice it is said once. Raises Refused.

    An acceptance ends only under the cohort's lock, so that an order sees it or comes first.
    """
    seating.lock(application.cohort)
    locked(application)
    if application.state == ApplicationState.TAKEN_UP:
        raise Refused("You have an order for this cohort. Cancel it first.")
    if application.state == ApplicationState.WITHDRAWN:
        return
    if application.state not in LIVE:
        raise Refused("This application has ended already.")
    was_draft = application.state == ApplicationState.DRAFT
    move(application, ApplicationState.WITHDRAWN, at=at, actor=actor)
    if not was_draft:
        letters.withdrawn(application, at=at)


def move(
    application: Application, to: ApplicationState, *, at: datetime, actor: User | None = None, **why: str
) -> None:
    """Along the table of moves, with a line in the log; whoever is no longer accepted keeps no seat."""
    APPLICATION_MOVES.check(application.state, to)
    record(f"application.{to}", subject=application, actor=actor, at=at, was=str(application.state), **why)
    application.state = to
    application.revision += 1
    if to not in {ApplicationState.ACCEPTED, ApplicationState.TAKEN_UP}:
        seat = seating.live_seat(application.seat_ref)
        if seat is not None:
            seating.release(seat, at=at)
    db.session.flush()
