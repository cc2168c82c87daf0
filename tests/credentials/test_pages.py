"""Every page of this room is fetched, inspected, and cheap."""

from datetime import timedelta

import pytest

from credentials.models import LedgerEntry
from foundation.db import db

TRAINEE = ["/hours", "/hours/ledger", "/hours/log", "/hours/mentoring", "/hours/review", "/hours/clients"]
TRAINEE += ["/hours/confirmations", "/hours/mentoring/slots", "/hours/assessments", "/hours/forms"]
REGISTRAR = ["/staff/hours", "/staff/certificates", "/staff/mentors"]
ANYBODY = ["/credentials", "/credentials/planner", "/verify"]


@pytest.fixture
def busy(school):
    """A trainee with hours of every kind and state."""
    user = school.user("Tomás Ferreira")
    enrollment = school.enrollment(user, school.cohort(starts_in=-200))
    for _ in range(3):
        school.lesson_hours(enrollment, minutes=1200)
    mara = school.coached_client(user, "Mara Quist")
    for day in range(1, 31):
        school.coaching_session(user, mara, on=(school.now() - timedelta(days=day)).date())
    _sent(school, school.mentor_session(user))
    return user


def _sent(school, session):
    with school.app.app_context():
        school.sent(db.session.get(LedgerEntry, session.entry_id))


@pytest.mark.parametrize("url", TRAINEE)
def test_a_trainees_page_opens_and_asks_the_database_at_most_eight_things(client, school, queries, busy, url):
    client.sign_in(busy)
    with queries() as asked:
        page = client.get(url)
    assert page.status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


@pytest.mark.parametrize("url", TRAINEE)
def test_a_new_trainees_page_says_how_to_begin(client, school, url):
    assert client.sign_in(school.user()).get(url).status_code == 200


@pytest.mark.parametrize("url", REGISTRAR)
def test_a_registrars_page_opens_and_asks_the_database_at_most_eight_things(client, school, queries, busy, url):
    school.graduate_to_be(facts={"mentor_minutes": 60, "evaluation": True})
    client.sign_in(school.user("Rosa", "registrar"))
    with queries() as asked:
        page = client.get(url)
    assert page.status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


@pytest.mark.parametrize("url", REGISTRAR)
def test_a_trainee_does_not_enter_the_registrars_pages(client, school, url):
    assert client.sign_in(school.user()).get(url).status_code == 403


@pytest.mark.parametrize("url", ANYBODY)
def test_anybody_opens_the_public_pages_with_at_most_one_question_to_the_database(client, queries, url):
    with queries() as asked:
        page = client.get(url)
    assert page.status_code == 200
    assert asked.count <= 1


@pytest.mark.parametrize("url", TRAINEE)
def test_a_visitor_is_led_to_the_login(client, url):
    assert client.get(url).status_code == 303
