"""Leads as staff look for them, and what happened to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from enrollment.leads import AskState, GuideRequest, Lead
from foundation.db import db
from foundation.errors import NotFound
from mail import consenting
from mail.models import LetterState
from mail.suppressing import WORDS, stops_for

HELD = Lead.asks.any(GuideRequest.state == AskState.HELD)
STATES = {
    "all": None,
    "waiting": Lead.confirmed_at.is_(None) & ~HELD,
    "confirmed": Lead.confirmed_at.is_not(None),
    "news": Lead.news.is_(True),
    "suspect": HELD,
}
SORTS = {
    "newest": (Lead.asked_at.desc(), Lead.id.desc()),
    "oldest": (Lead.asked_at, Lead.id),
    "name": (Lead.name, Lead.id),
    "email": (Lead.email, Lead.id),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff asked to see; unknown words mean the default."""

    state: str
    words: str
    sort: str

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Wanted:
        state, sort = args.get("state", "all"), args.get("sort", "newest")
        words = args.get("q", "").replace("\0", "").strip()[:100]
        return cls(state if state in STATES else "all", words, sort if sort in SORTS else "newest")

    def as_args(self) -> dict[str, Any]:
        return {"state": self.state, "q": self.words, "sort": self.sort}


def leads(wanted: Wanted) -> Select[Any]:
    query = select(Lead).order_by(*SORTS[wanted.sort])
    chosen = STATES[wanted.state]
    if chosen is not None:
        query = query.where(chosen)
    if wanted.words:
        like = "%" + wanted.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(Lead.name.ilike(like), Lead.email.ilike(like)))
    return query


def lead(public_id: str) -> Lead:
    """A lead with every asking and its letter. Raises NotFound."""
    asks = selectinload(Lead.asks).options(joinedload(GuideRequest.letter))
    found = db.session.scalar(select(Lead).where(Lead.public_id == public_id).options(asks))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    title: str
    text: str = ""
    tone: str = ""


def timeline(found: Lead) -> list[Happening]:
    """Asked, letter, confirmed, consents, stops: newest first."""
    told = [happening for ask in found.asks for happening in _of(ask)]
    if found.source == "import":
        told.append(Happening(found.asked_at, "Taken over from a list", "Never asked here; gets no news."))
    told += [Happening(s.at, "Mail stopped", WORDS[s.reason], "bad") for s in stops_for(found.email)]
    for consent in consenting.history(found.email):
        told.append(Happening(consent.at, f"Consent to news {consent.act}", consent.wording or f"By {consent.source}"))
    return sorted(told, key=lambda happening: happening.at, reverse=True)


def _of(ask: GuideRequest) -> list[Happening]:
    place = f"On the page “{ask.page}”, as {ask.name}" if ask.page else f"As {ask.name}"
    told = [Happening(ask.asked_at, "Asked for the guide", place)]
    if ask.state == AskState.HELD:
        told.append(Happening(ask.asked_at, "Held", f"It looks like a machine: {ask.suspicion}.", "wait"))
    if letter := ask.letter:
        told.append(Happening(letter.promised_at, "Letter promised"))
        if letter.sent_at:
            told.append(Happening(letter.sent_at, "Letter sent", f"To {letter.to_address}"))
        if letter.state in {LetterState.FAILED, LetterState.DEAD, LetterState.SUPPRESSED}:
            told.append(Happening(letter.due_at, "Letter not delivered", letter.reason or "", "bad"))
    if ask.confirmed_at:
        told.append(Happening(ask.confirmed_at, "Confirmed the address and got the guide"))
    return told
