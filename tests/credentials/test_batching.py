import re
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from credentials import reviewing, second_looking
from credentials.batching import batches, drawn, trainees_waiting
from credentials.models import Client, LedgerEntry, LedgerReview, ReviewState
from foundation.db import db
from foundation.errors import Refused
from foundation.remembering import Remembering


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def forty_and_three(school):
    """Forty ordinary sessions with four clients, and three odd ones; all sent."""
    user = school.user("Tomás Ferreira")
    clients = [school.coached_client(user, name) for name in ("Mara Quist", "Idris Bello", "Wren Ito", "Ola Lind")]
    day = (school.now() - timedelta(days=85)).date()
    weekdays = [one for n in range(60) if (one := day + timedelta(days=n)).weekday() < 5][:40]
    made = [
        school.coaching_session(user, clients[n % 4], on=one, minutes=45 + n % 2 * 15) for n, one in enumerate(weekdays)
    ]
    long = school.coaching_session(user, clients[0], on=day - timedelta(days=1), minutes=300)
    first = school.coaching_session(user, clients[1], on=day - timedelta(days=2), starts=time(10, 0))
    second = school.coaching_session(user, clients[2], on=day - timedelta(days=2), starts=time(10, 30))
    with school.app.app_context():
        ids = [one.entry_id for one in (*made, long, first, second)]
        names = list(db.session.scalars(select(LedgerEntry.public_id).where(LedgerEntry.id.in_(ids))))
        reviewing.submit(db.session.merge(user), names, school.now())
        db.session.commit()
    return user


def states(school):
    with school.app.app_context():
        return sorted(db.session.scalars(select(LedgerReview.state)))


def test_forty_clean_sessions_are_approved_with_one_click_while_three_odd_ones_stand_apart(
    client, school, rosa, forty_and_three
):
    page = client.sign_in(rosa).get("/staff/hours").text
    assert "Approve all 40" in page
    assert page.count("overlaps with") == 2
    assert "very long: 5 h" in page
    clean = {"batch": str(forty_and_three.id), f"clean-{forty_and_three.id}": names_in(page, forty_and_three)}
    client.submit("/staff/hours/decide", clean, on="/staff/hours")
    assert states(school) == ["checked"] * 40 + ["sent"] * 3


def names_in(page, user):
    return [part.split('"')[0] for part in page.split(f'name="clean-{user.id}" value="')[1:]]


def test_one_click_is_undone_with_one_click(client, school, rosa, forty_and_three):
    page = client.sign_in(rosa).get("/staff/hours").text
    clean = {"batch": str(forty_and_three.id), f"clean-{forty_and_three.id}": names_in(page, forty_and_three)}
    told = client.submit("/staff/hours/decide", clean, on="/staff/hours", follow_redirects=True).text
    batch = told.split('name="batch" value="')[1].split('"')[0]
    client.submit("/staff/hours/undo", {"batch": batch}, on="/staff/hours")
    assert states(school) == ["sent"] * 43


def test_the_queue_asks_the_database_at_most_eight_things_however_many_wait(
    client, school, queries, rosa, forty_and_three
):
    client.sign_in(rosa)
    with queries() as asked:
        client.get("/staff/hours")
    assert asked.count <= 8, "\n".join(asked.sent)


def test_a_tenth_of_a_clean_batch_is_drawn_by_lot_and_all_reviewers_see_the_same(school, forty_and_three):
    with school.app.app_context():
        (batch,) = batches([tuple(row) for row in db.session.execute(trainees_waiting())]).all
        assert len(batch.sample) == 4
        assert drawn(list(reversed(batch.clean))) == batch.sample
        assert [line.entry.id for line in batch.odd if line.entry.id in {one.entry.id for one in batch.sample}] == []


def test_whoever_has_waited_longest_comes_first(school, forty_and_three):
    late = school.lesson_hours(school.enrollment(school.user("Ana Lima"), school.cohort()))
    with school.app.app_context():
        waiting = [row.user_id for row in db.session.execute(trainees_waiting())]
        assert waiting == [forty_and_three.id, late.user_id]


def test_eight_sessions_with_one_client_alone_stand_apart(client, school, rosa):
    user = school.user()
    known = school.coached_client(user)
    day = (school.now() - timedelta(days=30)).date()
    sessions = [school.coaching_session(user, known, on=day + timedelta(days=n)) for n in range(8)]
    send(school, user, sessions)
    assert client.sign_in(rosa).get("/staff/hours").text.count("all 8 sessions are with one client") == 8


