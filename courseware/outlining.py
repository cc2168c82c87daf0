"""The outline of a program as one trainee sees it: what is done, under way, open, or locked, and what opens it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, select

from courseware.meetings import Meeting
from courseware.models import Lesson, LessonKind, LessonProgress, Module, ProgressState
from enrollment.models import Cohort, Enrollment
from foundation.asking import rows

CLASS_OPENS_BEFORE = timedelta(days=7)


class Lock(NamedTuple):
    """Why a lesson is not open yet: after another one, or at a moment; neither: nobody has set its date."""

    after: str = ""
    opens_at: datetime | None = None


class Step(NamedTuple):
    """A lesson in somebody's outline."""

    id: int
    slug: str
    title: str
    kind: LessonKind
    minutes: int
    core_minutes: int
    summary: str
    module_id: int
    state: ProgressState
    opened_at: datetime | None
    lock: Lock | None = None

    @property
    def is_done(self) -> bool:
        return self.state == ProgressState.FINISHED


class Section(NamedTuple):
    """A module in somebody's outline."""

    id: int
    title: str
    summary: str
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps)


@dataclass(frozen=True, slots=True)
class Outline:
    """All of a program, in order."""

    sections: tuple[Section, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    def find(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

    def section_of(self, step: Step) -> Section:
        return next(section for section in self.sections if section.id == step.module_id)

    def before(self, step: Step) -> Step | None:
        return next((s for s in reversed(self.steps[: self._at(step)]) if s.lock is None), None)

    def after(self, step: Step) -> Step | None:
        """The next lesson that is open."""
        return next((s for s in self.steps[self._at(step) + 1 :] if s.lock is None), None)

    def opened_by(self, step: Step) -> Step | None:
        """The lesson that comes next once this one is done."""
        return next((s for s in self.steps[self._at(step) + 1 :] if s.lock is None or s.lock.after == step.title), None)

    def _at(self, step: Step) -> int:
        return next(n for n, s in enumerate(self.steps) if s.id == step.id)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def percent(self) -> int:
        return self.done * 100 // len(self.steps) if self.steps else 0

    @property
    def resume(self) -> Step | None:
        """Where to go on: the lesson opened last if it is not done, else the first open one that is not done."""
        open_ones = [s for s in self.steps if s.lock is None and not s.is_done]
        seen = [s for s in open_ones if s.opened_at is not None and s.kind != LessonKind.LIVE_CLASS]
        latest = max(seen, key=lambda s: (s.opened_at is not None, s.opened_at), default=None)
        own_pace = next((s for s in open_ones if s.kind != LessonKind.LIVE_CLASS), None)
        return latest or own_pace or next(iter(open_ones), None)


def outlines(enrollments: Iterable[Enrollment], meetings: Sequence[Meeting], at: datetime) -> dict[int, Outline]:
    """The outline of each enrollment, in one statement. `meetings` are theirs."""
    wanted = {e.id: e for e in enrollments}
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows(_query(), {"enrollments": list(wanted)}):
        found[row[0]].append(row)
    made = {}
    for id_, enrollment in wanted.items():
        mine = [m for m in meetings if m.enrollment_id == id_ and m.lesson_id is not None]
        sequential = bool(enrollment.cohort.program.facts.get("sequential"))
        made[id_] = _outline(_steps(found[id_], mine, sequential=sequential, at=at), found[id_])
    return made


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Rows as `_steps` and `_outline` read them: the enrollment, the module, the step."""
    columns = (
        *(Enrollment.id, Module.title, Module.summary),
        *(Lesson.id, Lesson.slug, Lesson.title, Lesson.kind, Lesson.minutes, Lesson.core_minutes, Lesson.summary),
        *(Lesson.module_id, LessonProgress.state, LessonProgress.opened_at),
    )
    mine = (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.enrollment_id == Enrollment.id)
    return (
        select(*columns)
        .select_from(Enrollment)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(Lesson, Lesson.program_id == Cohort.program_id)
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(LessonProgress, mine)
        .where(Enrollment.id == any_(bindparam("enrollments", type_=ARRAY(BigInteger))))
        .order_by(Module.position, Module.id, Lesson.position, Lesson.id)
    )


def _steps(found: Sequence[Any], meetings: Sequence[Meeting], *, sequential: bool, at: datetime) -> list[Step]:
    """A live lesson is done when each of its classes was attended or made up: what the sheet and staff say."""
    classes: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        classes[meeting.lesson_id or 0].append(meeting)
    told: list[tuple[Any, ...]] = []
    before, is_waiting = "", False
    live, finished, not_started = LessonKind.LIVE_CLASS, ProgressState.FINISHED, ProgressState.NOT_STARTED
    for _, _, _, id_, slug, title, kind, minutes, core_minutes, summary, module_id, progress, opened_at in found:
        state: ProgressState = progress or not_started
        if kind is live:
            state = _live_state([meeting.counted for meeting in classes[id_]])
            lock = _class_lock(min((meeting.starts_at for meeting in classes[id_]), default=None), at)
        else:
            lock = Lock(after=before) if sequential and is_waiting else None
            before, is_waiting = title, is_waiting or state is not finished
        open_now = None if state is finished else lock
        told.append((id_, slug, title, kind, minutes, core_minutes, summary, module_id, state, opened_at, open_now))
    return list(map(Step._make, told))


def _live_state(minutes: list[int]) -> ProgressState:
    if minutes and all(minutes):
        return ProgressState.FINISHED
    return ProgressState.UNDER_WAY if any(minutes) else ProgressState.NOT_STARTED


def _class_lock(starts_at: datetime | None, at: datetime) -> Lock | None:
    if starts_at is None:
        return Lock()
    opens_at = starts_at - CLASS_OPENS_BEFORE
    return Lock(opens_at=opens_at) if at < opens_at else None


def _outline(steps: list[Step], found: Sequence[Any]) -> Outline:
    sections, start = [], 0
    for (id_, title, summary), inside in groupby(found, key=itemgetter(10, 1, 2)):
        end = start + sum(1 for _ in inside)
        sections.append(Section(id_, title, summary, tuple(steps[start:end])))
        start = end
    return Outline(tuple(sections), tuple(steps))
