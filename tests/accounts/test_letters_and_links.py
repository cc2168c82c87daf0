import re

import pytest

from accounts.identifying import find_by_email
from foundation.db import db

PASSWORD, ANOTHER = "a small brass bell", "a heron over the canal"


@pytest.fixture
def link(mailbox):
    """The path of the newest letter's link."""

    def follow(address, path):
        mailbox.deliver()
        text = mailbox.to(address)[-1].get_body(("plain",)).get_content()
        return re.search(rf"https?://[^/\s]+({path}/\S+)", text).group(1)

    return follow


@pytest.fixture
def is_confirmed(app):
    def ask(address):
        with app.app_context():
            return find_by_email(address).confirmed_at is not None

    return ask


def register(client, **said):
    return client.submit(
        "/register", {"name": "Noémi Vašková", "email": "noemi@example.com", "password": PASSWORD} | said
    )


def test_a_new_account_is_confirmed_by_a_button_and_not_by_whoever_opens_the_link(client, link, is_confirmed):
    assert register(client).status_code == 302
    address = link("noemi@example.com", "/confirm")
    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert "noemi@example.com" in page.text
    assert not is_confirmed("noemi@example.com")
    assert client.submit(address).status_code == 302
    assert is_confirmed("noemi@example.com")
    assert client.get(address).status_code == 302, "a link that was used leads on, and changes nothing"


def test_a_garbled_confirmation_link_leads_to_a_page_that_offers_another(client):
    answer = client.get("/confirm/not-a-token", follow_redirects=True)
    assert answer.status_code == 200
    assert "Confirm your address" in answer.text


def test_opening_the_link_for_a_new_password_changes_nothing(client, school, link):
    school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    client.submit("/reset", {"email": "ana@example.com"})
    address = link("ana@example.com", "/reset")
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 200
    assert client.submit("/login", {"email": "ana@example.com", "password": PASSWORD}).status_code == 302


def test_a_new_password_ends_the_old_one_and_every_session_and_the_link_works_once(app, client, school, link):
    person = school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    elsewhere = app.test_client().sign_in(person)
    client.submit("/reset", {"email": "ana@example.com"})
    address = link("ana@example.com", "/reset")
    short = client.submit(address, {"password": "short"})
    assert "field__error" in short.text
    assert client.submit(address, {"password": ANOTHER}).status_code == 302
    assert elsewhere.get("/account").status_code == 303
    visitor = app.test_client()
    assert "do not belong together" in visitor.submit("/login", {"email": "ana@example.com", "password": PASSWORD}).text
    assert visitor.submit("/login", {"email": "ana@example.com", "password": ANOTHER}).status_code == 302
    assert app.test_client().get(address).status_code == 302


def test_a_letter_leads_to_the_school_whatever_host_the_request_named(client, school, mailbox):
    school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    elsewhere = {"base_url": "http://evil.example"}
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/reset", **elsewhere).text).group(1)
    client.post("/reset", data={"csrf_token": token, "email": "ana@example.com"}, **elsewhere)
    mailbox.deliver()
    text = mailbox.to("ana@example.com")[-1].get_body(("plain",)).get_content()
    assert "evil.example" not in text
    assert "http://127.0.0.1:5000/reset/" in text


def test_an_unknown_address_gets_the_same_answer_and_no_letter(client, school, mailbox):
    school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    answers = []
    for address in ("ana@example.com", "nobody@example.com"):
        page = client.submit("/reset", {"email": address}, follow_redirects=True)
        answers.append((page.status_code, re.sub(r"nonce=\S+|value=\S+|nobody|ana", "", page.text)))
    assert answers[0] == answers[1]
    mailbox.deliver()
    assert mailbox.to("ana@example.com")
    assert not mailbox.to("nobody@example.com")


