import pytest

from community.publishing import approve, publish
from foundation.db import db
from foundation.errors import Refused


def test_a_visitor_finds_programs_dates_prices_and_seats(client, school):
    cohort = school.cohort(title="Hazel cohort", seats=3)
    for address in ("/", "/programs"):
        page = client.get(address).text
        assert "Hazel cohort" in page
        assert "$4,800" in page
        assert "3 seats left" in page
    assert client.get("/programs/nowhere").status_code == 404
    assert cohort.code


def test_a_school_without_programs_still_has_pages(client):
    for address in ("/", "/programs", "/spotlight", "/coaches"):
        assert client.get(address).status_code == 200


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
