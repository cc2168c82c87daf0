import pytest
from sqlalchemy import select

from credentials import certifying, reviewing
from enrollment.models import Enrollment
from foundation.db import db
from mail.models import Letter
from mail.rendering import render


@pytest.fixture
def rosa(school):
    return school.user("Rosa", "registrar")


def rendered():
    letter = db.session.scalars(select(Letter)).one()
    render(letter)
    return letter


def test_the_letter_about_a_returned_line_says_what_to_change_and_where(school, rosa):
    entry = school.lesson_hours(school.enrollment(school.user("Tomás Ferreira"), school.cohort()), title="Live class 3")
    with school.app.app_context():
        reviewing.send_back([entry.public_id], db.session.merge(rosa), school.now(), reason="Which Saturday was it?")
        letter = rendered()
    for words in (letter.text, letter.html):
        assert "Which Saturday was it?" in words
        assert "Live class 3" in words
        assert "/hours/review" in words
    assert letter.subject == "1 line of your hours came back, with what to change"


def test_the_letter_with_a_certificate_leads_to_the_pdf_and_to_its_public_page(school, rosa):
    enrollment = school.graduate_to_be("Amara Okafor")
    with school.app.app_context():
        made = certifying.issue(db.session.get(Enrollment, enrollment.id), db.session.merge(rosa), school.now())
        letter = rendered()
        number = made.number
    for words in (letter.text, letter.html):
        assert f"/hours/certificates/{number}.pdf" in words
        assert f"/verify/{number}" in words
    assert letter.subject == "Your certificate: The Practitioner Program"
