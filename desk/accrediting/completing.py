"""How complete a pack is: each thing ICF asks of a provider, whether it is there, and where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from credentials.providing import requiring
from credentials.rules import Rule
from desk.accrediting.gathering import Gathered
from enrollment.models import EnrollmentState
from foundation.filters import count, hours

DIRECTOR = "provider.director_of_education_credential"
INSTRUCTORS = "provider.core_instructor_credential"
MENTORS = "provider.mentor_and_evaluator_credential"
CLASS = "provider.graduating_class_min"
FILES = {"Program": "program.csv", "People": "people.csv", "Cohort": "cohort.csv", "Policies": "policies/"}
"""Where a piece of a group stands, unless it says so itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that is asked for. `found`: what there is, in words; `href`: where it is looked at or mended.

    `file`: what in the pack shows it, a file or the beginning of the names of several.
    """

    group: str
    label: str
    is_there: bool
    found: str
    href: str
    asked: str = ""
    source: str = ""
    file: str = ""


@dataclass(frozen=True)
class Completeness:
    pieces: list[Piece]

    @property
    def percent(self) -> int:
        """So many of a hundred pieces are there, rounded down: only a whole pack is 100."""
        return 100 * sum(one.is_there for one in self.pieces) // max(1, len(self.pieces))

    @property
    def missing(self) -> list[Piece]:
        return [one for one in self.pieces if not one.is_there]

    @property
    def groups(self) -> list[tuple[str, list[Piece]]]:
        names = dict.fromkeys(one.group for one in self.pieces)
        return [(name, [one for one in self.pieces if one.group == name]) for name in names]


def completeness(got: Gathered) -> Completeness:
    parts: tuple[Callable[[Gathered], Iterable[Piece | None]], ...] = (_program, _people, _cohort, _papers)
    return Completeness([piece for part in parts for piece in part(got) if piece is not None])


def _program(got: Gathered) -> Iterable[Piece | None]:
    program, asked = got.program, got.asked
    least, most = asked.contact
    here = url_for("staff_classes.content", slug=program.slug)
    span = f"{hours(least)} to {hours(most)}" if most else f"at least {hours(least)}"
    fits = program.minutes >= least and (most is None or program.minutes <= most)
    rule = asked.rule(requiring.RANGE) or asked.rule(requiring.LEAST)
    yield _piece("Program", "Hours of the program", fits, hours(program.minutes), here, span, rule)
    yield _share(got, "Share of Core Competencies", program.core_minutes, requiring.CORE)
    yield _share(got, "Share of live education", program.synchronous_minutes, requiring.LIVE)
    told = (program.minutes, program.core_minutes, program.synchronous_minutes)
    words = f"the map holds {hours(got.totals[0])}, {hours(got.totals[1])} core, {hours(got.totals[2])} live"
    promised = f"{hours(told[0])}, {hours(told[1])} core, {hours(told[2])} live"
    yield _piece(
        "Program",
        "Syllabus whose minutes add up to the program's",
        got.totals == told,
        words,
        here,
        promised,
        file="curriculum.csv",
    )
    public = f"/programs/{program.slug}"
    yield _piece("Program", "Page that the public can read", program.is_published, public, public)


def _share(got: Gathered, label: str, minutes: int, key: str) -> Piece | None:
    rule, whole = got.asked.rule(key), max(1, got.program.minutes)
    if rule is None:
        return None
    here = url_for("staff_classes.content", slug=got.program.slug)
    fits = minutes >= whole * rule.value
    return _piece("Program", label, fits, f"{100 * minutes // whole} percent", here, f"{rule.value:.0%}", rule)


def _people(got: Gathered) -> Iterable[Piece | None]:
    facts = url_for("staff_accreditation.facts", slug=got.program.slug)
    director = got.program.facts.get("director", {})
    wanted = got.asked.rule(DIRECTOR)
    named = bool(director.get("name")) and (wanted is None or director.get("credential") in wanted.value)
    words = f"{director.get('name')}, {director.get('credential')}" if director.get("name") else "nobody is named"
    yield _piece("People", "Director of education", named, words, facts, _one_of(wanted), wanted)
    faculty, teach = got.program.facts.get("faculty", []), got.asked.rule(INSTRUCTORS)
    without = [one["name"] for one in faculty if teach and one.get("credential") not in teach.value]
    words = f"{count(len(faculty), 'person', 'people')} named" + (f"; without: {', '.join(without)}" if without else "")
    fits = bool(faculty) and not without
    yield _piece("People", "Faculty list", fits, words, f"/programs/{got.program.slug}", _one_of(teach), teach)
    yield from _mentors(got)


def _mentors(got: Gathered) -> Iterable[Piece]:
    listing, rule = url_for("staff_mentors.listing"), got.asked.rule(MENTORS)
    below = [one.mentor for one in got.mentors if rule and one.held.credential not in rule.value]
    names = ", ".join(one.name for one in below)
    words = f"{count(len(got.mentors), 'mentor')} of this cohort" + (f"; not {_one_of(rule)}: {names}" if names else "")
    first = url_for("staff_mentors.one", public_id=below[0].public_id) if below else listing
    fits = bool(got.mentors) and not below
    label, asked = "Mentors and assessors with their credential", _one_of(rule)
    yield _piece("People", label, fits, words, first, asked, rule, file="mentors.csv")
    bare = [one.mentor for one in got.mentors if not one.is_proven]
    words = ", ".join(one.name for one in bare) + " without a document" if bare else "a document for each of them"
    first = url_for("staff_mentors.one", public_id=bare[0].public_id) if bare else listing
    yield _piece("People", "Proof of what mentors hold", bool(got.mentors) and not bare, words, first, file="proofs/")


def _cohort(got: Gathered) -> Iterable[Piece | None]:
    here, number = url_for("staff_accreditation.cohort", code=got.cohort.code), len(got.found.rows)
    yield _piece("Cohort", "Participant list", number > 0, count(number, "trainee"), here)
    least = got.asked.rule(CLASS)
    if least is not None:
        done = sum(row.person.state == EnrollmentState.COMPLETED for row in got.found.rows)
        words, asked = f"{done} completed", f"at least {least.value}"
        yield _piece("Cohort", "Graduating class", done >= least.value, words, here, asked, least)
    for need in got.found.needs:
        met, both = got.found.met(need.key)
        waits = f", {both - met} more {'waits' if both - met == 1 else 'wait'} for a check" if both > met else ""
        words = f"{met} of {number} have it{waits}"
        yield _piece("Cohort", need.label, 0 < number == met, words, here, need.words, need.rule)
    words = f"{count(got.written, 'form')} signed by both"
    label = "Sample of a session with written feedback"
    yield _piece("Cohort", label, got.written > 0, words, here, file="observation-forms/")
    if got.asked.evaluated_for:
        words, label = f"{got.assessed} passed", "Sample of a performance evaluation"
        yield _piece("Cohort", label, got.assessed > 0, words, here, file="evaluations/")


def _papers(got: Gathered) -> Iterable[Piece | None]:
    place = url_for("staff_policies.show", kind="program", name=got.program.slug)
    leaving = got.beside.leaving
    is_set, none = leaving.policy_id is not None, "only the standard that comes with Practicum"
    version = f"version {leaving.version}" if is_set else none
    yield _piece("Policies", "Refunds and leaving", is_set, version, place, file="policies/leaving.txt")
    agreements, version = url_for("staff_agreements.listing"), f"version {got.beside.agreement}"
    file = "policies/enrollment-agreement.md"
    yield _piece("Policies", "Enrollment agreement", True, version, agreements, file=file)
    missed, is_set = f"/staff/cohorts/{got.cohort.code}/make-up", got.beside.has_make_up
    words, file = "set" if is_set else "not set", "policies/missed-classes.txt"
    yield _piece("Policies", "Missed classes", is_set, words, missed, file=file)
    paying = str(got.program.facts.get("payment_policy", ""))
    words, public = "on the program's page" if paying else "not written", f"/programs/{got.program.slug}"
    yield _piece("Policies", "Payment", bool(paying), words, public, file="policies/payment.txt")


def _piece(
    group: str,
    label: str,
    is_there: bool,
    found: str,
    href: str,
    asked: str = "",
    rule: Rule | None = None,
    *,
    file: str = "",
) -> Piece:
    return Piece(group, label, is_there, found, href, asked, rule.sources[0] if rule else "", file or FILES[group])


def _one_of(rule: Any) -> str:
    return " or ".join(rule.value) if rule else ""
