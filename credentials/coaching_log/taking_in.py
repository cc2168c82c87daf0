"""A filled-in form becomes a session, once: by a double click, from an old tab, from a phone whose answer was lost."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from credentials.coaching_log.forms import NEW, SessionForm
from credentials.coaching_log.keeping_clients import add_client, client_of, name_now
from credentials.coaching_log.logging_sessions import Told, log_session, logged_already, moment_of
from credentials.models import Client, CoachingSession, Consent
from foundation.db import new_public_id
from foundation.errors import Refused
from foundation.filters import hours


class SaidDifferently(Refused):
    """Another session was logged under this name before; it stands, and this one is not logged."""

    def __init__(self, session: CoachingSession) -> None:
        logged = f"{hours(session.minutes)} with {session.client.code}"
        super().__init__(f"This form has logged a session already: {logged}. If this is another one, send it again.")
        self.session = session


def take_in(form: SessionForm, user: User, *, at: datetime) -> CoachingSession:
    """Log what the form says; sent again it is the same session. Raises Refused, SaidDifferently, NotFound.

    Where another session stands under the form's name, the form gets a new one, to be sent again as it is.
    """
    once = form.once.data or ""
    first = logged_already(user, once)
    if first is None:
        return log_session(user, form.told(client_in(form, user, at=at)), at=at, once=once)
    if not _repeats(first, form, user):
        form.once.data = new_public_id()
        raise SaidDifferently(first)
    return first


def offer_clients(form: SessionForm, user: User, clients: list[Client], keep: Client | None = None) -> None:
    """Let the form choose among the trainee's clients. Whom an old page names, and who was merged, is found."""
    form.offer(clients, keep=keep)
    offered = {client.public_id for client in clients} | ({keep.public_id} if keep else set())
    if form.client.data and form.client.data not in offered:
        form.client.data = name_now(user, form.client.data)


def client_in(form: SessionForm, user: User, *, at: datetime) -> Client:
    """The client whom the form names: a known one, or a new one that is written down now."""
    if form.client.data != NEW:
        return client_of(user, form.client.data).standing
    return add_client(
        user,
        name=form.client_name.data or "",
        contact=form.client_contact.data or "",
        consent=Consent(form.consent.data),
        consent_on=form.on.data,
        at=at,
    )


def _repeats(first: CoachingSession, form: SessionForm, user: User) -> bool:
    client, is_gone = first.client, bool(first.client.forgotten_at)
    if form.client.data == NEW:
        same_client = is_gone or client.name == (form.client_name.data or "")
    else:
        same_client = client.public_id == form.client.data
    told = form.told(client)
    return same_client and _facts(first) == _told(told, user) and (is_gone or first.notes == told.notes)


def _facts(one: CoachingSession) -> tuple[object, ...]:
    return (one.on, one.minutes, one.format, one.participants, one.payment, one.started_at)


def _told(told: Told, user: User) -> tuple[object, ...]:
    return (told.on, told.minutes, told.format, told.participants, told.payment, moment_of(user, told))
