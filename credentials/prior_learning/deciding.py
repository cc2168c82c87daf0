"""Deciding about prior learning: granted it becomes lines of the ledger, taken back it is reversed by others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.awarding import award_minutes, reversal_of
from credentials.letters import promise_prior_learning
from credentials.models import CLAIM_MOVES, PARTS, ClaimState, LedgerEntry, PriorLearning
from credentials.passports.taking_beside import take_back_beside
from credentials.passports.taking_over import SOURCE, take_over
from credentials.prior_learning.carrying import release
from credentials.reviewing import approve as approve_lines
from enrollment.models import Enrollment
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

MOST_A_LINE = 6000  # minutes: what a line of the ledger holds
WORDS = {
    ClaimState.HANDED_IN: "waits",
    ClaimState.APPROVED: "approved",
    ClaimState.DECLINED: "declined",
    ClaimState.WITHDRAWN: "withdrawn by its trainee",
    ClaimState.TAKEN_BACK: "taken back",
}


def approve(
    made: PriorLearning,
    granted: Mapping[str, int],
    reason: str,
    *,
    enrollment: Enrollment | None,
    actor: User,
    at: datetime,
    kinds: Collection[str] = (),
) -> bool:
    """Grant minutes by kind, at most those claimed; they stand checked in the ledger. Whether anything changed.

    With an enrollment education counts in that program. `kinds`: what else a passport brings that is taken over, line
    by line. Raises Refused, its `field` the input.
    """
    _check_reason(reason, "Say what you saw in the document; it is kept with the hours.")
    _check_granted(made, granted, kinds)
    if enrollment is not None and enrollment.user_id != made.user_id:
        raise Refused("This is somebody else’s place.", field="enrollment")
    if not _move(made, ClaimState.APPROVED, actor, at, reason):
        return False
    made.granted = {name: granted[name] for name in PARTS}
    made.enrollment_id = enrollment.id if enrollment else None
    lines = [_write(made, number, *line, actor, at) for number, line in enumerate(_lines(granted), 1)]
    if lines:
        approve_lines([line.public_id for line in lines], actor, at)
    made.granted = made.granted | take_over(made, kinds, actor=actor, at=at)
    if not any(made.granted.values()):
        raise Refused("All of it stands in the ledger meanwhile. Decline it.")
    record(
        "prior_learning.approved", subject=made, actor=actor, at=at, minutes=made.granted_minutes, reason=made.reason
    )
    promise_prior_learning(made, at=at)
    db.session.flush()
    return True


def decline(made: PriorLearning, reason: str, *, actor: User, at: datetime) -> bool:
    """Not granted, with what is missing. Whether anything changed; raises Refused, its `field` the reason."""
    _check_reason(reason, "Say why, or what is missing; the trainee reads it.")
    if not _move(made, ClaimState.DECLINED, actor, at, reason):
        return False
    record("prior_learning.declined", subject=made, actor=actor, at=at, reason=made.reason)
    promise_prior_learning(made, at=at)
    return True


def take_back(made: PriorLearning, reason: str, *, actor: User, at: datetime) -> bool:
    """What was granted counts no more: each of its lines is reversed. Whether anything changed; raises Refused."""
    _check_reason(reason, "Say why; it stands in the person’s ledger.")
    if not _move(made, ClaimState.TAKEN_BACK, actor, at, reason):
        return False
    lines = [reversal_of(line, made.reason, actor, at) for line in lines_of_claim(made)]
    if lines:
        db.session.execute(insert(LedgerEntry).on_conflict_do_nothing(), lines)
    beside = take_back_beside(made, at)
    record("prior_learning.taken_back", subject=made, actor=actor, at=at, reason=made.reason, lines=len(lines) + beside)
    promise_prior_learning(made, at=at)
    return True


def lines_of_claim(made: PriorLearning) -> list[LedgerEntry]:
    """What a claim has written, in order; reversals are not among them."""
    written = LedgerEntry.source_key.startswith(SOURCE.format(made.id), autoescape=True)
    query = select(LedgerEntry).where(LedgerEntry.user_id == made.user_id, written)
    return list(db.session.scalars(query.where(LedgerEntry.reverses_id.is_(None)).order_by(LedgerEntry.id)))


def _check_reason(reason: str, words: str) -> None:
    if not reason.strip():
        raise Refused(words, field="reason")


def _check_granted(made: PriorLearning, granted: Mapping[str, int], kinds: Collection[str]) -> None:
    for name in PARTS:
        if not 0 <= granted[name] <= made.claimed[name]:
            raise Refused("At most what is claimed.", field=name)
    if not any(granted[name] for name in PARTS) and not set(kinds) & set(made.brought):
        raise Refused("Grant something, or decline it.", field=next((n for n in PARTS if made.claimed[n]), None))


def _move(made: PriorLearning, to: ClaimState, actor: User, at: datetime, reason: str) -> bool:
    """Under the claim's row lock, so that two who decide at once are one after the other."""
    db.session.refresh(made, with_for_update={"of": PriorLearning, "key_share": True})
    if made.user_id == actor.id:
        raise Refused("Nobody decides about their own hours.")
    if made.state == to:
        return False
    if not CLAIM_MOVES.allows(made.state, to):
        by = f" by {made.decided_by.name}" if made.decided_by else ""
        raise Refused(f"This was decided meanwhile: {WORDS[made.state]}{by}.")
    made.state, made.decided_at, made.decided_by_id, made.reason = to, at, actor.id, reason.strip()
    if to != ClaimState.APPROVED:
        release(made, at)
    return True


def _lines(granted: Mapping[str, int]) -> Iterator[tuple[bool, int, int]]:
    """Synchronous or not, minutes, core minutes: as many lines as the ledger needs for them."""
    for synchronous, way in ((True, "live"), (False, "own")):
        core, rest = granted[f"{way}_core"], granted[f"{way}_resource"]
        while core + rest:
            part = min(MOST_A_LINE, core + rest)
            of_core = min(core, part)
            core, rest = core - of_core, rest - (part - of_core)
            yield synchronous, part, of_core


def _write(
    made: PriorLearning, number: int, synchronous: bool, minutes: int, core: int, actor: User, at: datetime
) -> LedgerEntry:
    return award_minutes(
        user_id=made.user_id,
        enrollment_id=made.enrollment_id,
        minutes=minutes,
        core_minutes=core,
        synchronous=synchronous,
        on=made.last_on,
        title=f"{made.provider}: {made.title}",
        evidence={
            "type": "prior_learning",
            "ref": _ref(made),
            "provider": made.provider,
            "course": made.title,
            "accreditation": str(made.accreditation),
            "completed": made.completed,
            "first_on": made.first_on.isoformat(),
            "last_on": made.last_on.isoformat(),
            "claimed": made.claimed,
            "granted": made.granted,
            "document": {"sha256": made.sha256, "media_type": made.media_type},
            "note": made.reason,
        },
        source_key=f"{SOURCE.format(made.id)}line:{number}",
        at=at,
        actor=actor,
    )


def _ref(made: PriorLearning) -> str:
    return f"prior_learning:{made.public_id}"
