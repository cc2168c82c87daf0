from random import randrange

import pytest

from accounts.models import User
from foundation.db import db
from foundation.limits import limiter


def test_a_page_for_people_with_an_account_leads_a_visitor_to_the_login(client):
    answer = client.get("/account")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/account"


def test_a_wrong_password_is_refused_and_the_right_one_lets_in(client, school):
    school.user("Ana Lima", email="ana@example.com", password="a small brass bell")
    wrong = client.submit("/login", {"email": "ana@example.com", "password": "a large brass bell"})
    assert "do not belong together" in wrong.text
    assert 'value="ana@example.com"' in wrong.text
    unknown = client.submit("/login", {"email": "nobody@example.com", "password": "a large brass bell"})
    assert "do not belong together" in unknown.text
    assert client.get("/account").status_code == 303
    right = client.submit("/login", {"email": "ana@example.com", "password": "a small brass bell"})
    assert right.status_code == 302
    assert client.get("/account").status_code == 200


def test_a_login_leads_nowhere_but_home(client, school):
    school.user("Ana Lima", email="ana@example.com", password="a small brass bell")
    data = {"email": "ana@example.com", "password": "a small brass bell"}
    answer = client.submit("/login?next=https://evil.example/", data, on="/login")
    assert "evil.example" not in (answer.location or "")


@pytest.mark.parametrize("address", ["/login", "/register", "/reset"])
def test_whoever_tries_too_often_is_asked_to_wait(client, address):
    token, visitor = client.token(address), {"REMOTE_ADDR": f"198.18.{randrange(256)}.{randrange(1, 255)}"}
    limiter.enabled = True
    try:
        answers = []
        while 429 not in answers and len(answers) < 60:
            form = {"csrf_token": token, "email": "x"}
            answers.append(client.post(address, data=form, environ_base=visitor).status_code)
    finally:
        limiter.enabled = False
    assert answers[0] != 429
    assert answers[-1] == 429


def test_a_token_in_the_address_or_a_header_opens_no_door(app, client, school):
    person = school.user("Ana Lima")
    with app.app_context():
        token = db.session.get(User, person.id).get_auth_token()
    for asked in ({"query_string": {"auth_token": token}}, {"headers": {"Authentication-Token": token}}):
        answer = client.get("/account", **asked)
        assert (answer.status_code, "/login" in answer.location) == (303, True)
