"""Taking over what stands beside another school's ledger: sessions received from peers, signed Review Forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, literal, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import joinedload

from credentials.models import BroughtReview, Level, PeerHour, PriorLearning
from credentials.passports.besides import amount_of, standing_received
from credentials.passports.companions import mentors_in
from credentials.passports.sealing import BESIDE, Json
from credentials.passports.shaping import PEER_RECEIVED, REVIEW
from foundation.db import db, new_public_id
from foundation.secrets import encrypt

BESIDE_KINDS = (PEER_RECEIVED, REVIEW)


def doubles_beside(user_id: int, signer: str, entries: Iterable[Json]) -> dict[str, str]:
    """By the name of an entry: what here it would count again. Each session here answers for one of the passport.

    What came from the same school is not looked at: its entries are known by their names.
    """
    entries = list(entries)
    if not entries:
        return {}
    there, forms = _standing_beside(user_id, signer)
    found: dict[str, str] = {}
    for one in entries:
        mark = (one["day"], one["told"].get("minutes"))
        if one["kind"] == PEER_RECEIVED and there[mark]:
            there[mark] -= 1
            found[one["id"]] = "you noted a session received on that day, of that length"
        elif one["kind"] == REVIEW and one["told"]["document"] in forms:
            found[one["id"]] = "this form stands here already"
    return found


def _standing_beside(user_id: int, signer: str) -> tuple[Counter[Any], set[str]]:
    """One statement: how often a session received stands by day and length, and the digests of forms."""
    came = select(PriorLearning.id).where(PriorLearning.user_id == user_id, PriorLearning.signer == signer)
    own = standing_received(user_id).where(or_(PeerHour.claim_id.is_(None), PeerHour.claim_id.not_in(came)))
    sessions = own.with_only_columns(PeerHour.on, PeerHour.minutes, literal(""))
    reviews = _standing_reviews(user_id).with_only_columns(BroughtReview.signed_on, literal(0), BroughtReview.document)
    found = db.session.execute(union_all(sessions, reviews)).all()
    there = Counter((on.isoformat(), minutes) for on, minutes, document in found if not document)
    return there, {document for _, _, document in found if document}


def take_over_beside(
    made: PriorLearning, content: Json, carried: Collection[str], kinds: Collection[str], at: datetime
) -> tuple[dict[str, int], set[str]]:
    """Write what is granted of it: amounts by kind, and the names of what was left out."""
    entries = [one for one in content.get(BESIDE, []) if one["id"] in carried]
    wanted = [one for one in entries if one["kind"] in kinds]
    doubles = doubles_beside(made.user_id, made.signer, wanted)
    taken = [one for one in wanted if one["id"] not in doubles]
    _write_received(made, [one for one in taken if one["kind"] == PEER_RECEIVED], at)
    _write_reviews(made, content, [one for one in taken if one["kind"] == REVIEW], at)
    return amount_of(taken), {one["id"] for one in entries} - {one["id"] for one in taken}


def take_back_beside(made: PriorLearning, at: datetime) -> int:
    """Reverse what a claim has brought beside the lines; how many entries."""
    standing = list(db.session.scalars(standing_received(made.user_id).where(PeerHour.claim_id == made.id)))
    if standing:
        back = [_received(made, one.on, -one.minutes, "", at) | {"reverses_id": one.id} for one in standing]
        db.session.execute(insert_once(PeerHour).on_conflict_do_nothing(), back)
    mine = (BroughtReview.claim_id == made.id, BroughtReview.taken_back_at.is_(None))
    gone = update(BroughtReview).where(*mine).values(taken_back_at=at).returning(BroughtReview.id)
    return len(standing) + len(db.session.scalars(gone).all())


def brought_reviews_of(user_id: int) -> Sequence[BroughtReview]:
    """What stands, the newest first."""
    query = _standing_reviews(user_id).options(joinedload(BroughtReview.mentor), joinedload(BroughtReview.claim))
    return db.session.scalars(query.order_by(BroughtReview.signed_on.desc(), BroughtReview.id.desc())).all()


def _standing_reviews(user_id: int) -> Any:
    return select(BroughtReview).where(BroughtReview.user_id == user_id, BroughtReview.taken_back_at.is_(None))


def _write_received(made: PriorLearning, entries: Sequence[Json], at: datetime) -> None:
    peer = encrypt(f"a peer, {made.provider}"[:200])
    rows = [_received(made, date.fromisoformat(one["day"]), one["told"]["minutes"], peer, at) for one in entries]
    if rows:
        db.session.execute(insert(PeerHour), rows)


def _received(made: PriorLearning, on: date, minutes: int, peer: str, at: datetime) -> Json:
    return {
        "public_id": new_public_id(),
        "user_id": made.user_id,
        "on": on,
        "minutes": minutes,
        "sealed_peer": peer,
        "reverses_id": None,
        "claim_id": made.id,
        "recorded_at": at,
    }


def _write_reviews(made: PriorLearning, content: Json, entries: Sequence[Json], at: datetime) -> None:
    mentors = mentors_in(made, content["number"], [one["told"] for one in entries], at)
    for one, mentor in zip(entries, mentors, strict=True):
        told = one["told"]
        db.session.add(
            BroughtReview(
                user_id=made.user_id,
                claim_id=made.id,
                mentor_id=mentor.id,
                level=Level(told["level"]),
                framework=told["framework"],
                document=told["document"],
                signed_on=date.fromisoformat(one["day"]),
                taken_over_at=at,
            )
        )
    db.session.flush()
