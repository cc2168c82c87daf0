"""A person decides about a make-up, once: accepted, it adds exactly the minutes that were missing; taken back, none."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from accounts.models import User
from courseware.makeups.deciding import accept, give_back, take_back
from courseware.models import MAKE_UP_MOVES, MakeUp, MakeUpState, Way
from credentials.models import LedgerEntry
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from mail.models import Letter
from tests.courseware import missed
from tests.courseware.looking import text
from tests.courseware.missed import decide, ledger, state_of

rule, studio, page = missed.rule, missed.studio, missed.page


def test_with_what_was_attended_it_sums_to_the_whole_class_whatever_was_missed(app, school, noor, rule, cohort):
    for minutes in (0, 1, 7, 149):
        place = school.enrollment(school.user(), cohort)
        one = school.live_class(
            cohort, starts_in=-timedelta(days=2, minutes=minutes), recording_url="https://x.example.com"
        )
        school.marked(one, place, minutes)
        decide(app, accept, school.handed_in(place, one), noor)
        with app.app_context():
            of = select(func.sum(LedgerEntry.minutes), func.sum(LedgerEntry.core_minutes))
            assert db.session.execute(of.where(LedgerEntry.enrollment_id == place.id)).one() == (150, 120)


def test_made_up_live_it_counts_as_live(app, school, noor, rule, place, studio):
    school.marked(studio, place, 0)
    decide(app, accept, school.handed_in(place, studio, way=Way.LIVE, live_with="The Rowan cohort"), noor)
    assert ledger(app) == [(150, 120, True)]


def test_the_evidence_says_what_was_done(app, school, noor, rule, place, studio):
    school.marked(studio, place, 30)
    made = school.handed_in(place, studio, practice_minutes=45, practice_with="Ben")
    decide(app, accept, made, noor)
    with app.app_context():
        line = db.session.scalar(select(LedgerEntry).where(~LedgerEntry.synchronous))
        assert (line.title, line.on, line.recorded_by_id) == ("Make-up: Studio one", made.made_on, noor.id)
        assert line.evidence | {"cohort": ""} == {
            "type": "make_up", "ref": f"make_up:{made.public_id}", "class": f"class:{studio.id}", "cohort": "",
            "way": "recording", "of_minutes": 150, "attended": 30, "takeaways_words": 14, "practice_minutes": 45,
        }  # fmt: skip
        assert {"make_up.handed_in", "make_up.accepted"} <= set(db.session.scalars(select(AuditLine.verb)))


def test_what_was_accepted_is_taken_back_by_a_new_line(app, client, school, noor, rule, place, studio):
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    decide(app, accept, made, noor)
    staff = client.sign_in(noor)
    staff.submit(f"/staff/make-ups/{made.public_id}", {"act": "take-back", "reason": "The text is somebody else’s"})
    assert ledger(app) == [(150, 120, False), (-150, -120, False)]
    assert state_of(app, made) == MakeUpState.TAKEN_BACK


def test_when_the_sheet_is_corrected_the_make_up_goes_along(app, school, noor, rule, place, studio):
    """Marked absent, made up in full; then the instructor finds that she was there for 90 minutes, and then for all."""
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    decide(app, accept, made, noor)
    school.marked(studio, place, 90, reason="found on the report")
    assert ledger(app)[-3:] == [(90, 72, True), (-150, -120, False), (60, 48, False)]
    school.marked(studio, place, 150, reason="was there all the time")
    assert sum(minutes for minutes, _, _ in ledger(app)) == 150
    assert state_of(app, made) == MakeUpState.TAKEN_BACK


def test_two_who_decide_in_one_moment_decide_once(app, school, noor, rule, place, studio):
    school.marked(studio, place, 0)
    made, mia = school.handed_in(place, studio), school.user("Mia Berg", "registrar")
    gate, answers = Barrier(2), []

    def act(verb, who, *words) -> None:
        with app.app_context():
            mine, actor = db.session.get_one(MakeUp, made.id), db.session.get_one(User, who.id)
            gate.wait()
            try:
                answers.append(verb(mine, *words, actor=actor, at=school.now()))
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                answers.append(refused.message)

    both = [Thread(target=act, args=(accept, noor)), Thread(target=act, args=(give_back, mia, "Too short"))]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert True in answers
    assert any("decided meanwhile" in str(answer) for answer in answers)
    assert len(ledger(app)) == (state_of(app, made) == MakeUpState.ACCEPTED)


def test_accepted_twice_it_counts_once(app, school, noor, rule, place, studio):
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    assert [decide(app, accept, made, noor) for _ in range(2)] == [True, False]
    assert ledger(app) == [(150, 120, False)]
    with app.app_context():
        assert db.session.scalar(select(func.count(Letter.id)).where(Letter.kind == "make_up.decided")) == 1


def test_nobody_decides_about_their_own(app, school, ana, rule, place, studio):
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    with pytest.raises(Refused, match="their own"):
        decide(app, accept, made, ana)


@pytest.mark.parametrize("old", list(MakeUpState))
@pytest.mark.parametrize("new", [MakeUpState.ACCEPTED, MakeUpState.RETURNED, MakeUpState.TAKEN_BACK])
def test_every_pair_of_states_moves_as_the_table_says(app, school, noor, rule, place, studio, old, new):
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    with app.app_context():
        db.session.get_one(MakeUp, made.id).state = old
        db.session.commit()
    verbs = {
        MakeUpState.ACCEPTED: (accept,),
        MakeUpState.RETURNED: (give_back, "why"),
        MakeUpState.TAKEN_BACK: (take_back, "why"),
    }
    verb, *words = verbs[new]
    if MAKE_UP_MOVES.allows(old, new):
        assert decide(app, verb, made, noor, *words) is (old != new)
        assert state_of(app, made) == new
    else:
        with pytest.raises(Refused):
            decide(app, verb, made, noor, *words)
        assert state_of(app, made) == old


def test_an_instructor_decides_only_about_the_classes_they_teach(client, school, rule, place, studio, page):
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    stranger = client.sign_in(school.user("Ravi Rao", "instructor"))
    assert stranger.get(f"/staff/make-ups/{made.public_id}").status_code == 404
    assert "Nothing waits" in text(stranger.get("/staff/make-ups"))
    assert client.sign_in(school.user("Eve Stone")).get(page).status_code == 404


def test_the_queue_is_searched_filtered_paged_and_taken_away_in_eight_statements(
    client, school, noor, cohort, rule, studio, queries
):
    for number in range(12):
        place = school.enrollment(school.user(f"Person {number:02}"), cohort)
        school.marked(studio, place, 0)
        school.handed_in(place, studio)
    staff = client.sign_in(noor)
    for path in (
        "/staff/make-ups",
        "/staff/make-ups?words=Person+03",
        "/staff/make-ups?state=all",
        "/staff/make-ups?format=csv",
    ):
        with queries() as q:
            answer = staff.get(path)
        assert answer.status_code == 200
        assert q.count <= 8, f"{path}\n" + "\n".join(q.sent)
        assert ("Person 11" in answer.text) == ("words" not in path)
    with queries() as q:
        staff.get(re.search(r'href="(/staff/make-ups/[^"]+)"', staff.get("/staff/make-ups").text).group(1))
    assert q.count <= 12
