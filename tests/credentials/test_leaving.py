"""Leaving before the end: a certificate of what was really done, which nobody can take for a completion."""

import io

import pypdf
import pytest
from sqlalchemy import select

from accounts.models import User
from credentials import certifying
from credentials.certificates.holding import hold_back
from credentials.certificates.leaving import issue_partial, leavers, reissue
from credentials.models import Badge, Certificate, CertificateKind, HoldSource
from enrollment.enrolling import move
from enrollment.models import Enrollment, EnrollmentState
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.reading import words

LISTING = "/staff/certificates"


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def left(school, rosa):
    """Somebody who left a program of 10 hours with 90 minutes checked and 30 waiting."""
    place = school.enrollment(school.user("Ana Lima"), school.cohort(of=school.program(minutes=600, core_minutes=540)))
    school.checked(school.lesson_hours(place, minutes=90), rosa)
    school.lesson_hours(place, minutes=30)
    with school.app.app_context():
        move(db.session.get_one(Enrollment, place.id), EnrollmentState.WITHDRAWN, at=school.now())
        db.session.commit()
    return place


def trainee_of(app, place):
    with app.app_context():
        return db.session.get_one(User, place.user_id).email


def issued(school, place, by, reason="Moved abroad"):
    with school.app.app_context():
        actor = db.session.get_one(User, by.id)
        made = issue_partial(db.session.get_one(Enrollment, place.id), actor, school.now(), reason=reason)
        db.session.commit()
        return made.number


def test_staff_issue_it_with_a_reason_and_it_says_what_was_really_done(client, app, school, left, rosa, mailbox):
    staff = client.sign_in(rosa)
    assert "1 h 30 min of 10 h" in words(staff.get(LISTING))
    address = f"{LISTING}/partial/{left.public_id}"
    blank = staff.submit(address, {"reason": " "}, on=LISTING)
    assert (blank.status_code, "Say why" in words(blank)) == (422, True)
    answer = staff.submit(address, {"reason": "Moved abroad"}, on=LISTING)
    number = answer.location.rpartition("/")[2]
    page = words(app.test_client().get(f"/verify/{number}"))
    assert "Valid certificate" in page and "the program was not completed" in page
    assert "in part, 10 h are the whole" in page and "1 h 30 min" in page and "Moved abroad" not in page
    pdf = pypdf.PdfReader(io.BytesIO(staff.get(f"{LISTING}/{number}.pdf").data)).pages[0].extract_text()
    told = " ".join(pdf.split())
    assert "Certificate of partial completion" in told and "has completed a part of" in told
    assert "1 h 30 min of 10 h" in told
    mailbox.deliver()
    assert "What you did in" in mailbox.to(trainee_of(app, left))[-1]["Subject"]
    assert "Left before the end" not in words(staff.get(LISTING))


def test_it_makes_nobody_a_graduate_and_carries_no_badge(app, school, left, rosa):
    number = issued(school, left, rosa)
    with app.app_context():
        made = db.session.scalars(select(Certificate).where(Certificate.number == number)).unique().one()
        assert db.session.scalars(select(Badge)).all() == []
        assert "graduate" not in {role.name for role in made.user.roles}
        assert made.enrollment.state == EnrollmentState.WITHDRAWN
        assert certifying.valid_certificate(made.enrollment) is None
        logged = db.session.scalars(select(AuditLine).where(AuditLine.verb == "certificate.partial_issued")).one()
        assert logged.facts["reason"] == "Moved abroad"


def test_issued_twice_it_is_one(school, left, rosa):
    assert issued(school, left, rosa) == issued(school, left, rosa, "Once more")


def test_who_has_not_left_gets_none(school, rosa):
    place = school.graduate_to_be("Ben Okri")
    with pytest.raises(certifying.NotComplete, match="for those who have left"):
        issued(school, place, rosa)


def test_without_a_checked_hour_there_is_nothing_to_say(app, school, rosa):
    place = school.enrollment(school.user("Ben Okri"), school.cohort())
    school.lesson_hours(place, minutes=30)
    with app.app_context():
        move(db.session.get_one(Enrollment, place.id), EnrollmentState.WITHDRAWN, at=school.now())
        db.session.commit()
        assert leavers() == []
    with pytest.raises(certifying.NotComplete, match="No education"):
        issued(school, place, rosa)


def test_while_tuition_is_owed_it_is_held_back_and_the_page_says_so(client, app, school, left, rosa):
    with app.app_context():
        place = db.session.get_one(Enrollment, left.id)
        hold_back(place, reason="$450 of the tuition are open.", source=HoldSource.TUITION, at=school.now())
        db.session.commit()
    long = client.sign_in(rosa).submit(f"{LISTING}/partial/{left.public_id}", {"reason": "y" * 301}, on=LISTING)
    assert (long.status_code, "y" * 301 in long.text) == (422, True)
    answer = client.submit(f"{LISTING}/partial/{left.public_id}", {"reason": "Moved"}, on=LISTING)
    assert answer.status_code == 409
    assert "Held back: $450 of the tuition are open." in words(answer)
    assert 'value="Moved"' in answer.text


def test_issued_anew_it_stays_a_partial_one(app, school, left, rosa):
    number = issued(school, left, rosa)
    with app.app_context():
        old = db.session.scalars(select(Certificate).where(Certificate.number == number)).unique().one()
        new = reissue(old, db.session.get_one(User, rosa.id), school.now(), reason="Her name has changed")
        db.session.commit()
        assert (new.kind, new.replaces_id, old.is_valid) == (CertificateKind.PARTIAL, old.id, False)


def test_it_needs_a_reason(school, left, rosa):
    with pytest.raises(Refused, match="Say why"):
        issued(school, left, rosa, " ")


def test_only_the_registrar_issues_it(client, school, left):
    client.sign_in(school.user("Fin", "finance"))
    assert client.submit(f"{LISTING}/partial/{left.public_id}", {"reason": "x"}, on="/staff").status_code == 403


def test_whoever_left_sees_and_takes_it(client, school, left, rosa):
    number = issued(school, left, rosa)
    with school.app.app_context():
        holder = db.session.get_one(User, left.user_id)
    trainee = client.sign_in(holder)
    assert "part of The Practitioner Program" in words(trainee.get("/hours"))
    own = trainee.get(f"/hours/certificates/{number}")
    assert "Partial completion" in words(own) and "partial+completion" in own.text
    assert trainee.get(f"/hours/certificates/{number}.pdf").mimetype == "application/pdf"
