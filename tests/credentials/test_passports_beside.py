"""A passport brings what counts beside the ledger: sessions received from peers, and signed Review Forms."""

import copy
import io
import json
import re
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import func, select

from accounts.models import User
from credentials.coaching_log.peers import note_received
from credentials.models import BroughtReview, FormSignature, Level, PeerHour, PriorLearning
from credentials.observing import drafting, signing
from credentials.observing.contents import Review
from credentials.passports.checking import check
from credentials.passports.gathering import contents
from credentials.passports.reading import Unreadable
from credentials.passports.sealing import FORMAT, THIRD_FORMAT, sealed, with_digest
from credentials.passports.transferring import look
from credentials.peering import received_minutes
from credentials.prior_learning.deciding import take_back
from credentials.profiling import profile_of
from credentials.summing import CHECKED
from foundation.db import db
from foundation.errors import Refused
from tests.credentials import test_bringing_hours
from tests.credentials.forms import signed
from tests.credentials.reading import words
from tests.makers.passports import OtherSchool, coached, mentored, received, reviewed, written

HARBOUR = OtherSchool()
LINES = (coached("aaaa", minutes=90, payment="peer_exchange"), mentored("bbbb"))
BESIDE = (received("pppp"), received("qqqq", "2026-05-07", 45), reviewed("rrrr"))
PASSPORT = HARBOUR.passport(*LINES, beside=BESIDE)
ALL = frozenset({"coaching", "mentor", "peer_received", "competency_review"})
PAGE, DESK = "/hours/prior-learning/passport", "/staff/hours/prior-learning"


def brought(school, ana, rosa, content=PASSPORT, kinds=ALL):
    return test_bringing_hours.brought(school, ana, rosa, content, kinds)


def standing(school, user):
    """Minutes received, Review Forms that stand, and whether the engine sees one."""
    with school.app.app_context():
        told = profile_of(db.session.get_one(User, user.id), "ACC", "portfolio", date(2026, 11, 1), CHECKED)
        forms = select(func.count()).select_from(BroughtReview).where(BroughtReview.taken_back_at.is_(None))
        return received_minutes(user.id), db.session.scalar(forms), told.get("competency_review_form", False)


def test_what_was_received_and_reviewed_is_looked_through_handed_in_granted_and_counted(client, app, school, ana, rosa):
    trainee = client.sign_in(ana)
    answer = trainee.submit(PAGE, {"passport": (io.BytesIO(written(PASSPORT)), "passport.json")})
    said = words(trainee.get(answer.location))
    assert "A session received from a peer" in said and "Competency Review Form, ACC" in said
    assert "2 h 30 min in 2 lines, and 3 beside them" in said
    done = trainee.submit(answer.location, {"enrollment": ""}, follow_redirects=True)
    assert "Received from peers" in words(done) and "1 h 45 min" in words(done)
    staff = app.test_client().sign_in(rosa)
    row = re.search(rf'href="({DESK}/[^"]+)"', staff.get(DESK).text).group(1)
    assert "3 beside the lines" in words(staff.get(row)) and "Competency Review Forms, 1" in words(staff.get(row))
    wishes = {f"take_{kind}": "y" for kind in ALL} | {"enrollment": "", "reason": "As signed", "act": "approve"}
    assert "Granted: 2 h 30 min for Ana Lima." in words(staff.submit(row, wishes, follow_redirects=True))
    assert standing(school, ana) == (105, 1, True)
    assert "a peer, Harbour Coaching School" in words(trainee.get("/hours/peers"))
    assert "Signed at another school" in words(trainee.get("/hours/forms"))
    with app.app_context():
        told = profile_of(db.session.get_one(User, ana.id), "ACC", "portfolio", date(2026, 11, 1), CHECKED)
        assert [(one["minutes"], one["payment"]) for one in told["sessions"]] == [(90, "peer_exchange")]


@settings(max_examples=60)
@given(place=st.integers(0, 10**6), odd=st.sampled_from([[], {}, ["ACC"], {"a": 1}, None, -1, 10**30, "x"]))
def test_whatever_a_stranger_signs_is_answered_in_words(place, odd):
    content = copy.deepcopy({name: part for name, part in PASSPORT.items() if name != "proof"})
    inside = list(_inside(content))
    at, name = inside[place % len(inside)]
    at[name] = odd
    with suppress(AttributeError, KeyError, TypeError):  # what cannot be sealed has no proof
        for part in ("lines", "beside"):
            content[part] = [with_digest({k: v for k, v in one.items() if k != "sha256"}) for one in content[part]]
        content["proof"] = sealed(content, HARBOUR.sign)
    if "proof" in content:
        with suppress(Unreadable):
            assert isinstance(check(written(content), {}).faults, list)


