"""Passports: every hour in one signed file, checked by anybody offline; one changed digit names the line."""

import copy
import io
import json
import re

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk, jws
from sqlalchemy import select

from accounts.models import User
from credentials.awarding import reverse
from credentials.badges.keeping_keys import change_key
from credentials.certificates.holding import hold_back
from credentials.models import HoldSource, LedgerEntry
from credentials.passports.checking import check
from credentials.passports.reading import Unreadable, read, thumbprint
from credentials.passports.sealing import sealed, with_digest
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from tests.credentials.reading import words
from tests.makers.passports import OtherSchool, line, written

HARBOUR = OtherSchool()
KNOWN = {thumbprint(HARBOUR.jwk): HARBOUR.name}
THREE = HARBOUR.passport(line("aaaa"), line("bbbb", minutes=95, day="2026-03-21"), line("cccc", kind="coaching"))
FILE = written(THREE)


def changed(place, **values):
    content = copy.deepcopy(THREE)
    content["lines"][place] |= values
    return content


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


def test_a_file_as_it_was_signed_is_valid_where_its_school_is_known_and_says_so_where_not():
    assert check(FILE, KNOWN).verdict == "valid"
    assert check(FILE, {}).verdict == "unknown_signer"


def test_spaces_and_the_order_of_keys_do_not_matter():
    again = json.dumps(json.loads(FILE), sort_keys=True).encode()
    assert check(b"\xef\xbb\xbf" + again, KNOWN).is_valid


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "change", [{"minutes": 121}, {"day": "2026-03-15"}, {"state": "sent"}, {"kind": "mentor"}, {"core_minutes": 91}]
)
def test_one_changed_figure_names_its_line(place, change):
    (fault,) = check(written(changed(place, **change)), KNOWN).faults
    assert (fault.line, fault.where) == (place + 1, "abc"[place] * 4)


def test_a_line_whose_digest_was_made_to_fit_is_named_all_the_same():
    content = changed(1, minutes=9500)
    content["lines"][1] = with_digest(content["lines"][1])
    (fault,) = check(written(content), KNOWN).faults
    assert fault.line == 2 and "2026-03-21" in fault.words


def test_lines_that_are_gone_added_twice_or_moved_are_named():
    gone, added, moved = copy.deepcopy(THREE), copy.deepcopy(THREE), copy.deepcopy(THREE)
    del gone["lines"][1]
    added["lines"].append(with_digest(line("dddd")))
    moved["lines"].reverse()
    twice = copy.deepcopy(THREE)
    twice["lines"].append(twice["lines"][0])
    said = [check(written(one), KNOWN).faults for one in (gone, added, moved, twice)]
    assert [faults[0].where for faults in said] == ["bbbb", "dddd", "lines", "lines"]
    assert "gone" in said[0][0].words and "added" in said[1][0].words


@pytest.mark.parametrize(
    ("name", "value"), [("holder", {"name": "Ben Okri"}), ("number", "X"), ("issued_at", "2020"), ("minutes", [])]
)
def test_a_changed_head_is_named(name, value):
    content = copy.deepcopy(THREE) | {name: value if name != "minutes" else [{"kind": "mentor"}]}
    assert check(written(content), KNOWN).faults[0].where == name


def test_a_whole_signed_by_a_strangers_key_is_never_taken_for_the_schools():
    forged = {name: value for name, value in THREE.items() if name != "proof"}
    forged["proof"] = sealed(forged, OtherSchool("A stranger").sign)
    assert check(written(forged), KNOWN).verdict == "unknown_signer"


def test_a_strangers_key_under_the_schools_name_changes_nothing():
    """The key in the file is only a claim: put the school's key beside a stranger's signature and it does not fit."""
    header, payload, _ = THREE["proof"].split(".")
    _, _, other = OtherSchool("A stranger").passport(*THREE["lines"])["proof"].split(".")
    content = THREE | {"proof": f"{header}.{payload}.{other}"}
    assert check(written(content), KNOWN).faults[-1].where == "proof"


@given(st.integers(0, len(FILE) - 1), st.integers(0, 255))
def test_whichever_byte_is_changed_the_passport_is_refused_or_says_the_very_same(place, byte):
    data = FILE[:place] + bytes([byte]) + FILE[place + 1 :]
    try:
        looked = check(data, KNOWN)
    except Unreadable as unreadable:
        assert str(unreadable)
        return
    assert looked.faults or read(data) == THREE


DIGITS = [found.start() for found in re.finditer(rb"\d", FILE)]


@given(st.sampled_from(DIGITS), st.sampled_from(b"0123456789"))
def test_whichever_digit_is_changed_the_place_is_named(place, digit):
    data = FILE[:place] + bytes([digit]) + FILE[place + 1 :]
    if data == FILE:
        return
    try:
        looked = check(data, KNOWN)
    except Unreadable as unreadable:
        assert str(unreadable)
        return
    assert looked.faults
    within = [n for n, part in enumerate(THREE["lines"], 1) if _holds(part["id"], place)]
    assert {fault.line for fault in looked.faults} >= set(within)


def _holds(name, place):
    start = FILE.index(b'"id": "' + name.encode())
    return start <= place < FILE.index(b"}", FILE.index(b'"sha256": "', FILE.index(b"}", start)))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_is_uploaded_is_answered_in_words(data):
    with pytest.raises(Unreadable):
        check(data, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        FILE.replace(b'"minutes": 120,', b'"minutes": 120, "minutes": 1200,', 1),
        FILE.replace(b'"minutes": 120,', b'"minutes": 120.0,', 1),
        FILE.replace(b'"minutes": 120,', b'"minutes": NaN,', 1),
        FILE.replace(b'"Listening"', b'"\\ud800"', 1),
        FILE.replace(b'"Listening"', b'"Listening\\u0000"', 1),
        FILE.replace(b'"practicum-passport/2"', b'["practicum-passport/2"]', 1),
        FILE[:-3],
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_not_read(text):
    with pytest.raises(Unreadable):
        check(text, KNOWN)


@pytest.mark.parametrize(
    "odd",
    [
        *({"minutes": -5}, {"minutes": True}, {"core_minutes": 500}, {"day": "2026-02-30"}, {"title": ""}),
        *({"kind": "gold"}, {"kind": ["coaching"]}, {"state": {}}, {"confirmed": {"by": [], "on": "2026-03-02"}}),
    ],
)
def test_a_signed_line_that_makes_no_sense_is_named(odd):
    (fault,) = check(written(HARBOUR.passport(line(), line("bbbb", **odd))), KNOWN).faults
    assert (fault.line, "makes no sense" in fault.words) == (2, True)


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
