"""The waitlist's pages: honest about the place, done by one button, safe to look at."""

import re
from datetime import timedelta

import pytest

from foundation.db import db
from tests.enrollment.waiting import letters, states, sweep

GOOD = {"name": "Mara Quint", "email": "mara@example.com", "password": "a long password"}


def text(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def token_of(app, entry):
    from enrollment.waitlist.queries import PURPOSE
    from foundation.tokens import sign

    with app.app_context():
        return sign(PURPOSE, entry.public_id)


@pytest.fixture
def offered(app, school):
    """Ana has an offer, Bo waits; the address of Ana's place."""
    cohort, ana = school.full_cohort(), school.user("Ana Lima")
    entry = school.waiting(cohort, ana)
    school.waiting(cohort, "Bo Chen")
    school.freed(cohort)
    sweep(school, cohort)
    return cohort, ana, f"/waitlist/places/{token_of(app, entry)}"


def test_a_full_cohort_s_pages_lead_to_the_waitlist(client, school):
    cohort = school.full_cohort(of=school.program(slug="practitioner"))
    assert f'href="/waitlist/{cohort.code}"' in text(client.get(f"/enroll/{cohort.code}"))
    assert f'href="/waitlist/{cohort.code}"' in text(client.get(f"/programs/practitioner/cohorts/{cohort.code}"))
    assert "you would be the first in line" in text(client.get(f"/waitlist/{cohort.code}"))


def test_a_visitor_joins_with_an_account_made_on_the_way_and_sees_the_place(client, school):
    cohort = school.full_cohort()
    school.waiting(cohort)
    page = client.submit(f"/waitlist/{cohort.code}", GOOD, follow_redirects=True)
    assert "You are number 2 in line" in text(page)
    assert "1 person is before you" in text(page)
    assert letters(school)[-1] == ("joined", "mara@example.com")
    assert client.get("/account").status_code == 200, "she is signed in"
    assert "You are number 2 in line" in text(client.get(f"/waitlist/{cohort.code}", follow_redirects=True))


def test_somebody_signed_in_joins_with_one_button(client, school):
    cohort = school.full_cohort()
    client.sign_in(school.user("Bo Chen"))
    page = client.submit(f"/waitlist/{cohort.code}", follow_redirects=True)
    assert "You are number 1 in line" in text(page)
    assert "You are offered the next seat" in text(page)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"name": ""}, "name"), ({"email": "x"}, "email"), ({"password": "x"}, "password")]
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(client, school, wrong, field):
    cohort = school.full_cohort()
    answer = client.submit(f"/waitlist/{cohort.code}", GOOD | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert states(school) == []


def test_a_known_address_needs_its_own_password(client, school):
    cohort = school.full_cohort()
    school.user("Mara Quint", email="mara@example.com", password="quite another one")
    answer = client.submit(f"/waitlist/{cohort.code}", GOOD)
    assert 'id="password-error"' in text(answer)
    assert states(school) == []


def test_nobody_waits_where_a_seat_is_left(client, school):
    cohort = school.cohort(seats=1)
    assert "You need not wait" in text(client.get(f"/waitlist/{cohort.code}"))
    client.sign_in(school.user())
    answer = client.post(f"/waitlist/{cohort.code}", data={"csrf_token": client.token("/account")})
    assert answer.location == f"/enroll/{cohort.code}"


@pytest.mark.parametrize(
    ("when", "words"),
    [({"opens_at": 3, "closes_at": 9}, "not open yet"), ({"opens_at": -9, "closes_at": -3}, "has closed")],
)
def test_the_page_says_when_nobody_can_wait(client, school, when, words):
    cohort = school.cohort(seats=0, **{name: school.now() + timedelta(days=days) for name, days in when.items()})
    assert words in text(client.get(f"/waitlist/{cohort.code}"))


def test_looking_at_any_link_of_the_letter_changes_nothing(client, school, offered):
    _, _, place = offered
    for act in ("", "/accept", "/decline", "/leave"):
        assert client.get(place + act).status_code in {200, 302}
    assert states(school) == ["offered", "waiting"]


def test_passing_the_seat_on_takes_one_button_and_no_signing_in(client, school, offered):
    cohort, _, place = offered
    page = client.submit(f"{place}/decline", follow_redirects=True)
    assert "You have passed the seat on" in text(page)
    assert sweep(school, cohort) == 1
    assert states(school) == ["declined", "offered"]
    assert "Wait again, at the end of the line" in text(client.get(place))


def test_leaving_takes_one_button_and_pressing_it_twice_is_harmless(client, school, offered):
    _, _, place = offered
    token = client.token(f"{place}/leave")
    for _ in range(2):
        assert client.post(f"{place}/leave", data={"csrf_token": token}).status_code == 303
    assert states(school) == ["left", "waiting"]


def test_taking_the_seat_leads_to_enrollment_by_way_of_signing_in(client, school, offered):
    cohort, ana, place = offered
    assert "/login?next=" in client.get(f"{place}/accept").location
    assert client.sign_in(ana).get(f"{place}/accept").location == f"/enroll/{cohort.code}"
    page = text(client.get(f"/enroll/{cohort.code}"))
    assert "This seat is held for you" in page
    assert "Go to payment" in page


def test_the_offered_seat_is_for_its_person_only(client, school, offered):
    cohort, _, place = offered
    client.sign_in(school.user("Cem Kaya"))
    assert "/waitlist/places/" in client.get(f"{place}/accept").location
    page = text(client.get(f"/enroll/{cohort.code}"))
    assert "This cohort is full" in page
    assert "Go to payment" not in page


def test_a_forged_or_cut_link_says_so(client, offered):
    _, _, place = offered
    for broken in (place[:-2], "/waitlist/places/nothing"):
        for act in ("", "/accept", "/decline", "/leave"):
            assert client.get(broken + act).status_code == 410


def test_an_unknown_cohort_is_not_there(client):
    assert client.get("/waitlist/nothing").status_code == 404


def test_the_pages_ask_the_database_at_most_eight_times(client, school, offered, queries):
    cohort, ana, place = offered
    client.sign_in(ana)
    for page in (f"/enroll/{cohort.code}", place, f"{place}/leave"):
        with queries() as q:
            assert client.get(page).status_code == 200
        assert q.count <= 8, (page, q.sent)
    client.sign_in(school.user("Cem Kaya"))
    with queries() as q:
        assert client.get(f"/waitlist/{cohort.code}").status_code == 200
    assert q.count <= 8, q.sent


def test_staff_see_the_line_and_why_nobody_is_offered_a_seat(client, school, offered):
    cohort, _, _ = offered
    client.sign_in(school.user("Rosa Registrar", "registrar"))
    page = text(client.get(f"/staff/cohorts/{cohort.code}/waitlist"))
    assert "No seat is free: 1 offered." in page
    assert "Ana Lima" in page
    assert "Bo Chen" in page
    assert "Bo Chen" not in text(client.get(f"/staff/cohorts/{cohort.code}/waitlist?words=ana"))
    assert "Ana Lima" not in text(client.get(f"/staff/cohorts/{cohort.code}/waitlist?state=waiting"))
    table = client.get(f"/staff/cohorts/{cohort.code}/waitlist?format=csv").get_data(as_text=True)
    assert table.splitlines()[2].startswith("1,Bo Chen,")


def test_the_reason_why_nobody_is_offered_a_seat_is_always_said(app, school):
    from enrollment.models import Cohort
    from enrollment.waitlist.standing import numbers, why_nobody
    from foundation.heartbeat import beat

    cohort = school.full_cohort()

    def why(at=None):
        with app.app_context():
            mine = db.session.get_one(Cohort, cohort.id)
            return why_nobody(mine, numbers(mine, at or school.now()), at=at or school.now())

    assert why() == "Nobody waits."
    school.waiting(cohort)
    assert why() == "No seat is free: 1 taken."
    assert why(cohort.opens_at - timedelta(days=1)).startswith("Enrollment opens on")
    assert why(cohort.closes_at).startswith("Enrollment closed on")
    school.freed(cohort)
    assert "has not been seen yet" in why()
    with app.app_context():
        beat("worker", school.now())
        db.session.commit()
    assert why() == "1 seat will be offered within a minute."
    sweep(school, cohort)
    assert why() == "Everybody who waits has an offer."


def test_staff_can_offer_at_once_by_the_same_rules(client, school):
    cohort = school.full_cohort()
    school.waiting(cohort)
    school.freed(cohort)
    client.sign_in(school.user("Rosa Registrar", "registrar"))
    line = f"/staff/cohorts/{cohort.code}/waitlist"
    page = client.submit(f"{line}/offer", on=line, follow_redirects=True)
    assert "1 seat offered" in text(page)
    assert states(school) == ["offered"]


@pytest.mark.parametrize(("act", "after"), [("ahead", "waiting"), ("off", "left")])
def test_staff_change_the_line_only_with_a_reason_that_is_shown_for_ever(app, client, school, act, after):
    cohort = school.full_cohort()
    school.waiting(cohort, "Ana Lima")
    entry = school.waiting(cohort, "Bo Chen")
    client.sign_in(school.user("Rosa Registrar", "registrar"))
    line = f"/staff/cohorts/{cohort.code}/waitlist"
    form = f"{line}/{entry.public_id}/{act}"
    answer = client.submit(form, {"reason": " "})
    assert answer.status_code == 422
    assert 'id="reason-error"' in text(answer)
    page = text(client.submit(form, {"reason": "Asked on the telephone"}, follow_redirects=True))
    assert "Asked on the telephone" in page
    assert "by Rosa Registrar" in page
    assert states(school) == ["waiting", after]
    assert client.submit(form, {"reason": "And once more, to see"}).status_code == 303


def test_only_registrar_and_admissions_change_the_line(client, school):
    cohort = school.full_cohort()
    client.sign_in(school.user("Ines Instructor", "instructor"))
    assert client.get(f"/staff/cohorts/{cohort.code}/waitlist").status_code == 403
    assert "The waitlist" not in text(client.get(f"/staff/cohorts/{cohort.code}"))


def test_a_long_line_asks_the_database_at_most_eight_times(client, school, queries):
    cohort = school.full_cohort()
    for number in range(12):
        school.waiting(cohort, f"Person {number}")
    client.sign_in(school.user("Rosa Registrar", "registrar"))
    with queries() as q:
        assert client.get(f"/staff/cohorts/{cohort.code}/waitlist").status_code == 200
    assert q.count <= 8, q.sent
