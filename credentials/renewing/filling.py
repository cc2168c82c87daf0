"""Units of continuing education noted by hand, with the documents that show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from accounts.models import User
from credentials.awarding import reverse, write_line
from credentials.models import CceDocument, CceUnit, Kind, ReviewState
from credentials.profiling import is_reversed
from foundation.audit import record
from foundation.db import ERASED, db
from foundation.errors import NotFound, Refused
from foundation.uploads import Document

MOST_MINUTES = 6000
MOST_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class Taught:
    """What is told of a course: whole minutes by what they taught, each counted once."""

    on: date
    title: str
    core: int = 0
    ethics: int = 0
    resource: int = 0
    supervision: int = 0
    provider: str = ""

    @property
    def minutes(self) -> int:
        return self.core + self.ethics + self.resource + self.supervision


def note_unit(user: User, taught: Taught, *, once: str, document: Document | None = None, at: datetime) -> CceUnit:
    """Units and their ledger line; sent twice under one `once` they are noted once. Raises Refused."""
    _check(user, taught, at)
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    entry = write_line(
        user_id=user.id,
        enrollment_id=None,
        kind=Kind.CCE,
        minutes=taught.minutes,
        core_minutes=taught.core + taught.ethics + taught.supervision,
        synchronous=False,
        on=taught.on,
        title=taught.title,
        evidence=_evidence(taught),
        source_key=f"cce_unit:{user.id}:{once}",
        at=at,
        actor=user,
        state=ReviewState.LOGGED,
    )
    known = db.session.scalar(select(CceUnit).where(CceUnit.entry_id == entry.id))
    if known is not None:
        return known
    unit = CceUnit(
        user_id=user.id,
        entry_id=entry.id,
        on=taught.on,
        title=taught.title,
        provider=taught.provider,
        core_minutes=taught.core,
        ethics_minutes=taught.ethics,
        resource_minutes=taught.resource,
        supervision_minutes=taught.supervision,
        created_at=at,
    )
    db.session.add(unit)
    db.session.flush()
    if document:
        add_document(unit, document, user=user, at=at)
    return unit


def _evidence(taught: Taught) -> dict[str, Any]:
    named: dict[str, Any] = {"type": "cce_unit", "ref": taught.provider}
    return named | {"ethics_minutes": taught.ethics, "supervision_minutes": taught.supervision}


def add_document(unit: CceUnit, document: Document, *, user: User, at: datetime) -> CceDocument:
    """Keep a document with a unit; the same one twice is kept once. Raises Refused where there are too many."""
    db.session.execute(select(CceUnit.id).where(CceUnit.id == unit.id).with_for_update(key_share=True))
    kept = db.session.scalars(select(CceDocument).where(CceDocument.unit_id == unit.id)).all()
    same = next((one for one in kept if one.sha256 == document.sha256), None)
    if same is not None:
        return same
    if len(kept) >= MOST_DOCUMENTS:
        raise Refused("Ten documents stand with this already.", field="document")
    made = CceDocument(
        unit_id=unit.id,
        name=document.name,
        media_type=document.media_type,
        sha256=document.sha256,
        content=document.content,
        added_at=at,
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(unit, ["documents"])
    record("cce_unit.document_added", subject=unit, actor=user, at=at, sha256=document.sha256)
    return made


def take_back_unit(unit: CceUnit, *, user: User, at: datetime) -> None:
    """Undo a unit. Done twice it is done once; its documents stay with the reversed line."""
    reverse(unit.entry, "Taken back by its holder", user, at)


def unit_of(user: User, public_id: str) -> CceUnit:
    """One's own unit that still stands; any other is not found."""
    query = (
        select(CceUnit)
        .where(CceUnit.public_id == public_id, CceUnit.user_id == user.id, ~is_reversed(CceUnit.entry_id))
        .options(joinedload(CceUnit.entry), joinedload(CceUnit.documents))
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def document_named(public_id: str, *, owner: User | None = None) -> CceDocument:
    """A document with its bytes: of its `owner`, or of anybody where staff ask. Raises NotFound."""
    query = select(CceDocument).join(CceUnit).where(CceDocument.public_id == public_id)
    if owner is not None:
        query = query.where(CceUnit.user_id == owner.id)
    found = db.session.scalar(query.options(undefer(CceDocument.content)))
    if found is None:
        raise NotFound
    return found


def documents_behind(entry_id: int) -> list[CceDocument]:
    """The documents of a ledger line, without their bytes; those that were erased are none."""
    there = (CceUnit.entry_id == entry_id, CceDocument.name != ERASED)
    query = select(CceDocument).join(CceUnit).where(*there).order_by(CceDocument.id)
    return list(db.session.scalars(query))


def _check(user: User, taught: Taught, at: datetime) -> None:
    if taught.on > at.astimezone(ZoneInfo(user.time_zone)).date():
        raise Refused("This day has not come yet. Note it once you have it.", field="on")
    if taught.on.year < 1995:
        raise Refused("Look at the year again.", field="on")
    if taught.minutes < 1:
        raise Refused("Say how many hours it had of at least one kind.", field="core")
    if taught.minutes > MOST_MINUTES:
        raise Refused("More than 100 hours in one: note its parts.", field="core")
