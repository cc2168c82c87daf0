"""A program that wants an application first, and people in every state of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.identifying import create_user
from accounts.models import RoleName, User
from demo.calendars import first_weekday, near
from demo.people import person
from demo.reading import table
from enrollment.applications import answering, asking, reviewing
from enrollment.applications.asking import QuestionDraft
from enrollment.applications.models import Application, Kind, NoteKind
from enrollment.cohorts import writing
from enrollment.cohorts.writing import CohortDraft
from enrollment.models import Cohort, Level, Program
from foundation.db import db


def take_some(at: datetime) -> None:
    told = table("applications")
    program = _program(told["program"], at)
    cohort = _cohort(told["cohort"], program, at)
    drafts = [
        QuestionDraft(one["label"], Kind(one["kind"]), tuple(one.get("choices", ())), one["is_needed"])
        for one in told["questions"]
    ]
    by = person("ingrid-solheim-achebe")
    terms: dict[str, Any] = {"is_asked": True, "intro": told["intro"], "days_to_buy": told["days_to_buy"], "after": 0}
    asking.publish(program, drafts, actor=by, at=at - timedelta(days=40), **terms)
    for number, one in enumerate(told["people"]):
        _apply(one, cohort, at - timedelta(days=9 - number), by)


def _program(told: dict[str, Any], at: datetime) -> Program:
    made = Program(**(told | {"level": Level(told["level"])}), position=9, created_at=at - timedelta(days=200))
    db.session.add(made)
    db.session.flush()
    return made


def _cohort(told: dict[str, Any], program: Program, at: datetime) -> Cohort:
    """Written as staff write one: a draft, then before the public."""
    same = ("title", "time_zone", "rhythm", "seats", "seats_minimum", "currency", "price_cents", "prerequisites")
    given: dict[str, Any] = {name: told[name] for name in same}
    draft = CohortDraft(
        program_id=program.id,
        starts_on=near(at.date() + timedelta(days=told["starts_in_days"]), first_weekday(told["rhythm"])),
        ends_on=near(at.date() + timedelta(days=told["ends_in_days"]), first_weekday(told["rhythm"])),
        language="English",
        opens_at=at - timedelta(days=40),
        closes_at=at + timedelta(days=told["starts_in_days"] - 5),
        offer_hours=48,
        holds_seats=True,
        **given,
    )
    by = person("ingrid-solheim-achebe")
    made = writing.create(told["code"], draft, actor=by, at=at - timedelta(days=41))
    writing.show(made, True, actor=by, at=at - timedelta(days=40))
    return made


def _apply(one: dict[str, Any], cohort: Cohort, at: datetime, by: User) -> None:
    user = create_user(
        email=one["email"],
        name=one["name"],
        password=None,
        at=at,
        roles=[RoleName.TRAINEE],
        time_zone=one["time_zone"],
        confirmed=True,
    )
    made = answering.begin(user, cohort, at=at)
    if not one["sent"]:
        answering.save(made, one["answers"], at=at)
        return
    answering.send(made, one["answers"], actor=user, at=at)
    _decide(made, one, by, at + timedelta(days=1))


def _decide(made: Application, one: dict[str, Any], by: User, at: datetime) -> None:
    if one.get("note"):
        reviewing.note(made, NoteKind(one["note"]["kind"]), one["note"]["text"], actor=by, at=at)
    decided, seen = one.get("decided"), made.revision
    if decided == "taken":
        reviewing.take(made, seen=seen, actor=by, at=at)
    elif decided == "more":
        reviewing.ask_more(made, one["word"], seen=seen, actor=by, at=at)
    elif decided == "accepted":
        until = (at + timedelta(days=14)).date()
        reviewing.accept(made, one["word"], until, seen=seen, actor=by, at=at)
    elif decided == "declined":
        reviewing.decline(made, one["word"], seen=seen, actor=by, at=at)
