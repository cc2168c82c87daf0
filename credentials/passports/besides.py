"""What stands beside the ledger and counts with it: sessions received from peers, and signed Review Forms."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from credentials.models import CoachingForm, FormKind, FormSignature, FormState, Mentor, PeerHour, SignerRole
from credentials.passports.detailing import held_by
from credentials.passports.sealing import BESIDE, Json
from credentials.passports.shaping import PEER_RECEIVED, REVIEW
from foundation.db import db
from foundation.filters import hours

BESIDES = {PEER_RECEIVED: "Received from peers", REVIEW: "Competency Review Forms"}


def beside_of(user_id: int) -> list[Json]:
    """Without their digests, by day. No peer's name, and no word of a form: its digest alone. What came by passport
    itself stays out."""
    found = [*_received(user_id), *_reviews(user_id)]
    return sorted(found, key=lambda one: (one["day"], one["kind"], one["id"]))


def amount_of(entries: list[Json]) -> dict[str, int]:
    """By kind: minutes received from peers, and how many forms."""
    found: dict[str, int] = {}
    for one in entries:
        found[one["kind"]] = found.get(one["kind"], 0) + int(one["told"].get("minutes", 1))
    return found


def in_words(kind: str, amount: int) -> str:
    return hours(amount) if kind == PEER_RECEIVED else str(amount)


def rows_of(content: Json) -> list[list[str]]:
    """As the tables of hours by kind show them, on the page and on paper."""
    amounts = amount_of(content.get(BESIDE, []))
    return [[BESIDES[kind], in_words(kind, amount), "–"] for kind, amount in amounts.items()]


def told_beside(one: Json) -> tuple[date, str, str]:
    """Day, what it is, and what it says."""
    told, day = one["told"], date.fromisoformat(one["day"])
    if one["kind"] == PEER_RECEIVED:
        return day, "A session received from a peer", hours(told["minutes"])
    return day, f"Competency Review Form, {told['level']}", f"signed by both, {told['mentor']}"


def standing_received(user_id: int) -> Any:
    """SQL: what a person received from peers and did not take back."""
    other = aliased(PeerHour)
    gone = select(other.id).where(other.reverses_id == PeerHour.id).exists()
    return select(PeerHour).where(PeerHour.user_id == user_id, PeerHour.reverses_id.is_(None), ~gone)


def _received(user_id: int) -> list[Json]:
    own = db.session.scalars(standing_received(user_id).where(PeerHour.claim_id.is_(None)))
    return [_entry(one.public_id, one.on.isoformat(), PEER_RECEIVED, {"minutes": one.minutes}) for one in own]


def _reviews(user_id: int) -> list[Json]:
    one, signed = CoachingForm, FormSignature
    both = (signed.form_id == one.id) & (signed.number == one.number) & (signed.role == SignerRole.AUTHOR)
    query = (
        select(one, signed.sha256)
        .join(signed, both)
        .options(joinedload(one.mentor).selectinload(Mentor.facts), joinedload(one.author))
    )
    reviews = (one.user_id == user_id, one.kind == FormKind.REVIEW, one.state == FormState.SIGNED)
    return [_review(form, sha256) for form, sha256 in db.session.execute(query.where(*reviews))]


def _review(form: CoachingForm, sha256: str) -> Json:
    assert form.signed_at
    told = {
        "level": str(form.level),
        "framework": form.framework,
        "mentor": form.mentor.name if form.mentor else form.author.name,
        "held": held_by(form.mentor) if form.mentor else [],
        "document": sha256,
    }
    return _entry(form.public_id, form.signed_at.astimezone(UTC).date().isoformat(), REVIEW, told)


def _entry(name: str, day: str, kind: str, told: Json) -> Json:
    return {"id": name, "day": day, "kind": kind, "told": told}
