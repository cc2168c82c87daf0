import json
import re
from datetime import date, timedelta

import jsonschema
import pytest

from credentials.models import Consent, Kind, Payment
from credentials.profiling import profile_of, records_of
from credentials.summing import CHECKED, totals_of
from foundation.db import db
from foundation.filters import decimal_hours, hours, shown_date
from tests.house.reading import ROOT

SCHEMA = json.loads((ROOT / "credentials" / "contracts" / "credential_profile.schema.json").read_text())


@pytest.fixture
def user(school):
    """35 hours of a class, of which 30 are checked; 3 hours coached, of which half an hour without consent."""
    made, rosa = school.user("Tomás Ferreira"), school.user("Rosa", "registrar")
    enrollment = school.enrollment(made, school.cohort(starts_in=-150))
    school.checked(school.lesson_hours(enrollment, minutes=1800, on=date(2026, 9, 1)), rosa)
    school.lesson_hours(enrollment, minutes=300, on=date(2026, 9, 2))
    mara = school.coached_client(made, "Mara Quist")
    for days, payment in ((3, Payment.PAID), (2, Payment.PRO_BONO)):
        school.coaching_session(
            made, mara, on=(school.now() - timedelta(days=days)).date(), payment=payment, minutes=75
        )
    shy = school.coached_client(made, "Shy Person", consent=Consent.REFUSED, consent_on=None)
    school.coaching_session(made, shy, minutes=30)
    return made


def ring(page, label):
    """The words of one ring: its number, what is asked, and the shares."""
    found = re.search(rf"<title[^>]*>{label}: (\S+) (of \S+ ?h?); (\d+) percent verified, (\d+) percent waiting", page)
    assert found, f"no ring {label}"
    return found.groups()


def test_a_ring_shows_what_is_verified_and_what_waits(client, user):
    page = client.sign_in(user).get("/hours").get_data(as_text=True)
    assert ring(page, "Coach-specific education") == ("35", "of 60 h", "50", "8")
    assert ring(page, "Coaching experience") == ("2.5", "of 100 h", "0", "2")
    assert ring(page, "Different clients")[:2] == ("1", "of 8")


def test_two_pages_never_show_two_numbers(client, school, user):
    with school.app.app_context():
        totals = totals_of(user.id)
        education, coaching, every = totals.minutes(Kind.EDUCATION), totals.minutes(Kind.COACHING), totals.minutes()
        checked = totals.minutes(None, CHECKED)
    client.sign_in(user)
    assert ring(client.get("/hours").get_data(as_text=True), "Coach-specific education")[0] == decimal_hours(education)
    assert f"{hours(coaching)} logged" in client.get("/hours/log").get_data(as_text=True)
    assert f"{hours(every)} in all" in client.get("/hours/ledger").get_data(as_text=True)
    csv = client.get("/hours/ledger.csv").get_data(as_text=True).splitlines()[1:]
    assert sum(int(line.split(",")[3]) for line in csv) == every
    assert checked == 1800


def test_what_does_not_count_is_named_with_its_reason(client, user):
    page = client.sign_in(user).get("/hours").get_data(as_text=True)
    assert "because the client does not agree to stand in the log" in page
    assert "30 min" in page


def test_remarks_name_a_record_as_its_person_does(client, school, user, queries):
    first = school.now().date() - timedelta(days=150)
    school.coaching_session(user, school.coached_client(user, "Ada Winter"), on=first)
    asked = {"credential": "ACC", "path": "level", "on": school.now().date().isoformat()}
    words = f"and counted; ICF does not say: the session of {shown_date(first)}."
    assert words in client.sign_in(user).get("/hours").text
    kept = client.submit("/hours/assessments", asked, on="/hours").location
    with queries() as sent:
        assert words in client.get(kept).text
    assert sent.count <= 8, "\n".join(sent.sent)


def test_the_page_never_says_that_somebody_is_eligible(client, user):
    page = client.sign_in(user).get("/hours").get_data(as_text=True)
    assert "minimums as of" in page
    assert "eligible" not in page.lower()


def test_what_if_asks_for_another_credential_and_day(client, user):
    page = client.sign_in(user).get("/hours?credential=PCC&path=portfolio&on=2027-05-01").get_data(as_text=True)
    assert ring(page, "Coaching experience")[1] == "of 500 h"
    assert "May 1, 2027" in page


def test_only_what_is_missing_leaves_the_rest_out(client, user):
    client.sign_in(user)
    assert "Core Competencies in the course that opens the count" in client.get("/hours").get_data(as_text=True)
    shorter = client.get("/hours?remaining=y").get_data(as_text=True)
    assert "Core Competencies in the course that opens the count" not in shorter


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("on=1990-01-01", "No published rules are known for that day"),
        ("on=soon", "Not a valid date value"),
        ("credential=XYZ", "Not a valid choice"),
        ("on=", "Choose a day"),
    ],
)
def test_a_question_that_has_no_answer_is_said_beside_the_field(client, user, asked, words):
    answer = client.sign_in(user).get(f"/hours?{asked}")
    assert answer.status_code == 200
    assert words in answer.get_data(as_text=True)


def test_the_page_says_what_changes_in_2027_and_which_mentor_to_ask(client, school, user):
    school.mentor_session(user, school.mentor("Keiko Shimabukuro"))
    page = client.sign_in(user).get("/hours").get_data(as_text=True)
    assert "What changes for you on 1 January 2027" in page
    assert "Keiko Shimabukuro does not hold it in our books" in page


def test_each_line_shows_its_trail(client, user):
    page = client.sign_in(user).get("/hours/ledger").get_data(as_text=True)
    assert all(word in page for word in ("Logged", "Sent", "Checked", "Counted"))


@pytest.mark.parametrize("path", ["level", "portfolio"])
def test_a_profile_keeps_the_contract_and_names_nobody(school, user, path):
    with school.app.app_context():
        profile = profile_of(db.session.merge(user), "ACC", path, date(2026, 12, 1))
    jsonschema.validate(profile, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert "Mara" not in str(profile)


def test_a_program_under_way_opens_the_count_and_adds_no_minutes_of_its_own(school, client):
    user = school.user()
    school.enrollment(user, school.cohort(starts_in=-30))
    school.coaching_session(user)
    page = client.sign_in(user).get("/hours").get_data(as_text=True)
    assert ring(page, "Coaching experience")[0] == "1"
    assert ring(page, "Coach-specific education")[0] == "0"


def test_a_page_number_that_is_none_shows_the_first_page(client, user):
    for page in ("0", "-1", "x", "99999999999", "²"):
        assert client.sign_in(user).get(f"/hours/ledger?page={page}").status_code == 200


def test_records_are_read_in_four_statements_however_many_there_are(school, user, queries):
    with school.app.app_context(), queries() as asked:
        records_of(user.id)
    assert asked.count == 4
