import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from foundation.db import db
from mail.models import Consent, Letter, LetterState, Suppression

TO = "reader@example.com"


@pytest.fixture
def link(school, mailbox):
    """The path of the unsubscribe link in a letter of news."""
    school.news(TO)
    mailbox.deliver()
    header = mailbox.letters[0]["List-Unsubscribe"]
    return re.match(r"<http://127\.0\.0\.1:5000(/unsubscribe/[^>]+)>", header).group(1)


def stops(app):
    with app.app_context():
        return [(s.reason, s.scope) for s in db.session.scalars(select(Suppression).order_by(Suppression.id))]


def test_looking_at_the_link_changes_nothing(client, app, link):
    assert "Unsubscribe" in client.get(link).get_data(as_text=True)
    client.head(link)
    assert stops(app) == []


def test_a_mail_program_unsubscribes_with_one_post_without_cookie_or_token(app, link):
    answer = FlaskClient.open(app.test_client(), link, method="POST", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert stops(app) == [("unsubscribed", "marketing")]


def test_whoever_unsubscribed_is_never_sent_news_again_but_gets_what_she_asks_for(school, client, app, mailbox, link):
    client.post(link)
    client.post(link)
    mailbox.clear()
    news = school.news(TO, consented=False)
    school.letter(TO)
    mailbox.deliver()
    assert [letter["Subject"] for letter in mailbox.letters] == ["Your password was changed"]
    with app.app_context():
        assert db.session.get(Letter, news.id).state == LetterState.SUPPRESSED
        assert [c.act for c in db.session.scalars(select(Consent).order_by(Consent.id))][-1] == "withdrawn"


def test_news_promised_before_she_unsubscribed_does_not_go_out_after(school, client, mailbox, link):
    school.news(TO, consented=False)
    client.post(link)
    mailbox.clear()
    mailbox.deliver()
    assert mailbox.letters == []


def test_a_link_that_is_not_ours_says_so_and_a_program_still_gets_200(client, app):
    assert client.get("/unsubscribe/nonsense").status_code == 404
    assert client.post("/unsubscribe/nonsense").status_code == 200
    assert client.post("/unsubscribe/nonsense", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stops(app) == []


def test_a_new_confirmed_yes_ends_an_earlier_no(school, client, app, link):
    client.post(link)
    school.news(TO)
    assert stops(app) == []


def test_the_list_of_stops_holds_no_address(client, app, link):
    client.post(link)
    with app.app_context():
        (row,) = db.session.scalars(select(Suppression)).all()
        assert re.fullmatch(r"[0-9a-f]{64}", row.digest)
        assert "reader" not in row.source


def test_consents_are_added_to_and_never_edited(school, app):
    school.news(TO)
    with app.app_context(), pytest.raises(Exception, match="append-only"):
        db.session.scalars(select(Consent).order_by(Consent.id)).first().act = "withdrawn"
        db.session.commit()
