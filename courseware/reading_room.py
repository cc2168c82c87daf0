"""What the trainee's pages show, put together once: the room of one course, and today across all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from courseware.attendance.sparing import Spare, spare_of
from courseware.graduating import Line, checklist
from courseware.meetings import Meeting, meetings_of
from courseware.models import LessonKind, ProgressState
from courseware.outlining import Lock, Outline, Section, Step, outlines
from courseware.studying import may_read
from credentials.certifying import Need, needs_of
from credentials.models import Kind
from credentials.summing import COUNTED, Totals, totals_of
from enrollment.models import Enrollment
from foundation.errors import NotFound


class Row(NamedTuple):
    """A lesson's line in the outline. `place`: here, where one goes from here, or empty."""

    slug: str
    title: str
    kind: LessonKind
    minutes: int
    state: ProgressState
    lock: Lock | None
    place: str

    @property
    def is_done(self) -> bool:
        return self.state == ProgressState.FINISHED


class Chapter(NamedTuple):
    """A module as the outline shows it: plain, so that the page remembers what it made of it."""

    title: str
    is_here: bool
    rows: tuple[Row, ...]

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)


@dataclass(frozen=True)
class Room:
    """One course with one lesson open in it (none on the course's own page)."""

    enrollment: Enrollment
    outline: Outline
    meetings: list[Meeting]
    at: datetime
    chosen: Step | None = None

    @property
    def step(self) -> Step:
        if self.chosen is None:
            raise NotFound
        return self.chosen

    @property
    def title(self) -> str:
        return self.enrollment.cohort.program.title

    @cached_property
    def section(self) -> Section:
        return self.outline.section_of(self.step)

    @cached_property
    def before(self) -> Step | None:
        return self.outline.before(self.step)

    @cached_property
    def after(self) -> Step | None:
        return self.outline.after(self.step)

    @cached_property
    def then(self) -> Step | None:
        """The lesson that comes next once this one is done."""
        return self.outline.opened_by(self.step)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        places: dict[int, str] = {}
        if self.chosen is not None:
            around = ((self.before, "before"), (self.after, "after"), (self.chosen, "here"))
            places = {step.id: place for step, place in around if step is not None}
        return tuple([_chapter(section, places) for section in self.outline.sections])

    @property
    def ends_section(self) -> bool:
        """Whether the finish page comes next: the module's last lesson, or the last that was missing in it."""
        others = [step for step in self.section.steps if step.id != self.step.id]
        is_last = self.then is None or self.then.module_id != self.step.module_id
        return is_last or all(step.is_done for step in others)

    @property
    def next_slug(self) -> str:
        return self.then.slug if self.then else self.step.slug

    @property
    def was_opened_last(self) -> bool:
        opened = [step for step in self.outline.steps if step.opened_at is not None]
        latest = max(opened, key=lambda step: step.opened_at or self.at, default=None)
        return latest is not None and latest.id == self.step.id

    @property
    def classes(self) -> list[Meeting]:
        """The classes of the open lesson."""
        return [meeting for meeting in self.meetings if meeting.lesson_id == self.step.id]

    @property
    def earned_here(self) -> int:
        """Minutes that the open lesson gave: its own, or those attended or made up in its classes."""
        is_live = self.step.kind == LessonKind.LIVE_CLASS
        return sum(meeting.counted for meeting in self.classes) if is_live else self.step.minutes

    @property
    def earned(self) -> int:
        """Minutes that the module's finished lessons carry; a live class counts the minutes attended."""
        own = sum(s.minutes for s in self.section.steps if s.is_done and s.kind != LessonKind.LIVE_CLASS)
        live = {s.id for s in self.section.steps if s.kind == LessonKind.LIVE_CLASS}
        return own + sum(m.counted for m in self.meetings if m.lesson_id in live)

    @property
    def go_on(self) -> Step | None:
        """What is next: the lesson after this one, else whatever is still open."""
        return self.after if self.after and not self.after.is_done else self.outline.resume