def test_registering_an_address_twice_tells_its_owner_and_nobody_else(app, client, school, mailbox):
    school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    first = register(app.test_client())
    again = register(client, email="ana@example.com")
    assert (again.status_code, again.location) == (first.status_code, first.location)
    mailbox.deliver()
    assert len(mailbox.to("ana@example.com")) == 1
    assert client.get("/account").status_code == 303, "nobody is let into an account that was there before"


def test_a_changed_password_ends_the_sessions_elsewhere(app, client, school):
    person = school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    elsewhere = app.test_client().sign_in(person)
    client.submit("/login", {"email": "ana@example.com", "password": PASSWORD})
    assert "field__error" in client.submit("/change", {"password": "not mine", "new_password": ANOTHER}).text
    assert client.submit("/change", {"password": PASSWORD, "new_password": ANOTHER}).status_code == 302
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


def test_signing_out_everywhere_ends_every_session(app, client, school):
    person = school.user("Ana Lima")
    elsewhere = app.test_client().sign_in(person)
    assert elsewhere.get("/account").status_code == 200
    client.sign_in(person)
    answer = client.submit("/account/sign-out-everywhere", on="/account")
    assert answer.location == "/login"
    assert client.get("/account").status_code == 303
    assert elsewhere.get("/account").status_code == 303


def test_the_token_of_a_visitors_form_is_worth_nothing_after_signing_in(client, school):
    school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    planted = client.token("/login")
    client.submit("/login", {"email": "ana@example.com", "password": PASSWORD})
    assert client.post("/account", data={"csrf_token": planted, "name": "Mallory"}).status_code == 400


def test_signing_out_is_done_by_a_button_only(client, school):
    client.sign_in(school.user("Ana Lima"))
    assert client.get("/logout").status_code == 405
    client.submit("/logout", on="/account")
    assert client.get("/account").status_code == 303


def name_of(app, address):
    with app.app_context():
        person = find_by_email(address)
        db.session.expunge_all()
        return person.name


NAMES = [
    "Siobhán Ní Dhúill",
    "조서연",
    "عبد الرحمن",
    "علی\u200cرضا",
    "ക്രിസ്\u200dതു",
    "Ὀδυσσεύς",
    "Robin 🌿",
    "👩🏽\u200d🏫 Ada",
    "O'Brien <b>&",
    "Ng",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_as_its_owner_writes_it(app, client, name):
    assert register(client, name=f"  {name} ").status_code == 302
    assert name_of(app, "noemi@example.com") == name
    client.submit("/login", {"email": "noemi@example.com", "password": PASSWORD})
    assert client.get("/account").status_code == 200


def test_a_name_turns_no_page_round_and_breaks_no_letter(app, client, mailbox):
    assert register(client, name="Ana\u202egro.live\u2066\r\nBcc: all@example.com\x00").status_code == 302
    assert name_of(app, "noemi@example.com") == "Anagro.live Bcc: all@example.com"
    mailbox.deliver()
    assert [list(to) for to, _ in mailbox.raw] == [["noemi@example.com"]]


def test_what_is_wrong_with_a_new_account_is_said_beside_the_field_and_what_was_typed_stays(client):
    page = register(client, name="x" * 121, email="not an address", password="short").text
    for field in ("name", "email", "password"):
        assert f'id="{field}-error"' in page
    assert "at most 120 letters" in page
    assert 'value="' + "x" * 121 in page
    assert 'value="not an address"' in page
    assert "short" not in re.findall(r'value="([^"]*)"', page), "a password is never sent back"


def test_the_profile_keeps_what_was_typed_and_shows_times_in_the_chosen_zone(client, school):
    client.sign_in(school.user("Ana Lima"))
    refused = client.submit("/account", {"name": "y" * 121, "time_zone": "Mars/Olympus"})
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    assert 'id="time_zone-error"' in refused.text
    assert "y" * 121 in refused.text
    assert client.submit("/account", {"name": "Ana L.", "time_zone": "Asia/Tokyo"}).status_code == 303
    page = client.get("/account").text
    assert 'value="Ana L."' in page
    assert 'selected value="Asia/Tokyo"' in page
