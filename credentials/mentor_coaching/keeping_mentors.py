"""The file of mentors: adding one, noting what they hold with its proof, withdrawing what was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from accounts.models import User
from credentials.mentor_coaching.holding import standing_facts
from credentials.models import FactKind, Level, Mentor, MentorCredential, MentorFact, MentorProof
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.uploads import Document


@dataclass(frozen=True, slots=True)
class Told:
    """What is noted of a mentor. Both days count; without `held_until` it has no end yet."""

    kind: FactKind
    level: Level
    held_from: date | None
    held_until: date | None = None
    note: str = ""
    proof: Document | None = None


def add_mentor(
    *,
    name: str,
    credential: MentorCredential,
    at: datetime,
    owner: User | None = None,
    user: User | None = None,
    actor: User | None = None,
    credential_since: date | None = None,
    renewed: bool = False,
    specialization: str | None = None,
    specialization_since: date | None = None,
) -> Mentor:
    """A mentor coach, the school's or the `owner`'s own, with what is known of them. Days may be unknown."""
    if not name.strip():
        raise Refused("Name the mentor coach.", field="mentor_name")
    if user is not None and db.session.scalar(select(Mentor.id).where(Mentor.user_id == user.id)):
        raise Refused("This account belongs to a mentor already.", field="account")
    mentor = Mentor(
        owner_id=owner.id if owner else None, user_id=user.id if user else None, name=name.strip(), created_at=at
    )
    db.session.add(mentor)
    db.session.flush()
    by = actor or owner
    record("mentor.added", subject=mentor, actor=by, at=at, credential=str(credential))
    if credential != MentorCredential.NONE:
        level = Level(credential)
        note_fact(mentor, Told(FactKind.CREDENTIAL, level, credential_since), actor=by, at=at)
        if renewed:
            note_fact(mentor, Told(FactKind.RENEWAL, level, None), actor=by, at=at)
    if specialization:
        told = Told(FactKind.SPECIALIZATION, Level(specialization), specialization_since)
        note_fact(mentor, told, actor=by, at=at)
    return mentor


def note_fact(mentor: Mentor, told: Told, *, actor: User | None, at: datetime) -> MentorFact:
    """Add a fact to the file. Raises Refused where it contradicts itself, stands already, or renews nothing."""
    if told.held_from and told.held_until and told.held_until < told.held_from:
        raise Refused("The last day lies before the first.", field="held_until")
    known = _known(mentor)
    if any((one.kind, one.level, one.held_from) == (told.kind, told.level, told.held_from) for one in known):
        raise Refused("This stands in the file already. Withdraw it first if it is wrong.", field="held_from")
    if told.kind == FactKind.RENEWAL and not any(_is_credential(one, told.level) for one in known):
        raise Refused(f"No {told.level} stands in the file that could be renewed. Note it first.", field="level")
    fact = MentorFact(
        mentor_id=mentor.id,
        kind=told.kind,
        level=told.level,
        held_from=told.held_from,
        held_until=told.held_until,
        note=told.note.strip(),
        proof_id=_keep(mentor, told.proof, actor, at).id if told.proof and actor else None,
        added_by_id=actor.id if actor else None,
        added_at=at,
    )
    db.session.add(fact)
    db.session.flush()
    db.session.expire(mentor, ["facts"])
    record("mentor.fact_noted", subject=mentor, actor=actor, at=at, kind=str(told.kind), level=str(told.level))
    return fact


def withdraw_fact(fact: MentorFact, *, reason: str, actor: User, at: datetime) -> MentorFact:
    """Take a fact back by another that names it. Done twice it is done once. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("Say why this is withdrawn.", field="reason")
    mentor = db.session.get_one(Mentor, fact.mentor_id)
    _known(mentor)
    done = db.session.scalar(select(MentorFact).where(MentorFact.withdraws_id == fact.id))
    if done is not None:
        return done
    if fact.withdraws_id is not None:
        raise Refused("A withdrawal can't be withdrawn: note the fact anew.", field="reason")
    withdrawal = MentorFact(
        mentor_id=fact.mentor_id,
        kind=fact.kind,
        level=fact.level,
        held_from=fact.held_from,
        held_until=fact.held_until,
        withdraws_id=fact.id,
        reason=reason.strip(),
        added_by_id=actor.id,
        added_at=at,
    )
    db.session.add(withdrawal)
    db.session.flush()
    db.session.expire(mentor, ["facts"])
    record("mentor.fact_withdrawn", subject=mentor, actor=actor, at=at, kind=str(fact.kind), level=str(fact.level))
    return withdrawal


def _known(mentor: Mentor) -> list[MentorFact]:
    """What stands, read under the mentor's row lock: two who note the same go one by one."""
    db.session.execute(select(Mentor.id).where(Mentor.id == mentor.id).with_for_update(key_share=True))
    return standing_facts(db.session.scalars(select(MentorFact).where(MentorFact.mentor_id == mentor.id)))


def _is_credential(fact: MentorFact, level: Level) -> bool:
    return fact.kind == FactKind.CREDENTIAL and fact.level == level


def _keep(mentor: Mentor, document: Document, actor: User, at: datetime) -> MentorProof:
    proof = MentorProof(
        mentor_id=mentor.id,
        name=document.name,
        media_type=document.media_type,
        sha256=document.sha256,
        content=document.content,
        added_by_id=actor.id,
        added_at=at,
    )
    db.session.add(proof)
    db.session.flush()
    return proof
