import json
import re
from datetime import timedelta

import pytest

from community.publishing import approve, publish
from foundation.db import db
from foundation.errors import Refused


def test_a_visitor_finds_programs_dates_prices_and_seats(client, school):
    cohort = school.cohort(title="Hazel cohort", seats=3, rhythm="Tuesdays 18:00 to 20:30")
    for address in ("/", "/programs"):
        page = client.get(address).text
        assert "Hazel cohort" in page
        assert "$4,800" in page
        assert "3 seats left" in page and "New York time" in page
    assert client.get("/programs/nowhere").status_code == 404
    assert cohort.code


def test_a_school_without_programs_still_has_pages(client):
    for address in ("/", "/programs", "/spotlight", "/coaches"):
        assert client.get(address).status_code == 200
    assert "0 programs" not in client.get("/").text


def test_a_story_is_public_only_once_its_subject_approved_it(client, school, app):
    author = school.user("Siobhán Ní Dhúill")
    story = school.story(author, approved=False, published=False, slug="the-board")
    assert client.get("/spotlight/the-board").status_code == 404
    with app.app_context(), pytest.raises(Refused, match="not approved"):
        publish(db.session.merge(story), on=school.now(), actor=author, at=school.now())
    with app.app_context(), pytest.raises(Refused, match="Only the person"):
        approve(db.session.merge(story), by=school.user("Somebody Else"), at=school.now())


def test_a_published_story_has_its_author_a_feed_and_the_guide_at_its_end(client, school):
    author = school.user("Siobhán Ní Dhúill")
    school.story(author, slug="the-board", author_bio="A night superintendent.")
    page = client.get("/spotlight/the-board").text
    assert "A night superintendent." in page
    assert "<em>listened</em>" in page
    assert 'action="/guide"' in page
    assert "the-board" in client.get("/spotlight/feed.xml").text


def test_only_coaches_who_chose_to_be_listed_are_in_the_directory(client, school):
    school.user("Nobody Listed")
    school.coach_profile(school.user("Wiremu Tāwhai"), slug="wiremu", languages=["Māori"], specialties=["harbors"])
    assert "Wiremu" in client.get("/coaches?q=harbor").text
    assert "Wiremu" in client.get("/coaches?language=Māori").text
    assert "No coach found" in client.get("/coaches?q=nobody").text
    assert client.get("/coaches/wiremu").status_code == 200
    assert client.get("/coaches/nobody").status_code == 404


def facts_for_machines(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1))


def test_machines_read_the_same_dates_prices_and_seats_as_people(client, school):
    program = school.program(title="Coaching </script><b>", slug="one")
    cohort = school.cohort(of=program, seats=3, code="hazel")
    page = client.get("/programs/one", headers={"Host": "evil.example"}).text
    told = facts_for_machines(page)
    assert told["name"] == "Coaching </script><b>"
    offer = told["offers"][0]
    assert (offer["price"], offer["priceCurrency"]) == ("4800.00", "USD")
    assert offer["availability"] == "https://schema.org/LimitedAvailability"
    assert told["hasCourseInstance"][0]["startDate"] == cohort.starts_on.isoformat()
    assert "evil.example" not in page, "the school says its own address, whatever a request calls it"
    assert '<link rel="canonical" href="http://127.0.0.1:5000/programs/one">' in page


def test_a_full_a_closed_and_a_coming_cohort_say_so_to_people_and_machines(client, school):
    program = school.program(slug="one")
    now = school.now()
    for code, wishes, word, to_machines in (
        ("full", {"seats": 0}, "Full", "SoldOut"),
        ("soon", {"opens_at": now + timedelta(days=3)}, "Opens", "PreOrder"),
        ("over", {"closes_at": now - timedelta(days=1)}, "Enrollment closed", "SoldOut"),
        ("wide", {"seats": 12}, "12 seats left", "InStock"),
    ):
        school.cohort(of=program, code=code, **wishes)
        page = client.get(f"/programs/one/cohorts/{code}").text
        assert word in page
        assert facts_for_machines(page)["offers"][0]["availability"].endswith(to_machines)
        assert ('href="/enroll/' in page) == (code == "wide"), "only what can be had is offered"


FACTS = {
    "vision": "Honest conversations.",
    "languages": ["English"],
    "audience": "Anyone who talks for a living.",
    "entry_requirements": ["You are 18 or older."],
    "outcomes": ["Stay with another person's thinking."],
    "coaching_model": "The Hollow.",
    "graduation": ["All 62 hours."],
    "payment_policy": "In full, or in two instalments.",
    "faculty": [{"name": "Noor Haddad", "credential": "PCC", "title": "Faculty", "bio": "Taught for ten years."}],
    "questions": [{"question": "Is there homework?", "answer": "Yes, an hour a week."}],
    "in_short": [["Delivery", "Online."], ["Languages", "English"]],
}


def test_a_program_tells_all_that_icf_asks_a_school_to_publish(client, school):
    school.program(slug="one", facts=FACTS)
    page = client.get("/programs/one").text.replace("&#39;", "'")
    for said in ("Honest conversations.", "18 or older", "another person's thinking", "The Hollow.", "All 62 hours."):
        assert said in page
    for said in (
        "two instalments",
        "Until 14 days before the first day: everything comes back.",
        "Noor Haddad, PCC",
        "an hour a week",
        "Online.",
        "English",
    ):
        assert said in page
    for said in ("130 h", "70 h", "60 h", "108 h"):
        assert said in page, "hours in all, live, on one's own, on the competencies"


def test_a_program_leads_to_the_next_cohort_that_can_be_joined(client, school):
    program, now = school.program(slug="one"), school.now()
    school.cohort(of=program, code="full", seats=0, starts_in=5)
    school.cohort(of=program, code="soon", opens_at=now + timedelta(days=1), starts_in=10)
    assert "/enroll/" not in client.get("/programs/one").text
    school.cohort(of=program, code="hazel", title="Hazel cohort", starts_in=15)
    assert 'href="/enroll/hazel"' in client.get("/programs/one").text


def test_a_story_names_its_author_and_its_day_to_machines(client, school):
    school.story(school.user("Siobhán Ní Dhúill"), slug="the-board", title='A "board" & more')
    page = client.get("/spotlight/the-board").text
    told = facts_for_machines(page)
    assert told["author"]["name"] == "Siobhán Ní Dhúill"
    assert told["headline"] == 'A "board" & more'
    assert '<meta property="og:type" content="article">' in page


@pytest.mark.parametrize("address", ["/", "/programs", "/spotlight", "/coaches"])
def test_a_public_page_asks_the_database_at_most_eight_times(client, school, queries, address):
    for _ in range(3):
        school.cohort()
        person = school.user()
        school.story(person)
        school.coach_profile(person)
    with queries() as asked:
        assert client.get(address).status_code == 200
    assert asked.count <= 8
