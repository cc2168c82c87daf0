"""A passport brings every kind of hour, with its standing: counted once, decided by staff, taken back by staff."""

import io
import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from accounts.models import User
from credentials.evaluating import evaluate
from credentials.models import Client, CoachingSession, LedgerEntry, LedgerReview, Mentor, PriorLearning, ReviewState
from credentials.passports.checking import check
from credentials.passports.gathering import contents
from credentials.passports.reading import thumbprint
from credentials.passports.sealing import FIRST_FORMAT, sealed
from credentials.passports.transferring import look, transfer
from credentials.prior_learning.deciding import approve, take_back
from credentials.profiling import profile_of
from credentials.summing import CHECKED, totals_of
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.reading import words
from tests.makers.passports import OtherSchool, coached, line, mentored, taught, written

HARBOUR = OtherSchool()
ALL = frozenset({"coaching", "mentor", "cce"})
PAGE, DESK = "/hours/prior-learning/passport", "/staff/hours/prior-learning"
LINES = (
    line("aaaa", minutes=2400, core_minutes=1800),
    coached("bbbb", "C-01", minutes=90, starts_at="2026-05-04T08:00:00+00:00"),
    coached("cccc", "C-02", day="2026-05-05", payment="pro_bono"),
    coached("dddd", "C-01", day="2026-01-07", until="2026-02-20", minutes=600),
    mentored("eeee"),
    taught("ffff"),
)
PASSPORT = HARBOUR.passport(*LINES)


def brought(school, ana, rosa, content=PASSPORT, kinds=ALL):
    """Handed in and granted; the claim's number."""
    with school.app.app_context():
        made = transfer(db.session.get_one(User, ana.id), written(content), enrollment=None, at=school.now())
        actor = db.session.get_one(User, rosa.id)
        approve(made, made.claimed, "As signed", enrollment=None, kinds=kinds, actor=actor, at=school.now())
        db.session.commit()
        return made.id


def reasons(school, user, content):
    with school.app.app_context():
        looked = look(db.session.get_one(User, user.id), written(content))
        return {one["id"]: why for one, why in looked.left}


def checked_minutes(school, user):
    with school.app.app_context():
        totals = totals_of(user.id)
        return {kind: totals.minutes(kind, CHECKED) for kind in ("education", "coaching", "mentor", "cce")}


def test_every_kind_is_looked_through_handed_in_and_granted_on_the_pages(client, app, school, ana, rosa, mailbox):
    trainee = client.sign_in(ana)
    answer = trainee.submit(PAGE, {"passport": (io.BytesIO(written(PASSPORT)), "passport.json")})
    page = trainee.get(answer.location)
    said = words(page)
    assert "55 h 30 min in 6 lines" in said and "C-01, paid, confirmed by the client" in said
    assert "C-01, paid, until" in said and "one-to-one" in said and "30 min ethics" in said
    done = trainee.submit(page.request.path, {"enrollment": ""}, follow_redirects=True)
    assert "12 h 30 min" in words(done) and "Mentor coaching" in words(done)
    staff = app.test_client().sign_in(rosa)
    row = re.search(rf'href="({DESK}/[^"]+)"', staff.get(DESK).text).group(1)
    assert "6 lines of 6 taken over" in words(staff.get(row)) and "Coaching, 12 h 30 min" in words(staff.get(row))
    granted = {"live_core": "30", "live_resource": "10", "enrollment": "", "reason": "As signed", "act": "approve"}
    taken = granted | {"take_coaching": "y", "take_mentor": "y", "take_cce": "y"}
    done = staff.submit(row, taken, follow_redirects=True)
    assert "Granted: 55 h 30 min for Ana Lima." in words(done)
    assert checked_minutes(school, ana) == {"education": 2400, "coaching": 750, "mentor": 60, "cce": 120}
    assert "55 h 30 min" in words(trainee.get(done.request.path.replace("/staff", "") + "/" + row.split("/")[-1]))


def test_the_engine_counts_what_was_brought(school, app, ana, rosa):
    brought(school, ana, rosa)
    with app.app_context():
        told = profile_of(db.session.get_one(User, ana.id), "ACC", "portfolio", date(2026, 11, 1), CHECKED)
        assert [(one["minutes"], one["starts_on"]) for one in told["education"]] == [(2400, "2026-03-14")]
        runs = {one["on"]: (one["minutes"], one.get("until"), one["payment"]) for one in told["sessions"]}
        mentors = [(one["mentor"]["credential"], one["mentor"]["specialization"]) for one in told["mentor_sessions"]]
        have = {one["key"]: one["have"] for one in evaluate(told)["requirements"]}
    assert runs["2026-01-07"] == (600, "2026-02-20", "paid") and runs["2026-05-05"] == (60, None, "pro_bono")
    assert mentors == [("PCC", "PCC")]
    counted = {key: have[f"experience.{key}_min"] for key in ("total_hours", "paid_hours", "distinct_clients")}
    assert counted == {"total_hours": 150, "paid_hours": 90, "distinct_clients": 2}  # the run precedes the course
    assert (have["education.total_hours_min"], have["mentor.total_hours_min"]) == (2400, 60)


