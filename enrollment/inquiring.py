"""Asking for the free guide: a lead, her consent and the letter, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from enrollment.leads import AskState, GuideRequest, Lead
from foundation import asking as asking_for
from foundation.audit import HasId, record
from foundation.db import db, new_public_id
from foundation.errors import NotFound, Refused
from foundation.tokens import read
from mail import consenting
from mail.models import Letter
from mail.promising import owe_letter

LINK_SECONDS = 48 * 3600
BETWEEN_LETTERS = timedelta(minutes=10)
LETTERS_A_DAY = 3
TOO_SOON = "At most one letter every ten minutes, and three a day, go to one address. Please try again later."


@dataclass(frozen=True, slots=True)
class Asking:
    """What the form said. `suspicion`: why it may come from a machine; empty where nothing speaks for that."""

    name: str
    email: str
    news: bool
    page: str = ""
    suspicion: str = ""


class Known(NamedTuple):
    """A lead as its row tells of it, locked until the transaction ends."""

    id: int
    email: str
    confirmed_at: datetime | None


def ask(asking: Asking, *, school: str, at: datetime) -> str:
    """Somebody wants the guide; gives the public id of the asking.

    Suspect askings are held for staff; too many for one address share its last letter. The lead's row is locked, so
    that two askings at once can't both send.
    """
    lead, public_id = _lead(asking, at), new_public_id()
    recent = _recent_letter(lead.email, at)
    if asking.news:
        consenting.give(lead.email, consenting.NEWS, school=school, source=f"guide form, {asking.page}", at=at)
    if asking.suspicion:
        _suspect(lead)
    elif recent is None:
        recent = _owe(lead.email, name=asking.name, request=public_id, round=1, at=at)
    row = {
        "public_id": public_id,
        "lead_id": lead.id,
        "name": asking.name,
        "news": asking.news,
        "page": asking.page,
        "suspicion": asking.suspicion,
        "state": AskState.HELD if asking.suspicion else AskState.PROMISED,
        "round": 1,
        "letter_id": None if asking.suspicion else recent,
        "asked_at": at,
    }
    asking_for.rows(_new_asking(), row)
    return public_id


def release(ask: GuideRequest, *, actor: HasId, at: datetime) -> None:
    """Staff say that a held asking comes from a person: the letter goes out. Released twice, it goes out once."""
    _lock(ask)
    if ask.state == AskState.HELD:
        ask.state, ask.lead.is_suspect = AskState.PROMISED, False
        record("lead.released", subject=ask.lead, actor=actor, at=at, suspicion=ask.suspicion)
        _promise(ask, ask.lead, at)


def send_anew(ask: GuideRequest, *, at: datetime) -> None:
    """The visitor wants another letter; links of earlier ones work no more. Raises Refused where it is too soon."""
    _must_be_open(ask)
    _locked(ask.lead_id)
    if _recent_letter(ask.lead.email, at) is not None:
        raise Refused(TOO_SOON)
    ask.round += 1
    _promise(ask, ask.lead, at)


def mend_address(ask: GuideRequest, email: str, *, school: str, at: datetime) -> None:
    """The visitor mistyped the address: the asking moves to the right one, and old links work no more."""
    _must_be_open(ask)
    if email.lower() == ask.lead.email.lower():
        raise Refused("This is the address that you gave before.", "email")
    old = ask.lead
    lead = db.session.get_one(Lead, _lead(Asking(ask.name, email, ask.news, ask.page), at).id)
    if _recent_letter(lead.email, at) is not None:
        raise Refused(TOO_SOON, "email")
    ask.lead_id, ask.round, ask.letter_id = lead.id, ask.round + 1, None
    db.session.flush()
    db.session.expire(ask, ["lead"])
    record("lead.address_mended", subject=lead, at=at, was=old.id)
    _forget_mistyped(old)
    if ask.news:
        consenting.give(lead.email, consenting.NEWS, school=school, source="guide form, mended address", at=at)
    if ask.state == AskState.HELD:
        _suspect(lead)
    if ask.state == AskState.PROMISED:
        _promise(ask, lead, at)


def by_link(token: str) -> GuideRequest:
    """The asking that a letter's link belongs to. Raises Refused where the link is too old, forged or replaced."""
    public_id, number = read("guide", token, max_age=LINK_SECONDS)
    found = by_public_id(public_id)
    if found.round != number:
        raise Refused("A newer letter took the place of this one. Use the link in the newest.")
    return found


