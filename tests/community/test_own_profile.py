import pytest

SAID = {
    "headline": "For people who work at night",
    "bio_md": "I was a *nurse*. <script>alert(1)</script>",
    "specialties": "night work, grief , night work",
    "languages": "Māori, English",
    "location": "Tauranga",
    "is_accepting": "y",
    "is_public": "y",
}
ADDRESS = "/account/coach-profile"


@pytest.fixture
def graduate(client, school):
    person = school.user("Wiremu Tāwhai", "graduate")
    client.sign_in(person)
    return person


def test_a_graduate_writes_a_profile_and_visitors_find_it(app, client, graduate):
    assert ADDRESS in client.get("/account").text
    assert client.submit(ADDRESS, SAID).status_code == 303
    visitor = app.test_client()
    assert "Wiremu" in visitor.get("/coaches?q=grief&language=Māori").text
    page = visitor.get("/coaches/wiremu-tawhai").text
    assert "<em>nurse</em>" in page
    assert "alert(1)" not in page
    assert "night work, grief" in page


def test_a_profile_that_is_hidden_is_gone_for_everybody_else_and_comes_back_unchanged(app, client, graduate):
    client.submit(ADDRESS, SAID)
    client.submit(ADDRESS, SAID | {"is_public": ""})
    visitor = app.test_client()
    assert visitor.get("/coaches/wiremu-tawhai").status_code == 404
    assert "Wiremu" not in visitor.get("/coaches").text
    assert "wiremu-tawhai" not in visitor.get("/sitemap.xml").text
    assert 'value="For people who work at night"' in client.get(ADDRESS).text
    client.submit(ADDRESS, SAID)
    assert visitor.get("/coaches/wiremu-tawhai").status_code == 200


def test_what_cannot_be_kept_is_refused_beside_its_field_and_stays_in_the_form(client, graduate):
    many = ", ".join(f"subject {n}" for n in range(9))
    wrong = {"headline": " ", "bio_md": "b" * 4001, "specialties": many, "languages": "x" * 41, "location": "p" * 81}
    page = client.submit(ADDRESS, SAID | wrong)
    assert page.status_code == 422
    for field in wrong:
        assert f'id="{field}-error"' in page.text
    assert many in page.text
    assert "b" * 4001 in page.text


def test_only_graduates_have_a_profile(client, school):
    client.sign_in(school.user("Maren", "trainee"))
    assert client.get(ADDRESS).status_code == 403
    assert ADDRESS not in client.get("/account").text
    assert client.submit(ADDRESS, SAID, on="/account").status_code == 403


def test_two_of_one_name_and_a_name_without_latin_letters_get_addresses_of_their_own(app, school):
    people = [school.user(name, "graduate") for name in ("Ana Lima", "Ana Lima", "조서연")]
    for person in people:
        assert app.test_client().sign_in(person).submit(ADDRESS, SAID).status_code == 303
    first, second, third = people
    visitor = app.test_client()
    for address in ("ana-lima", f"ana-lima-{second.id}", f"coach-{third.id}"):
        assert visitor.get(f"/coaches/{address}").status_code == 200
    assert first.id != second.id


def test_nobody_writes_somebody_elses_profile(app, client, graduate, school):
    client.submit(ADDRESS, SAID)
    other = app.test_client().sign_in(school.user("Dov Halloran", "graduate"))
    other.submit(ADDRESS, SAID | {"headline": "Mine now", "user_id": graduate.id, "slug": "wiremu-tawhai"})
    assert "Mine now" not in client.get("/coaches/wiremu-tawhai").text
