"""What became of a request for the guide: its page tells the truth, and mends a mistyped address."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from enrollment.leads import Lead
from foundation.db import db
from tests.enrollment.asking import ADDRESS, ask, link_in


def test_another_letter_makes_the_links_of_earlier_ones_void(client, mailbox):
    status = ask(client).location
    mailbox.deliver()
    old = link_in(mailbox.to(ADDRESS)[0])
    refused = client.submit(f"{status}/again", on=status, follow_redirects=True)
    assert "At most one letter every ten minutes" in refused.get_data(as_text=True)
    with time_machine.travel(timedelta(minutes=11), tick=True):
        assert "Another letter is on its way" in client.submit(
            f"{status}/again", on=status, follow_redirects=True
        ).get_data(as_text=True)
        mailbox.deliver()
        assert client.get(old).status_code == 410
        assert client.get(link_in(mailbox.to(ADDRESS)[1])).status_code == 200


def test_a_mistyped_address_is_mended_and_the_letter_follows(client, mailbox, app):
    status = ask(client, email="mona@exmaple.com").location
    page = client.get(status).get_data(as_text=True)
    assert "Did you mean <b>mona@example.com</b>?" in page
    mailbox.deliver()
    answer = client.submit(f"{status}/mend", {"email": ADDRESS}, on=status)
    assert answer.status_code == 303
    mailbox.deliver()
    client.submit(link_in(mailbox.to(ADDRESS)[0]))
    with app.app_context():
        (lead,) = db.session.scalars(select(Lead)).all()
        assert lead.email == ADDRESS and lead.confirmed_at, "nothing of the mistyped address is kept"


def test_a_mended_address_that_is_wrong_too_is_refused_beside_its_field(client):
    status = ask(client).location
    answer = client.submit(f"{status}/mend", {"email": "mona at home"}, on=status)
    assert answer.status_code == 422
    assert "can&#39;t be right" in answer.get_data(as_text=True)
    assert "mona at home" in answer.get_data(as_text=True)


def test_the_status_says_that_the_letter_came_back(client, mailbox):
    mailbox.refuse_recipient = lambda _: "550 5.1.1 no such user"
    status = ask(client).location
    mailbox.deliver()
    assert "The letter came back" in client.get(status).get_data(as_text=True)


def test_the_status_says_that_the_fault_is_ours(client, mailbox):
    mailbox.answer = lambda _: "554 5.7.1 policy"
    status = ask(client).location
    mailbox.deliver()
    assert "We could not send the letter" in client.get(status).get_data(as_text=True)


def test_the_status_says_that_the_mail_server_put_us_off(client, mailbox):
    mailbox.answer = lambda _: "451 4.3.0 later"
    status = ask(client).location
    mailbox.deliver()
    assert "Your letter is delayed" in client.get(status).get_data(as_text=True)
