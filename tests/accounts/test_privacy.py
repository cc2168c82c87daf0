"""Your data: everything of a person in one file, nothing of anybody else, no secret."""

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select

from accounts.models import User
from accounts.privacy.gathering import LEFT_OUT, OWNERS, scopes_of
from foundation.audit import AuditLine
from foundation.db import Base, db

ADDRESS = "/account/data.zip"


@pytest.fixture
def ana(school):
    return full(school, "Ana Lima", "Secretia Name")


def full(school, name, client):
    """Somebody in every room."""
    place = school.graduate_to_be(name)
    with school.app.app_context():
        user = db.session.get_one(User, place.user_id)
    school.coaching_session(user, school.coached_client(user, client))
    school.mentor_session(user)
    school.prior_claim(user)
    school.passport(user)
    school.order(user, school.cohort(of=school.program(slug=f"other-{next(school.number)}")))
    return user


def pack(client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_one_file_holds_account_hours_money_log_and_documents(client, ana):
    mine = pack(client.sign_in(ana))
    told = json.loads(mine.read("everything.json"))
    assert told["user"][0]["email"] == ana.email
    assert {"enrollment", "ledger_entry", "ledger_review", "mentor_session", "enrollment_order", "paper"} <= set(told)
    assert sum(one["minutes"] for one in told["ledger_entry"] if one["kind"] == "education") == 600
    assert json.loads(mine.read("coaching-log.json"))["clients"][0]["name"] == "Secretia Name"
    assert any(name.startswith("documents/prior-learning-1-") for name in mine.namelist())
    assert "everything.json" in mine.read("README.txt").decode()


def test_every_table_that_belongs_to_a_person_is_in_it_or_named_as_left_out(app, ana):
    with app.app_context():
        scopes = scopes_of(db.session.get_one(User, ana.id))
        owned = {table.name for table in Base.metadata.sorted_tables if any(name in table.c for name in OWNERS)}
    assert owned - set(scopes) == {"user_role"} <= LEFT_OUT


def test_nothing_of_anybody_else_is_in_it(client, school, ana):
    ben = full(school, "Ben Okri", "Hidden Person")
    mine = pack(client.sign_in(ana))
    everything = b"".join(mine.read(name) for name in mine.namelist()).decode("utf-8", "replace")
    assert ben.email not in everything and "Ben Okri" not in everything and "Hidden Person" not in everything
    told = json.loads(mine.read("everything.json"))
    assert {row["user_id"] for rows in told.values() for row in rows if row.get("user_id")} == {ana.id}


def test_no_secret_is_in_it(client, app, ana):
    mine = pack(client.sign_in(ana)).read("everything.json").decode()
    with app.app_context():
        user = db.session.get_one(User, ana.id)
        assert user.fs_uniquifier not in mine
    assert not re.search(r'"(sealed_\w+|password|\w*token\w*|\w*secret\w*|\w*recovery\w*)":', mine)
    assert "Secretia" not in mine


def test_taking_it_is_written_in_the_audit_and_asks_for_an_account(client, app, ana):
    assert client.get(ADDRESS).status_code == 303
    pack(client.sign_in(ana))
    with app.app_context():
        assert "account.data_taken" in set(db.session.scalars(select(AuditLine.verb)))


def test_the_page_says_in_plain_words_what_goes_and_what_stays(client, ana):
    trainee = client.sign_in(ana)
    assert "/account/data" in trainee.get("/account").text
    page = trainee.get("/account/data").text
    assert "/account/erase" in page and ADDRESS in page
    assert "What stays, and why" in trainee.get("/account/erase").text