def test_a_line_says_who_checked_and_confirmed_it_and_leads_to_the_claim(client, app, school, ana, rosa):
    made = brought(school, ana, rosa)
    with app.app_context():
        entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.minutes == 90)).one()
        name, claim = entry.public_id, db.session.get_one(PriorLearning, made).public_id
        review = db.session.get_one(LedgerReview, entry.id)
        assert (review.state, review.decided_by_id) == (ReviewState.CHECKED, rosa.id)
        assert entry.evidence["passport"]["sha256"] == PASSPORT["lines"][1]["sha256"]
    page = client.sign_in(rosa).get(f"/staff/hours/{name}")
    said = words(page)
    assert "checked by Harbour Coaching School on 2026-04-01" in said
    assert "confirmed there by the client on 2026-05-06" in said
    assert f"{DESK}/{claim}" in page.text


def test_clients_come_as_codes_and_are_the_same_when_a_newer_passport_comes(school, app, ana, rosa):
    brought(school, ana, rosa)
    newer = HARBOUR.passport(*LINES, coached("gggg", "C-01", day="2026-05-20"), coached("hhhh", "C-03"))
    brought(school, ana, rosa, newer | {"number": newer["number"]})
    with app.app_context():
        known = db.session.scalars(select(Client).order_by(Client.number)).all()
        assert [(one.code, one.name) for one in known] == [
            (f"C-0{number}", f"C-0{number}, Harbour Coaching School") for number in (1, 2, 3)
        ]
        assert len(db.session.scalars(select(Mentor)).all()) == 1
        assert len(db.session.scalars(select(CoachingSession)).all()) == 5


def test_a_client_who_is_coached_here_too_is_one_person(client, app, school, ana, rosa):
    wren = school.coached_client(ana, "Wren Castellanos")
    trainee = client.sign_in(ana)
    shown = trainee.submit(PAGE, {"passport": (io.BytesIO(written(PASSPORT)), "passport.json")}).location
    page = trainee.get(shown)
    assert "C-01 there is" in words(page) and "Wren Castellanos (C-01)" in words(page)
    twice = {"enrollment": "", "client_0": wren.public_id, "client_1": wren.public_id}
    assert "Two codes of one school are two people" in words(trainee.submit(shown, twice))
    assert trainee.submit(shown, twice | {"client_1": ""}).status_code == 303
    with app.app_context():
        made, actor = db.session.scalars(select(PriorLearning)).one(), db.session.get_one(User, rosa.id)
        approve(made, made.claimed, "As signed", enrollment=None, kinds=ALL, actor=actor, at=school.now())
        db.session.commit()
        known = [(one.code, one.name) for one in db.session.scalars(select(Client).order_by(Client.number))]
        assert known == [("C-01", "Wren Castellanos"), ("C-02", "C-02, Harbour Coaching School")]
        counted = {one.client_id for one in db.session.scalars(select(CoachingSession))}
        assert len(counted) == 2


def test_what_stands_here_already_is_left_out_with_the_reason(school, app, ana):
    school.coaching_session(ana, on=date(2026, 5, 4), minutes=60)
    twice = HARBOUR.passport(coached("bbbb"), coached("cccc", "C-02"), coached("dddd", day="2026-05-06"))
    left = reasons(school, ana, twice)
    assert list(left) == ["bbbb"] and "stands in your ledger here already" in left["bbbb"]


def test_sessions_of_one_length_that_began_at_other_times_are_two(school, ana):
    at_eight, at_nine = "2026-05-04T08:00:00+00:00", "2026-05-04T09:00:00+00:00"
    one = HARBOUR.passport(coached("bbbb", starts_at=at_eight), coached("cccc", starts_at=at_nine))
    assert reasons(school, ana, one) == {}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (coached("bbbb", state="sent", checked_on=None), "has not checked it"),
        (coached("bbbb", evidence={"type": "passport", "sha256": "22" * 32}), "took it over itself"),
        (line("bbbb", kind="observed", program=None), "nothing here counts hours of this kind"),
        (coached("bbbb") | {"details": None}, "neither who was there nor how"),
    ],
)
def test_what_can_not_be_taken_over_says_why(school, ana, odd, why):
    assert why in reasons(school, ana, HARBOUR.passport(LINES[0], odd))["bbbb"]


