"""Asked and answered by several at once, too often, or again: one question, one answer, one letter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import randrange

import pytest
import time_machine
from sqlalchemy import select

from credentials.confirming.requesting import ask
from credentials.models import (
    CONFIRMATION_MOVES,
    ConfirmationState,
)
from foundation.db import db
from foundation.limits import limiter
from mail.models import Letter
from tests.credentials.confirming.conftest import TO, asked, line_of, link_in, states


def test_no_more_than_four_letters_go_out_about_one_session(client, school, maren, session):
    for n in range(4):
        with time_machine.travel(school.now() + timedelta(minutes=2 * n + 2), tick=True):
            page = asked(school, client, maren, session)
    assert "No more letters go out" in client.sign_in(maren).get(page).text
    with time_machine.travel(school.now() + timedelta(minutes=20), tick=True):
        client.submit(page, {"address": TO}, on="/hours/log")
    assert len(states(school)) == 4


def at_once(work, times=8):
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))


def test_asked_eight_times_at_once_it_is_asked_once(school, maren, session):
    name = line_of(school, session)

    def press(_):
        with school.app.app_context():
            ask(db.session.merge(maren), name, address=TO, at=school.now())
            db.session.commit()

    at_once(press)
    assert states(school) == ["asked"]
    with school.app.app_context():
        assert len(db.session.scalars(select(Letter)).all()) == 1


def test_an_answer_pressed_eight_times_at_once_is_one_answer_and_one_letter(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    token, cookie = visitor.token(link), visitor.get_cookie("session").value

    def press(_):
        browser = school.app.test_client()
        browser.set_cookie("session", cookie)
        return browser.post(link, data={"csrf_token": token, "answer": "no", "word": "Not me"}).status_code

    assert set(at_once(press)) == {303}
    mailbox.deliver()
    assert len(mailbox.to("maren@example.com")) == 1


def test_who_presses_too_often_is_told_to_wait(client, school, mailbox, maren, session, monkeypatch):
    asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    said = {"csrf_token": visitor.token(link), "answer": "yes"}
    monkeypatch.setattr(limiter, "enabled", True)
    here = {"REMOTE_ADDR": f"10.7.{randrange(256)}.{randrange(256)}"}
    answers = [visitor.post(link, data=said, environ_overrides=here).status_code for _ in range(31)]
    assert set(answers[:30]) == {303}
    assert answers[30] == 429


@pytest.mark.parametrize("old", ConfirmationState)
@pytest.mark.parametrize("new", ConfirmationState)
def test_what_was_taken_back_stays_so_and_what_was_confirmed_is_not_asked_anew(old, new):
    allowed = CONFIRMATION_MOVES.allows(old, new)
    assert not (old == ConfirmationState.REVOKED and new != old and allowed)
    assert not (
        old == ConfirmationState.CONFIRMED and new in {ConfirmationState.ASKED, ConfirmationState.REVOKED} and allowed
    )
