"""How far a draft of rules reaches: for how many trainees of the school the verdict turns, piece by piece.

Each is read on the path that their program leads to, as of the first day of the new rules, with the hours of now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.evaluating import ProfileError, evaluate
from credentials.models import REACH_MOVES, DraftState, ReachState, RuleDraft, RuleReach
from credentials.profiling import Records, records_of
from credentials.rules import RuleBook, RulesError, RuleSet
from credentials.ruling.comparing import PATH_WORDS, changed_sets
from credentials.ruling.drafting import document_json, proposed
from credentials.ruling.living import forget, live_book
from credentials.standing import usual_path
from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db
from foundation.jobs import Job, enqueue

PIECE = 25
NAMED = 100
APPLICATIONS = ("ACC", "PCC", "MCC")
VERDICTS = {
    "eligible": "meets the minimums",
    "needs_review": "one uncertain rule decides",
    "not_eligible": "does not yet meet them",
    "no_rules": "no rules are known",
}


def ask(draft: RuleDraft, at: datetime, today: date) -> RuleReach:
    """Have the draft's reach worked out, once for the book that it makes; what was begun for another book is left.

    A small school is looked at here and now, a larger one by the worker.

    Raises RulesError where the draft does not fit the rules in force.
    """
    book, after = live_book(), proposed(document_json(draft.text))
    _leave_others(draft, after.digest)
    changed = changed_sets(book, after)
    first_days = [s.effective_from for s in changed if s.effective_from]
    values = {
        "draft_id": draft.id,
        "digest": after.digest,
        "on": max(today, min(first_days, default=today)),
        "state": ReachState.WAITING,
        "trainees": db.session.scalar(_number_of_trainees()) if _pairs(changed) else 0,
        "looked_at": 0,
        "looked_until": 0,
        "turns": {},
        "people": [],
        "begun_at": at,
    }
    db.session.execute(insert(RuleReach).values(**values).on_conflict_do_nothing())
    reach = db.session.scalars(_of(draft, after.digest)).one()
    if reach.state == ReachState.WAITING and reach.trainees <= PIECE:
        _look_at_piece(reach, at)
    elif reach.state == ReachState.WAITING:
        enqueue(Job.WORK_OUT_REACH)
    return reach


def reach_of(draft: RuleDraft, after: RuleBook) -> RuleReach | None:
    """What is known of the draft's reach in the book that it now makes."""
    return db.session.scalars(_of(draft, after.digest)).one_or_none()


@dataclass(frozen=True)
class Turned:
    """One person whose verdict turns."""

    user: User
    place: str
    was: str
    becomes: str


def turned(reach: RuleReach) -> list[Turned]:
    """The first hundred whose verdict turns, by name; one statement."""
    ids = {row[0] for row in reach.people}
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
    rows = [
        Turned(users[user_id], f"{credential}, {PATH_WORDS[path]}", VERDICTS[was], VERDICTS[becomes])
        for user_id, credential, path, was, becomes in reach.people
        if user_id in users
    ]
    return sorted(rows, key=lambda row: row.user.name)


def turns_in_words(reach: RuleReach) -> list[tuple[int, str]]:
    """How many turn, and how."""
    pairs = sorted(reach.turns.items())
    return [(number, "{} → {}".format(*(VERDICTS[v] for v in name.split(">")))) for name, number in pairs]


def _of(draft: RuleDraft, digest: str) -> Select[RuleReach]:
    return select(RuleReach).where(RuleReach.draft_id == draft.id, RuleReach.digest == digest)


def _leave_others(draft: RuleDraft, digest: str) -> None:
    waiting = (RuleReach.draft_id == draft.id, RuleReach.digest != digest, RuleReach.state == ReachState.WAITING)
    db.session.execute(update(RuleReach).where(*waiting).values(state=ReachState.LEFT))


def work(at: datetime) -> Iterator[RuleReach]:
    """Piece after piece of what waits; the caller commits after each. A worker that dies is followed by another."""
    while (reach := _claimed()) is not None:
        _look_at_piece(reach, at)
        yield reach


def _claimed() -> RuleReach | None:
    query = select(RuleReach).where(RuleReach.state == ReachState.WAITING).order_by(RuleReach.id).limit(1)
    return db.session.scalar(
        query.with_for_update(skip_locked=True, key_share=True).execution_options(populate_existing=True)
    )


def _look_at_piece(reach: RuleReach, at: datetime) -> None:
    forget()
    before, after = live_book(), _book_of(reach)
    if after is None or after.digest != reach.digest:
        _end(reach, ReachState.LEFT, at)
        return
    pairs = _pairs(changed_sets(before, after))
    wanted = _trainees().where(Enrollment.user_id > reach.looked_until).order_by(Enrollment.user_id).limit(PIECE)
    user_ids = list(db.session.scalars(wanted)) if pairs else []
    turns, people = dict(reach.turns), list(reach.people)
    for user_id in user_ids:
        for credential, path, was, becomes in _turns_of(records_of(user_id), pairs, reach.on, before, after):
            name = f"{was}>{becomes}"
            turns[name] = turns.get(name, 0) + 1
            people.append([user_id, credential, path, was, becomes])
    reach.turns, reach.people = turns, people[:NAMED]
    reach.looked_at += len(user_ids)
    reach.looked_until = user_ids[-1] if user_ids else reach.looked_until
    if len(user_ids) < PIECE:
        _end(reach, ReachState.DONE, at)


def _end(reach: RuleReach, state: ReachState, at: datetime) -> None:
    REACH_MOVES.check(reach.state, state)
    reach.state, reach.ended_at = state, at


def _book_of(reach: RuleReach) -> RuleBook | None:
    if reach.draft.state != DraftState.OPEN:
        return None
    try:
        return proposed(document_json(reach.draft.text))
    except RulesError:
        return None


def _turns_of(
    records: Records, pairs: set[tuple[str, str]], on: date, before: RuleBook, after: RuleBook
) -> Iterator[tuple[str, str, str, str]]:
    usual = usual_path(records)
    for credential, path in sorted(pairs):
        if path == usual:
            profile = records.profile(credential, path, on)
            was, becomes = (_verdict(profile, book) for book in (before, after))
            if was != becomes:
                yield credential, path, was, becomes


def _verdict(profile: object, book: RuleBook) -> str:
    try:
        return str(evaluate(profile, book)["verdict"])
    except ProfileError:
        return "no_rules"


def _pairs(changed: list[RuleSet]) -> set[tuple[str, str]]:
    """The credentials and paths whose applications are read otherwise. Renewals need a credential held: not these."""
    if any(one.kind == "hours_accounting" for one in changed):
        return {(credential, path) for credential in APPLICATIONS for path in ("level", "portfolio")}
    return {(one.credential, one.serves) for one in changed if one.serves in {"level", "portfolio"}}


def _trainees() -> Select[int]:
    """Whoever is or was enrolled and has not left."""
    return select(Enrollment.user_id).where(Enrollment.state != EnrollmentState.WITHDRAWN).distinct()


def _number_of_trainees() -> Select[int]:
    return select(func.count()).select_from(_trainees().subquery())