@pytest.mark.parametrize(
    "odd",
    [
        coached("bbbb", participants=0),
        coached("bbbb", minutes=721),
        coached("bbbb", payment="barely"),
        coached("bbbb", until="2026-01-01"),
        coached("bbbb", starts_at="yesterday"),
        mentored("bbbb", held=[{"kind": "credential", "level": "XCC", "from": None, "until": None}]),
        taught("bbbb", minutes=121, core_minutes=91),
        line("bbbb", confirmed={"by": "nobody", "on": "2026-05-05"}),
    ],
)
def test_a_signed_line_that_makes_no_sense_is_named(school, ana, odd):
    with pytest.raises(Refused, match="Line 2 makes no sense"):
        reasons(school, ana, HARBOUR.passport(LINES[0], odd))


def test_one_changed_client_or_payment_names_the_line(school, ana):
    content = json.loads(written(PASSPORT))
    content["lines"][2]["details"]["payment"] = "paid"
    with pytest.raises(Refused, match="Line 3 was changed: 2026-05-05"):
        reasons(school, ana, content)


def test_a_passport_of_the_first_format_still_brings_its_education(school, app, ana, rosa):
    plain = [{k: v for k, v in one.items() if k not in ("details", "confirmed")} for one in LINES[:2]]
    left = reasons(school, ana, HARBOUR.passport(*plain, form=FIRST_FORMAT))
    assert list(left) == ["bbbb"] and "passport of today" in left["bbbb"]


def test_staff_take_some_kinds_and_the_rest_may_be_brought_again(school, app, ana, rosa):
    brought(school, ana, rosa, kinds={"mentor"})
    assert checked_minutes(school, ana) == {"education": 2400, "coaching": 0, "mentor": 60, "cce": 0}
    newer = HARBOUR.passport(*LINES, number="HCS-2026-2222-2222")
    brought(school, ana, rosa, newer)
    assert checked_minutes(school, ana) == {"education": 2400, "coaching": 750, "mentor": 60, "cce": 120}


def test_what_was_logged_meanwhile_is_left_out_when_staff_decide(school, app, ana, rosa):
    with app.app_context():
        made = transfer(db.session.get_one(User, ana.id), written(PASSPORT), enrollment=None, at=school.now())
        db.session.commit()
        name = made.id
    school.coaching_session(ana, on=date(2026, 5, 4), minutes=90)
    with app.app_context():
        made, actor = db.session.get_one(PriorLearning, name), db.session.get_one(User, rosa.id)
        approve(made, made.claimed, "As signed", enrollment=None, kinds=ALL, actor=actor, at=school.now())
        assert made.granted["coaching"] == 660


def test_staff_take_it_all_back_and_it_may_be_brought_anew(school, app, ana, rosa):
    made = brought(school, ana, rosa)
    with app.app_context():
        mine, actor = db.session.get_one(PriorLearning, made), db.session.get_one(User, rosa.id)
        take_back(mine, "That school took it back", actor=actor, at=school.now())
        take_back(mine, "That school took it back", actor=actor, at=school.now())
        db.session.commit()
    assert set(checked_minutes(school, ana).values()) == {0}
    brought(school, ana, rosa)
    assert checked_minutes(school, ana)["coaching"] == 750


def test_a_passport_of_ours_says_of_each_line_what_another_school_needs(school, app, ana, rosa):
    brought(school, ana, rosa)
    with app.app_context():
        graduate = db.session.get_one(User, ana.id)
        content = contents(graduate, "HCS-2026-9999-9999", school.now())
    told = {one["day"]: one["details"] for one in content["lines"] if one["kind"] in ALL}
    assert told["2026-05-04"] | {"format": "individual", "participants": 1} == told["2026-05-04"]
    assert told["2026-05-04"]["starts_at"] == "2026-05-04T08:00:00+00:00"
    assert told["2026-05-11"]["held"][0] == {"kind": "credential", "level": "PCC", "from": "2020-01-01", "until": None}
    assert told["2026-03-14"]["ethics"] == 30
    whole = content | {"proof": sealed(content, HARBOUR.sign)}
    assert check(written(whole), {thumbprint(HARBOUR.jwk): "Harbour"}).verdict == "valid"


def test_a_passport_of_2_500_sessions_is_taken_over_in_few_statements(school, app, ana, rosa, queries):
    many = [coached(f"s{n}", f"C-{n % 40:02d}", day=f"20{10 + n // 300}-0{1 + n % 9}-1{n % 10}") for n in range(2500)]
    with app.app_context():
        made = transfer(db.session.get_one(User, ana.id), written(HARBOUR.passport(*many)), enrollment=None,
                        at=school.now())  # fmt: skip
        actor = db.session.get_one(User, rosa.id)
        with queries() as q:
            approve(made, made.claimed, "As signed", enrollment=None, kinds=ALL, actor=actor, at=school.now())
            db.session.commit()
        assert made.granted["coaching"] == 150_000
        assert q.count < 60
