"""A missed class that can be made up, and what the tests of making it up look at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.models import User
from courseware.models import MakeUp, MakeUpState
from credentials.models import LedgerEntry
from foundation.db import db


@pytest.fixture
def rule(school, cohort):
    return school.make_up_rule(cohort)


@pytest.fixture
def studio(school, cohort, noor):
    """A class of two days ago, with a recording."""
    wishes = {"recording_url": "https://films.example.com/studio", "instructor_id": noor.id}
    return school.live_class(cohort, starts_in=-timedelta(days=2), **wishes)


@pytest.fixture
def page(place, studio):
    return f"/learn/{place.public_id}/class/{studio.public_id}/make-up"


def ledger(app) -> list[tuple[int, int, bool]]:
    with app.app_context():
        lines = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        return [(e.minutes, e.core_minutes, e.synchronous) for e in lines]


def decide(app, act, made, by, *words) -> bool:
    with app.app_context():
        done = act(
            db.session.get_one(MakeUp, made.id), *words, actor=db.session.get_one(User, by.id), at=made.handed_in_at
        )
        db.session.commit()
        return done


def state_of(app, made) -> MakeUpState:
    with app.app_context():
        return db.session.get_one(MakeUp, made.id).state
