import io
import random
import re
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from enrollment.leads import AskState, GuideRequest, Lead
from foundation.db import db
from mail.models import Consent, Letter
from tests.enrollment.asking import ADDRESS, ask, link_in, opened


def test_whoever_asks_gets_one_letter_whose_button_brings_the_guide(client, mailbox):
    answer = ask(client)
    assert answer.status_code == 303
    assert "on its way out" in client.get(answer.location).get_data(as_text=True)
    mailbox.deliver()
    assert "Your letter has been sent" in client.get(answer.location).get_data(as_text=True)
    (letter,) = mailbox.to(ADDRESS)
    link = link_in(letter)
    assert "Confirm and download" in client.get(link).get_data(as_text=True)
    guide = client.submit(link)
    assert guide.mimetype == "application/pdf"
    assert "Before you spend anything" in "".join(p.extract_text() for p in PdfReader(io.BytesIO(guide.data)).pages[:3])
    assert "Confirmed" in client.get(answer.location).get_data(as_text=True)


def test_looking_at_the_link_changes_nothing_and_the_second_press_downloads_again(client, mailbox, app):
    ask(client)
    mailbox.deliver()
    link = link_in(mailbox.to(ADDRESS)[0])
    for method in (client.get, client.head, client.get):
        assert method(link).status_code == 200
    with app.app_context():
        assert db.session.scalar(select(GuideRequest.state)) == AskState.PROMISED
    assert client.submit(link).status_code == 200
    assert "confirmed already" in client.get(link).get_data(as_text=True)
    assert client.submit(link).mimetype == "application/pdf"


def test_the_link_works_for_48_hours(client, mailbox):
    ask(client)
    mailbox.deliver()
    link = link_in(mailbox.to(ADDRESS)[0])
    with time_machine.travel(timedelta(hours=49)):
        assert client.get(link).status_code == 410
        assert client.submit(link, on="/guide").status_code == 410


def test_a_forged_link_is_refused_and_offers_a_new_letter(client):
    answer = client.get("/guide/nonsense")
    assert answer.status_code == 410
    assert "Ask for the guide once more" in answer.get_data(as_text=True)


