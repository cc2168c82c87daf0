"""Passports: every hour in one signed file, checked by anybody offline; one changed digit names the line."""

import io
import json
import re

import pypdf
import pytest
from jwcrypto import jwk, jws
from sqlalchemy import select

from accounts.models import User
from credentials.awarding import reverse
from credentials.badges.keeping_keys import change_key
from credentials.certificates.holding import hold_back
from credentials.models import HoldSource, LedgerEntry
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from tests.credentials.reading import words
from tests.credentials.three_lines import FILE, HARBOUR, changed
from tests.makers.passports import written


@pytest.fixture
def ana(school):
    enrollment = school.graduate_to_be("Ana Lima")
    user = school.coaching_session(*_with_secret_client(school, enrollment)).user_id
    with school.app.app_context():
        return db.session.get_one(User, user)


def _with_secret_client(school, enrollment):
    with school.app.app_context():
        user = db.session.get_one(User, enrollment.user_id)
    return user, school.coached_client(user, "Secretia Name", contact="secretia@example.com")


def taken(client, number):
    return client.get(f"/hours/passport/{number}.json")


def uploaded(client, data):
    return client.submit("/verify/passport", {"passport": (io.BytesIO(data), "passport.json")})


def test_a_trainee_makes_a_passport_takes_it_and_anybody_finds_it_valid(client, app, school, ana):
    trainee = client.sign_in(ana)
    assert "ready" in words(trainee.submit("/hours/passport", follow_redirects=True))
    number = re.search(r"/hours/passport/([\w-]+)\.json", trainee.get("/hours/passport").text).group(1)
    data = taken(trainee, number).data
    visitor = app.test_client()
    answer = uploaded(visitor, data)
    assert answer.status_code == 200
    assert "Valid passport" in words(answer) and "Ana Lima" in words(answer) and "10 h" in words(answer)
    broken = uploaded(visitor, data.replace(b'"minutes": 600', b'"minutes": 900', 1))
    assert broken.status_code == 422
    page = words(broken)
    assert "This passport was changed" in page and "Line 1" in page
    assert "Valid passport" in words(visitor.get(f"/verify/{number}"))


def test_a_passport_holds_no_clients_name_contact_or_note(client, school, ana):
    data = taken(client.sign_in(ana), school.passport(ana).number).data.decode()
    assert "C-01" in data
    assert "Secretia" not in data and "secretia" not in data


def test_every_line_that_stands_is_in_it_and_what_was_taken_back_is_not(app, school, ana):
    with app.app_context():
        coached = db.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "coaching")).one()
        reverse(coached, "Logged twice", None, school.now())
        db.session.commit()
    facts = school.passport(ana).facts
    assert [(one["kind"], one["minutes"], one["state"]) for one in facts["lines"]] == [("education", 600, "checked")]
    assert facts["minutes"] == [{"kind": "education", "checked": 600, "waiting": 0}]


def test_asked_again_while_nothing_has_changed_the_same_one_is_given(school, ana):
    first = school.passport(ana).number
    assert school.passport(ana).number == first
    school.coaching_session(ana)
    assert school.passport(ana).number != first


def test_what_was_taken_back_since_is_told_to_whoever_checks_it(client, app, school, ana):
    paper = school.passport(ana)
    data = taken(client.sign_in(ana), paper.number).data
    with app.app_context():
        reverse(
            db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).first(), "Wrong class", None, school.now()
        )
        db.session.commit()
    page = words(uploaded(app.test_client(), data))
    assert "Valid passport" in page and "Taken back since" in page


def test_after_a_change_of_keys_an_old_passport_stays_valid(client, app, school, ana):
    data = taken(client.sign_in(ana), school.passport(ana).number).data
    with app.app_context():
        change_key(school.now())
        db.session.commit()
    assert "Valid passport" in words(uploaded(client, data))


def test_a_program_of_somebody_else_checks_the_signature_with_the_published_key(client, school, ana):
    content = json.loads(taken(client.sign_in(ana), school.passport(ana).number).data)
    keys = jwk.JWKSet.from_json(client.get("/.well-known/jwks.json").get_data(as_text=True))
    token = jws.JWS()
    token.deserialize(content["proof"], next(iter(keys)))
    signed = json.loads(token.payload)
    assert signed["lines"] == [[one["id"], one["sha256"]] for one in content["lines"]]


def test_the_paper_says_hours_number_and_where_to_check(client, school, ana):
    paper = school.passport(ana)
    answer = client.sign_in(ana).get(f"/hours/passport/{paper.number}.pdf")
    told = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert paper.number in told and "Ana Lima" in told and "10 h" in told and "Secretia" not in told


def test_nobody_elses_passport_is_there(client, school, ana):
    number = school.passport(ana).number
    client.sign_in(school.user("Ben Okri"))
    assert {client.get(f"/hours/passport/{number}.{kind}").status_code for kind in ("json", "pdf")} == {404}


def test_a_blank_ledger_makes_no_passport_and_says_why(client, school):
    answer = client.sign_in(school.user("Ben Okri")).submit("/hours/passport")
    assert "no hour in your ledger yet" in words(answer)


def test_while_tuition_is_owed_it_is_held_back_and_the_page_says_so(client, app, school, ana):
    with app.app_context():
        enrollment = db.session.scalars(select(Enrollment).order_by(Enrollment.id)).first()
        hold_back(enrollment, reason="An instalment of $450 is open.", source=HoldSource.TUITION, at=school.now())
        db.session.commit()
    page = client.sign_in(ana).get("/hours/passport")
    assert "Held back while tuition is owed" in words(page) and "$450" in words(page)
    assert "Make my passport" not in words(page)
    assert "held back" in words(client.submit("/hours/passport", on="/hours"))


def test_making_and_taking_are_written_in_the_audit(client, app, school, ana):
    taken(client.sign_in(ana), school.passport(ana).number)
    with app.app_context():
        assert {"passport.issued", "passport.taken"} <= set(db.session.scalars(select(AuditLine.verb)))


def run(app, *words, given=None):
    return app.test_cli_runner().invoke(args=["credentials", "passport", "verify", *words], input=given)


def test_the_command_verifies_offline_with_the_schools_key_alone(app, tmp_path):
    file, key = tmp_path / "passport.json", tmp_path / "harbour.jwk"
    file.write_bytes(FILE)
    key.write_text(json.dumps(HARBOUR.jwk))
    result = run(app, str(file), "--key", str(key))
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "valid")
    file.write_bytes(written(changed(1, minutes=96)))
    result = run(app, str(file), "--key", str(key))
    assert result.exit_code == 2
    assert json.loads(result.stdout)["faults"][0]["line"] == 2
    assert "Line 2 was changed" in result.stderr


def test_the_command_tells_an_unknown_signer_apart_and_refuses_what_is_no_passport(app):
    assert run(app, "-", given=FILE).exit_code == 3
    result = run(app, "-", given=b"{")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("passport: This is not JSON")
