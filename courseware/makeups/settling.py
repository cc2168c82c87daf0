"""Settling: an accepted make-up adds exactly what the sheet lacks, and goes along when the sheet is corrected.

Called under the lock of the class's row, which attendance takes as well.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from courseware.attendance.timing import core_share
from courseware.models import MAKE_UP_MOVES, LiveClass, MakeUp, MakeUpState
from credentials.awarding import award_minutes, reverse
from enrollment.models import Enrollment
from foundation.audit import record
from foundation.db import db


def missing(live_class: LiveClass, attended: int) -> tuple[int, int]:
    """Minutes and core minutes that somebody lacks: with those attended they sum to the whole class."""
    return live_class.minutes - attended, live_class.core_minutes - core_share(live_class, attended)


def write_line(made: MakeUp, attended: int, *, mark: int, actor: User | None, at: datetime) -> None:
    """The missing minutes into the ledger, once for a make-up and the mark it completes."""
    live_class: LiveClass = made.live_class
    minutes, core = missing(live_class, attended)
    entry = award_minutes(
        user_id=made.enrollment.user_id,
        enrollment_id=made.enrollment_id,
        minutes=minutes,
        core_minutes=core,
        synchronous=made.is_synchronous,
        on=made.made_on,
        title=f"Make-up: {live_class.title}",
        evidence={
            "type": "make_up",
            "ref": f"make_up:{made.public_id}",
            "class": f"class:{live_class.id}",
            "cohort": live_class.cohort.code,
            "way": str(made.way),
            "of_minutes": live_class.minutes,
            "attended": attended,
            "takeaways_words": made.words,
            "practice_minutes": made.practice_minutes,
        },
        source_key=f"make-up:{made.id}:mark:{mark}",
        at=at,
        actor=actor,
    )
    made.minutes, made.entry_id = minutes, entry.id


def take_line_back(made: MakeUp, reason: str, actor: User | None, at: datetime) -> None:
    if made.entry is not None:
        reverse(made.entry, reason, actor, at)


def resettle(
    live_class: LiveClass,
    enrollment: Enrollment,
    attended: int,
    *,
    mark: int,
    reason: str,
    actor: User | None,
    at: datetime,
) -> None:
    """The sheet was corrected: an accepted make-up adds what is missing now. Where nothing is, it is taken back."""
    made = standing(live_class.id, enrollment.id)
    if made is None or made.state != MakeUpState.ACCEPTED:
        return
    take_line_back(made, reason, actor, at)
    if attended < live_class.minutes:
        write_line(made, attended, mark=mark, actor=actor, at=at)
        record("make_up.resettled", subject=made, actor=actor, at=at, minutes=made.minutes)
    else:
        MAKE_UP_MOVES.check(made.state, MakeUpState.TAKEN_BACK)
        made.state, made.minutes, made.reason = MakeUpState.TAKEN_BACK, 0, reason
        record("make_up.taken_back", subject=made, actor=actor, at=at, reason=reason)
    db.session.flush()


def standing(class_id: int, enrollment_id: int) -> MakeUp | None:
    """What waits or was accepted for this class; one at most."""
    stands = MakeUp.state.in_((MakeUpState.HANDED_IN, MakeUpState.ACCEPTED))
    query = select(MakeUp).where(MakeUp.live_class_id == class_id, MakeUp.enrollment_id == enrollment_id, stands)
    return db.session.scalar(query.with_for_update(key_share=True))
