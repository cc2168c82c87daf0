"""Sparing: how many classes a trainee can still miss before the program's live hours can't be reached any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from courseware.meetings import Meeting
from credentials.models import Kind
from credentials.summing import COUNTED, Totals
from enrollment.models import Enrollment
from foundation.filters import hours


@dataclass(frozen=True, slots=True)
class Spare:
    """Live minutes required, had, and still to come in `classes`; `can_miss` holds whichever of them is missed."""

    required: int
    have: int
    to_come: int
    classes: int
    can_miss: int

    @property
    def slack(self) -> int:
        """Minutes that can be missed; below zero, what will be missing in any case."""
        return self.have + self.to_come - self.required

    @property
    def words(self) -> str:
        if self.slack < 0:
            return f"{hours(-self.slack)} of live hours will be missing, even if you come to every class"
        if self.can_miss == 0:
            return "You can’t miss a whole class any more"
        if self.can_miss == self.classes:
            return "Your live hours are enough, whichever class you miss"
        return "You can still miss one class" if self.can_miss == 1 else f"You can still miss {self.can_miss} classes"

    @property
    def tone(self) -> str:
        if self.slack < 0:
            return "bad"
        return "good" if self.can_miss > 1 else "wait"

    @property
    def why(self) -> str:
        told = f"This program asks for {hours(self.required)} of live hours: you have {hours(self.have)}"
        to_come = f"{told}, and {hours(self.to_come)} are still to come."
        if self.slack < 0:
            return f"{to_come} A make-up by recording does not count as live; ask your instructor about one that is."
        if self.slack == 0:
            return f"{to_come} Every minute counts."
        return f"{to_come} You can spare {hours(self.slack)}." if self.can_miss == 0 else to_come


def spare_of(enrollment: Enrollment, meetings: Sequence[Meeting], totals: Totals, *, at: datetime) -> Spare | None:
    """None where nothing is to come, nothing is required, or the timetable does not hold all live hours yet.

    A class that is over and not marked yet is taken as attended; a made-up one counts as the ledger has it.
    """
    required = enrollment.cohort.program.synchronous_minutes
    mine = [meeting for meeting in meetings if meeting.enrollment_id == enrollment.id]
    coming = sorted((m.minutes for m in mine if m.attended is None and m.ends_at > at), reverse=True)
    have = totals.minutes(Kind.EDUCATION, COUNTED, enrollment_id=enrollment.id, synchronous=True)
    to_come = sum(m.minutes for m in mine if m.attended is None)
    missed = sum(m.minutes - m.attended for m in mine if m.attended is not None)
    if not coming or not required or have + to_come + missed < required:
        return None
    return Spare(required, have, to_come, len(coming), _can_miss(coming, have + to_come - required))


def _can_miss(longest_first: Sequence[int], slack: int) -> int:
    """How many of the longest fit into what can be spared."""
    number = 0
    for minutes in longest_first:
        slack -= minutes
        if slack < 0:
            break
        number += 1
    return number
