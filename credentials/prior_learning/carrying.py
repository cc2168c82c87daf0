"""Carrying: lines of another school's passport, each behind one claim at a time, whoever hands it in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from credentials.models import CarriedLine, PriorLearning
from foundation.db import db
from foundation.errors import Refused


def carried_already(line_ids: Sequence[str]) -> dict[str, int]:
    """Of these lines those that stand behind a claim, with the person whose claim it is."""
    query = (
        select(CarriedLine.line_id, PriorLearning.user_id)
        .join(PriorLearning, PriorLearning.id == CarriedLine.claim_id)
        .where(CarriedLine.line_id.in_(list(line_ids)), CarriedLine.released_at.is_(None))
    )
    return {row.line_id: row.user_id for row in db.session.execute(query)}


def carry(made: PriorLearning, line_ids: Sequence[str]) -> None:
    """Put lines behind a claim. Raises Refused where somebody was quicker with one of them."""
    values = [{"claim_id": made.id, "line_id": name} for name in line_ids]
    statement = insert(CarriedLine).values(values).on_conflict_do_nothing().returning(CarriedLine.id)
    if len(db.session.scalars(statement).all()) != len(line_ids):
        raise Refused("These lines were handed in this very moment. Look at the page once more.", field="passport")


def release(made: PriorLearning, at: datetime, *, lines: Collection[str] | None = None) -> None:
    """The claim, or these lines of it, do not stand: they may be handed in anew."""
    if not made.signer or (lines is not None and not lines):
        return
    mine = update(CarriedLine).where(CarriedLine.claim_id == made.id, CarriedLine.released_at.is_(None))
    chosen = mine if lines is None else mine.where(CarriedLine.line_id.in_(lines))
    db.session.execute(chosen.values(released_at=at))


def lines_carried_by(made: PriorLearning) -> set[str]:
    return set(db.session.scalars(select(CarriedLine.line_id).where(CarriedLine.claim_id == made.id)))