def test_a_status_link_opens_nothing_but_the_status(client, mailbox):
    status = ask(client).location
    assert client.get("/guide/" + status.rpartition("/")[2]).status_code == 410


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "mona@"}, "can&#39;t be right"),
        ({"email": ""}, "We need an address"),
        ({"name": ""}, "how to address you"),
        ({"name": "Win at http://spam.example"}, "A name only"),
        ({"email": "a@b.example\r\nBcc: all@example.com"}, "can&#39;t be right"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(client, app, typed, said):
    answer = ask(client, **({"name": "Mona Keppler"} | typed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "aria-invalid" in page
    assert "Mona Keppler" in page or "name" in typed
    with app.app_context():
        assert db.session.scalar(select(Lead)) is None


def test_the_box_is_unticked_and_a_yes_is_kept_in_the_words_that_were_shown(client, mailbox, app):
    assert not re.search(r'name="news"[^>]*checked', client.get("/guide").get_data(as_text=True))
    ask(client, news="y")
    with app.app_context():
        (given,) = db.session.scalars(select(Consent)).all()
        assert (given.act, given.version) == ("given", "2026-11")
        assert "Fernhollow School of Coaching" in given.wording
    mailbox.deliver()
    client.submit(link_in(mailbox.to(ADDRESS)[0]))
    with app.app_context():
        assert [c.act for c in db.session.scalars(select(Consent).order_by(Consent.id))] == ["given", "confirmed"]
        assert db.session.scalar(select(Lead.news)) is True


def test_without_the_tick_no_consent_is_written(client, app):
    ask(client)
    with app.app_context():
        assert db.session.scalar(select(Consent)) is None


def test_one_address_gets_one_letter_in_ten_minutes_and_the_answer_is_always_the_same(client, mailbox):
    answers = [ask(client) for _ in range(3)]
    assert {a.status_code for a in answers} == {303}
    mailbox.deliver()
    assert len(mailbox.to(ADDRESS)) == 1
    assert "has been sent" in client.get(answers[2].location).get_data(as_text=True)


def test_one_address_gets_three_letters_a_day(client, mailbox):
    for quarter in range(5):
        with time_machine.travel(timedelta(minutes=15 * quarter), tick=True):
            ask(client)
            mailbox.deliver()
    assert len(mailbox.to(ADDRESS)) == 3


@pytest.mark.parametrize("typed", [{"favourite_tree": "oak"}, {"opened": ""}, {"opened": "forged"}])
def test_what_looks_like_a_machine_is_held_until_staff_let_it_go(client, school, mailbox, app, typed):
    answer = ask(client, **typed)
    assert answer.status_code == 303
    mailbox.deliver()
    assert mailbox.letters == []
    assert "A person looks at this first" in client.get(answer.location).get_data(as_text=True)
    with app.app_context():
        lead = db.session.scalars(select(Lead)).one()
    staff = app.test_client().sign_in(school.user("Ada Staff", "admissions"))
    page = f"/staff/leads/{lead.public_id}"
    assert staff.submit(f"{page}/release", on=page).status_code == 303
    mailbox.deliver()
    assert len(mailbox.to(ADDRESS)) == 1


def test_a_held_visitor_who_mends_the_address_is_still_found_by_staff(client, school, mailbox, app):
    status = ask(client, opened=opened(client, 0)).location
    client.submit(f"{status}/mend", {"email": "mona.right@example.com"}, on=status)
    staff = app.test_client().sign_in(school.user("Ada Staff", "admissions"))
    assert 'href="/staff/leads?state=suspect"' in staff.get("/staff").get_data(as_text=True)
    page = staff.get("/staff/leads?state=suspect").get_data(as_text=True)
    assert "mona.right@example.com" in page and ">held<" in page.replace(" ", "").replace("\n", "")
    assert "mona.right@example.com" not in staff.get("/staff/leads?state=waiting").get_data(as_text=True)
    lead = re.search(r"/staff/leads/([\w-]{10,})\"", page)[1]
    assert staff.submit(f"/staff/leads/{lead}/release", on=f"/staff/leads/{lead}").status_code == 303
    mailbox.deliver()
    assert len(mailbox.to("mona.right@example.com")) == 1


def test_whoever_is_held_is_not_told_that_a_letter_is_on_its_way(client):
    data = {"csrf_token": client.token("/guide"), "name": "Mona", "email": ADDRESS, "opened": opened(client, 0)}
    told = FlaskClient.open(client, "/guide", method="POST", data=data, headers={"X-In-Place": "1"})
    assert "A person looks at this first, Mona" in told.get_data(as_text=True)
    assert "on its way" not in told.get_data(as_text=True)


def test_one_visitor_may_ask_thirty_times_an_hour(client, monkeypatch):
    from foundation.limits import limiter

    monkeypatch.setattr(limiter, "enabled", True)
    visitor = {"REMOTE_ADDR": f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"}
    data = {"csrf_token": client.token("/guide"), "email": "wrong"}
    answers = [client.post("/guide", data=data, environ_overrides=visitor) for _ in range(31)]
    assert {a.status_code for a in answers[:30]} == {422}
    assert answers[30].status_code == 429
    assert int(answers[30].headers["Retry-After"]) > 0


def test_a_form_sent_within_two_seconds_is_held(client, mailbox):
    ask(client, opened=opened(client, 0))
    mailbox.deliver()
    assert mailbox.letters == []


def test_a_form_that_lay_open_for_days_asks_for_one_more_press_and_keeps_what_was_typed(client):
    answer = ask(client, opened=opened(client, 90000))
    assert answer.status_code == 422
    assert "Press the button once more" in answer.get_data(as_text=True)
    assert ADDRESS in answer.get_data(as_text=True)


def test_whoever_lost_the_visit_s_cookie_loses_nothing_that_was_typed(client, mailbox):
    typed = {"name": "Mona Keppler", "email": ADDRESS, "opened": opened(client)}
    answer = client.post("/guide", data=typed | {"csrf_token": "stale"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Your visit had run out" in page and "Mona Keppler" in page and ADDRESS in page
    assert typed["opened"] in page, "the second press is not taken for a machine's"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    assert client.post("/guide", data=typed | {"csrf_token": token}).status_code == 303
    mailbox.deliver()
    assert len(mailbox.to(ADDRESS)) == 1


def test_the_form_answers_in_place_where_the_page_can_do_that(client):
    data = {
        "name": "Mona",
        "email": "nowhere",
        "where": "footer",
        "opened": opened(client),
        "csrf_token": client.token("/guide"),
    }
    wrong = FlaskClient.open(client, "/guide", method="POST", data=data, headers={"X-In-Place": "1"})
    assert wrong.status_code == 422
    assert wrong.text.lstrip().startswith("<div")
    assert 'value="nowhere"' in wrong.text
    assert 'id="guide-footer-email"' in wrong.text
    right = FlaskClient.open(
        client, "/guide", method="POST", data=data | {"email": ADDRESS}, headers={"X-In-Place": "1"}
    )
    assert "Look into your mailbox, Mona" in right.text


def test_the_guide_s_pages_send_few_statements(client, mailbox, queries):
    data = {"name": "Mona", "email": ADDRESS, "opened": opened(client), "csrf_token": client.token("/guide")}
    with queries() as seen:
        status = client.post("/guide", data=data).location
    assert seen.count <= 8, seen.sent
    mailbox.deliver()
    link = link_in(mailbox.to(ADDRESS)[0])
    for page in ("/guide", status, link):
        with queries() as seen:
            client.get(page)
        assert seen.count <= 8, (page, seen.sent)


def test_lead_consent_and_letter_are_there_together_or_not_at_all(client, app, monkeypatch):
    def broken(*_a, **_k):
        raise RuntimeError("no")

    monkeypatch.setattr("enrollment.inquiring.owe_letter", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        assert ask(client, news="y").status_code == 500
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    with app.app_context():
        assert [db.session.scalar(select(m)) for m in (Lead, Consent, Letter, GuideRequest)] == [None] * 4


def test_the_form_on_its_own_page_tells_a_quick_machine_from_a_person(client, mailbox):
    page = client.get("/guide").get_data(as_text=True)
    seen = re.search(r'name="opened" value="([^"]+)"', page).group(1)
    ask(client, opened=seen)
    mailbox.deliver()
    assert mailbox.letters == []
