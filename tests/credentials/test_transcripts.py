"""Transcripts: checked hours by kind with their evidence, what waits apart, a number that anybody can verify."""

import io
import re

import pypdf
import pytest
from sqlalchemy import select

from accounts.models import User
from credentials.awarding import reverse
from credentials.certificates.holding import hold_back, release
from credentials.models import HoldSource, LedgerEntry, Paper
from credentials.transcripts.issuing import issue
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from tests.credentials.reading import words

PAGE = "/hours/transcript"


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def ana(school):
    enrollment = school.graduate_to_be("Ana Lima")
    with school.app.app_context():
        user = db.session.get_one(User, enrollment.user_id)
    school.coaching_session(user, school.coached_client(user, "Secretia Name"), minutes=45)
    return user


def paper_words(answer):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages).split())


def issued(school, user, by=None):
    with school.app.app_context():
        holder = db.session.get_one(User, user.id)
        made = issue(holder, db.session.get_one(User, by.id) if by else holder, school.now())
        db.session.commit()
        return made.number


def test_a_trainee_issues_it_and_anybody_verifies_its_number(client, app, school, ana):
    trainee = client.sign_in(ana)
    assert "is ready" in words(trainee.submit(PAGE, follow_redirects=True))
    number = re.search(r"/hours/transcript/([\w-]+)\.pdf", trainee.get(PAGE).text).group(1)
    page = words(app.test_client().get(f"/verify/{number}"))
    assert "Valid transcript" in page and "Ana Lima" in page and "10 h" in page
    told = app.test_client().get(f"/verify/{number}", headers={"Accept": "application/json"}).get_json()
    assert (told["kind"], told["minutes"][0]) == ("transcript", {"kind": "education", "checked": 600, "waiting": 0})


def test_only_what_is_checked_counts_and_what_waits_stands_apart(client, school, ana):
    number = issued(school, ana)
    told = paper_words(client.sign_in(ana).get(f"{PAGE}/{number}.pdf"))
    checked, waiting = told.split("Waiting to be checked, not counted")
    assert "In all 10 h 45 min" in checked
    assert "Opening class" in checked and "9 h Core Competencies, synchronous, live class" in checked
    assert "C-01" in waiting and "C-01" not in checked and "Secretia" not in told
    assert number in told and f"/verify/{number}" in told


def test_its_facts_stay_as_they_were_whatever_the_ledger_says_later(client, app, school, ana):
    number = issued(school, ana)
    with app.app_context():
        first = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).first()
        reverse(first, "Wrong class", None, school.now())
        db.session.commit()
    assert "10 h" in paper_words(client.sign_in(ana).get(f"{PAGE}/{number}.pdf"))
    assert "No hour has been checked" in words(client.submit(PAGE, on="/account"))


def test_asked_again_while_nothing_has_changed_the_same_one_is_given(school, ana, rosa):
    assert issued(school, ana) == issued(school, ana, by=rosa)


def test_what_nobody_can_verify_says_so(client, ana):
    told = paper_words(client.sign_in(ana).get("/hours/transcript.pdf"))
    assert "For reading only: without a number nobody can verify it" in told and "10 h" in told


def test_while_tuition_is_owed_it_waits_and_says_why_and_reading_never_waits(client, app, school, ana):
    with app.app_context():
        place = db.session.scalars(select(Enrollment).order_by(Enrollment.id)).first()
        hold_back(place, reason="An instalment of $450 is open.", source=HoldSource.TUITION, at=school.now())
        db.session.commit()
    trainee = client.sign_in(ana)
    page = trainee.get(PAGE)
    assert "Held back while tuition is owed" in words(page) and "$450" in words(page)
    assert "is held back" in words(trainee.submit(PAGE, on="/account"))
    assert "10 h" in paper_words(trainee.get("/hours/transcript.pdf"))
    with app.app_context():
        assert db.session.scalars(select(Paper)).all() == []
        place = db.session.scalars(select(Enrollment).order_by(Enrollment.id)).first()
        release(place, source=HoldSource.TUITION, at=school.now())
        db.session.commit()
    assert "is ready" in words(trainee.submit(PAGE, follow_redirects=True))


def test_the_registrar_issues_and_takes_it_and_both_are_audited(client, app, school, ana, rosa):
    staff = client.sign_in(rosa)
    page = f"/staff/hours/transcripts/{ana.id}"
    assert "of Ana Lima is there" in words(staff.submit(page, follow_redirects=True))
    found = re.search(rf"{page}/[\w-]+\.pdf", staff.get(page).text).group(0)
    assert "Ana Lima" in paper_words(staff.get(found))
    assert page in staff.get(f"/staff/people/{ana.id}").text
    with app.app_context():
        verbs = set(db.session.scalars(select(AuditLine.verb).where(AuditLine.actor_id == rosa.id)))
    assert {"transcript.issued", "transcript.taken"} <= verbs


def test_nobody_elses_transcript_is_there(client, school, ana):
    number = issued(school, ana)
    other = school.user("Ben Okri")
    assert client.sign_in(other).get(f"{PAGE}/{number}.pdf").status_code == 404
    assert client.get(f"/staff/hours/transcripts/{ana.id}").status_code == 403
    assert client.sign_in(school.user("Fin", "finance")).get(f"/staff/hours/transcripts/{ana.id}").status_code == 403


def test_somebody_elses_number_is_not_found_beside_another_person(client, school, ana, rosa):
    number, other = issued(school, ana), school.user("Ben Okri")
    assert client.sign_in(rosa).get(f"/staff/hours/transcripts/{other.id}/{number}.pdf").status_code == 404
    assert client.get("/staff/hours/transcripts/999").status_code == 404


def test_the_pages_ask_the_database_little(client, app, school, ana, rosa, queries):
    issued(school, ana)
    trainee, staff = client.sign_in(ana), app.test_client().sign_in(rosa)
    for who, path in ((trainee, PAGE), (staff, f"/staff/hours/transcripts/{ana.id}")):
        who.get(path)
        with queries() as q:
            assert who.get(path).status_code == 200
        assert q.count <= 8, "\n".join(q.sent)