def _chapter(section: Section, places: Mapping[int, str]) -> Chapter:
    rows = tuple(
        [
            Row(one.slug, one.title, one.kind, one.minutes, one.state, one.lock, places.get(one.id, ""))
            for one in section.steps
        ]
    )
    return Chapter(section.title, any(row.place == "here" for row in rows), rows)


def enter(enrollment: Enrollment, slug: str | None = None, *, at: datetime) -> Room:
    """Two statements: the classes and the outline. Raises NotFound where the program has no such lesson."""
    meetings = meetings_of([enrollment])
    outline = outlines([enrollment], meetings, at)[enrollment.id]
    step = outline.find(slug) if slug is not None else None
    if slug is not None and step is None:
        raise NotFound
    return Room(enrollment, outline, meetings, at, step)


@dataclass(frozen=True, slots=True)
class Today:
    """The first page of a trainee: what to go on with, what comes next, what is due, and where one stands."""

    at: datetime
    rooms: list[Room] = field(default_factory=list)
    closed: list[Enrollment] = field(default_factory=list)
    coming: list[Meeting] = field(default_factory=list)
    due: list[Step] = field(default_factory=list)
    due_by: Meeting | None = None
    checklist: list[Line] = field(default_factory=list)
    need: Need | None = None
    spare: Spare | None = None
    education: int = 0

    @property
    def room(self) -> Room:
        return self.rooms[0]

    @property
    def resume(self) -> Step | None:
        return self.room.outline.resume

    def share(self, minutes: int) -> int:
        """Percent of the hours that the program asks for."""
        return min(100, minutes * 100 // self.need.required) if self.need and self.need.required else 0


def today_of(enrollments: Sequence[Enrollment], *, at: datetime) -> Today:
    """Four statements, however many enrollments there are."""
    mine = [e for e in enrollments if may_read(e)]
    closed = [e for e in enrollments if not may_read(e)]
    if not mine:
        return Today(at, closed=closed)
    meetings = meetings_of(mine)
    found = outlines(mine, meetings, at)
    rooms = [Room(e, found[e.id], [m for m in meetings if m.enrollment_id == e.id], at) for e in mine]
    rooms.sort(key=_last_opened, reverse=True)
    coming = [meeting for meeting in meetings if not meeting.is_over(at)]
    totals = totals_of(mine[0].user_id)
    due_by, due = _due(rooms[0], at)
    return Today(
        at,
        rooms=rooms,
        closed=closed,
        coming=coming[:3],
        due=due,
        due_by=due_by,
        checklist=checklist(rooms[0].enrollment, rooms[0].outline, rooms[0].meetings, totals, at=at),
        need=_education(rooms[0].enrollment, totals),
        spare=spare_of(rooms[0].enrollment, rooms[0].meetings, totals, at=at),
        education=totals.minutes(Kind.EDUCATION, COUNTED),
    )


def _last_opened(room: Room) -> tuple[bool, float]:
    opened = [step.opened_at.timestamp() for step in room.outline.steps if step.opened_at is not None]
    return room.outline.resume is not None, max(opened, default=room.enrollment.started_at.timestamp())


def _education(enrollment: Enrollment, totals: Totals) -> Need | None:
    return next((need for need in needs_of(enrollment, totals) if need.label == "Education"), None)


def _due(room: Room, at: datetime) -> tuple[Meeting | None, list[Step]]:
    """What the next class stands on: the lessons before it in its module that are not done."""
    for meeting in room.meetings:
        step = next((s for s in room.outline.steps if s.id == meeting.lesson_id), None)
        if step is None or meeting.ends_at <= at:
            continue
        before = []
        for other in room.outline.section_of(step).steps:
            if other.id == step.id:
                break
            if not other.is_done and other.kind != LessonKind.LIVE_CLASS:
                before.append(other)
        return meeting, before
    return None, []
