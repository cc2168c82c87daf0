"""Coach-specific education: the first course that opens the count of coaching, the hours, the program completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from credentials.evaluating.answers import Excluded
from credentials.evaluating.profile import Course, Held, Profile
from credentials.rules import RuleSet

LEVELS = {"Level 1": "level1", "Level 2": "level2", "Level 3": "level3", "ACTP": "actp"}


class Education:
    """What the courses of a profile amount to under a rule set, as of the day of the application.

    A course counts with the minutes of its record, completed or not, where its last day is on or before that day.
    """

    def __init__(self, profile: Profile, rule_set: RuleSet) -> None:
        self._rules = rule_set
        self._apply_on = profile.apply_on
        self._held = profile.held
        self._every = profile.courses
        self.courses: Sequence[Course] = [c for c in profile.courses if c.last_day <= profile.apply_on]
        late = (c for c in profile.courses if c.last_day > profile.apply_on)
        self.excluded = [Excluded(c.id, c.minutes, "after_application") for c in late]
        self.minutes = sum(c.minutes for c in self.courses)
        self.core_minutes = sum(c.core_minutes for c in self.courses)
        self.synchronous_minutes = sum(c.synchronous_minutes for c in self.courses)
        self.level3_minutes = sum(c.minutes for c in self.courses if c.accreditation == "level3")

    @cached_property
    def opening_course(self) -> Course | None:
        """The first course long enough, and core enough, to open the count of coaching hours."""
        long_enough = [c for c in self._begun() if self._opens(c)]
        return min(long_enough, key=lambda c: (c.starts_on, -c.core_minutes, -c.minutes, c.id), default=None)

    @property
    def start(self) -> date | None:
        """The first day of coaching that counts; None where no course opens the count."""
        rule = self._rules.rule("experience.count_only_after_start_of_education")
        if not rule or not rule.value:
            return date.min
        return self.opening_course.starts_on if self.opening_course else None

    @property
    def nearest_course(self) -> Course | None:
        """The opening course, or the one that comes nearest to being it."""
        longest = max(self._begun(), key=lambda c: (c.core_minutes, c.minutes), default=None)
        return self.opening_course or longest

    def _begun(self) -> list[Course]:
        return [c for c in self._every if c.starts_on <= self._apply_on]

    def _opens(self, course: Course) -> bool:
        least = self._rules.minutes("experience.start_course_hours_min") or 0
        least_core = self._rules.minutes("experience.start_course_core_hours_min") or 0
        return course.minutes >= least and course.core_minutes >= least_core

    @cached_property
    def program(self) -> Course | None:
        """A completed program of a level that the credential accepts, which replaces the tests of what is inside it."""
        rule = self._rules.rule("education.completed_program_levels")
        accepted = {LEVELS.get(level, level) for level in rule.value} if rule else set()
        done = [c for c in self.courses if c.completed and c.accreditation in accepted]
        if rule and "after the PCC was awarded" in rule.unit:
            done = [c for c in done if self._ended_after_pcc(c)]
        return min(done, key=lambda c: (c.last_day, c.id), default=None)

    def _ended_after_pcc(self, course: Course) -> bool:
        awarded = first_award(self._held, "PCC", self._apply_on)
        return awarded is None or course.last_day > awarded

    @property
    def notices(self) -> list[str]:
        """What a person should know about the education counted."""
        if any(c.accreditation == "none" for c in self.courses) and self._rules.serves == "portfolio":
            return ["Education without ICF accreditation counts only once ICF has reviewed it."]
        return []


def first_award(held: Sequence[Held], credential: str, by: date) -> date | None:
    """The day on which the credential was first awarded, where that is on or before `by`."""
    return min((h.awarded_on for h in held if h.credential == credential and h.awarded_on <= by), default=None)
