import re
import threading
from datetime import timedelta
from email.header import decode_header

import pytest
import time_machine
from sqlalchemy import select, text

from foundation.db import db
from foundation.escalating import StaffTask
from mail.models import LETTER_MOVES, Category, Letter, LetterState, Standstill, Suppression

TO = "reader@example.com"


def the_letter(app, letter):
    with app.app_context():
        return db.session.get(Letter, letter.id)


def staff_tasks(app):
    with app.app_context():
        return [t.kind for t in db.session.scalars(select(StaffTask).order_by(StaffTask.id))]


def later(minutes):
    return time_machine.travel(timedelta(minutes=minutes), tick=True)


def test_a_promised_letter_is_sent_once(school, mailbox, app):
    letter = school.letter(TO)
    mailbox.deliver()
    mailbox.deliver()
    assert len(mailbox.to(TO)) == 1
    assert the_letter(app, letter).state == LetterState.SENT


def test_a_letter_promised_twice_under_one_name_is_one_letter(school, mailbox):
    school.letter(TO, dedupe="order:1:paid")
    school.letter(TO, dedupe="order:1:paid")
    mailbox.deliver()
    assert len(mailbox.letters) == 1


def test_a_letter_carries_the_headers_of_an_automatic_one(school, mailbox):
    letter = school.letter(TO)
    mailbox.deliver()
    (sent,) = mailbox.letters
    assert sent["Message-ID"] == letter.message_id
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Auto-Response-Suppress"] == "All"
    assert "fernhollow@example.com" in sent["Reply-To"]
    assert "List-Unsubscribe" not in sent
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]


def test_the_html_has_its_styles_inside_and_loads_nothing(school, mailbox):
    school.letter(TO)
    mailbox.deliver()
    html = mailbox.letters[0].get_body(("html",)).get_content()
    assert '<h1 style="' in html
    assert "prefers-color-scheme" in html
    assert not re.search(r'(src|href)="http[^"]*\.(css|png|jpg|gif|woff)', html)


def test_what_people_typed_is_escaped_in_html_and_left_alone_in_text(school, mailbox):
    school.letter(TO, facts={"name": "<b>Jo & Co</b>"})
    mailbox.deliver()
    (sent,) = mailbox.letters
    assert "<b>Jo" not in sent.get_body(("html",)).get_content()
    assert "<b>Jo & Co</b>" in sent.get_body(("plain",)).get_content()


def test_a_letter_put_off_is_tried_again_with_the_same_words(school, mailbox, app, monkeypatch):
    mailbox.answer = lambda _: "451 4.3.0 come back later"
    letter = school.letter(TO)
    mailbox.deliver()
    waiting = the_letter(app, letter)
    assert (waiting.state, waiting.smtp_code, waiting.attempts) == (LetterState.QUEUED, 451, 1)
    assert waiting.due_at > waiting.promised_at
    mailbox.answer = None
    monkeypatch.setattr("mail.delivering.render", lambda _: pytest.fail("rendered twice"))
    with later(61):
        mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.SENT
    assert mailbox.letters[0]["Message-ID"] == letter.message_id


def test_after_two_days_of_being_put_off_staff_decide(school, mailbox, app):
    mailbox.answer = lambda _: "451 4.3.0 come back later"
    letter = school.letter(TO)
    with later(60 * 49):
        mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.FAILED
    assert staff_tasks(app) == ["mail.letter_failed"]


def test_an_address_that_does_not_exist_gets_no_further_letter(school, mailbox, app):
    first = school.letter("gone@example.com")
    mailbox.refuse_recipient = lambda _: "550 5.1.1 no such user"
    mailbox.deliver()
    assert the_letter(app, first).state == LetterState.FAILED
    mailbox.refuse_recipient = None
    second = school.letter("Gone@example.com")
    mailbox.deliver()
    assert the_letter(app, second).state == LetterState.SUPPRESSED
    assert mailbox.letters == []


def test_a_letter_refused_for_its_words_does_not_stop_the_address(school, mailbox, app):
    mailbox.answer = lambda _: "554 5.7.1 policy"
    letter = school.letter(TO)
    mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.FAILED
    assert staff_tasks(app) == ["mail.letter_failed"]
    with app.app_context():
        assert db.session.scalar(select(Suppression)) is None


def test_a_letter_that_cannot_be_written_is_put_aside_and_the_others_go_on(school, mailbox, app):
    poison = school.letter(TO, kind="no.such_letter")
    school.letter("other@example.com")
    mailbox.deliver()
    assert the_letter(app, poison).state == LetterState.DEAD
    assert "TemplateNotFound" in the_letter(app, poison).fault
    assert len(mailbox.letters) == 1
    assert staff_tasks(app) == ["mail.letter_failed"]