def by_status_token(token: str) -> GuideRequest:
    """The asking whose status page this is. Raises Refused."""
    return by_public_id(read("guide-status", token))


def by_public_id(public_id: str) -> GuideRequest:
    """Raises NotFound."""
    found = db.session.scalar(select(GuideRequest).where(GuideRequest.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def confirm(ask: GuideRequest, *, at: datetime) -> bool:
    """The reader pressed the button: the address is hers. False where that was known already."""
    _lock(ask)
    if ask.state == AskState.CONFIRMED:
        return False
    ask.state, ask.confirmed_at = AskState.CONFIRMED, at
    lead = ask.lead
    lead.confirmed_at, lead.name, lead.is_suspect = lead.confirmed_at or at, ask.name, False
    if ask.news:
        lead.news = True
        consenting.confirm(lead.email, consenting.NEWS, source="guide letter", at=at)
    record("lead.confirmed", subject=lead, at=at)
    return True


def _lead(asking: Asking, at: datetime) -> Known:
    values = {"public_id": new_public_id(), "email": asking.email, "name": asking.name, "asked_at": at}
    made = asking_for.row(_new_lead(), values | {"source": "guide", "is_suspect": False, "news": False})
    return Known._make(made or asking_for.rows(_lead_locked(), {"address": asking.email.lower()})[0])


@cache
def _new_lead() -> ReturningInsert[Any]:
    """Built once, as what follows is: a form that is sent a thousand times asks the same."""
    table = cast(Table, Lead.__table__)
    return insert(table).on_conflict_do_nothing().returning(table.c.id, table.c.email, table.c.confirmed_at)


@cache
def _lead_locked() -> Select[*tuple[Any, ...]]:
    known = select(Lead.id, Lead.email, Lead.confirmed_at)
    return known.where(func.lower(Lead.email) == bindparam("address")).with_for_update(key_share=True)


@cache
def _new_asking() -> ReturningInsert[Any]:
    table = cast(Table, GuideRequest.__table__)
    return insert(table).returning(table.c.id)


def _suspect(lead: Known | Lead) -> None:
    db.session.execute(update(Lead).where(Lead.id == lead.id).values(is_suspect=lead.confirmed_at is None))


def _forget_mistyped(lead: Lead) -> None:
    """A mistyped address may be somebody else's: nothing of it is kept where nobody asked or confirmed under it."""
    asked = select(GuideRequest.id).where(GuideRequest.lead_id == lead.id).exists()
    gone = delete(Lead).where(Lead.id == lead.id, Lead.confirmed_at.is_(None), Lead.source == "guide", ~asked)
    db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expunge(lead)


def _lock(ask: GuideRequest) -> None:
    """Hold the asking's row until the transaction ends, and know it as it is now."""
    query = select(GuideRequest).where(GuideRequest.id == ask.id).with_for_update(key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def _locked(lead_id: int) -> None:
    db.session.execute(select(Lead.id).where(Lead.id == lead_id).with_for_update(key_share=True))


def _recent_letter(address: str, at: datetime) -> int | None:
    """The newest guide letter to this address while no other may follow it yet."""
    found = asking_for.rows(_letters_since(), {"address": address, "since": at - timedelta(days=1)})
    too_soon = bool(found) and found[0].promised_at > at - BETWEEN_LETTERS
    return found[0].id if too_soon or len(found) >= LETTERS_A_DAY else None


@cache
def _letters_since() -> Select[*tuple[Any, ...]]:
    about = (Letter.to_address == bindparam("address"), Letter.kind == "guide.requested")
    query = select(Letter.id, Letter.promised_at).where(*about, Letter.promised_at > bindparam("since"))
    return query.order_by(Letter.id.desc()).limit(LETTERS_A_DAY)


def _promise(ask: GuideRequest, lead: Lead, at: datetime) -> None:
    ask.letter_id = _owe(lead.email, name=ask.name, request=ask.public_id, round=ask.round, at=at)


def _owe(address: str, *, name: str, request: str, round: int, at: datetime) -> int:
    facts = {"name": name, "request": request, "round": round}
    return owe_letter("guide.requested", to=address, facts=facts, dedupe=f"guide:{request}:{round}", at=at)


def _must_be_open(ask: GuideRequest) -> None:
    if ask.state == AskState.CONFIRMED:
        raise Refused("This address is confirmed already; the guide is yours.")
