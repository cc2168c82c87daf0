"""One application under one rule set: what the records amount to, put together once for the rows and the notices."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from credentials.evaluating.education import Education
from credentials.evaluating.experience import Experience
from credentials.evaluating.mentoring import Mentoring, Terms
from credentials.evaluating.profile import Profile
from credentials.rules import RuleBook, RuleSet


def _after_application(day: date) -> str:
    return "after_application"


class Case:
    """A profile on the level or Portfolio path, read under a rule set."""

    def __init__(self, profile: Profile, rule_set: RuleSet, book: RuleBook) -> None:
        self.profile, self.rule_set, self.book = profile, rule_set, book
        self.education = Education(profile, rule_set)
        self.mentoring = Mentoring(profile.mentor_sessions, self._terms(), _after_application)

    @cached_property
    def experience(self) -> Experience:
        """The coaching log, counted from the start of education."""
        return Experience(self.profile, self.rule_set, self.book, self.education.start)

    @property
    def program_replaces(self) -> bool:
        """Whether a completed program of an accepted level stands in for what is inside it."""
        inside = self.rule_set.rule("mentor.satisfied_by_program_certificate")
        return bool(inside and inside.value and self.education.program)

    def _terms(self) -> Terms:
        return mentoring_terms(self.rule_set, "mentor.eligible_mentor", date.min, self.profile.apply_on)


def mentoring_terms(rule_set: RuleSet, eligible_key: str, first: date, last: date, who: RuleSet | None = None) -> Terms:
    """The terms of mentor coaching: the figures of `rule_set`, the mentors that `who` (else the same set) accepts."""
    size, span = rule_set.rule("mentor.group_size_max"), rule_set.rule("mentor.span_months_min")
    return Terms(
        who=who or rule_set,
        eligible_key=eligible_key,
        group_size_max=size.value if size else None,
        group_minutes_max=rule_set.minutes("mentor.group_hours_countable_max"),
        span_months=span.value if span else 0,
        first_day=first,
        last_day=last,
    )