def _inside(part):
    """Every place of a document: what holds it, and its name or number there."""
    for name in list(part) if isinstance(part, dict) else range(len(part)):
        yield part, name
        if isinstance(part[name], dict | list):
            yield from _inside(part[name])


def test_taken_back_it_counts_no_more_and_may_be_brought_anew(school, app, ana, rosa):
    made = brought(school, ana, rosa)
    with app.app_context():
        claim, actor = db.session.get_one(PriorLearning, made), db.session.get_one(User, rosa.id)
        for _ in range(2):
            take_back(claim, "Signed by mistake", actor=actor, at=school.now())
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(PeerHour)) == 4
    assert standing(school, ana) == (0, 0, False)
    brought(school, ana, rosa)
    assert standing(school, ana) == (105, 1, True)


def test_what_stands_here_or_was_brought_before_is_left_out_with_the_reason(school, app, ana, rosa):
    with app.app_context():
        user = db.session.get_one(User, ana.id)
        note_received(user, on=date(2026, 5, 6), minutes=60, peer="Keiko", at=school.now())
        db.session.commit()
        left = {one["id"]: why for one, why in look(user, written(PASSPORT)).beside_left}
    assert list(left) == ["pppp"] and "you noted" in left["pppp"]
    brought(school, ana, rosa)
    assert standing(school, ana)[0] == 105
    with app.app_context(), pytest.raises(Refused, match="handed in before"):
        look(db.session.get_one(User, ana.id), written(PASSPORT))


def test_staff_may_grant_the_hours_and_not_what_stands_beside_them(school, ana, rosa):
    brought(school, ana, rosa, kinds=frozenset({"coaching"}))
    assert standing(school, ana) == (0, 0, False)
    brought(school, ana, rosa, HARBOUR.passport(*LINES, beside=BESIDE, number="HCS-2026-2222-2222"))
    assert standing(school, ana) == (105, 1, True)


def test_a_passport_of_this_school_tells_both_without_a_name_and_of_nothing_if_there_is_nothing(school, app, ana):
    school.coaching_session(ana)
    with app.app_context():
        user = db.session.get_one(User, ana.id)
        plain = contents(user, "A-1", school.now())
        note_received(user, on=date(2026, 5, 6), minutes=50, peer="Keiko Secret", at=school.now())
        told = contents(user, "A-1", school.now())
    assert (plain["format"], "beside" in plain) == (FORMAT, False)
    assert told["format"] == THIRD_FORMAT and told["beside"][0]["told"] == {"minutes": 50}
    assert "Keiko" not in json.dumps(told)


def test_a_review_that_was_signed_here_is_the_same_form_at_the_next_school(
    client, school, app, ana, keiko, session, maren, rosa
):
    signed(school, keiko, maren, session)
    with app.app_context():
        by = db.session.merge(keiko)
        form = drafting.begin_review(by, maren.id, level=Level.ACC, at=school.now())
        observed = drafting.review_in(drafting.version_of(form)).observations
        mark = drafting.mark_of(drafting.version_of(form))
        drafting.save(
            form, Review(observed, dict.fromkeys(range(1, 9), "met")), based_on=mark, actor=by, at=school.now()
        )
        signing.offer(form, actor=by, at=school.now())
        signing.sign(form, actor=db.session.merge(maren), at=school.now())
        db.session.commit()
        signed_so = select(FormSignature.sha256).where(FormSignature.form_id == form.id)
        digest = db.session.scalars(signed_so.order_by(FormSignature.id)).first()
        number = school.passport(maren).number
        db.session.commit()
    written_here = client.sign_in(maren).get(f"/hours/passport/{number}.json").data
    assert check(written_here, {}).is_intact
    on_paper = PdfReader(io.BytesIO(client.get(f"/hours/passport/{number}.pdf").data)).pages[0].extract_text()
    assert "Competency Review Forms" in on_paper
    assert "Competency Review Forms" in words(client.get(f"/verify/{number}"))
    content = json.loads(written_here)
    (told,) = content["beside"]
    assert (told["kind"], told["told"]["document"], told["told"]["level"]) == ("competency_review", digest, "ACC")
    assert [fact["kind"] for fact in told["told"]["held"]].count("specialization") == 1
    elsewhere = {name: value for name, value in content.items() if name != "proof"}
    elsewhere["issuer"] = PASSPORT["issuer"]
    brought(school, ana, rosa, elsewhere | {"proof": sealed(elsewhere, HARBOUR.sign)})
    with app.app_context():
        there = db.session.scalars(select(BroughtReview)).one()
        assert (there.document, there.mentor.name, there.user_id) == (digest, "Keiko Shimabukuro", ana.id)


