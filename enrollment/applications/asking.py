"""Asking: a program's questions, published in versions; the newest holds, and says whether anybody applies at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.models import User
from enrollment.applications.models import Kind, Questions
from enrollment.models import Program
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

MOST = 20


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as it was typed. `key` names its answer; one that stays keeps it over versions."""

    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    is_needed: bool = True
    key: str = ""


def newest(program_id: int) -> Questions | None:
    query = select(Questions).where(Questions.program_id == program_id).order_by(Questions.version.desc())
    return db.session.scalar(query.limit(1))


def versions(program_id: int) -> list[Questions]:
    """Every version, the newest first."""
    query = select(Questions).where(Questions.program_id == program_id)
    return list(db.session.scalars(query.order_by(Questions.version.desc())))


def publish(
    program: Program,
    drafts: list[QuestionDraft],
    *,
    is_asked: bool,
    intro: str,
    days_to_buy: int,
    after: int,
    actor: User,
    at: datetime,
) -> Questions:
    """The next version. Applications that are under way keep theirs. Raises Refused beside the field.

    `after`: the version that was read; where somebody else has published since, it is refused.
    """
    db.session.scalars(select(Program).where(Program.id == program.id).with_for_update(key_share=True)).one()
    known = newest(program.id)
    if after != (known.version if known else 0):
        raise Refused("Somebody else has published a version since you opened the page. Look at it, then write yours.")
    _check(drafts, is_asked, days_to_buy)
    made = Questions(
        program_id=program.id,
        version=after + 1,
        is_asked=is_asked,
        intro=intro,
        questions=_kept(drafts),
        days_to_buy=days_to_buy,
        published_by_id=actor.id,
        published_at=at,
    )
    db.session.add(made)
    program.asks_application = is_asked
    db.session.flush()
    facts = {"program": program.slug, "version": made.version, "is_asked": is_asked}
    record("application_questions.published", subject=made, actor=actor, at=at, **facts)
    return made


def _check(drafts: list[QuestionDraft], is_asked: bool, days_to_buy: int) -> None:
    if is_asked and not drafts:
        raise Refused("Ask at least one thing, or switch the application off.", "questions")
    if len(drafts) > MOST:
        raise Refused(f"At most {MOST} questions.", "questions")
    for number, draft in enumerate(drafts, 1):
        if not draft.label:
            raise Refused(f"Question {number}: what do you ask?", "questions")
        if draft.kind == Kind.CHOICE and len(set(draft.choices)) < 2:
            raise Refused(f"Question {number}: give at least two choices, with commas between them.", "questions")
    if not 1 <= days_to_buy <= 120:
        raise Refused("From 1 to 120 days.", "days_to_buy")


def _kept(drafts: list[QuestionDraft]) -> list[dict[str, Any]]:
    """Each with a key of its own; a new question gets the next that nobody has."""
    taken, kept = {draft.key for draft in drafts if draft.key}, []
    numbers = (f"q{n}" for n in range(1, 200) if f"q{n}" not in taken)
    for draft in drafts:
        told = {"label": draft.label, "kind": str(draft.kind), "choices": list(draft.choices)}
        kept.append(told | {"is_needed": draft.is_needed, "key": draft.key or next(numbers)})
    return kept
