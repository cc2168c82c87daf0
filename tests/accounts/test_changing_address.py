"""Another address: it holds once its owner pressed the button, and the old one is told."""

import re

from accounts.models import User
from foundation.db import db


def address_of(app, person):
    with app.app_context():
        return db.session.get_one(User, person.id).email


def link_in(letter):
    return re.search(r"http://127.0.0.1:5000(/change-email/\S+)", letter.get_body(("plain",)).get_content())[1]


def test_a_new_address_holds_once_its_owner_pressed_the_button_and_the_old_one_is_told(client, app, school, mailbox):
    ana = school.user("Ana Lima", email="ana@example.com", password="a small brass bell")
    client.submit("/login", {"email": "ana@example.com", "password": "a small brass bell"})
    assert 'href="/change-email"' in client.get("/account").text
    told = client.submit("/change-email", {"email": "ana.lima@example.com"})
    assert "We wrote to ana.lima@example.com" in told.text
    mailbox.deliver()
    link = link_in(mailbox.to("ana.lima@example.com")[0])
    anywhere = app.test_client()
    assert "your account uses ana.lima@example.com" in anywhere.get(link).text
    assert address_of(app, ana) == "ana@example.com", "looking changes nothing"
    assert anywhere.submit(link).status_code in {302, 303}
    assert address_of(app, ana) == "ana.lima@example.com"
    mailbox.deliver()
    [last] = mailbox.to("ana@example.com")
    assert "uses the address ana.lima@example.com from now on" in last.get_body(("plain",)).get_content()
    assert "ana.lima@example.com" in client.get("/account").text
    anywhere.get(link)
    assert address_of(app, ana) == "ana.lima@example.com"


def test_the_address_of_somebody_else_is_not_taken_and_nobody_learns_that_it_is_known(client, app, school, mailbox):
    ana = school.user("Ana Lima", email="ana@example.com", password="a small brass bell")
    school.user("Ben Oduya", email="ben@example.com")
    client.submit("/login", {"email": "ana@example.com", "password": "a small brass bell"})
    assert "We wrote to ben@example.com" in client.submit("/change-email", {"email": "BEN@example.com"}).text
    mailbox.deliver()
    assert not mailbox.letters and address_of(app, ana) == "ana@example.com"
    assert "mail address" in client.submit("/change-email", {"email": "nowhere"}).text