def test_what_came_with_a_passport_does_not_travel_on(school, app, ana, rosa):
    brought(school, ana, rosa)
    with app.app_context():
        assert "beside" not in contents(db.session.get_one(User, ana.id), "A-1", school.now())


def test_its_page_and_the_command_name_the_entry_that_was_changed(client, app, tmp_path):
    content = copy.deepcopy(PASSPORT)
    content["beside"][1]["told"]["minutes"] = 46
    page = client.submit("/verify/passport", {"passport": (io.BytesIO(written(content)), "p.json")})
    assert page.status_code == 422 and "Entry 2 beside the lines was changed: 2026-05-07, peer received." in words(page)
    whole = client.submit("/verify/passport", {"passport": (io.BytesIO(written(PASSPORT)), "p.json")})
    assert "Received from peers" in words(whole) and "1 h 45 min" in words(whole)
    (tmp_path / "p.json").write_bytes(written(content))
    done = app.test_cli_runner().invoke(args=["credentials", "passport", "verify", str(tmp_path / "p.json")])
    assert done.exit_code == 2 and "Entry 2" in done.output


def faults(content):
    return [(one.where, one.is_beside) for one in check(written(content), {}).faults]


def test_an_entry_that_is_gone_added_twice_there_or_makes_no_sense_is_named():
    gone, moved, added, odd = (copy.deepcopy(PASSPORT) for _ in range(4))
    gone["beside"].pop(0)
    moved["beside"].reverse()
    added["beside"].append(with_digest(received("zzzz")))
    assert faults(gone) == [("pppp", True)] and faults(moved) == [("beside", False)]
    assert faults(added) == [("zzzz", True)]
    odd = HARBOUR.passport(*LINES, beside=(received("pppp", minutes=721), reviewed("rrrr", level="ABC")))
    assert faults(odd) == [("pppp", True), ("rrrr", True)]
    without = {name: value for name, value in PASSPORT.items() if name != "beside"}
    for broken in (without, without | {"beside": [{"id": "x"}]}, HARBOUR.passport(*LINES) | {"beside": []}):
        with pytest.raises(Unreadable):
            check(written(broken), {})
    assert faults(HARBOUR.passport(*LINES)) == [], "the second format is read as ever"


PLACES = [(n, key) for n in range(3) for key in ("day", "told")]


@settings(max_examples=40)
@given(place=st.sampled_from(PLACES), where=st.integers(0, 200), digit=st.integers(1, 9), mend=st.booleans())
def test_one_changed_digit_names_the_entry_also_where_its_own_digest_was_made_to_fit(place, where, digit, mend):
    content, (number, key) = copy.deepcopy(PASSPORT), place
    entry = content["beside"][number]
    text = json.dumps(entry[key])
    at = [found.start() for found in re.finditer(r"\d", text)]
    spot = at[where % len(at)]
    told = text[:spot] + str((int(text[spot]) + digit) % 10) + text[spot + 1 :]
    entry[key] = json.loads(told) if not re.search(r":\s*0\d", told) else told
    content["beside"][number] = with_digest(entry) if mend else entry
    assert faults(content) == [(entry["id"], True)]


def test_what_stands_beside_costs_the_page_no_statement_more_than_eight(client, school, ana, queries):
    trainee = client.sign_in(ana)
    shown = trainee.submit(PAGE, {"passport": (io.BytesIO(written(PASSPORT)), "passport.json")}).location
    for path in (shown, "/hours/forms"):
        trainee.get(path)
        with queries() as seen:
            trainee.get(path)
        assert seen.count <= 8, seen
