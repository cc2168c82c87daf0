"""Somebody asks to be erased: told what goes, what stays and why, with days of grace to take it back."""

import re

import pytest
from markupsafe import escape
from sqlalchemy import select

from accounts.erasing import asking, carrying_out
from accounts.erasing.models import ERASURE_MOVES, Erasure, ErasureState
from accounts.erasing.showing import as_table
from accounts.erasing.terms import kept, parts
from accounts.models import User
from enrollment import enrolling
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from mail.models import Letter
from tests.accounts.erasures import PASSWORD, erased, wishes
from tests.house.reading import ROOT

PAGE = "/account/erase"
ASKED = {"papers": "keep", "understood": "y", "password": PASSWORD}


def test_the_page_says_what_goes_and_what_stays_and_asks_for_tick_and_password(client, app, ana):
    mine = client.sign_in(ana)
    page = mine.get(PAGE).text
    with app.app_context():
        assert all(str(escape(one.what)) in page and str(escape(one.why)) in page for one in kept())
        assert all(str(escape(words)) in page for part in parts() for words in part.told)
    for wrong, field in (({"understood": ""}, "understood"), ({"password": "not the one"}, "password")):
        answer = mine.submit(PAGE, {name: value for name, value in (ASKED | wrong).items() if value})
        assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert wishes(app) == []


def test_it_waits_two_weeks_with_a_letter_and_a_banner_and_can_be_taken_back(client, app, school, ana, mailbox):
    mine = client.sign_in(ana)
    assert mine.submit(PAGE, ASKED).status_code == 303
    assert "Your account will be erased on" in mine.get("/account").text
    mine.submit(PAGE, ASKED, on="/account")
    assert wishes(app) == ["waiting"]
    mailbox.deliver()
    (letter,) = mailbox.to("ana@example.com")
    link = re.search(r"https?://[^/]+(/account/erase/[\w.-]+)", letter.get_body(("plain",)).get_content())[1]
    visitor = app.test_client()
    assert "Keep my account" in visitor.get(link).text and wishes(app) == ["waiting"], "looking changes nothing"
    assert visitor.submit(link, {}).status_code == 303
    assert "Your account stays" in visitor.get(link).text and wishes(app) == ["taken_back"]
    mine.get("/account")
    assert "will be erased" not in mine.get("/account").text
    mine.submit(PAGE, ASKED)
    assert mine.submit("/account/erase/take-back", {}, on=PAGE).status_code == 303
    assert wishes(app) == ["taken_back", "taken_back"]
    assert visitor.get("/account/erase/nonsense").status_code == 410


def test_whoever_owes_or_waits_for_money_can_not_ask_and_is_told_what_comes_first(client, app, school, ana):
    school.order(ana, school.cohort())
    mine = client.sign_in(ana)
    page = mine.get(PAGE).text
    assert "waits to be paid" in page and 'name="understood"' not in page
    with app.app_context(), pytest.raises(Refused):
        asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())


def test_whoever_takes_part_may_ask_and_is_erased_once_they_have_stopped(client, app, school, ana, mailbox):
    place = school.enrollment(ana, school.cohort())
    mine = client.sign_in(ana)
    assert "stop it first" in mine.get(PAGE).text
    assert mine.submit(PAGE, ASKED).status_code == 303
    with app.app_context():
        wish = db.session.scalars(select(Erasure)).one()
        for _ in range(2):
            assert not carrying_out.carry_out(wish.id, at=wish.due_at)
            db.session.commit()
        held = select(Letter.kind).where(Letter.kind == "account.erasure_held")
        assert db.session.scalars(held).all() == ["account.erasure_held"], "told once"
        assert "stop it first" in wish.held_words
        enrolling.withdraw(db.session.get_one(Enrollment, place.id), reason="Moved", at=school.now())
        assert carrying_out.carry_out(wish.id, at=wish.due_at)
        db.session.commit()
    assert wishes(app) == ["done"]


def test_whoever_works_for_the_school_is_not_erased_while_they_do(client, school):
    page = client.sign_in(school.user("Rosa", "registrar", password=PASSWORD)).get(PAGE).text
    assert "An owner has to take your roles" in page and 'name="understood"' not in page


def test_an_owner_erases_at_once_with_a_reason(client, app, school, ana):
    page = f"/staff/people/{ana.id}/erase"
    assert app.test_client().sign_in(school.user("Rosa", "registrar")).get(page).status_code == 403
    owner = client.sign_in(school.user("Olu Owner", "owner"))
    assert page in owner.get(f"/staff/people/{ana.id}").text
    answer = owner.submit(page, {"papers": "keep", "understood": "y"})
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text
    said = {"papers": "keep", "understood": "y", "reason": "Letter of 3 May"}
    assert owner.submit(page, said).status_code == 303
    listed = owner.get("/staff/people/erasures").text
    assert "Erased person" in listed and "Letter of 3 May" in listed and "Ana Lima" not in listed
    assert owner.get(page).status_code == 404
    assert owner.get(f"/staff/people/{ana.id}").status_code == 200
    with app.app_context():
        ordered = db.session.scalars(select(AuditLine).where(AuditLine.verb == "erasure.ordered")).one()
        assert db.session.get_one(User, ordered.actor_id).name == "Olu Owner"


def test_staff_see_who_waits_and_what_is_done_in_few_statements(client, app, school, ana, queries):
    erased(school, school.user("Ben Okri"))
    with app.app_context():
        asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())
        db.session.commit()
    registrar = client.sign_in(school.user("Rosa", "registrar"))
    registrar.get("/staff/people/erasures")
    with queries() as seen:
        page = registrar.get("/staff/people/erasures").text
    assert seen.count <= 8
    assert "Ana Lima" in page and "Erased person" in page and "Ben Okri" not in page
    assert "Ana Lima" not in registrar.get("/staff/people/erasures?state=done").text
    assert registrar.get("/staff/people/erasures?format=csv").text.count("\n") == 3


def test_the_page_for_schools_says_the_same(app):
    with app.app_context():
        assert as_table() in (ROOT / "docs" / "privacy.md").read_text(), as_table()


@pytest.mark.parametrize("old", ErasureState)
@pytest.mark.parametrize("new", ErasureState)
def test_what_was_done_or_taken_back_stays_so(old, new):
    assert ERASURE_MOVES.allows(old, new) == (old == new or old == ErasureState.WAITING)
