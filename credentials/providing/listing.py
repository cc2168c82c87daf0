"""A cohort as staff look through it: everybody's hours, found by name or by what is lacking, and sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from credentials.models import CoachingForm, EvaluationSubmission, FormKind, FormState, Mentor, SubmissionState
from credentials.providing import requiring
from credentials.providing.counting import Amount, Hours, Mentored, hours_of, mentored
from credentials.providing.judging import Check, Need, checks_of, needs_of, observed_of
from credentials.providing.requiring import Asked
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import NotFound
from foundation.paging import Page

PER_PAGE = 50
SHOWN = {
    "": "Everybody who stays",
    "lacking": "Something is lacking",
    "waiting": "Something waits",
    "met": "All is met",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A trainee with all their hours."""

    enrollment: Enrollment
    hours: Hours
    mentored: Mentored
    written: Amount
    evaluated: Amount
    checks: list[Check]

    @property
    def name(self) -> str:
        return self.enrollment.user.name

    @property
    def observed(self) -> Amount:
        return observed_of(self.mentored, self.written)

    @property
    def lacking(self) -> list[Check]:
        return [one for one in self.checks if one.is_lacking]

    @property
    def waiting(self) -> list[Check]:
        return [one for one in self.checks if one.waits]

    @property
    def has_all(self) -> bool:
        return all(one.is_met for one in self.checks)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. `-name` sorts backwards."""

    words: str = ""
    shown: str = ""
    sort: str = "name"

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Wanted:
        shown, sort = args.get("shown", ""), args.get("sort", "name")
        return cls(
            words=args.get("words", "").strip()[:80],
            shown=shown if shown in SHOWN else "",
            sort=sort if sort.removeprefix("-") in SORTS else "name",
        )

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.shown)


SORTS: dict[str, Any] = {
    "name": lambda row: row.name.casefold(),
    "education": lambda row: row.hours.education.both,
    "core": lambda row: row.hours.core.both,
    "resource": lambda row: row.hours.resource.both,
    "live": lambda row: row.hours.live.both,
    "own": lambda row: row.hours.own.both,
    "mentor": lambda row: row.hours.mentor.both,
    "coaching": lambda row: row.hours.coaching.both,
    "observed": lambda row: row.observed.both,
    "lacking": lambda row: len(row.lacking),
}


@dataclass(frozen=True)
class CohortHours:
    """A whole cohort: what is asked, everybody who has not withdrawn, and who has mentored them."""

    cohort: Cohort
    asked: Asked | None
    needs: list[Need]
    rows: list[Row]
    mentors: list[Mentor]

    def met(self, key: str) -> tuple[int, int]:
        """How many have a requirement verified, and how many once what waits is checked."""
        checks = [check for row in self.rows for check in row.checks if check.key == key]
        return sum(one.is_met for one in checks), sum(one.is_met or one.waits for one in checks)

    @property
    def complete(self) -> int:
        return sum(row.has_all for row in self.rows)


def cohort_of(code: str) -> Cohort:
    """A cohort with its program. Raises NotFound."""
    found = db.session.scalar(select(Cohort).where(Cohort.code == code).options(joinedload(Cohort.program)))
    if found is None:
        raise NotFound
    return found


def cohort_hours(cohort: Cohort, asked: Asked | None) -> CohortHours:
    """Everybody's hours: four statements, one of them for all the sums."""
    people = db.session.execute(_people(), {"cohort": cohort.id}).unique().all()
    enrollments = [row[0] for row in people]
    sums = hours_of(enrollments)
    by_person, mentors = mentored(sums, asked.credential if asked else "ACC")
    needs, group_most = (needs_of(asked), asked.minutes(requiring.GROUP)) if asked else ([], 0)
    rows = []
    for enrollment, signed, offered, passed, open_ in people:
        one, by = sums[enrollment.user_id], by_person.get(enrollment.user_id, Mentored())
        written = Amount(signed or 0, offered or 0)
        evaluated = Amount(int(bool(passed)), int(bool(open_) and not passed))
        checks = checks_of(needs, one, by, written, evaluated, group_most=group_most)
        rows.append(Row(enrollment, one, by, written, evaluated, checks))
    return CohortHours(cohort, asked, needs, rows, mentors)


def listed(rows: list[Row], wanted: Wanted) -> list[Row]:
    """Those who fit, sorted."""
    words = wanted.words.casefold()
    fits = [row for row in rows if words in row.name.casefold() or words in row.enrollment.user.email.casefold()]
    shown = sorted((row for row in fits if _is_shown(row, wanted.shown)), key=SORTS["name"])
    return sorted(shown, key=SORTS[wanted.sort.removeprefix("-")], reverse=wanted.sort.startswith("-"))


def page_of(rows: list[Row], number: int) -> Page[Row]:
    number = max(1, min(number, -(-len(rows) // PER_PAGE) or 1))
    return Page(rows[(number - 1) * PER_PAGE : number * PER_PAGE], len(rows), number, PER_PAGE)


def _is_shown(row: Row, shown: str) -> bool:
    if shown == "lacking":
        return bool(row.lacking)
    if shown == "waiting":
        return bool(row.waiting)
    return shown == "" or row.has_all


def _people() -> Select[*tuple[Any, ...]]:
    """Enrollments that stand, each with the observation forms about its person (signed by both, and offered),
    and with its attempts at the evaluation (passed, and open).
    """
    forms = (
        select(
            CoachingForm.user_id,
            func.count().filter(CoachingForm.state == FormState.SIGNED).label("signed"),
            func.count().filter(CoachingForm.state == FormState.OFFERED).label("offered"),
        )
        .where(CoachingForm.kind == FormKind.OBSERVATION)
        .group_by(CoachingForm.user_id)
        .subquery()
    )
    state = EvaluationSubmission.state
    tried = (
        select(
            EvaluationSubmission.enrollment_id,
            func.count().filter(state == SubmissionState.PASSED).label("passed"),
            func.count().filter(state.in_([SubmissionState.WAITING, SubmissionState.TAKEN])).label("open"),
        )
        .group_by(EvaluationSubmission.enrollment_id)
        .subquery()
    )
    return (
        select(Enrollment, forms.c.signed, forms.c.offered, tried.c.passed, tried.c.open)
        .join(Enrollment.user)
        .outerjoin(forms, forms.c.user_id == Enrollment.user_id)
        .outerjoin(tried, tried.c.enrollment_id == Enrollment.id)
        .where(Enrollment.cohort_id == bindparam("cohort"), Enrollment.state != EnrollmentState.WITHDRAWN)
        .options(contains_eager(Enrollment.user).noload(User.roles))
        .order_by(func.lower(User.name), Enrollment.id)
    )
