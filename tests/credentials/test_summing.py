from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.awarding import reverse, write_line
from credentials.models import Kind, ReviewState
from credentials.summing import CHECKED, COUNTED, EVERY, Sum, Totals, totals_of, totals_of_many
from foundation.db import db

SUMS = st.builds(
    Sum,
    kind=st.sampled_from(Kind),
    synchronous=st.booleans(),
    state=st.sampled_from(ReviewState),
    month=st.dates(date(2025, 1, 1), date(2026, 12, 1)).map(lambda d: d.replace(day=1)),
    enrollment_id=st.sampled_from([None, 1, 2]),
    minutes=st.integers(0, 600),
    core_minutes=st.integers(0, 300),
    first_on=st.just(date(2025, 1, 1)),
    last_on=st.just(date(2025, 1, 2)),
)
LINES = st.lists(st.tuples(st.sampled_from(Kind), st.integers(1, 600), st.dates(date(2025, 1, 1))), max_size=6)
AT = datetime(2026, 11, 22, tzinfo=UTC)


@given(st.lists(SUMS), st.randoms())
def test_sums_never_depend_on_the_order_of_the_lines(sums, random):
    shuffled = sums[:]
    random.shuffle(shuffled)
    one, other = Totals(sums), Totals(shuffled)
    assert [one.minutes(kind) for kind in Kind] == [other.minutes(kind) for kind in Kind]
    assert one.core_minutes() == other.core_minutes()


@given(st.lists(SUMS))
def test_the_parts_add_up_to_the_whole(sums):
    totals = Totals(sums)
    assert sum(totals.minutes(kind, EVERY) for kind in Kind) == totals.minutes(None, EVERY)
    assert sum(totals.minutes(None, EVERY, month=month) for month in totals.months) == totals.minutes(None, EVERY)
    assert sum(totals.minutes(None, {state}) for state in ReviewState) == totals.minutes(None, EVERY)


def _write(user, number, kind, minutes, on, source):
    core = minutes if kind == Kind.EDUCATION else 0
    facts = {"core_minutes": core, "synchronous": True, "title": "A line", "evidence": {}, "enrollment_id": None}
    return write_line(
        user_id=user.id, kind=kind, minutes=minutes, on=on, source_key=source, at=AT, actor=None,
        state=list(ReviewState)[number % 3], **facts,
    )  # fmt: skip


@settings(max_examples=15)
@given(lines=LINES, random=st.randoms())
def test_reversing_every_line_in_any_order_returns_every_sum_to_zero(school, context, lines, random):
    user = db.session.merge(school.user())
    written = [_write(user, n, *told, source=f"{user.id}:{n}") for n, told in enumerate(lines)]
    before = totals_of(user.id)
    assert before.minutes(None, EVERY) == sum(minutes for _, minutes, _ in lines)
    random.shuffle(written)
    for entry in written:
        reverse(entry, "Logged by mistake", None, AT)
    after = totals_of(user.id)
    assert all(after.minutes(kind, {state}) == 0 for kind in Kind for state in ReviewState)
    assert after.months == []
    db.session.rollback()


def test_the_sums_of_a_cohort_are_one_statement(school, queries):
    cohort = school.cohort()
    enrollments = [school.enrollment(school.user(), cohort) for _ in range(5)]
    for enrollment in enrollments:
        school.lesson_hours(enrollment, minutes=45)
    with school.app.app_context(), queries() as asked:
        found = totals_of_many(e.user_id for e in enrollments)
    assert asked.count == 1
    assert {t.minutes(Kind.EDUCATION, COUNTED) for t in found.values()} == {45}
    assert {t.minutes(Kind.EDUCATION, CHECKED) for t in found.values()} == {0}
