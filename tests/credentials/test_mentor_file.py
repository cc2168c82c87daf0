"""The registrar keeps the file of mentors; nothing in it is edited, and its documents reach staff alone."""

import io
import re
from datetime import date

import pytest
from flask_migrate import downgrade, upgrade
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from credentials.mentor_coaching.holding import Held, held_on
from credentials.mentor_coaching.keeping_mentors import Told, note_fact, withdraw_fact
from credentials.models import FactKind, Level, Mentor, MentorCredential, MentorFact, MentorProof
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from foundation.uploads import checked_document
from tests.house.reading import ROOT

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def png():
    held = io.BytesIO()
    Image.new("RGB", (4, 4)).save(held, "PNG")
    return held.getvalue()


def noted(client, mentor, **said):
    said = {"kind": "specialization", "level": "PCC", "held_from": "2026-09-01", "held_until": "", "note": ""} | said
    return client.submit(f"/staff/mentors/{mentor.public_id}", said, content_type="multipart/form-data")


def test_a_registrar_notes_a_specialization_with_its_proof_and_reads_it_back(client, school, rosa):
    keiko = school.mentor("Keiko Shimabukuro")
    client.sign_in(rosa)
    assert noted(client, keiko, proof=(io.BytesIO(PDF), "mcs.pdf")).status_code == 303
    page = client.get(f"/staff/mentors/{keiko.public_id}?on=2026-12-01").text
    assert "PCC, MCS-PCC" in page
    assert "mcs.pdf" in page
    with school.app.app_context():
        proof = db.session.scalars(select(MentorProof)).one()
        lines = db.session.scalars(select(AuditLine.verb).where(AuditLine.actor_id == rosa.id)).all()
    assert "mentor.fact_noted" in lines
    given = client.get(f"/staff/mentors/proofs/{proof.public_id}")
    assert given.data == PDF
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["Content-Security-Policy"].startswith("sandbox")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    for stranger in (school.user(), school.user("Iris", "instructor")):
        assert client.sign_in(stranger).get(f"/staff/mentors/proofs/{proof.public_id}").status_code == 403


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "mcs.pdf"),
        (b"MZ\x90\x00", "mcs.png"),
        (b"", "mcs.pdf"),
        (png()[:40], "mcs.png"),
        (PDF.replace(b"<< >> endobj", b"<< /S /JavaScript >> endobj"), "mcs.pdf"),
    ],
)
def test_a_document_is_judged_by_what_is_in_it(client, school, rosa, content, name):
    keiko = school.mentor()
    answer = noted(client.sign_in(rosa), keiko, proof=(io.BytesIO(content), name))
    if content:
        assert answer.status_code == 200
        assert 'id="proof-error"' in answer.text
    with school.app.app_context():
        assert db.session.scalars(select(MentorProof)).all() == []


def test_a_document_keeps_the_last_part_of_its_name():
    assert checked_document("..\\..\\C:/secret/Ur\nkunde.png", png(), field="proof").name == "Urkunde.png"
    assert checked_document("x.pdf", png(), field="proof").media_type == "image/png", "whatever it is called"


def test_what_was_wrong_is_withdrawn_with_a_reason_and_both_stay(client, school, rosa):
    keiko = school.mentor(specialization="PCC", specialization_since=date(2026, 9, 1))
    with school.app.app_context():
        name = db.session.scalar(select(MentorFact.public_id).where(MentorFact.kind == "specialization"))
    client.sign_in(rosa)
    address, page = f"/staff/mentors/{keiko.public_id}/facts/{name}/withdraw", f"/staff/mentors/{keiko.public_id}"
    refused = client.submit(address, {"reason": " "}, on=page)
    assert "Say why this is withdrawn." in refused.text
    assert client.submit(address, {"reason": "Read from the wrong line"}, on=page).status_code == 303
    assert client.submit(address, {"reason": "Pressed twice"}, on=page).status_code == 303
    after = client.get(f"{page}?on=2026-12-01").text
    assert "no specialization on that day" in after
    assert "Read from the wrong line" in after
    assert "Pressed twice" not in after


