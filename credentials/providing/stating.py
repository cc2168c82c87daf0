"""What the school states about a program as a provider; written down with who and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from enrollment.models import Program
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


@dataclass(frozen=True, slots=True)
class Stated:
    """`ethics_minutes` are among the program's core minutes: ICF counts ethics as Core Competencies."""

    director: str
    credential: str
    ethics_minutes: int
    evaluation: bool


def state(program: Program, stated: Stated, *, actor: User, at: datetime) -> bool:
    """Keep what is stated; False where it was so already. Raises Refused."""
    found = db.session.scalars(select(Program).where(Program.id == program.id).with_for_update(key_share=True)).one()
    if stated.ethics_minutes > found.core_minutes:
        raise Refused("Ethics are among the core hours, so there can't be more of them.", field="ethics")
    if stated.credential and not stated.director:
        raise Refused("Name the person who holds it.", field="director")
    told = {
        "director": {"name": stated.director, "credential": stated.credential} if stated.director else {},
        "ethics_minutes": stated.ethics_minutes,
        "evaluation": stated.evaluation,
    }
    if {name: found.facts.get(name) for name in told} == told:
        return False
    found.facts = found.facts | told
    db.session.flush()
    figures = {"ethics_minutes": stated.ethics_minutes, "evaluation": stated.evaluation}
    record("program.stated", subject=found, actor=actor, at=at, credential=stated.credential, **figures)
    return True
