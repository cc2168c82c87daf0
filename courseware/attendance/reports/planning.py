"""What a report would write onto a class's sheet: who is who, from when to when, how many minutes. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from courseware.attendance.reports.clocks import NotATime, span_of
from courseware.attendance.reports.matching import NO_MATCH, NOBODY, Match, Matcher
from courseware.attendance.reports.reading import Problem, Report, Row
from courseware.attendance.timing import Span, as_typed, clipped, minutes_within
from courseware.models import LiveClass
from courseware.staff_queries import Person

SHORTER = 90  # seconds: what rounding to the minute at both ends can make


@dataclass(frozen=True, slots=True)
class Stay:
    """A row with the moments it stands for; none where the report tells only how long."""

    row: Row
    span: Span | None


@dataclass
class Participant:
    """Somebody as the report names them: all their rows. `number` is the place in the file, from 1.

    `found` is whom the program takes them for, `match` whom they count for once a person has chosen.
    """

    number: int
    name: str
    email: str
    found: Match = NO_MATCH
    match: Match = NO_MATCH
    stays: list[Stay] = field(default_factory=list)

    @property
    def lines(self) -> list[int]:
        return [stay.row.number for stay in self.stays]

    @property
    def shown(self) -> str:
        return self.name or self.email


@dataclass
class Counted:
    """A person of the sheet with everything the report says of them, under however many names."""

    person: Person
    live_class: LiveClass
    participants: list[Participant] = field(default_factory=list)

    @property
    def stays(self) -> list[Stay]:
        return [stay for one in self.participants for stay in one.stays]

    @property
    def lines(self) -> list[int]:
        return sorted(stay.row.number for stay in self.stays)

    @cached_property
    def spans(self) -> list[Span]:
        """The times inside the class, overlaps joined."""
        found = [stay.span for stay in self.stays if stay.span]
        return clipped(found, self.live_class.starts_at, self.live_class.ends_at)

    @cached_property
    def minutes(self) -> int:
        """Never more than the report states: Meet's first and last time may have an absence between them."""
        inside = minutes_within(self.spans, self.live_class.starts_at, self.live_class.ends_at)
        lengths = [stay.row.seconds or 0 for stay in self.stays if stay.span is None]
        return max(min(inside, self._stated), min(max(lengths, default=0) // 60, self.live_class.minutes))

    @property
    def _stated(self) -> int:
        return sum(_stated(stay) for stay in self.stays if stay.span) // 60

    @property
    def times(self) -> str:
        """The times on the class's clock, as the sheet takes them: `18:05-19:10, 19:20-20:30`."""
        return as_typed(self.spans, self.live_class.cohort.zone)

    @property
    def remark(self) -> str:
        """What whoever saves it should know."""
        without = sum(stay.span is None for stay in self.stays)
        if without:
            return "Several rows without times: the longest counts." if without > 1 else "No times in this report."
        if self.minutes < minutes_within(self.spans, self.live_class.starts_at, self.live_class.ends_at):
            return f"The report states {self._stated} min between these times; no more is counted."
        return "" if self.minutes else "Outside the class."

    @property
    def is_new(self) -> bool:
        return self.person.minutes is None

    @property
    def changes(self) -> bool:
        return self.person.minutes not in (None, self.minutes)


@dataclass
class Plan:
    """Everything that a preview shows."""

    report: Report
    live_class: LiveClass
    participants: list[Participant]
    counted: list[Counted]
    missing: list[Person]
    problems: list[Problem]

    @property
    def unmatched(self) -> list[Participant]:
        return [one for one in self.participants if one.match.enrollment_id is None and not one.match.how]

    @property
    def left_out(self) -> list[Participant]:
        return [one for one in self.participants if one.match.enrollment_id is None and one.match.how]

    @property
    def matched(self) -> list[Participant]:
        return [one for one in self.participants if one.match.enrollment_id is not None]

    @property
    def spans(self) -> list[Span]:
        return [stay.span for one in self.participants for stay in one.stays if stay.span]

    @property
    def whole(self) -> Span | None:
        """From the first time in the file to the last."""
        return (min(a for a, _ in self.spans), max(b for _, b in self.spans)) if self.spans else None

    @property
    def is_outside(self) -> bool:
        """Whether all its times miss the class: another zone, or another meeting."""
        begins, ends = self.live_class.starts_at, self.live_class.ends_at
        return bool(self.spans) and not clipped(self.spans, begins, ends)

    @property
    def is_worth_saving(self) -> bool:
        return any(one.minutes for one in self.counted)


def plan_report(
    report: Report,
    live_class: LiveClass,
    people: Sequence[Person],
    zone: ZoneInfo,
    picks: Mapping[int, int] | None = None,
) -> Plan:
    """What the report says, read with its wall clocks in `zone`; `picks` are a person's answers to who is who."""
    participants, problems = _placed(report, live_class, zone)
    matcher, known = Matcher(people, _teachers(live_class)), {person.enrollment_id: person for person in people}
    for one in participants:
        one.found = matcher.match(one.name, one.email)
        one.match = _picked(one, (picks or {}).get(one.number), known)
    counted: dict[int, Counted] = {}
    for one in participants:
        if (id_ := one.match.enrollment_id) is not None:
            counted.setdefault(id_, Counted(known[id_], live_class)).participants.append(one)
    ordered = [counted[person.enrollment_id] for person in people if person.enrollment_id in counted]
    missing = [person for person in people if person.enrollment_id not in counted]
    return Plan(report, live_class, participants, ordered, missing, sorted(problems, key=lambda one: one.number))


def _picked(one: Participant, pick: int | None, known: Mapping[int, Person]) -> Match:
    """A person's word wins; one about somebody who has left the sheet meanwhile is no word."""
    if pick is None or (pick != NOBODY and pick not in known):
        return one.found
    return Match(pick or None, "you")


def likeliest_zone(report: Report, live_class: LiveClass, zones: Iterable[str]) -> str:
    """The zone in which most of the report lies inside the class; of equal ones the first."""

    def inside(name: str) -> int:
        participants, _ = _placed(report, live_class, ZoneInfo(name))
        spans = [stay.span for one in participants for stay in one.stays if stay.span]
        return sum(minutes_within([span], live_class.starts_at, live_class.ends_at) for span in spans)

    return max(dict.fromkeys(zones), key=inside)


def _placed(report: Report, live_class: LiveClass, zone: ZoneInfo) -> tuple[list[Participant], list[Problem]]:
    found: dict[tuple[str, str], Participant] = {}
    problems = list(report.problems)
    for row in report.rows:
        one = found.setdefault(row.who, Participant(len(found) + 1, row.name, row.email))
        try:
            one.stays.append(Stay(row, _span(row, live_class, zone)))
        except NotATime as wrong:
            problems.append(Problem(row.number, one.shown, str(wrong)))
    return [one for one in found.values() if one.stays], problems


def _span(row: Row, live_class: LiveClass, zone: ZoneInfo) -> Span | None:
    return span_of(row.joined, row.left, row.seconds, zone, live_class.starts_at) if row.joined else None


def _stated(stay: Stay) -> int:
    """Seconds that a row vouches for: its times, or its own length where that is shorter by more than rounding."""
    assert stay.span
    long = int((stay.span[1] - stay.span[0]).total_seconds())
    stated = stay.row.seconds
    return long if stated is None or long - stated <= SHORTER else stated


def _teachers(live_class: LiveClass) -> list[tuple[str, str]]:
    found = (live_class.instructor, live_class.cohort.instructor)
    return [(one.name, one.email) for one in found if one is not None]