def test_a_weekend_bulk_and_a_crowded_day_stand_apart(client, school, rosa):
    user = school.user()
    clients = [school.coached_client(user, f"Client {n}") for n in range(6)]
    today = school.now().date()
    saturday = today - timedelta(days=(today.weekday() - 5) % 7 + 7)
    send(school, user, [school.coaching_session(user, one, on=saturday, minutes=30) for one in clients])
    page = client.sign_in(rosa).get("/staff/hours").text
    assert page.count("one of 6 sessions on that day") == 6
    assert page.count("one of 6 weekend sessions written down within an hour") == 6


def test_a_colleague_decides_what_a_reviewer_asked_a_second_look_for(client, school, rosa):
    user = school.user()
    line = school.lesson_hours(school.enrollment(user, school.cohort()))
    url = f"/staff/hours/{line.public_id}"
    client.sign_in(rosa).submit(f"{url}/second-look", {"question": "Was she in the room?"}, on=url)
    assert "Rosa Whitlock asks: Was she in the room?" in client.get("/staff/hours").text
    refused = client.submit("/staff/hours/decide?by=file", {"one": f"approve:{line.public_id}"}, on=url)
    assert "Leave the decision to them" in refused.text
    client.sign_in(school.user("Ines Duarte", "registrar"))
    client.submit("/staff/hours/decide?by=file", {"one": f"approve:{line.public_id}"}, on=url)
    assert states(school) == [ReviewState.CHECKED]


def test_a_second_look_wants_a_question_and_a_line_that_waits(client, school, rosa):
    line = school.lesson_hours(school.enrollment(school.user(), school.cohort()))
    url = f"/staff/hours/{line.public_id}"
    answer = client.sign_in(rosa).submit(f"{url}/second-look", {"question": " "}, on=url)
    assert "Say what a colleague should look at" in answer.text
    school.checked(line, rosa)
    with school.app.app_context(), pytest.raises(Refused, match="Only a line that waits"):
        second_looking.ask(db.session.get(LedgerReview, line.id), db.session.merge(rosa), school.now(), question="?")


def send(school, user, sessions):
    with school.app.app_context():
        ids = [one.entry_id for one in sessions]
        names = list(db.session.scalars(select(LedgerEntry.public_id).where(LedgerEntry.id.in_(ids))))
        reviewing.submit(db.session.merge(user), names, school.now())
        db.session.commit()


def words(page):
    return re.sub(r'name="csrf_token"[^>]*>|nonce="[^"]*"', "", page.text)


def made_anew(client, app):
    """The queue; what was remembered of it says the same as the queue made anew."""
    first = words(client.get("/staff/hours"))
    app.jinja_env.extensions[Remembering.identifier].pieces.clear()
    assert first == words(client.get("/staff/hours"))
    return first


def one_decided(school, user, rosa):
    name = db.session.scalars(select(LedgerEntry.public_id).order_by(LedgerEntry.id)).first()
    reviewing.approve([name], db.session.merge(rosa), school.now())


def a_second_look(school, user, rosa):
    review = db.session.scalars(select(LedgerReview).order_by(LedgerReview.entry_id)).first()
    second_looking.ask(review, db.session.merge(rosa), school.now(), question="Was she in the room?")


def another_line_of_the_day(school, user, rosa):
    known, client = db.session.merge(user), db.session.scalars(select(Client).order_by(Client.id)).first()
    on = db.session.scalars(select(LedgerEntry.on).order_by(LedgerEntry.id)).first()
    school.coaching_session(known, client, on=on, starts=None, minutes=700)


def renamed(school, user, rosa):
    db.session.merge(user).name = "Tomás Ferreira Alves"


@pytest.mark.parametrize("change", [one_decided, a_second_look, another_line_of_the_day, renamed])
def test_whatever_changes_is_in_the_queue_at_once(client, school, rosa, forty_and_three, change):
    client.sign_in(rosa)
    before = made_anew(client, school.app)
    assert made_anew(client, school.app) == before
    with school.app.app_context():
        change(school, forty_and_three, rosa)
        db.session.commit()
    assert words(client.get("/staff/hours")) != before
    made_anew(client, school.app)


def test_a_refusal_beside_one_line_is_never_remembered(client, school, rosa, forty_and_three):
    client.sign_in(rosa)
    before = made_anew(client, school.app)
    with school.app.app_context():
        name = db.session.scalars(select(LedgerEntry.public_id).order_by(LedgerEntry.id.desc())).first()
    refused = client.submit("/staff/hours/decide", {"one": f"return:{name}"}, on="/staff/hours")
    assert "Say what should change" in refused.text
    assert words(client.get("/staff/hours")) == before
