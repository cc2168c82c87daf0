"""A session's other party confirms it from a letter, without an account; nobody else can, or learns who they are."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from credentials.coaching_log.keeping_clients import change_client, forget_client
from credentials.coaching_log.logging_sessions import take_back
from credentials.models import (
    Client,
    CoachingSession,
    Consent,
    LedgerEntry,
    Relation,
)
from foundation.db import db
from foundation.tokens import sign
from mail.models import Letter, LetterState
from tests.credentials.confirming.conftest import TO, asked, line_of, link_in, states


def test_a_client_confirms_and_it_stands_as_evidence_beside_the_line(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    page = visitor.get(link).text
    assert "Maren Oyelaran trains at" in page
    assert "Wren" not in page, "whoever holds the link reads no client's name"
    assert visitor.submit(link, {"answer": "yes", "word": ""}).status_code == 303
    assert "You confirmed it on" in visitor.get(link).text
    with school.app.app_context():
        school.sent(db.session.get(LedgerEntry, session.entry_id))
    client.sign_in(school.user("Rosa", "registrar"))
    for where in ("/staff/hours", "/staff/hours/lines", f"/staff/hours/{line_of(school, session)}"):
        assert "confirmed by the other party on" in client.get(where).text
    assert "confirmed by the other party on" in client.get("/staff/hours/queue.csv").text


def test_looking_at_the_link_changes_nothing_however_often_a_scanner_does(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    for _ in range(3):
        assert visitor.get(link).status_code == 200
        assert visitor.head(link).status_code == 200
    assert visitor.post(link, data={"answer": "yes"}).status_code == 400, "a POST without the page's token is no answer"
    assert states(school) == ["asked"]


def test_the_link_is_told_to_nobody(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    link = link_in(mailbox)
    answer = school.app.test_client().get(link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_declined_session_comes_back_with_its_word_which_only_the_trainee_reads(
    client, school, mailbox, maren, session
):
    page = asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    said = "We stopped after 45 minutes, Wren"
    assert visitor.submit(link, {"answer": "no", "word": said}).status_code == 303
    mailbox.deliver()
    [letter] = mailbox.to("maren@example.com")
    assert "They wrote you a word" in letter.get_body(("plain",)).get_content()
    assert said not in letter.as_string()
    assert said in client.get(page).text
    assert said in client.get("/hours/confirmations?state=declined").text
    with school.app.app_context():
        school.sent(db.session.get(LedgerEntry, session.entry_id))
    staff = client.sign_in(school.user("Rosa", "registrar")).get("/staff/hours").text
    assert "the other party declined to confirm it" in staff
    assert said not in staff


def test_the_other_party_may_change_the_answer_while_the_link_lasts(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    for pressed, state in (("yes", "confirmed"), ("no", "declined"), ("yes", "confirmed")):
        visitor.submit(link, {"answer": pressed, "word": ""})
        assert states(school) == [state]


def test_neither_address_nor_link_lies_open_in_the_database(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    token = link_in(mailbox).rsplit("/", 1)[1]
    with school.app.app_context():
        for table in ("letter", "confirmation", "audit_line"):
            rows = " ".join(map(str, db.session.execute(text(f"SELECT * FROM {table}")).all()))
            assert token not in rows
            assert TO not in rows
        letter = db.session.scalars(select(Letter)).one()
    assert letter.subject == "Please confirm a session"
    client.sign_in(school.user("Rosa", "registrar"))
    staff = client.get("/staff/letters?state=all").text + client.get(f"/staff/letters/{letter.public_id}").text
    staff += client.get(f"/staff/letters/{letter.public_id}/html").text
    assert "somebody whom only a trainee knows" in staff
    assert TO not in staff
    assert token not in staff


@pytest.mark.parametrize("how", ["cut", "another purpose", "made up", "31 days later"])
def test_a_link_that_is_not_ours_or_has_run_out_asks_nothing(client, school, mailbox, maren, session, how):
    page = asked(school, client, maren, session)
    link, days = link_in(mailbox), 31 if how == "31 days later" else 0
    with school.app.app_context():
        links = {"cut": link[:-4], "another purpose": "/confirmations/" + sign("unsubscribe", "x")}
        links["made up"] = "/confirmations/" + sign("session.confirmation", "guessed")
    with time_machine.travel(school.now() + timedelta(days=days), tick=True):
        assert school.app.test_client().get(links.get(how, link)).status_code == 410
        if days:
            assert "Nobody answered before" in client.sign_in(maren).get(page).text


def test_asked_again_the_earlier_link_acts_no_more(client, school, mailbox, maren, session):
    asked(school, client, maren, session)
    first, visitor = link_in(mailbox), school.app.test_client()
    with time_machine.travel(school.now() + timedelta(minutes=5), tick=True):
        asked(school, client, maren, session, "wren.c@example.com")
        second = link_in(mailbox, "wren.c@example.com")
        assert visitor.get(first).status_code == 410
        assert visitor.get(second).status_code == 200
    assert states(school) == ["revoked", "asked"]


def test_a_question_taken_back_or_a_session_taken_back_can_not_be_answered(client, school, mailbox, maren, session):
    page = asked(school, client, maren, session)
    link, visitor = link_in(mailbox), school.app.test_client()
    action = re.search(r'action="(/hours/confirmations/[^"]+/revoke)"', client.get(page).text).group(1)
    other = school.coaching_session(maren)
    asked(school, client, maren, other)
    later = link_in(mailbox)
    assert client.submit(action, on=page).status_code == 303
    assert "was taken back" in visitor.get(link).text
    with school.app.app_context():
        take_back(db.session.get(CoachingSession, other.id), user=db.session.merge(maren), at=school.now())
        db.session.commit()
    assert "was taken back" in visitor.get(later).text


@pytest.mark.parametrize("consent", [Consent.REFUSED, Consent.LETTER])
def test_a_client_who_did_not_consent_is_not_written_to(client, school, maren, consent):
    session = school.coaching_session(maren, school.coached_client(maren, "Nico Brandt", consent=consent))
    page = f"/hours/lines/{line_of(school, session)}/confirmation"
    assert "Nobody is written to" in client.sign_in(maren).get(page).text
    assert client.submit(page, {"address": TO}, on="/hours/log").status_code == 200
    assert states(school) == []


def _take_consent_back(known, by, at):
    change_client(
        known, name="Wren", contact=TO, consent=Consent.REFUSED, consent_on=None, actor=by, at=at, relation=Relation.OWN
    )


@pytest.mark.parametrize(
    "act",
    [_take_consent_back, lambda known, by, at: forget_client(known, actor=by, at=at)],
    ids=["refused", "forgotten"],
)
def test_consent_taken_back_ends_the_question_and_the_letter_that_waits(client, school, mailbox, maren, session, act):
    asked(school, client, maren, session)
    with school.app.app_context():
        act(db.session.scalars(select(Client)).one(), db.session.merge(maren), school.now())
        db.session.commit()
    mailbox.deliver()
    assert mailbox.letters == []
    assert states(school) == ["revoked"]
    with school.app.app_context():
        assert db.session.scalars(select(Letter.state)).all() == [LetterState.SUPPRESSED]
        assert db.session.scalars(select(Letter.sealed)).all() == [""]


@pytest.mark.parametrize("address", ["", "Wren", "maren@example.com", "MAREN@example.com", "a@b@example.com"])
def test_nobody_confirms_their_own_session_and_an_address_is_one(client, school, maren, session, address):
    page = f"/hours/lines/{line_of(school, session)}/confirmation"
    answer = client.sign_in(maren).submit(page, {"address": address})
    assert answer.status_code == 200
    assert 'id="address-error"' in answer.text


def test_a_mentor_with_an_account_is_asked_there_and_nowhere_else(client, school, mailbox, maren):
    account = school.user("Keiko Shimabukuro", "mentor", email="keiko@example.com")
    with school.app.app_context():
        keiko = school.mentor(user=db.session.merge(account))
    session = school.mentor_session(maren, keiko)
    asked(school, client, maren, session, "accomplice@example.com")
    link_in(mailbox, "keiko@example.com")
    assert mailbox.to("accomplice@example.com") == []


def test_a_mentor_session_is_logged_and_asked_about_in_one_step_and_the_address_is_kept_for_the_next(
    client, school, mailbox, maren
):
    said = {"mentor": "", "mentor_name": "Own Mentor", "credential": "MCC", "on": "2026-10-01", "minutes": "60"}
    said |= {"company": "one", "specialization": "", "ask": "y"}
    client.sign_in(maren)
    refused = client.submit("/hours/mentoring", said)
    assert 'id="mentor_email-error"' in refused.text
    assert "Own Mentor" not in client.get("/hours/mentoring").text, "nothing was logged by half"
    assert client.submit("/hours/mentoring", said | {"mentor_email": "own@example.com"}).status_code == 303
    visitor = school.app.test_client()
    visitor.submit(link_in(mailbox, "own@example.com"), {"answer": "yes", "word": "Gladly"})
    assert "Confirmed" in client.get("/hours/mentoring").text
    name = re.search(r'value="([\w-]{22})">Own Mentor', client.get("/hours/mentoring").text).group(1)
    assert client.submit("/hours/mentoring", said | {"mentor": name, "minutes": "45"}).status_code == 303
    mailbox.deliver()
    assert len(mailbox.to("own@example.com")) == 2


def test_another_trainees_line_can_not_be_asked_about(client, school, session):
    client.sign_in(school.user("Stranger"))
    assert client.get(f"/hours/lines/{line_of(school, session)}/confirmation").status_code == 404


def test_a_letter_that_did_not_arrive_is_said_so(client, school, mailbox, maren, session):
    page = asked(school, client, maren, session)
    mailbox.refuse_recipient = lambda _address: "550 5.1.1 no such user"
    mailbox.deliver()
    assert "The letter did not reach them" in client.get(page).text
