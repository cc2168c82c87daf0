"""The demo school is made once, and its stories are true."""

import pytest
from sqlalchemy import func, select

from accounts.models import User
from courseware.models import Lesson
from credentials.evaluating import evaluate
from credentials.models import Certificate, LedgerEntry
from credentials.profiling import profile_of, records_of
from credentials.standing import mentors_to_ask
from demo.loading import load_demo
from demo.people import person
from foundation.asking import rows
from foundation.db import Base, db

pytestmark = pytest.mark.slow


def counted():
    return {
        t.name: db.session.scalar(select(func.count()).select_from(t))
        for t in Base.metadata.sorted_tables
        if t.name != "stripe_event"
    }


def test_the_demo_school_is_made_once_and_its_stories_hold(app, school, client, local_stripe):
    with app.app_context():
        assert load_demo(say=lambda _line: None)
        once = counted()
        assert not load_demo(say=lambda _line: None)
        assert counted() == once, "loaded twice is loaded once"
        assert once["ledger_entry"] > 1000
        assert db.session.scalar(select(func.count(Lesson.id))) >= 20
        addresses = db.session.scalars(select(User.email)).all()
        assert all(address.endswith(("@example.com", "@erased.invalid")) for address in addresses)
        _two_hours_short_of_acc(school)
        _mentor_without_the_specialization(school)
        _plain_rows_are_what_sqlalchemy_gives()
        numbers = db.session.scalars(select(Certificate.number)).all()
        assert db.session.scalar(select(func.sum(LedgerEntry.minutes))) > 0
    assert len(numbers) >= 5
    assert all(client.get(f"/verify/{number}").status_code == 200 for number in numbers)


def _plain_rows_are_what_sqlalchemy_gives():
    """Every column that holds something, by SQLAlchemy first and by the driver the third time."""
    for table in Base.metadata.sorted_tables:
        query = select(table).order_by(*table.primary_key).limit(200)
        first, _, third = [[list(map(type, one)) + list(one) for one in rows(query)] for _ in range(3)]
        assert third == first, table.name


def _two_hours_short_of_acc(school):
    profile = profile_of(person("tomas-havranek"), "ACC", "level", school.now().date())
    missing = {row["key"]: row["missing"] for row in evaluate(profile)["requirements"] if row["status"] == "not_met"}
    assert missing == {"experience.total_hours_min": 120}


def _mentor_without_the_specialization(school):
    assert mentors_to_ask(records_of(person("yuki-tanabe").id), school.now().date()) == ["Dov Halloran"]
