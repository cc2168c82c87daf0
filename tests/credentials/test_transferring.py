"""A passport of another school becomes a claim: checked, decided by staff, each line counted once."""

import copy
import io
import json
import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from accounts.models import User
from credentials.models import Accreditation, LedgerEntry, PriorLearning, SchoolKey
from credentials.passports.transferring import look, transfer
from credentials.passports.trusting import trust
from credentials.prior_learning.claiming import withdraw
from credentials.prior_learning.deciding import approve, take_back
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.reading import words
from tests.makers.passports import OtherSchool, line, written

HARBOUR = OtherSchool()
PAGE, DESK, SCHOOLS = "/hours/prior-learning/passport", "/staff/hours/prior-learning", "/staff/hours/schools"
LINES = (
    line("aaaa", minutes=120, core_minutes=90),
    line("bbbb", minutes=60, core_minutes=0, synchronous=False, day="2026-04-02"),
    line("cccc", kind="coaching", core_minutes=0, program=None),
    line("dddd", state="sent", checked_on=None),
    line("eeee", evidence={"type": "prior_learning", "sha256": "00" * 32}),
)
PASSPORT = HARBOUR.passport(*LINES)


def bring(client, content):
    return client.submit(PAGE, {"passport": (io.BytesIO(written(content)), "passport.json")})


def handed_in(school, user, content):
    with school.app.app_context():
        made = transfer(db.session.get_one(User, user.id), written(content), enrollment=None, at=school.now())
        db.session.commit()
        db.session.refresh(made)
        db.session.expunge_all()
        return made


def act(school, made, verb, by, *words, **more):
    with school.app.app_context():
        mine, actor = db.session.get_one(PriorLearning, made.id), db.session.get_one(User, by.id)
        verb(mine, *words, actor=actor, at=school.now(), **more)
        db.session.commit()


def known(school, by):
    with school.app.app_context():
        actor = db.session.get_one(User, by.id)
        trust(HARBOUR.name, json.dumps(HARBOUR.jwk), checked_how="On the telephone", actor=actor, at=school.now())
        db.session.commit()


def test_checked_looked_through_handed_in_and_granted_it_stands_in_the_ledger(client, app, school, ana, rosa, mailbox):
    known(school, rosa)
    trainee = client.sign_in(ana)
    shown = trainee.get(bring(trainee, PASSPORT).location)
    page = words(shown)
    assert "Signed by Harbour Coaching School" in page and "3 h in 2 lines" in page
    assert "has not checked it" in page and "took it over itself" in page and "neither who was there" in page
    answer = trainee.submit(shown.request.path, {"enrollment": ""}, follow_redirects=True)
    assert "The school looks at it" in words(answer)
    staff = app.test_client().sign_in(rosa)
    row = re.search(rf'href="({DESK}/[^"]+)"', staff.get(DESK).text).group(1)
    desk = staff.get(row)
    assert "Signed by Harbour Coaching School" in words(desk) and "2 lines of 5 taken over" in words(desk)
    assert staff.get(f"{row}/document").data == written(PASSPORT)
    granted = {"live_core": "1:30", "live_resource": "0:30", "own_resource": "1", "enrollment": ""}
    done = staff.submit(row, granted | {"act": "approve", "reason": "As signed"}, follow_redirects=True)
    assert "Granted: 3 h for Ana Lima" in words(done)
    with app.app_context():
        lines = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
        assert [(one.minutes, one.core_minutes, one.synchronous) for one in lines] == [(120, 90, True), (60, 0, False)]


def test_what_is_claimed_is_what_was_signed(school, ana):
    made = handed_in(school, ana, PASSPORT)
    assert (made.provider, made.title) == ("Harbour Coaching School", "Foundations")
    assert made.accreditation == Accreditation.LEVEL1
    assert made.claimed == {"live_core": 90, "live_resource": 30, "own_core": 0, "own_resource": 60}
    assert (made.first_on.isoformat(), made.last_on.isoformat(), made.completed) == ("2026-03-14", "2026-04-02", True)


def test_one_changed_digit_is_refused_and_names_the_line(client, ana):
    content = copy.deepcopy(PASSPORT)
    content["lines"][1]["minutes"] = 160
    answer = bring(client.sign_in(ana), content)
    assert answer.status_code == 422
    assert "Line 2 was changed: 2026-04-02" in words(answer)


def test_what_is_no_passport_is_refused_in_words(client, ana):
    answer = client.sign_in(ana).submit(PAGE, {"passport": (io.BytesIO(b"%PDF-1.7"), "x.pdf")})
    assert (answer.status_code, "This is not JSON" in words(answer)) == (422, True)


def test_the_same_passport_is_not_counted_twice(client, school, ana):
    handed_in(school, ana, PASSPORT)
    answer = bring(client.sign_in(ana), PASSPORT)
    assert answer.status_code == 422
    assert "handed in before. It is not counted twice" in words(answer)


def test_of_a_newer_passport_only_what_is_new_is_taken(school, app, ana):
    handed_in(school, ana, PASSPORT)
    newer = HARBOUR.passport(*LINES, line("ffff", minutes=45, core_minutes=45), number="HCS-2026-2222-2222")
    assert handed_in(school, ana, newer).minutes == 45


def test_somebody_elses_passport_brings_nothing(school, ana):
    handed_in(school, ana, PASSPORT)
    ben = school.user("Ben Okri")
    with pytest.raises(Refused, match="by somebody else"):
        handed_in(school, ben, PASSPORT)


