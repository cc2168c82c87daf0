"""Who came before there was a completion clock is given one by the rules, which staff see before it is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from enrollment.access.models import AccessChange
from enrollment.models import Enrollment
from foundation.db import db
from tests.payments.changing.test_longer import STEPS, mine, text
from tests.payments.changing.test_longer import program as program

PAGE = "/staff/access/without-clock"


def forget(app):
    """As it was for whoever came before."""
    with app.app_context():
        db.session.execute(update(Enrollment).values(access_until=None))
        db.session.commit()


@pytest.fixture
def before(app, paid):
    until = mine(app).access_until
    forget(app)
    paid.until = until
    return paid


def reasons(app):
    with app.app_context():
        rows = db.session.scalars(select(AccessChange).order_by(AccessChange.id))
        return [(str(row.kind), row.reason[:12], row.by_id is not None) for row in rows][1:]


def test_staff_see_the_day_of_the_rules_and_one_button_writes_it(app, before, desk, school, program):
    school.policy(program, steps=STEPS, completion_months=12)  # what was published later is not theirs
    assert "Give the day below" in text(desk.get(PAGE))
    assert mine(app).access_until is None
    assert before.until.isoformat() in text(desk.get(f"{PAGE}?format=csv"))
    assert desk.submit(PAGE).status_code == 303
    assert mine(app).access_until == before.until
    assert reasons(app) == [("begun", "By the rules", True)]
    assert "Everybody has a last day" in text(desk.get(PAGE))


def test_whose_day_has_gone_by_has_sixty_days_and_is_shown_both(app, before, desk):
    with app.app_context():
        cohort = mine(app).cohort_id
        from enrollment.models import Cohort

        db.session.execute(
            update(Cohort).where(Cohort.id == cohort).values(starts_on=before.until - timedelta(days=2000))
        )
        db.session.commit()
    assert "by the rules" in text(desk.get(PAGE))
    desk.submit(PAGE)
    assert mine(app).access_until >= before.books().order.created_at.date() + timedelta(days=59)


def test_where_somebody_came_meanwhile_nothing_is_written(app, before, desk):
    assert desk.post(PAGE, data=desk.hidden(PAGE, PAGE) | {"seen": "7"}).status_code == 303
    assert mine(app).access_until is None
    assert "7 were shown" in text(desk.get(PAGE))


def test_who_withdrew_or_completed_is_given_none(app, before, desk):
    for state in ("withdrawn", "completed"):
        with app.app_context():
            db.session.execute(update(Enrollment).values(state=state))
            db.session.commit()
        assert "Everybody has a last day" in text(desk.get(PAGE))


def test_the_list_costs_few_statements(before, desk, queries):
    with queries() as q:
        assert desk.get(PAGE).status_code == 200
    assert q.count <= 8


def test_the_command_prints_the_days_and_writes_them_only_when_told(app, before):
    run = app.test_cli_runner().invoke
    assert "1 would be written" in run(args=["payments", "clocks"]).output
    assert mine(app).access_until is None
    assert "1 written" in run(args=["payments", "clocks", "--write"]).output
    assert mine(app).access_until == before.until


def test_only_the_registrar_sees_it(app, before, finance):
    assert finance.get(PAGE).status_code == 403
