"""How a mentor stood on the day of a session, in words, and whether the engine counts it toward ACC and PCC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from credentials.evaluating import evaluate
from credentials.mentor_coaching.holding import Held, held_on
from credentials.models import ReviewState
from credentials.profiling import Records
from credentials.recalling import Mentored, Mentoring
from credentials.rules import Rule
from credentials.ruling.living import live_book
from credentials.wording import reason_words

JUDGED_FOR = ("ACC", "PCC")
WHO_MAY_MENTOR = "mentor.eligible_mentor"
NOT_QUALIFIED = "mentor_not_qualified"
ASKED = {"ACC_renewed_once": "an ACC renewed at least once"}


class Judgeable(Protocol):
    """A session, as its entity or as a plain row: its day, and the mentor with what is known of them."""

    @property
    def on(self) -> Any: ...

    @property
    def mentor(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A session, how its mentor stood that day, and by credential why it does not count (empty where it does)."""

    session: Mentored
    state: ReviewState
    standing: str
    refused: dict[str, str]


def sessions_with_standing(records: Records, day: date) -> list[Judged]:
    """The newest first. Judged on the Portfolio path, where mentor coaching is always looked at."""
    refusals = {name: _refusals(records, name, day) for name in JUDGED_FOR}
    return [
        Judged(
            session,
            state,
            standing_on(session.mentor, session.on),
            {name: _why(known.get(session.public_id, ""), name, session.on) for name, known in refusals.items()},
        )
        for session, state in reversed(records.mentoring)
    ]


def standing_on(mentor: Mentoring, day: date) -> str:
    """`PCC, MCS-PCC`: what a mentor held on a day."""
    return held_on(mentor.facts, day).words


def refusal_on(held: Held, credential: str, day: date) -> str:
    """Why a session of that day does not count toward a credential, by the mentor alone; empty where it does."""
    rule = _rule(credential, day)
    if rule is None or not _names(held).isdisjoint(rule.value):
        return ""
    return _why(NOT_QUALIFIED, credential, day)


def no_credit_for(session: Judgeable) -> str:
    """That a session counts toward neither ACC nor PCC because of its mentor, in words; empty where it does."""
    held = held_on(session.mentor.facts, session.on)
    if all(refusal_on(held, name, session.on) for name in JUDGED_FOR):
        return f"the mentor held {held.short} that day: no credit toward ACC or PCC"
    return ""


def counts_toward(held: Held, day: date) -> list[str]:
    """The credentials toward which a session of that day counts, as far as the mentor is concerned."""
    return [name for name in ("ACC", "PCC", "MCC") if not refusal_on(held, name, day)]


def _names(held: Held) -> set[str]:
    names = {held.credential, *(f"MCS-{level}" for level, _ in held.specializations)}
    return names | ({"ACC_renewed_once"} if held.credential == "ACC" and held.renewed else set())


def _why(code: str, credential: str, day: date) -> str:
    """The reason in words; where the mentor is the reason, with what ICF asks for on that day."""
    if not code:
        return ""
    rule = _rule(credential, day) if code == NOT_QUALIFIED else None
    return f"{reason_words(code)}: {_asked(rule.value)}" if rule else reason_words(code)


def _rule(credential: str, day: date) -> Rule | None:
    """Who may mentor on a day, by the newest rules of the Portfolio path: each holds the rule of earlier days too."""
    return live_book().history(credential, "portfolio")[-1].rule(WHO_MAY_MENTOR, on=day)


def _asked(names: Iterable[str]) -> str:
    words = [ASKED.get(name, name) for name in names]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _refusals(records: Records, credential: str, day: date) -> dict[str, str]:
    mentoring_alone = replace(records, coaching=[])
    found = evaluate(mentoring_alone.profile(credential, "portfolio", day), live_book())
    return {row["record"]: row["reason"] for row in found["excluded"]}