@pytest.mark.parametrize("how", ["withdrawn", "declined", "taken back"])
def test_where_the_claim_does_not_stand_its_lines_may_be_handed_in_anew(school, ana, rosa, how):
    from credentials.prior_learning.deciding import decline

    made = handed_in(school, ana, PASSPORT)
    if how == "withdrawn":
        act(school, made, withdraw, ana)
    elif how == "declined":
        act(school, made, decline, rosa, "The key is not known")
    else:
        act(school, made, approve, rosa, made.claimed, "As signed", enrollment=None)
        act(school, made, take_back, rosa, "The other school took it back")
    assert handed_in(school, ana, PASSPORT).minutes == 180


def test_two_who_hand_in_the_same_lines_in_one_moment_hand_them_in_once(school, ana):
    ben, gate, answers = school.user("Ben Okri"), Barrier(2), []

    def bring_it(who):
        gate.wait()
        try:
            answers.append(handed_in(school, who, PASSPORT).minutes)
        except Refused:
            answers.append("refused")

    both = [Thread(target=bring_it, args=(one,)) for one in (ana, ben)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert sorted(answers, key=str) == [180, "refused"]


def test_our_own_passport_is_in_the_ledger_already(client, school):
    enrollment = school.graduate_to_be("Ana Lima")
    with school.app.app_context():
        graduate = db.session.get_one(User, enrollment.user_id)
    number = school.passport(graduate).number
    own = json.loads(client.sign_in(graduate).get(f"/hours/passport/{number}.json").data)
    assert "is our own" in words(bring(client, own))


def test_an_unknown_signer_and_another_name_are_said_to_both_sides(client, app, school, ana, rosa):
    content = HARBOUR.passport(*LINES, name="Anna Souza")
    trainee = client.sign_in(ana)
    page = words(trainee.get(bring(trainee, content).location))
    assert "The signer is not known here" in page and "The passport is for Anna Souza" in page
    made = handed_in(school, ana, content)
    desk = words(app.test_client().sign_in(rosa).get(f"{DESK}/{made.public_id}"))
    assert "Signer not known" in desk and "It is for Anna Souza" in desk


def test_nobody_looks_through_what_somebody_else_brought(client, app, school, ana):
    shown = bring(client.sign_in(ana), PASSPORT).location
    other = app.test_client().sign_in(school.user("Ben Okri"))
    assert other.get(shown).status_code == 404
    assert client.get(f"{PAGE}/garbled").status_code == 404


def test_a_passport_without_checked_education_says_so(school, app, ana):
    content = HARBOUR.passport(line(kind="mentor", program=None))
    with app.app_context(), pytest.raises(Refused, match="no hour in it"):
        look(db.session.get_one(User, ana.id), written(content))


def test_staff_add_a_key_and_take_it_off_with_a_reason_and_both_are_audited(client, app, school, rosa):
    staff = client.sign_in(rosa)
    told = {"school": HARBOUR.name, "key": json.dumps({"keys": [HARBOUR.jwk]}), "checked_how": "By telephone"}
    assert "1 key of Harbour Coaching School added" in words(staff.submit(SCHOOLS, told, follow_redirects=True))
    assert "Known already" in words(staff.submit(SCHOOLS, told, follow_redirects=True))
    with app.app_context():
        name = db.session.scalars(select(SchoolKey.public_id)).one()
    remove = f"{SCHOOLS}/{name}/remove"
    assert "Say why" in words(staff.submit(remove, {"reason": ""}, on=SCHOOLS, follow_redirects=True))
    assert "trusted no more" in words(staff.submit(remove, {"reason": "Lost"}, on=SCHOOLS, follow_redirects=True))
    with app.app_context():
        assert {"school_key.added", "school_key.removed"} <= set(db.session.scalars(select(AuditLine.verb)))
    assert staff.submit(SCHOOLS, told).status_code == 303


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("{", "neither a key in JSON nor one in PEM"),
        ('{"kty": "RSA"}', "no Ed25519 public key"),
        (json.dumps(HARBOUR.jwk | {"d": "AAAA"}), "private key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "holds no public key"),
        ("[]", "no Ed25519 public key"),
        (json.dumps({"keys": [1, None, {"kty": "OKP", "crv": "Ed25519", "x": "short"}]}), "no Ed25519 public key"),
        (json.dumps({"verificationMethod": [{"publicKeyJwk": None}, {"publicKeyJwk": "x"}]}), "no Ed25519 public key"),
        ("[" * 3_000, "neither a key in JSON nor one in PEM"),
    ],
)
def test_what_is_no_public_key_is_refused_beside_the_field_and_kept(client, rosa, key, said):
    answer = client.sign_in(rosa).submit(SCHOOLS, {"school": "Reef", "key": key, "checked_how": "x"})
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert 'value="Reef"' in answer.text


def test_the_list_of_schools_is_the_registrars(client, school):
    assert client.sign_in(school.user("Fin", "finance")).get(SCHOOLS).status_code == 403
    assert client.sign_in(school.user("Ben Okri")).get(SCHOOLS).status_code == 403


def test_the_pages_ask_the_database_little(client, app, school, ana, rosa, queries):
    known(school, rosa)
    trainee = client.sign_in(ana)
    shown = bring(trainee, PASSPORT).location
    made = handed_in(school, school.user("Ben Okri"), HARBOUR.passport(line("zzzz"), number="HCS-2026-3333-3333"))
    staff = app.test_client().sign_in(rosa)
    for who, path in (
        (trainee, shown),
        (trainee, "/hours/passport"),
        (staff, f"{DESK}/{made.public_id}"),
        (staff, SCHOOLS),
    ):
        who.get(path)
        with queries() as q:
            assert who.get(path).status_code == 200
        assert q.count <= 8, "\n".join(q.sent)
