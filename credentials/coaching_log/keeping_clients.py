"""A trainee's clients: added, asked for consent, forgotten on demand. Fetched through their owner, always."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from accounts.models import User
from credentials.confirming.requesting import stop_asking
from credentials.models import Client, CoachingSession, Consent, ImportState, LogImport, Relation
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt


def add_client(
    user: User, *, name: str, contact: str = "", consent: Consent, consent_on: date | None, at: datetime
) -> Client:
    """A new client with the next code of this trainee. Name and contact are sealed before they are stored."""
    if not name.strip():
        raise Refused("Give the client a name; only you will ever see it.", field="client_name")
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    highest = db.session.scalar(select(func.max(Client.number)).where(Client.user_id == user.id)) or 0
    client = Client(
        user_id=user.id,
        number=highest + 1,
        sealed_name=encrypt(name.strip()),
        sealed_contact=encrypt(contact.strip()) if contact.strip() else "",
        consent=consent,
        consent_on=consent_on if consent != Consent.REFUSED else None,
        created_at=at,
    )
    db.session.add(client)
    db.session.flush()
    record("client.added", subject=client, actor=user, at=at, code=client.code, consent=str(consent))
    return client


def change_client(
    client: Client,
    *,
    name: str,
    contact: str,
    consent: Consent,
    consent_on: date | None,
    actor: User,
    at: datetime,
    organisation: str = "",
    relation: Relation = Relation.OWN,
) -> None:
    """Mend a name, or note what the client has said about standing in the log."""
    if client.forgotten_at:
        raise Refused("This client was forgotten; what was erased can't be written again.")
    if client.merged_into_id:
        raise Refused("This client was merged into another. Change that one, or undo the merge.")
    client.sealed_name, client.sealed_contact = encrypt(name.strip()), encrypt(contact.strip()) if contact else ""
    client.sealed_organisation = encrypt(organisation.strip()) if organisation.strip() else ""
    client.relation, client.consent, client.consent_on = relation, consent, consent_on
    if consent != Consent.GIVEN:
        stop_asking(client, actor=actor, at=at)
    record("client.changed", subject=client, actor=actor, at=at, code=client.code, consent=str(consent))


def forget_client(client: Client, *, actor: User, at: datetime) -> None:
    """Erase name, contact and private notes; the code and the minutes stay, for the sums.

    Whoever was merged into this client is the same person, and is forgotten too.
    """
    if client.forgotten_at:
        return
    for one in (client, *merged_into(client)):
        one.sealed_name = one.sealed_contact = one.sealed_organisation = ""
        one.forgotten_at = at
    for session in db.session.scalars(select(CoachingSession).where(CoachingSession.client_id == client.id)):
        session.sealed_notes = ""
    stop_asking(client, actor=actor, at=at, forget=True)
    record("client.forgotten", subject=client, actor=actor, at=at, code=client.code)


def client_of(user: User, public_id: str) -> Client:
    """One's own client, as they stand this moment; anybody else's is not found."""
    query = select(Client).where(Client.public_id == public_id, Client.user_id == user.id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def clients_of(user: User) -> list[Client]:
    """A trainee's clients, the one coached last first; who was merged into another stands as that one.

    Whom nothing but an undone import brought is left out, until the file is taken again.
    """
    return list(db.session.scalars(_clients(user).where(Client.merged_into_id.is_(None), ~_brought_in_vain())))


def every_client_of(user: User) -> list[Client]:
    """Those too who were merged into another."""
    return list(db.session.scalars(_clients(user)))


def _clients(user: User) -> Select[Client]:
    last = select(func.max(CoachingSession.on)).where(CoachingSession.client_id == Client.id).scalar_subquery()
    return select(Client).where(Client.user_id == user.id).order_by(last.desc().nulls_last(), Client.number.desc())


def _brought_in_vain() -> ColumnElement[bool]:
    """An import that was undone wrote this client down, with no other session and no day of consent noted since."""
    other, undone = aliased(Client), LogImport.state == ImportState.UNDONE
    sessions = select(CoachingSession.id).outerjoin(LogImport, CoachingSession.import_id == LogImport.id)
    own = sessions.where(CoachingSession.client_id == Client.id)
    return and_(
        Client.consent_on.is_(None),
        own.where(undone, Client.created_at >= LogImport.created_at).exists(),
        ~own.where(undone.is_not(True)).exists(),
        ~exists().where(other.merged_into_id == Client.id),
    )


def merged_into(client: Client) -> list[Client]:
    """Who was merged into this client, and into those."""
    first = select(Client.id).where(Client.merged_into_id == client.id).cte("merged", recursive=True)
    ids = first.union_all(select(Client.id).join(first, Client.merged_into_id == first.c.id))
    return list(db.session.scalars(select(Client).where(Client.id.in_(select(ids.c.id))).order_by(Client.number)))


def name_now(user: User, public_id: str) -> str:
    """By which public id a client stands now: an old page, or a phone, may still know the one who was merged."""
    found = db.session.scalar(select(Client).where(Client.public_id == public_id, Client.user_id == user.id))
    return found.standing.public_id if found else public_id
