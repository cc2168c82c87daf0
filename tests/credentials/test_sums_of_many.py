"""However the lines of many people came to stand where they stand, the sums of a cohort and of the school are plain."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from credentials.awarding import reversal_of, reverse, write_line
from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.providing.counting import Amount, hours_of
from credentials.providing.schooling import school_by_kind
from credentials.reviewing import approve, reopen, send_back, submit, undo
from credentials.summing import CHECKED, WAITING, totals_of_many
from enrollment.models import Enrollment
from foundation.db import db
from foundation.errors import NotFound, Refused

AT = datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = 3
LINE = st.tuples(
    st.integers(0, PEOPLE - 1), st.sampled_from(Kind), st.integers(1, 600), st.booleans(), st.sampled_from([0, 1, 2])
)
HAPPENS = st.tuples(st.sampled_from(["submit", "approve", "return", "reopen", "undo", "reverse"]), st.integers(0, 11))


@pytest.fixture
def places(school, context):
    """Three people, each in the same cohort and in another."""
    here, elsewhere = school.cohort(), school.cohort()
    users = [school.user(f"Person {n}") for n in range(PEOPLE)]
    made = [[school.enrollment(user, cohort) for cohort in (here, elsewhere)] for user in users]
    return [[db.session.get_one(Enrollment, one.id) for one in own] for own in made]


@settings(max_examples=40)
@given(lines=st.lists(LINE, min_size=1, max_size=12), history=st.lists(HAPPENS, max_size=14))
def test_after_any_history_the_quick_sums_are_the_plain_ones(school, rosa, places, lines, history):
    db.session.rollback()
    staff = db.session.merge(rosa)
    entries = [write(places, n, *told) for n, told in enumerate(lines)]
    batches = []
    for n, (what, which) in enumerate(history):
        with suppress(Refused, NotFound):
            happen(what, entries[which % len(entries)], staff, batches, AT + timedelta(seconds=n))
    db.session.flush()
    plain = by_hand()
    for one, told in hours_of([own[0] for own in places]).items():
        assert cohort_of(told) == expected(plain, one, next(own[0].id for own in places if own[0].user_id == one))
    school_wide = {one.kind: (one.verified, one.waiting) for one in school_by_kind()}
    assert school_wide == {kind: (amount.verified, amount.waiting) for kind, amount in kinds(plain).items()}
    for one, totals in totals_of_many(own[0].user_id for own in places).items():
        assert all(totals.minutes(kind, {state}) == summed(plain, user=one, kind=kind, state=state)
                   for kind in Kind for state in ReviewState)  # fmt: skip
    db.session.rollback()


def write(places, number, who, kind, minutes, synchronous, where):
    """`where`: in this cohort, in another, in none."""
    place = [*places[who], None][where]
    return write_line(
        user_id=places[who][0].user_id, enrollment_id=place and place.id, kind=kind, minutes=minutes,
        core_minutes=minutes // 2, synchronous=synchronous, on=date(2026, 1 + number % 3, 5), title="A line",
        evidence={}, source_key=f"history:{number}", at=AT, actor=None, state=list(ReviewState)[number % 2],
    )  # fmt: skip


def happen(what, entry, staff, batches, at):
    if what == "submit":
        submit(entry.user, [entry.public_id], at)
    elif what == "approve":
        batches.append(approve([entry.public_id], staff, at))
    elif what == "return":
        batches.append(send_back([entry.public_id], staff, at, reason="Which class was it?"))
    elif what == "reopen":
        reopen(entry.public_id, staff, at, reason="Looked at again")
    elif what == "undo" and batches:
        undo(batches.pop(), staff, at)
    elif what == "reverse":
        reverse(entry, "Logged by mistake", staff, at)


def by_hand():
    """(person, kind, live, enrollment, state) -> minutes and core minutes, line by line."""
    states = dict(db.session.execute(select(LedgerReview.entry_id, LedgerReview.state)).all())
    found, core = Counter(), Counter()
    for line in db.session.scalars(select(LedgerEntry)):
        cut = (line.user_id, line.kind, line.synchronous, line.enrollment_id, states[line.reverses_id or line.id])
        found[cut] += line.minutes
        core[cut] += line.core_minutes
    return found, core


def summed(plain, *, user=None, kind=None, live=None, place=None, state=None, core=False):
    wanted = (user, kind, live, place, state)
    cuts = plain[core].items()
    return sum(n for cut, n in cuts if all(w is None or w == c for w, c in zip(wanted, cut, strict=True)))


def amount(plain, **cut):
    verified = sum(summed(plain, state=state, **cut) for state in CHECKED)
    return Amount(verified, sum(summed(plain, state=state, **cut) for state in WAITING))


def expected(plain, user, place):
    taught = {"user": user, "kind": Kind.EDUCATION, "place": place}
    cuts = (taught, taught | {"core": True}, taught | {"live": True})
    kinds = ({"user": user, "kind": kind} for kind in (Kind.COACHING, Kind.MENTOR))
    return [amount(plain, **cut) for cut in (*cuts, *kinds)]


def cohort_of(told):
    return [told.education, told.core, told.live, told.coaching, told.mentor]


def kinds(plain):
    return {kind: amount(plain, kind=kind) for kind in {cut[1] for cut in plain[0]}}


def test_beside_its_review_a_line_always_says_the_same(school, places):
    """Nobody can write something else there, not even past the program."""
    line = school.lesson_hours(places[0][0], minutes=90, core=30, synchronous=False)
    repeated = select(
        LedgerReview.kind, LedgerReview.synchronous, LedgerReview.enrollment_id, LedgerReview.minutes,
        LedgerReview.core_minutes,
    ).where(LedgerReview.entry_id == line.id)  # fmt: skip
    told = (Kind.EDUCATION, False, places[0][0].id, 90, 30)
    assert db.session.execute(repeated).one() == told
    db.session.execute(
        text("UPDATE ledger_review SET minutes = 900, core_minutes = 1, synchronous = true, enrollment_id = NULL")
    )
    assert db.session.execute(repeated).one() == told
    db.session.rollback()


@pytest.mark.parametrize(
    "wrong", [{"minutes": -59}, {"core_minutes": 0}, {"kind": Kind.MENTOR}, {"synchronous": False}]
)
def test_the_database_takes_no_reversal_that_does_not_cancel_its_line(school, places, wrong):
    line = db.session.merge(school.lesson_hours(places[0][0], minutes=60))
    values = reversal_of(line, "Made twice", None, AT) | wrong
    with pytest.raises(IntegrityError, match="cancels its line"):
        db.session.add(LedgerEntry(**values))
        db.session.flush()
    db.session.rollback()
