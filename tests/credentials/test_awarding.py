from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from credentials.awarding import award_minutes, reverse
from credentials.models import LedgerEntry
from foundation.db import db
from foundation.errors import Refused


def award(school, user, **wishes):
    facts = {"minutes": 90, "core_minutes": 60, "synchronous": True, "on": date(2026, 3, 14), "title": "Opening class"}
    facts |= {"evidence": {"type": "live_class", "ref": "1"}, "source_key": "class:1", "enrollment_id": None}
    return award_minutes(user_id=user.id, at=school.now(), **(facts | wishes))


def test_one_source_earns_its_minutes_once(school, context):
    user = school.user()
    first, second = award(school, user), award(school, user)
    assert first.id == second.id
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 1


def test_a_reversal_brings_the_sum_back_to_zero_and_happens_once(school, context):
    entry = award(school, school.user())
    first = reverse(entry, "The class was counted for the wrong person", None, school.now())
    assert reverse(entry, "Again", None, school.now()).id == first.id
    assert db.session.scalar(select(func.sum(LedgerEntry.minutes))) == 0


def test_a_line_is_not_taken_back_without_a_reason(school, context):
    with pytest.raises(Refused) as refused:
        reverse(award(school, school.user()), "  ", None, school.now())
    assert refused.value.field == "reason"


@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET minutes = 5000", "DELETE FROM ledger_entry"])
def test_nobody_edits_the_ledger_not_even_in_sql(school, context, statement):
    award(school, school.user())
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(statement))


@pytest.mark.parametrize("figures", [(0, 0), (-5, 0), (60, 61), (60, -1)])
def test_minutes_that_cannot_be_are_refused(school, context, figures):
    with pytest.raises(Refused):
        award(school, school.user(), minutes=figures[0], core_minutes=figures[1])
