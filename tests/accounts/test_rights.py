"""Who may do what: an owner says so, a new school gets its first one, and there is always one."""

import re

import pytest

from accounts.identifying import find_by_email
from accounts.models import RoleName, User
from accounts.rights.giving import set_rights
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused


@pytest.fixture
def owner(client, school):
    ingrid = school.user("Ingrid Solheim", "owner")
    client.sign_in(ingrid)
    return ingrid


def roles_of(app, person):
    with app.app_context():
        return [role.name for role in db.session.get_one(User, person.id).roles]


def test_an_owner_gives_a_right_and_takes_it_and_the_log_says_so(client, app, school, owner):
    dov = school.user("Dov Halloran", "trainee")
    page = f"/staff/people/{dov.id}/rights"
    assert f'href="{page}"' in client.get(f"/staff/people/{dov.id}").text
    assert client.submit(page, {"rights": ["registrar", "mentor"]}).status_code == 303
    assert set(roles_of(app, dov)) == {"trainee", "registrar", "mentor"}
    assert client.submit(page, {"rights": ["mentor"]}).status_code == 303
    assert set(roles_of(app, dov)) == {"trainee", "mentor"}
    with app.app_context():
        told = db.session.query(AuditLine.verb).order_by(AuditLine.id.desc()).limit(3).all()
    assert [verb for (verb,) in told] == ["user.role_taken", "user.role_granted", "user.role_granted"]


def test_there_is_always_an_owner(client, app, school, owner):
    refused = client.submit(f"/staff/people/{owner.id}/rights", {"rights": ["finance"]})
    assert refused.status_code == 422 and "The school would have no owner any more" in refused.text
    assert roles_of(app, owner) == ["owner"]
    school.user("Beatriz Fonseca", "owner")
    assert client.submit(f"/staff/people/{owner.id}/rights", {"rights": ["finance"]}).status_code == 303
    assert roles_of(app, owner) == ["finance"]


def test_only_an_owner_says_who_may_do_what(client, school):
    beatriz = school.user("Beatriz Fonseca", "registrar", "admissions", "finance")
    client.sign_in(beatriz)
    for page in (f"/staff/people/{beatriz.id}/rights", "/staff/people/new"):
        assert client.get(page).status_code == 403
        assert page not in client.get(f"/staff/people/{beatriz.id}").text + client.get("/staff/people").text


def test_somebody_new_is_asked_in_by_letter_chooses_a_password_and_is_in(client, app, owner, mailbox):
    asked = {"name": "Noor Haddad", "email": "noor@example.com", "rights": ["instructor"]}
    assert 'href="/staff/people/new"' in client.get("/staff/people").text
    assert "Tick what this person will do" in client.submit("/staff/people/new", asked | {"rights": []}).text
    assert client.submit("/staff/people/new", asked).status_code == 303
    again = client.submit("/staff/people/new", asked)
    assert again.status_code == 422 and "Noor Haddad has an account with this address" in again.text
    mailbox.deliver()
    [letter] = mailbox.to("noor@example.com")
    link = re.search(r"http://127.0.0.1:5000(/reset/\S+)", letter.get_body(("plain",)).get_content())[1]
    noor = app.test_client()
    assert noor.submit(link, {"password": "a small brass bell"}).status_code in {302, 303}
    noor.submit("/login", {"email": "noor@example.com", "password": "a small brass bell"})
    assert noor.get("/staff/classes").status_code == 200


def test_a_new_school_gets_its_first_owner_by_a_command(app):
    told = app.test_cli_runner().invoke(args=["accounts", "make-owner", "ada@example.com", "--name", "Ada Okoye"])
    assert told.exit_code == 0 and "Ada Okoye (ada@example.com) is an owner." in told.output
    assert re.search(r"within a day: http://127.0.0.1:5000/reset/\S+", told.output)
    wrong = app.test_cli_runner().invoke(args=["accounts", "make-owner", "ada"])
    assert wrong.exit_code == 2 and wrong.output.count("\n") == 1
    with app.app_context():
        ada = find_by_email("ada@example.com")
        assert [role.name for role in ada.roles] == ["owner"]
        with pytest.raises(Refused):
            set_rights(ada, {RoleName.FINANCE}, actor=ada, at=ada.created_at)
