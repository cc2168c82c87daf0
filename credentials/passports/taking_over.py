"""Taking over: what a passport brings beside education becomes lines of the ledger, checked, each with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from accounts.models import User
from credentials.coaching_log.logging_sessions import one_at_a_time
from credentials.models import BROUGHT, Kind, LedgerEntry, LedgerReview, PriorLearning, ReviewState
from credentials.passports.checking import Checked, check
from credentials.passports.companions import pieces_of
from credentials.passports.doubling import FROM_A_PASSPORT, doubles_of
from credentials.passports.reading import Unreadable
from credentials.passports.recording import Piece
from credentials.passports.sealing import Json
from credentials.passports.taking_beside import take_over_beside
from credentials.passports.trusting import known_keys
from credentials.prior_learning.carrying import lines_carried_by, release
from credentials.prior_learning.keeping import content_of
from credentials.reviewing import approve
from foundation.db import Model, db, new_public_id
from foundation.errors import NotFound, Refused

SOURCE = "prior:{}:"
"""How the keys of all lines begin that a claim has written; its number comes in."""


def take_over(made: PriorLearning, kinds: Collection[str], *, actor: User, at: datetime) -> dict[str, int]:
    """Write the lines of these kinds, checked, and what stands beside them; minutes by kind.

    What stands here meanwhile is left out, and lines that are left out are let go of, so that they may be handed in
    anew. Raises Refused where the file is not what was handed in.
    """
    if not made.brought:
        return {}
    one_at_a_time(made.user)
    checked = _intact(made)
    carried = lines_carried_by(made)
    lines = [one for one in checked.content["lines"] if one["id"] in carried and one["kind"] in BROUGHT]
    doubles = doubles_of(made.user_id, checked.content, [one for one in lines if one["kind"] in kinds])
    taken = [one for one in lines if one["kind"] in kinds and one["id"] not in doubles]
    gone = {one["id"] for one in lines} - {one["id"] for one in taken}
    if taken:
        _write(made, checked, taken, actor, at)
    beside, left = take_over_beside(made, checked.content, carried, kinds, at)
    release(made, at, lines=gone | left)
    return minutes_by_kind(taken) | beside


def minutes_by_kind(lines: Iterable[Json]) -> dict[str, int]:
    """Whole minutes of each kind that there is."""
    found: dict[str, int] = {}
    for line in lines:
        found[line["kind"]] = found.get(line["kind"], 0) + int(line["minutes"])
    return found


def _intact(made: PriorLearning) -> Checked:
    try:
        checked = check(content_of(made.sha256), known_keys())
    except (NotFound, Unreadable):
        raise Refused("The passport behind this claim can't be read any more. Decline it.") from None
    if checked.faults:
        raise Refused(f"The passport behind this claim is not what was signed. {checked.faults[0].words}")
    return checked


def _write(made: PriorLearning, checked: Checked, lines: Sequence[Json], actor: User, at: datetime) -> None:
    pieces = pieces_of(made, checked.content, lines, at)
    rows = [_entry(made, checked, number, piece, actor, at) for number, piece in enumerate(pieces, 1)]
    written = db.session.execute(insert(LedgerEntry).returning(LedgerEntry.id, LedgerEntry.source_key), rows)
    ids = {row.source_key: row.id for row in written}
    review = {"user_id": made.user_id, "state": ReviewState.SENT, "sent_at": made.handed_in_at, "reason": ""}
    db.session.execute(insert(LedgerReview), [review | {"entry_id": entry_id} for entry_id in ids.values()])
    by_table: dict[type[Model], list[dict[str, Any]]] = {}
    for piece, row in zip(pieces, rows, strict=True):
        values = piece.values(made.user_id, ids[row["source_key"]], at)
        by_table.setdefault(piece.table, []).append(values)
    for table, values_of_all in by_table.items():
        db.session.execute(insert(table), values_of_all)
    approve([row["public_id"] for row in rows], actor, at)


def _entry(
    made: PriorLearning, checked: Checked, number: int, piece: Piece, actor: User, at: datetime
) -> dict[str, Any]:
    line, evidence = piece.line, piece.evidence()
    return {
        "public_id": new_public_id(),
        "user_id": made.user_id,
        "enrollment_id": None,
        "kind": Kind(line["kind"]),
        "minutes": line["minutes"],
        "core_minutes": line["core_minutes"],
        "synchronous": line["synchronous"],
        "on": piece.on,
        "title": piece.title,
        "recorded_at": at,
        "recorded_by_id": actor.id,
        "evidence_type": FROM_A_PASSPORT,
        "evidence_ref": str(evidence["ref"]),
        "evidence": evidence | {"type": FROM_A_PASSPORT, "passport": _standing(made, checked, line)},
        "reverses_id": None,
        "reason": "",
        "source_key": f"{SOURCE.format(made.id)}brought:{number}",
    }


def _standing(made: PriorLearning, checked: Checked, line: Json) -> Json:
    """How the line stood at the school that signed it, and where it stands in its passport."""
    return {
        "claim": made.public_id,
        "issuer": checked.content["issuer"]["id"],
        "school": made.provider,
        "number": checked.content["number"],
        "line": line["id"],
        "checked_on": line["checked_on"],
        "confirmed": line["confirmed"],
        "evidence": line["evidence"],
        "sha256": line["sha256"],
        "document": made.sha256,
    }
