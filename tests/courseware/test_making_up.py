"""Whoever missed a class is told what the cohort asks for and until when, and hands in what was done instead."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from courseware.makeups.deciding import accept, give_back
from courseware.makeups.making_up import chance_of
from courseware.models import LiveClass, MakeUp, MakeUpState
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.courseware import missed
from tests.courseware.looking import text
from tests.courseware.missed import decide, ledger, state_of
from tests.makers.makeups import TAKEAWAYS

rule, studio, page = missed.rule, missed.studio, missed.page


def day_of(studio, days: int = 1) -> str:
    day = studio.starts_at.astimezone(ZoneInfo("America/New_York")).date()
    return (day + timedelta(days=days)).isoformat()


def told(studio, **more) -> dict[str, str]:
    return {"way": "recording", "made_on": day_of(studio), "takeaways": TAKEAWAYS} | more


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
