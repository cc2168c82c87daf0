"""A session, the trainee who logged it, and the letter to the other party."""

import re

import pytest
from sqlalchemy import select

from credentials.models import (
    CoachingSession,
    Confirmation,
    LedgerEntry,
)
from foundation.db import db

TO = "wren@example.com"


def line_of(school, session):
    with school.app.app_context():
        return db.session.get(LedgerEntry, session.entry_id).public_id


def asked(school, client, user, session, address=TO):
    """The trainee asks on the page of the line; the address of that page."""
    page = f"/hours/lines/{line_of(school, session)}/confirmation"
    assert client.sign_in(user).submit(page, {"address": address}).status_code == 303
    return page


def link_in(mailbox, to=TO):
    mailbox.deliver()
    body = mailbox.to(to)[-1].get_body(("plain",)).get_content()
    return re.search(r"/confirmations/\S+", body).group()


def states(school):
    with school.app.app_context():
        return [str(state) for state in db.session.scalars(select(Confirmation.state).order_by(Confirmation.id))]


@pytest.fixture
def session(school):
    return school.coaching_session(school.user("Maren Oyelaran", email="maren@example.com"))


@pytest.fixture
def maren(school, session):
    with school.app.app_context():
        user = db.session.get(CoachingSession, session.id).entry.user
        _ = user.roles
        db.session.expunge_all()
        return user
