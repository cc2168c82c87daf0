"""Mentor coaching received: with whom, in what company, how much of it counts, and over how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from credentials.evaluating.answers import Excluded
from credentials.evaluating.calendar import shift_months
from credentials.evaluating.profile import MentorSession
from credentials.rules import Rule, RuleSet


class Terms(NamedTuple):
    """What makes a mentor session count: who may mentor, the size of a group, the group minutes, the days."""

    who: RuleSet
    eligible_key: str
    group_size_max: int | None
    group_minutes_max: int | None
    span_months: int
    first_day: date
    last_day: date


class Mentoring:
    """The countable mentor coaching between the first and last day of the terms."""

    def __init__(self, sessions: Sequence[MentorSession], terms: Terms, outside: Callable[[date], str]) -> None:
        self._terms = terms
        self.excluded: list[Excluded] = []
        self.sessions: list[MentorSession] = []
        for session in sorted(sessions, key=lambda s: (s.on, s.id, s.minutes)):
            reason = self._refusal(session, outside)
            if reason:
                self.excluded.append(Excluded(session.id, session.minutes, reason))
            else:
                self.sessions.append(session)
        self.one_to_one = sum(s.minutes for s in self.sessions if s.mentees == 1)
        self.group = self._countable_group()

    @property
    def minutes(self) -> int:
        """One-to-one minutes plus the group minutes that count."""
        return self.one_to_one + self.group

    @property
    def observed(self) -> int:
        """Countable sessions in which the mentor observed coaching and wrote it up."""
        return sum(s.observed for s in self.sessions)

    @property
    def last_on(self) -> date | None:
        """The day of the last countable session."""
        return self.sessions[-1].on if self.sessions else None

    @property
    def span(self) -> tuple[int, int]:
        """Days from the first countable session to the last, and the days that the calendar months ask for.

        Without a session the months that end with the terms are asked for.
        """
        if not self.sessions:
            last = self._terms.last_day
            return 0, (last - shift_months(last, -self._terms.span_months)).days
        first = self.sessions[0].on
        return (self.sessions[-1].on - first).days, (shift_months(first, self._terms.span_months) - first).days

    @property
    def undated_mentors(self) -> list[str]:
        """Names of mentors whose specialization counts although the day they earned it is not given."""
        counted = (s for s in self.sessions if s.specialization and not s.specialization_since)
        return sorted({s.mentor for s in counted if not _is_qualified(s, self._rule(s.on), trusting=False)})

    def _refusal(self, session: MentorSession, outside: Callable[[date], str]) -> str | None:
        if not self._terms.first_day <= session.on <= self._terms.last_day:
            return outside(session.on)
        asks = bool(self._terms.who.by_key.get(self._terms.eligible_key))
        if asks and not _is_qualified(session, self._rule(session.on)):
            return "mentor_not_qualified"
        most = self._terms.group_size_max
        return "group_too_large" if most is not None and session.mentees > most else None

    def _rule(self, day: date) -> Rule | None:
        return self._terms.who.rule(self._terms.eligible_key, on=day)

    def _countable_group(self) -> int:
        """The group minutes up to the limit; the sessions that go past it are named, the latest first to give way."""
        left = self._terms.group_minutes_max
        counted = 0
        for session in (s for s in self.sessions if s.mentees > 1):
            taken = session.minutes if left is None else min(session.minutes, left - counted)
            counted += taken
            if taken < session.minutes:
                self.excluded.append(Excluded(session.id, session.minutes - taken, "group_hours_past_limit"))
        return counted


def _is_qualified(session: MentorSession, rule: Rule | None, *, trusting: bool = True) -> bool:
    """Whether the mentor was qualified on the day of the session.

    A specialization without a day is taken as held on the day of the session (`trusting`), and a notice says so.
    """
    if rule is None:
        return False
    holds = {session.credential}
    if session.credential == "ACC" and session.renewed:
        holds.add("ACC_renewed_once")
    since = session.specialization_since
    if session.specialization and (trusting if since is None else since <= session.on):
        holds.add(f"MCS-{session.specialization}")
    return not holds.isdisjoint(rule.value)
