"""Somebody in front of a cohort that wants an application first, and what the tests of applications look at."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from enrollment.applications.models import Application
from foundation.db import db
from mail.models import Letter


@pytest.fixture
def program(school):
    return school.asking_program(slug="practitioner")


@pytest.fixture
def cohort(school, program):
    return school.cohort(of=program, seats=2)


@pytest.fixture
def ana(school):
    return school.user("Ana Lima", email="ana@example.com")


@pytest.fixture
def desk(app, school):
    return app.test_client().sign_in(school.user("Rita Registrar", "registrar"))


def text(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def states(app):
    with app.app_context():
        return [str(one.state) for one in db.session.scalars(select(Application).order_by(Application.id))]


def told(app):
    with app.app_context():
        rows = db.session.scalars(select(Letter).where(Letter.kind == "application.told").order_by(Letter.id))
        return [(letter.to_address, letter.facts["title"]) for letter in rows]


def sweep(app, school, *, days):
    """What the worker does, some days later."""
    from enrollment.applications import letters, taking_up

    with app.app_context():
        at = school.now() + timedelta(days=days)
        ended = [taking_up.lapse_if_over(id_, at=at) for id_ in taking_up.overdue(at)]
        for one in taking_up.soon_due(at, at + timedelta(days=3)):
            letters.due_soon(one, at=at)
        db.session.commit()
        return sum(ended)