@pytest.mark.parametrize("statement", ["UPDATE mentor_fact SET level = 'MCC'", "DELETE FROM mentor_proof"])
def test_no_fact_and_no_proof_is_ever_edited_or_deleted(client, school, rosa, statement):
    noted(client.sign_in(rosa), school.mentor(), proof=(io.BytesIO(PDF), "mcs.pdf"))
    with school.app.app_context(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(db.text(statement))


def before(name):
    """The revision that a migration follows, whatever number it has."""
    [file] = (ROOT / "migrations" / "versions").glob(f"*_{name}.py")
    return re.search(r'^down_revision = "(.+)"$', file.read_text(), re.MULTILINE).group(1)


@pytest.mark.slow
def test_what_four_columns_said_of_a_mentor_is_carried_over_into_facts_and_back(school):
    known = school.mentor(credential=MentorCredential.ACC, renewed=True, specialization="PCC").public_id
    with school.app.app_context():
        downgrade(revision=before("mentor_file"))
        row = db.session.execute(db.text("SELECT credential, renewed, specialization FROM mentor")).one()
        assert tuple(row) == ("ACC", True, "PCC")
        db.session.execute(db.text("UPDATE mentor SET specialization_since = '2026-09-14'"))
        db.session.commit()
        upgrade()
        held = held_on(db.session.scalars(select(Mentor)).one().facts, date(2026, 10, 1))
        assert held == Held("ACC", True, (("PCC", date(2026, 9, 14)),))
        assert db.session.scalar(select(Mentor.public_id)) == known


def test_a_fact_stands_once_and_a_renewal_renews_something(context, school):
    mentor = db.session.merge(school.mentor(credential=MentorCredential.ACC, credential_since=date(2022, 1, 1)))
    with pytest.raises(Refused, match="already"):
        note_fact(mentor, Told(FactKind.CREDENTIAL, Level.ACC, date(2022, 1, 1)), actor=None, at=school.now())
    with pytest.raises(Refused, match="No PCC"):
        note_fact(mentor, Told(FactKind.RENEWAL, Level.PCC, date(2025, 1, 1)), actor=None, at=school.now())
    with pytest.raises(Refused, match="before the first"):
        told = Told(FactKind.CREDENTIAL, Level.PCC, date(2025, 1, 1), date(2024, 1, 1))
        note_fact(mentor, told, actor=None, at=school.now())


def test_a_withdrawn_fact_may_be_noted_anew_and_a_withdrawal_stays(context, school, rosa):
    mentor, by = db.session.merge(school.mentor()), db.session.merge(rosa)
    first = note_fact(mentor, Told(FactKind.SPECIALIZATION, Level.PCC, date(2026, 9, 1)), actor=by, at=school.now())
    gone = withdraw_fact(first, reason="A typing error", actor=by, at=school.now())
    assert note_fact(mentor, Told(FactKind.SPECIALIZATION, Level.PCC, date(2026, 9, 1)), actor=by, at=school.now())
    with pytest.raises(Refused, match="note the fact anew"):
        withdraw_fact(gone, reason="Back again", actor=by, at=school.now())


def test_a_later_proof_changes_how_earlier_sessions_are_judged_and_the_trainee_reads_why(client, school, rosa):
    user, dov = school.user(), school.mentor("Dov Halloran", credential=MentorCredential.NONE)
    session = school.mentor_session(user, dov, on=date(2026, 10, 1))
    page = client.sign_in(user).get("/hours/mentoring").text
    assert "the mentor did not hold what ICF asks for on that day: an ACC renewed at least once, PCC or MCC" in page
    noted(client.sign_in(rosa), dov, kind="credential", level="MCC", held_from=session.on.isoformat())
    assert "did not hold" not in client.sign_in(user).get("/hours/mentoring").text


def test_a_reviewer_sees_a_mentor_who_did_not_qualify_and_opens_the_file(client, school, rosa):
    session = school.mentor_session(school.user(), school.mentor(credential=MentorCredential.NONE))
    with school.app.app_context():
        entry = db.session.merge(session).entry
        school.sent(entry)
        name = entry.public_id
    page = client.sign_in(rosa).get("/staff/hours").text
    assert "the mentor held no ICF credential that day: no credit toward ACC or PCC" in page
    line = client.get(f"/staff/hours/{name}").text
    assert f"/staff/mentors/{_public_id(school)}?on={session.on}" in line


def _public_id(school):
    with school.app.app_context():
        return db.session.scalar(select(Mentor.public_id))


def test_staff_find_mentors_by_name_and_standing_sort_them_and_take_them_away(client, school, rosa, queries):
    school.mentor("Keiko Shimabukuro", specialization="MCC", specialization_since=date(2026, 8, 3))
    school.mentor("Dov Halloran", credential=MentorCredential.ACC)
    school.mentor("Bronwen Pryce", owner=None)
    client.sign_in(rosa)
    with queries() as asked:
        everybody = client.get("/staff/mentors?sort=-name").text
    assert asked.count <= 8
    assert everybody.index("Keiko S") < everybody.index("Dov H") < everybody.index("Bronwen")
    assert "Dov Halloran" not in client.get("/staff/mentors?standing=mcs").text
    assert "Keiko" not in client.get("/staff/mentors?standing=no_mcs").text
    assert "Nobody fits" in client.get("/staff/mentors?words=nobody").text
    rows = client.get("/staff/mentors/mentors.csv?standing=mcs").text.splitlines()
    assert rows[1].startswith("Keiko Shimabukuro,,PCC,no,MCS-MCC")


def test_a_mentors_page_asks_the_database_at_most_eight_things(client, school, rosa, queries):
    keiko = school.mentor(renewed=True, specialization="PCC")
    school.mentor_session(school.user(), keiko)
    client.sign_in(rosa)
    with queries() as asked:
        assert client.get(f"/staff/mentors/{keiko.public_id}").status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


def test_a_registrar_adds_a_mentor_with_an_account_once(client, school, rosa):
    school.user("Keiko Shimabukuro", "mentor", email="keiko@example.com")
    said = {"mentor_name": "Keiko Shimabukuro", "account": "keiko@example.com", "credential": "MCC", "since": ""}
    client.sign_in(rosa)
    assert client.submit("/staff/mentors/new", said | {"account": "nobody@example.com"}).status_code == 200
    assert client.submit("/staff/mentors/new", said).status_code == 303
    again = client.submit("/staff/mentors/new", said)
    assert "This account belongs to a mentor already." in again.text
