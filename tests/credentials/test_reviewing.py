import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from credentials import reviewing
from credentials.models import REVIEW_MOVES, Kind, LedgerEntry, LedgerReview, ReviewDecision, ReviewState
from credentials.summing import CHECKED, totals_of
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.states import MoveRefused
from mail.models import Letter

ALLOWED = {
    ("logged", "sent"),
    ("sent", "checked"),
    ("sent", "returned"),
    ("sent", "logged"),
    ("checked", "sent"),
    ("returned", "sent"),
}


@pytest.mark.parametrize(("old", "new"), itertools.product(ReviewState, ReviewState))
def test_a_review_moves_only_where_the_table_allows(old, new):
    if old == new or (old, new) in ALLOWED:
        REVIEW_MOVES.check(old, new)
    else:
        with pytest.raises(MoveRefused):
            REVIEW_MOVES.check(old, new)


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def waiting(school):
    """A line that was sent and waits."""
    return school.lesson_hours(school.enrollment(school.user("Tomás Ferreira"), school.cohort()), minutes=90)


def state_of(school, entry):
    with school.app.app_context():
        return db.session.get(LedgerReview, entry.id).state


def test_a_trainee_sends_what_is_ticked_and_only_that(client, school):
    user = school.user()
    known = school.coached_client(user)
    sessions = [school.coaching_session(user, known) for _ in range(2)]
    with school.app.app_context():
        names = [db.session.get(LedgerEntry, s.entry_id).public_id for s in sessions]
    assert client.sign_in(user).submit("/hours/review", {"entries": names[0]}).status_code == 303
    with school.app.app_context():
        assert sorted(db.session.scalars(select(LedgerReview.state))) == ["logged", "sent"]


def test_nothing_ticked_is_said_on_the_page(client, school):
    user = school.user()
    school.coaching_session(user)
    assert "Tick at least one line" in client.sign_in(user).submit("/hours/review").get_data(as_text=True)


def test_nobody_sends_another_trainees_line(school, client, waiting):
    client.sign_in(school.user("Stranger"))
    school.coaching_session(school.user("Other"))
    with school.app.app_context(), pytest.raises(NotFound):
        reviewing.submit(school.user("X"), [waiting.public_id], school.now())


def test_a_registrar_approves_and_the_minutes_are_verified(client, school, rosa, waiting):
    client.sign_in(rosa)
    answer = client.submit("/staff/hours/decide", {"one": f"approve:{waiting.public_id}"}, on="/staff/hours")
    assert answer.status_code == 303
    with school.app.app_context():
        assert totals_of(waiting.user_id).minutes(Kind.EDUCATION, CHECKED) == 90


def test_all_that_is_ticked_is_approved_with_one_click_and_undone_with_one(client, school, rosa, waiting):
    second = school.lesson_hours(school.enrollment(school.user("Ana"), school.cohort()))
    client.sign_in(rosa)
    said = {"action": "approve", "entries": [waiting.public_id, second.public_id]}
    page = client.submit("/staff/hours/decide", said, on="/staff/hours", follow_redirects=True).get_data(as_text=True)
    assert "Approved: 2 lines." in page
    with school.app.app_context():
        batch = db.session.scalar(select(ReviewDecision.batch).limit(1))
    client.submit("/staff/hours/undo", {"batch": batch}, on="/staff/hours")
    assert (state_of(school, waiting), state_of(school, second)) == ("sent", "sent")


def test_a_line_is_not_returned_without_a_reason_which_is_said_beside_the_field(client, school, rosa, waiting):
    client.sign_in(rosa)
    answer = client.submit(
        "/staff/hours/decide?by=line", {"one": f"return:{waiting.public_id}"}, on="/staff/hours/lines"
    )
    page = answer.get_data(as_text=True)
    assert "Say what should change" in page
    assert f'id="reason-{waiting.id}-error"' in page
    assert state_of(school, waiting) == "sent"


def test_a_returned_line_tells_its_trainee_once_what_to_change(client, school, rosa, waiting):
    client.sign_in(rosa)
    said = {"one": f"return:{waiting.public_id}", f"reason-{waiting.public_id}": "Which class was this?"}
    client.submit("/staff/hours/decide", said, on="/staff/hours")
    client.submit("/staff/hours/decide", said, on="/staff/hours")
    with school.app.app_context():
        letters = list(db.session.scalars(select(Letter)))
        user = db.session.get(LedgerEntry, waiting.id).user
        assert [letter.kind for letter in letters] == ["hours.returned"]
        assert letters[0].facts["reason"] == "Which class was this?"
        db.session.expunge_all()
    assert "Which class was this?" in client.sign_in(user).get("/hours/review").get_data(as_text=True)


def test_undo_comes_too_late_after_a_while(school, rosa, waiting):
    with school.app.app_context():
        batch = reviewing.approve([waiting.public_id], db.session.merge(rosa), school.now())
        with pytest.raises(Refused, match="too late"):
            reviewing.undo(batch, rosa, school.now() + timedelta(minutes=5))


def test_nobody_checks_their_own_hours(school):
    both = school.user("Rosa", "registrar", "trainee")
    line = school.lesson_hours(school.enrollment(both, school.cohort()))
    with school.app.app_context(), pytest.raises(Refused, match="their own hours"):
        reviewing.approve([line.public_id], db.session.merge(both), school.now())


def test_who_decided_what_stays_for_ever(client, school, rosa, waiting):
    school.checked(waiting, rosa)
    page = client.sign_in(rosa).get(f"/staff/hours/{waiting.public_id}").get_data(as_text=True)
    assert "Sent → Checked" in page
    assert "Rosa Whitlock" in page
    with school.app.app_context(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text("DELETE FROM review_decision"))


def test_a_decided_line_is_looked_at_again_only_with_a_reason(client, school, rosa, waiting):
    school.checked(waiting, rosa)
    url = f"/staff/hours/{waiting.public_id}"
    assert "Say why this line" in client.sign_in(rosa).submit(url).get_data(as_text=True)
    assert client.submit(url, {"reason": "The attendance sheet was wrong"}).status_code == 303
    assert state_of(school, waiting) == "sent"


def test_a_line_taken_back_while_it_waits_leaves_the_queue(client, school, rosa):
    user = school.user()
    session = school.coaching_session(user)
    with school.app.app_context():
        line = db.session.get(LedgerEntry, session.entry_id)
        db.session.expunge_all()
    school.sent(line)
    client.sign_in(user).submit(f"/hours/log/{session.public_id}/undo", on="/hours/log")
    assert "Nothing waits" in client.sign_in(rosa).get("/staff/hours").get_data(as_text=True)


def test_a_decision_sent_twice_is_written_once(school, rosa, waiting):
    for _ in range(2):
        school.checked(waiting, rosa)
    with school.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ReviewDecision)) == 1


def test_the_queue_exports_what_is_on_the_screen(client, school, rosa, waiting):
    client.sign_in(rosa)
    assert "Tomás Ferreira" in client.get("/staff/hours/queue.csv?words=ferreira").get_data(as_text=True)
    assert "Tomás Ferreira" not in client.get("/staff/hours/queue.csv?words=nobody").get_data(as_text=True)
    assert "Tomás Ferreira" not in client.get("/staff/hours/queue.csv?flagged=yes").get_data(as_text=True)
