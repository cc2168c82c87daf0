"""The page of hours is remembered by the facts it is made of: it is never stale, and never somebody else's."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from credentials.awarding import reverse
from credentials.certificates.holding import hold_back
from credentials.mentor_coaching.keeping_mentors import Told, note_fact
from credentials.models import (
    Client,
    Consent,
    FactKind,
    HoldSource,
    LedgerEntry,
    LedgerReview,
    Level,
    Mentor,
    MentorCredential,
    ReviewState,
)
from credentials.reviewing import submit
from enrollment.models import Enrollment, EnrollmentState, Program
from foundation.db import db
from foundation.remembering import Remembering
from tests.credentials.ruling.conftest import published
from tests.makers.reports import set_time_zone


@pytest.fixture
def tomas(school):
    """A class that is checked, two sessions, one of them not sent yet, and an hour with a mentor."""
    made, rosa = school.user("Tomás Ferreira"), school.user("Rosa", "registrar")
    enrollment = school.enrollment(made, school.cohort(starts_in=-150))
    school.checked(school.lesson_hours(enrollment, minutes=1800), rosa)
    for days in (1, 40):
        school.coaching_session(made, school.coached_client(made), on=(school.now() - timedelta(days=days)).date())
    school.mentor_session(made, school.mentor(credential=MentorCredential.PCC))
    return made


def words(page):
    """The page without what is new in each: the form's token, the nonce."""
    return re.sub(r'name="csrf_token"[^>]*>|nonce="[^"]*"', "", page.text)


@pytest.fixture
def shown(client, app):
    """The page; where a piece of it was remembered, the page made anew says the same."""

    def show(address="/hours"):
        first, again = words(client.get(address)), words(client.get(address))
        app.jinja_env.extensions[Remembering.identifier].pieces.clear()
        assert first == again == words(client.get(address))
        return first

    return show


def entry(kind):
    return db.session.query(LedgerEntry).filter_by(kind=kind).order_by(LedgerEntry.id.desc()).first()


def taken_back(school, user):
    reverse(entry("coaching"), "Noted twice", None, school.now())


def sent(school, user):
    submit(db.session.merge(user), [entry("coaching").public_id], at=school.now())


def returned(school, user):
    told = {"state": ReviewState.RETURNED, "reason": "Whose client was it?", "decided_at": school.now()}
    db.session.execute(update(LedgerReview).where(LedgerReview.entry_id == entry("coaching").id).values(**told))


def consent_withdrawn(school, user):
    db.session.execute(update(Client).values(consent=Consent.REFUSED))


def specialized(school, user):
    mentor = db.session.query(Mentor).one()
    note_fact(mentor, Told(FactKind.SPECIALIZATION, Level.MCC, None), actor=None, at=school.now())


def mentor_renamed(school, user):
    db.session.execute(update(Mentor).values(name="Keiko Aoki"))


def completed(school, user):
    db.session.execute(update(Enrollment).values(state=EnrollmentState.COMPLETED))


def program_is_shorter(school, user):
    db.session.execute(update(Program).values(minutes=2000, core_minutes=1900, synchronous_minutes=1900))


def held_back(school, user):
    enrollment = db.session.query(Enrollment).one()
    hold_back(enrollment, reason="An instalment is open", source=HoldSource.STAFF, at=school.now())


CHANGES = [
    taken_back,
    sent,
    returned,
    consent_withdrawn,
    specialized,
    mentor_renamed,
    completed,
    program_is_shorter,
    held_back,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changes_is_on_the_page_at_once(client, school, tomas, shown, change):
    client.sign_in(tomas)
    before = shown()
    with school.app.app_context():
        change(school, tomas)
        db.session.commit()
    assert words(client.get("/hours")) != before
    shown()


def test_a_new_line_is_on_the_page_at_once(client, school, tomas, shown):
    client.sign_in(tomas)
    before = shown()
    school.coaching_session(tomas, minutes=55)
    assert "55 min" not in before and "55 min" in words(client.get("/hours"))


def test_a_new_version_of_the_rules_is_on_the_page_at_once(client, school, tomas, shown):
    client.sign_in(tomas)
    before = shown("/hours?on=2030-06-01")
    published(school.app.test_client().sign_in(school.user("Ingrid Solheim", "owner")), hours=140)
    assert "of 140 h" not in before and "of 140 h" in shown("/hours?on=2030-06-01")


def test_midnight_and_the_reader_s_zone_are_on_the_page_at_once(client, school, tomas, shown):
    client.sign_in(tomas)
    before = shown()
    with time_machine.travel(school.now() + timedelta(days=1), tick=True):
        assert shown() != before
    seen = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # more than a day apart
        with school.app.app_context():
            set_time_zone(school, tomas, zone)
            db.session.commit()
        seen.append(shown())
    assert seen[0] != seen[1]


def test_an_answer_that_was_kept_is_named_at_once(client, tomas, shown):
    client.sign_in(tomas)
    assert "Nothing is kept yet" in shown()
    told = {"credential": "ACC", "path": "level", "on": "2026-12-01"}
    assert client.submit("/hours/assessments", told, on="/hours").status_code == 303
    assert "Last kept on" in client.get("/hours").text
    assert "Last kept on" in shown()


def test_two_people_never_see_each_other_s_hours(client, school, tomas, shown):
    ana = school.user("Ana Lima")
    school.coaching_session(ana, minutes=35)
    other = school.app.test_client().sign_in(ana)
    for _ in range(2):
        his, hers = words(client.sign_in(tomas).get("/hours")), words(other.get("/hours"))
        assert "35 min" in hers and "35 min" not in his
        assert "Opening class" in his and "Opening class" not in hers


def test_no_two_pages_carry_one_token(client, school, tomas):
    ana = school.user("Ana Lima")
    pages = [client.sign_in(tomas).get("/hours").text, school.app.test_client().sign_in(ana).get("/hours").text]
    tokens = [set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)) for page in pages]
    assert all(tokens) and not tokens[0] & tokens[1]
