"""How a mentor stood on the day of a session, in words, and whether the engine counts it toward ACC and PCC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from credentials.evaluating import evaluate
from credentials.models import Mentor, MentorSession, ReviewState
from credentials.profiling import Records
from credentials.wording import reason_words


@dataclass(frozen=True, slots=True)
class Judged:
    """A session, how its mentor stood that day, and by credential why it does not count (empty where it does)."""

    session: MentorSession
    state: ReviewState
    standing: str
    refused: dict[str, str]


def sessions_with_standing(records: Records, day: date) -> list[Judged]:
    """The newest first. Judged on the Portfolio path, where mentor coaching is always looked at."""
    refusals = {name: _refusals(records, name, day) for name in ("ACC", "PCC")}
    return [
        Judged(
            session,
            state,
            standing_on(session.mentor, session.on),
            {name: known.get(session.public_id, "") for name, known in refusals.items()},
        )
        for session, state in reversed(records.mentoring)
    ]


def standing_on(mentor: Mentor, day: date) -> str:
    """`PCC, MCS-PCC since 2026-09-01`: what a mentor held on a day."""
    held = "no ICF credential" if mentor.credential == "none" else str(mentor.credential)
    if mentor.credential == "ACC":
        held += ", renewed" if mentor.renewed else ", not renewed yet"
    since = mentor.specialization_since
    if not mentor.specialization or (since and since > day):
        return f"{held}, no specialization on that day"
    return f"{held}, MCS-{mentor.specialization}" + ("" if since else " (since when is not known)")


def _refusals(records: Records, credential: str, day: date) -> dict[str, str]:
    mentoring_alone = replace(records, coaching=[])
    found = evaluate(mentoring_alone.profile(credential, "portfolio", day))
    return {row["record"]: reason_words(row["reason"]) for row in found["excluded"]}
