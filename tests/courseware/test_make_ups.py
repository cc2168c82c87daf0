"""Making up a class: what the cohort asks for, what a person decides, exactly the minutes that were missing."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from accounts.models import User
from courseware.makeups.deciding import accept, give_back, take_back
from courseware.makeups.making_up import chance_of
from courseware.models import MAKE_UP_MOVES, LiveClass, MakeUp, MakeUpState, Way
from credentials.models import LedgerEntry
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from mail.models import Letter
from tests.makers.makeups import TAKEAWAYS


@pytest.fixture
def noor(school):
    return school.user("Noor Haddad", "instructor")


@pytest.fixture
def cohort(school):
    return school.cohort(seats=40)


@pytest.fixture
def rule(school, cohort):
    return school.make_up_rule(cohort)


@pytest.fixture
def ana(school):
    return school.user("Ana Lima")


@pytest.fixture
def place(school, ana, cohort):
    return school.enrollment(ana, cohort)


@pytest.fixture
def studio(school, cohort, noor):
    """A class of two days ago, with a recording."""
    wishes = {"recording_url": "https://films.example.com/studio", "instructor_id": noor.id}
    return school.live_class(cohort, starts_in=-timedelta(days=2), **wishes)


@pytest.fixture
def page(place, studio):
    return f"/learn/{place.public_id}/class/{studio.public_id}/make-up"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def ledger(app) -> list[tuple[int, int, bool]]:
    with app.app_context():
        lines = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        return [(e.minutes, e.core_minutes, e.synchronous) for e in lines]


def day_of(studio, days: int = 1) -> str:
    day = studio.starts_at.astimezone(ZoneInfo("America/New_York")).date()
    return (day + timedelta(days=days)).isoformat()


def told(studio, **more) -> dict[str, str]:
    return {"way": "recording", "made_on": day_of(studio), "takeaways": TAKEAWAYS} | more


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


def test_a_missed_class_is_made_up_and_accepted_adds_exactly_the_missing_minutes(
    app, client, school, ana, noor, rule, place, studio, page, mailbox
):
    school.marked(studio, place, 100)
    trainee = client.sign_in(ana)
    assert "50 min of 2 h 30 min are missing" in text(trainee.get(page))
    assert "Make up 50 min" in text(trainee.get(f"/learn/{place.public_id}/"))
    trainee.submit(page, told(studio))
    assert "Handed in on" in text(trainee.get(page))
    staff = app.test_client().sign_in(noor)
    row = re.search(r'href="(/staff/make-ups/[^"]+)"', staff.get("/staff/make-ups").text).group(1)
    assert "Accepted, it adds 50 min of asynchronous hours" in text(staff.get(row))
    assert "Accepted: 50 min for Ana Lima" in text(staff.submit(row, {"act": "accept"}, follow_redirects=True))
    assert ledger(app) == [(100, 80, True), (50, 40, False)]
    mailbox.deliver()
    (letter,) = mailbox.to(ana.email)
    assert "is accepted" in letter["Subject"]
    assert "50 min are in your hours" in text(trainee.get(page))
    assert "50 min made up" in text(trainee.get(f"/learn/{place.public_id}/"))


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


def test_what_comes_back_says_why_and_can_be_handed_in_anew(
    app, client, school, ana, noor, rule, place, studio, page, mailbox
):
    school.marked(studio, place, 0)
    first = school.handed_in(place, studio)
    staff = app.test_client().sign_in(noor)
    desk = f"/staff/make-ups/{first.public_id}"
    refused = staff.submit(desk, {"act": "return", "reason": " "})
    assert refused.status_code == 422 and "Say what is missing" in text(refused)
    staff.submit(desk, {"act": "return", "reason": "Say what you will do with it."})
    mailbox.deliver()
    assert "came back" in mailbox.to(ana.email)[0]["Subject"]
    shown = text(client.sign_in(ana).get(page))
    assert "Say what you will do with it." in shown and "Hand it in" in shown
    client.submit(page, told(studio, takeaways=f"{TAKEAWAYS} I will wait longer."))
    with app.app_context():
        second = db.session.scalar(select(MakeUp).where(MakeUp.number == 2))
        assert second.state == MakeUpState.HANDED_IN
    assert "Handed in before" in text(staff.get(f"/staff/make-ups/{second.public_id}"))
    assert ledger(app) == []


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


@pytest.mark.parametrize(
    ("wishes", "changed", "field", "words"),
    [
        ({"takeaways_words": 50}, {}, "takeaways", "At least 50 words; these are 14"),
        (
            {"practice_minutes": 30},
            {"practice_minutes": "20", "practice_with": "Ben"},
            "practice_minutes",
            "At least 30",
        ),
        ({"practice_minutes": 30}, {"practice_minutes": "30"}, "practice_with", "Say with whom you practised"),
        ({}, {"way": "live"}, "live_with", "Say with whom"),
        ({}, {"days": 40}, "made_on", "Choose a day from the class until today"),
        ({}, {"days": -1}, "made_on", "Choose a day from the class until today"),
    ],
)
def test_what_the_rule_asks_for_is_said_beside_the_field_and_what_was_typed_stays(
    app, client, school, ana, cohort, place, studio, page, wishes, changed, field, words
):
    school.make_up_rule(cohort, **wishes)
    school.marked(studio, place, 0)
    days = {"made_on": day_of(studio, changed.pop("days"))} if "days" in changed else {}
    answer = client.sign_in(ana).submit(page, told(studio, **changed, **days))
    assert answer.status_code == 422
    assert words in text(answer)
    assert f'{field}-error"' in answer.text
    if wishes.get("takeaways_words") or not wishes:
        assert TAKEAWAYS in answer.text


OBSTACLES = [
    ("no rule", "has no rule"),
    ("not marked", "not marked yet"),
    ("all the time", "nothing is missing"),
    ("not this class", "can’t be made up"),
    ("too late", "is over. Ask your instructor"),
    ("too many", "one class can be made up at most"),
]


@pytest.mark.parametrize(("case", "words"), OBSTACLES)
def test_what_stands_in_the_way_is_said_and_nothing_can_be_handed_in(
    app, client, school, ana, cohort, place, case, words
):
    if case != "no rule":
        school.make_up_rule(cohort, at_most=1 if case == "too many" else 0)
    wishes = {"recording_url": "https://x.example.com", "can_be_made_up": case != "not this class"}
    ago = timedelta(days=40 if case == "too late" else 2)
    one = school.live_class(cohort, starts_in=-ago, **wishes)
    if case != "not marked":
        school.marked(one, place, 150 if case == "all the time" else 0)
    if case == "too many":
        other = school.live_class(cohort, starts_in=-timedelta(days=3), recording_url="https://x.example.com")
        school.marked(other, place, 0)
        school.handed_in(place, other)
    page = client.sign_in(ana).get(f"/learn/{place.public_id}/class/{one.public_id}/make-up")
    assert words in text(page)
    assert "Hand it in" not in text(page)
    with pytest.raises(Refused):
        school.handed_in(place, one)


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
        one.join(20)
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


def test_handed_in_twice_it_waits_once(app, school, rule, place, studio):
    school.marked(studio, place, 0)
    assert school.handed_in(place, studio).id == school.handed_in(place, studio).id


def test_while_it_waits_its_trainee_may_take_it_back(app, client, school, ana, noor, rule, place, studio, page):
    school.marked(studio, place, 0)
    made = school.handed_in(place, studio)
    client.sign_in(ana).submit(f"{page}/withdraw", on=page)
    assert state_of(app, made) == MakeUpState.WITHDRAWN
    with pytest.raises(Refused, match="decided meanwhile"):
        decide(app, accept, made, noor)
    assert "Hand it in" in text(client.get(page))


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


def test_the_registrar_sets_a_cohorts_rule_and_it_is_kept_who_did(app, client, school, cohort):
    staff = client.sign_in(school.user("Mia Berg", "registrar"))
    address = f"/staff/cohorts/{cohort.code}/make-up"
    form = {
        "by_recording": "y",
        "takeaways_words": "200",
        "practice_minutes": "30",
        "within_days": "14",
        "at_most": "2",
    }
    assert "no rule yet" in text(staff.get(address))
    assert staff.submit(address, form).status_code == 303
    wrong = staff.submit(address, form | {"by_recording": "", "within_days": "0"})
    assert wrong.status_code == 422 and 'within_days-error"' in wrong.text
    with app.app_context():
        line = db.session.scalar(select(AuditLine).where(AuditLine.verb == "make_up_rule.set"))
        assert (line.facts["takeaways_words"], line.facts["cohort"]) == (200, cohort.code)
    assert client.sign_in(school.user("Ravi Rao", "instructor")).get(address).status_code == 403


def test_the_recording_of_a_class_is_shown_to_whoever_missed_it(client, school, ana, noor, rule, place, studio, page):
    school.marked(studio, place, 0)
    address = f"/staff/classes/{studio.id}/recording"
    staff = client.sign_in(noor)
    assert staff.submit(address, {"recording_url": "javascript:alert(1)", "can_be_made_up": "y"}).status_code == 422
    staff.submit(address, {"recording_url": "https://films.example.com/two", "can_be_made_up": "y"})
    assert "https://films.example.com/two" in client.sign_in(ana).get(page).text


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


def test_the_page_of_a_make_up_takes_eight_statements_at_most(client, school, ana, rule, place, studio, page, queries):
    school.marked(studio, place, 0)
    school.handed_in(place, studio)
    client.sign_in(ana)
    with queries() as q:
        client.get(page)
    assert q.count <= 8, "\n".join(q.sent)


def test_until_when_is_counted_from_the_end_of_the_class_and_anew_after_a_return(
    app, school, noor, rule, place, studio
):
    school.marked(studio, place, 0)
    with app.app_context():
        before = _chance(place, studio, school.now()).until
    assert before == studio.ends_at + timedelta(days=21)
    decide(app, give_back, school.handed_in(place, studio), noor, "More")
    with app.app_context():
        at = school.now()
        later = studio.ends_at + timedelta(days=22)
        made = db.session.scalars(select(MakeUp)).one()
        made.decided_at = later - timedelta(days=3)
        assert _chance(place, studio, at).until == later + timedelta(days=11)


def _chance(place, studio, at):
    return chance_of(db.session.get_one(Enrollment, place.id), db.session.get_one(LiveClass, studio.id), at=at)


def test_numbers_of_hand_ins_go_up(app, school, noor, rule, place, studio):
    school.marked(studio, place, 0)
    made = []
    for _ in range(3):
        made.append(school.handed_in(place, studio))
        decide(app, give_back, made[-1], noor, "More")
    assert all(one.number + 1 == other.number for one, other in pairwise(made))
