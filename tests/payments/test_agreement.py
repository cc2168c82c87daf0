"""The agreement is read and ticked in the version that holds, mailed, and there to be read ever after."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from foundation.db import db
from payments import agreeing
from tests.payments.conftest import new_buyer


@pytest.fixture
def owner(app, school):
    return app.test_client().sign_in(school.user("Olga Owner", "owner"))


def publish(owner, **other):
    page = "/staff/agreements/new"
    told = {"title": "Enrollment agreement", "body_md": "## New\n\nBe *kind*.", "note": "Shorter", "do": "publish"}
    return owner.submit(page, told | other)


def opened(buyer):
    """The buyer's form as it stands on the screen, ticked."""
    page = f"/enroll/{buyer.cohort.code}"
    return page, buyer.client.hidden(page, page) | {"agreed": "y"}


def test_a_text_that_was_published_meanwhile_is_shown_and_nothing_is_ordered(buyer, owner, local_stripe):
    page, sent = opened(buyer)
    publish(owner)
    answer = buyer.client.post(page, data=sent)
    assert answer.status_code == 422
    assert "The agreement has changed since you opened this page" in answer.text
    assert 'id="agreed-error"' in answer.text
    assert "Be <em>kind</em>." in answer.text
    assert " checked" not in answer.text.split('id="agreed"')[1].split(">")[0]
    assert buyer.books().orders == []
    assert buyer.client.submit(page, {"agreed": "y"}).status_code == 303
    with buyer.app.app_context():
        assert buyer.books().order.agreement_version == agreeing.current().version


def test_rules_that_were_published_meanwhile_are_shown_and_nothing_is_ordered(buyer, school, local_stripe):
    page, sent = opened(buyer)
    school.policy(buyer.cohort)
    answer = buyer.client.post(page, data=sent)
    assert answer.status_code == 422
    assert "The rules for leaving have changed" in answer.text
    assert "everything but $400 comes back" in answer.text
    assert buyer.books().orders == []
    assert buyer.client.submit(page, {"agreed": "y"}).status_code == 303


@pytest.mark.parametrize("missing", ["version", "rule"])
def test_a_form_that_does_not_say_what_was_read_is_refused(buyer, missing):
    page, sent = opened(buyer)
    assert buyer.client.post(page, data={k: v for k, v in sent.items() if k != missing}).status_code == 422
    assert buyer.books().orders == []


def test_what_was_accepted_is_mailed_whole(buyer, school, local_stripe, owner):
    from mail.models import Letter
    from mail.rendering import render

    publish(owner)
    school.policy(buyer.cohort)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    with buyer.app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.kind == "order.paid")).one()
        render(letter)
        assert "Be *kind*." in letter.text
        assert "everything but $400 comes back ($4,400)." in letter.text
        assert "<em>kind</em>" in letter.html
        assert agreeing.current().version in letter.text
        db.session.rollback()


def test_what_was_accepted_can_be_read_later_as_it_was(app, school, buyer, local_stripe, owner):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    publish(owner)
    school.policy(buyer.cohort)
    page = f"/orders/{buyer.books().order.public_id}/agreement"
    assert page in buyer.client.get(page.removesuffix("/agreement")).text
    told = buyer.client.get(page).text
    for words in ("version 2026-1", "Your seat", "50 percent of the price comes back", "$2,400", "Ana Lima"):
        assert words in told
    assert owner.get(page).status_code == 200
    assert app.test_client().sign_in(school.user("Bo Chen")).get(page).status_code == 404


def test_the_owner_looks_first_and_then_publishes(app, owner):
    looked = publish(owner, do="preview")
    assert looked.status_code == 200
    assert "Be <em>kind</em>." in looked.text
    with app.app_context():
        before = agreeing.current()
    assert before.version == "2026-1"
    assert publish(owner).status_code == 303
    with app.app_context():
        version = agreeing.current().version
        assert agreeing.agreement("2026-1") == before
    listed = owner.get("/staff/agreements").text
    assert version in listed
    assert "Shorter" in listed
    assert "Be <em>kind</em>." in owner.get(f"/staff/agreements/{version}").text
    for never in ("1999-1", "v" * 500, "..%2Fx"):
        assert owner.get(f"/staff/agreements/{never}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"title": ""}, "title"), ({"body_md": ""}, "body_md"), ({"note": ""}, "note"), ({"after": "2025-9"}, "note")],
)
def test_a_wording_that_can_not_be_published_is_refused_beside_its_field(owner, wrong, field):
    answer = publish(owner, **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_an_agreement_is_never_edited_and_the_owner_alone_writes_one(app, school, owner):
    publish(owner)
    client = app.test_client().sign_in(school.user("Fin Ance", "finance"))
    assert client.get("/staff/agreements").status_code == 200
    assert client.get("/staff/agreements/new").status_code == 403
    with app.app_context():
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("UPDATE published_agreement SET title = 'x'"))
        db.session.rollback()


def test_versions_count_within_their_year():
    assert agreeing._next("2026-1", 2026) == "2026-2"
    assert agreeing._next("2026-9", 2026) == "2026-10"
    assert agreeing._next("2026-9", 2027) == "2027-1"


def test_who_read_the_old_text_and_has_an_order_already_is_led_to_it(app, school, owner, local_stripe):
    buyer = new_buyer(app, school, school.cohort())
    page, sent = opened(buyer)
    buyer.enroll()
    publish(owner)
    assert buyer.client.post(page, data=sent).status_code == 303
    assert len(buyer.books().orders) == 1
