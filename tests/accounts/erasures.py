"""Wishes to be erased, for the tests of asking and of erasing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.erasing import asking, carrying_out
from accounts.erasing.models import Erasure
from accounts.models import User
from foundation.db import db

PASSWORD = "a long enough password"


def erased(school: Any, person: Any, *, withdraws: bool = False) -> int:
    """Asked for, and done when the days are over; the wish's id."""
    with school.app.app_context():
        made = asking.ask(db.session.get_one(User, person.id), withdraws=withdraws, at=school.now())
        db.session.commit()
        assert carrying_out.carry_out(made.id, at=made.due_at)
        db.session.commit()
        return made.id


def wishes(app: Any) -> list[str]:
    """Where each wish stands, in the order of asking."""
    with app.app_context():
        return [str(state) for state in db.session.scalars(select(Erasure.state).order_by(Erasure.id))]