@pytest.mark.parametrize("address", ["a@example.com\r\nBcc: all@example.com", "a@example.com\nX: y", "no address"])
def test_an_address_with_a_header_inside_is_never_sent(school, mailbox, app, address):
    letter = school.letter(address)
    mailbox.deliver()
    assert the_letter(app, letter).state in {LetterState.DEAD, LetterState.SUPPRESSED}
    assert mailbox.letters == []


def test_a_line_break_in_a_fact_makes_no_header(school, mailbox, app, monkeypatch):
    monkeypatch.setattr("mail.rendering._filled", lambda name, _: "Hi\r\nBcc: all@example.com")
    school.letter(TO)
    mailbox.deliver()
    assert mailbox.letters[0]["Subject"] == "Hi Bcc: all@example.com"
    assert "Bcc" not in mailbox.letters[0]


def test_when_the_mail_server_locks_us_out_all_letters_wait_and_none_loses_a_try(school, mailbox, app):
    mailbox.answer = lambda _: "530 5.7.0 authentication required"
    letters = [school.letter(f"reader{n}@example.com") for n in range(3)]
    mailbox.deliver()
    assert {the_letter(app, one).attempts for one in letters} == {0}
    mailbox.answer = None
    mailbox.deliver()
    assert mailbox.letters == []
    assert staff_tasks(app) == ["mail.locked_out"]
    with later(11):
        mailbox.deliver()
    assert len(mailbox.letters) == 3
    with app.app_context():
        assert db.session.scalar(select(Standstill)) is None


def test_outside_production_only_example_addresses_are_written_to(school, mailbox, app):
    letter = school.letter("somebody@real-domain.de")
    mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.SUPPRESSED
    assert "Outside production" in the_letter(app, letter).reason
    assert mailbox.letters == []


def test_letters_that_somebody_waits_for_go_before_news(school, mailbox):
    school.news("a@example.com")
    school.letter("b@example.com")
    mailbox.deliver()
    assert [to for to, _ in mailbox.raw] == [["b@example.com"], ["a@example.com"]]


def test_two_relays_at_once_send_each_letter_once(school, mailbox):
    for number in range(24):
        school.letter(f"reader{number}@example.com")
    relays = [threading.Thread(target=mailbox.deliver) for _ in range(4)]
    for relay in relays:
        relay.start()
    for relay in relays:
        relay.join()
    sent = [to[0] for to, _ in mailbox.raw]
    assert len(sent) == len(set(sent)) == 24


def test_a_letter_whose_worker_is_lost_again_and_again_is_put_aside(school, mailbox, app):
    letter = school.letter(TO)
    with app.app_context():
        gone = {"until": school.now() - timedelta(minutes=1)}
        db.session.execute(text("UPDATE letter SET state='sending', lapses=4, lease_until=:until"), gone)
        db.session.commit()
    mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.DEAD
    assert mailbox.letters == []


def test_the_mail_server_being_down_costs_time_and_nothing_else(school, mailbox, app, monkeypatch):
    from dataclasses import replace

    letter = school.letter(TO)
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, smtp_url="smtp://127.0.0.1:1"))
    mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.QUEUED
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    with later(61):
        mailbox.deliver()
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize("old", list(LetterState))
@pytest.mark.parametrize("new", list(LetterState))
def test_a_letter_that_was_sent_is_never_queued_again(old, new):
    if old == LetterState.SENT:
        assert LETTER_MOVES.allows(old, new) == (new in {LetterState.SENT, LetterState.FAILED})
    if new == LetterState.SENT:
        assert LETTER_MOVES.allows(old, new) == (old in {LetterState.SENDING, LetterState.SENT})


def test_the_one_click_header_is_whole_on_the_wire(school, mailbox):
    school.news(TO)
    mailbox.deliver()
    _, raw = mailbox.raw[0]
    (line,) = [x for x in raw.split(b"\r\n") if x.startswith(b"List-Unsubscribe:")]
    assert re.fullmatch(rb"List-Unsubscribe: <http://127\.0\.0\.1:5000/unsubscribe/[\w.-]{40,}>, <mailto:[^>]+>", line)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw.split(b"\r\n")
    assert decode_header(line.decode())[0][1] is None


def test_news_goes_to_nobody_who_did_not_say_yes(school, mailbox, app):
    letter = school.news(TO, consented=False)
    mailbox.deliver()
    assert the_letter(app, letter).state == LetterState.SUPPRESSED
    assert the_letter(app, letter).category == Category.MARKETING
