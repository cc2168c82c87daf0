"""Where a person stands: the engine's answer for the verified and for all hours, as rings and rows that a page shows.

Nothing here adds up minutes of its own: figures come from `summing` and from the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from credentials.evaluating import evaluate
from credentials.mentor_coaching.holding import held_on
from credentials.models import Kind, ReviewState
from credentials.profiling import UNDER_WAY, Records
from credentials.remarking import remarks
from credentials.rules import Change, RuleBook, Source
from credentials.ruling.living import live_book
from credentials.summing import CHECKED, COUNTED
from credentials.wording import amount, reason_words
from enrollment.models import EnrollmentState
from foundation.filters import decimal_hours

SPECIALIZATION_ASKED_FROM = date(2027, 1, 1)
PLANNED = {
    "education.total_hours_min": "minutes",
    "education.core_competency_hours_min": "core_minutes",
    "education.synchronous_hours_min": "synchronous_minutes",
}


@dataclass(frozen=True)
class Requirement:
    """One requirement: what is asked, what is verified, what waits, what is planned, and where that is written."""

    key: str
    label: str
    unit: str
    required: Any
    verified: Any
    have: Any
    missing: int
    planned: int
    status: str
    note: str
    sources: tuple[Source, ...]
    confidence: str

    @property
    def uid(self) -> str:
        return self.key.replace(".", "-").replace("_", "-")

    @property
    def has_ring(self) -> bool:
        opens = self.key.startswith("experience.start_course")
        return self.unit in {"minutes", "count"} and self.status != "not_applicable" and not opens

    @property
    def number(self) -> str:
        return decimal_hours(self.have) if self.unit == "minutes" else str(self.have)

    @property
    def of(self) -> str:
        return f"of {decimal_hours(self.required)} h" if self.unit == "minutes" else f"of {self.required}"

    @property
    def rule(self) -> str:
        """The rule in words: `At least 100 h`."""
        return "Required" if self.unit == "flag" else f"At least {amount(self.unit, self.required)}"

    @property
    def have_words(self) -> str:
        return amount(self.unit, self.have)

    @property
    def missing_words(self) -> str:
        return "" if self.unit == "flag" else amount(self.unit, self.missing)

    def percent(self, value: int) -> float:
        return round(100 * value / self.required, 1) if self.required else 0.0

    @property
    def verified_percent(self) -> float:
        return min(100.0, self.percent(self.verified))

    @property
    def waiting_percent(self) -> float:
        return min(100.0 - self.verified_percent, self.percent(max(0, self.have - self.verified)))

    @property
    def planned_percent(self) -> float:
        return min(100.0 - self.verified_percent - self.waiting_percent, self.percent(self.planned))


class Profiled(Protocol):
    """Records that a profile can be made of: a trainee's hours, or a credential holder's wallet."""

    def profile(self, credential: str, path: str, apply_on: date, states: Iterable[ReviewState]) -> dict[str, Any]: ...


class Assessed:
    """One credential, path and day, looked at with the verified hours and with all of them."""

    keeps_contract = False
    """Whether a test proves that these records always make a profile that its schema accepts."""

    def __init__(self, records: Profiled, credential: str, path: str, on: date) -> None:
        self.records, self.credential, self.path, self.on = records, credential, path, on

    @cached_property
    def book(self) -> RuleBook:
        return live_book()

    def _profile(self, states: Iterable[ReviewState]) -> dict[str, Any]:
        return self.records.profile(self.credential, self.path, self.on, states)

    def _answer(self, states: Iterable[ReviewState]) -> dict[str, Any]:
        return evaluate(self._profile(states), self.book, ours=self.keeps_contract)

    @cached_property
    def assessment(self) -> dict[str, Any]:
        """The engine's answer for every line that is not returned. Raises ProfileError where no rules are known."""
        return self._answer(COUNTED)

    @cached_property
    def requirements(self) -> list[Requirement]:
        verified = self._answer(CHECKED)
        known = {row["key"]: row for row in verified["requirements"]}
        asked = [row for row in self.assessment["requirements"] if row["required"]]
        return [self._requirement(row, known.get(row["key"], row)) for row in asked]

    @property
    def rings(self) -> list[Requirement]:
        return [one for one in self.requirements if one.has_ring]

    @property
    def open_rows(self) -> list[Requirement]:
        """What is asked of this person; what the completed program stands in for is left out."""
        return [one for one in self.requirements if one.status != "not_applicable"]

    @property
    def inside(self) -> list[Requirement]:
        return [one for one in self.requirements if one.status == "not_applicable"]

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """Why minutes do not count, and how many."""
        sums: dict[str, int] = {}
        for row in self.assessment["excluded"]:
            if row["record"] in self.excluded:
                words = self.excluded[row["record"]]
                sums[words] = sums.get(words, 0) + row["minutes"]
        return list(sums.items())

    @cached_property
    def excluded(self) -> dict[str, str]:
        """By the record's name, why it does not count, in words; the course under way is no record of its own."""
        return {
            row["record"]: reason_words(row["reason"])
            for row in self.assessment["excluded"]
            if not row["record"].startswith(f"{UNDER_WAY}:") and row["reason"] != "outside_window"
        }

    @cached_property
    def notices(self) -> list[str]:
        """What the engine remarks on, in words that name records as people do."""
        told = [notice for notice in self.assessment["notices"] if not notice.startswith("Read under")]
        return remarks(told, self._profile(COUNTED)) if told else []

    def _requirement(self, row: dict[str, Any], verified: dict[str, Any]) -> Requirement:
        return Requirement(
            key=row["key"],
            label=row["label"],
            unit=row["unit"],
            required=row["required"],
            verified=verified["have"],
            have=row["have"],
            missing=row["missing"],
            planned=self._planned(row["key"]),
            status=row["status"],
            note=row.get("note", ""),
            sources=sources_at(row["sources"], self.book),
            confidence=row["confidence"],
        )

    def _planned(self, key: str) -> int:
        return 0


class Standing(Assessed):
    """Where a trainee stands, with what the programs under way will still give."""

    keeps_contract = True
    records: Records

    def __init__(self, records: Records, credential: str, path: str, on: date) -> None:
        super().__init__(records, credential, path, on)

    def _planned(self, key: str) -> int:
        return planned_minutes(self.records, PLANNED.get(key, ""))


def planned_minutes(records: Records, part: str) -> int:
    """What the programs under way will still give, in minutes: their length less what has been earned."""
    if not part:
        return 0
    under_way = [one for one in records.enrollments if one.state == EnrollmentState.ACTIVE]
    return sum(max(0, getattr(one, part) - _earned(records, one.id, part)) for one in under_way)


def _earned(records: Records, enrollment_id: int, part: str) -> int:
    totals = records.totals
    if part == "core_minutes":
        return totals.core_minutes(Kind.EDUCATION, enrollment_id=enrollment_id)
    synchronous = True if part == "synchronous_minutes" else None
    return totals.minutes(Kind.EDUCATION, enrollment_id=enrollment_id, synchronous=synchronous)


def sources_at(addresses: Iterable[str], book: RuleBook) -> tuple[Source, ...]:
    """The sources behind addresses, each with its kind and date."""
    known = {source.address: source for source in book.sources.values()}
    return tuple(known.get(address, Source(address, address, "", "")) for address in addresses)


def changes_after(day: date) -> list[Change]:
    """What has been announced for later than a day, the nearest first."""
    return [change for change in live_book().changes if change.on > day]


def mentors_to_ask(records: Records, day: date) -> list[str]:
    """Mentors of this person who do not hold the Mentor Coach Specialization that sessions need from 2027 on."""
    first = max(day, SPECIALIZATION_ASKED_FROM)
    mentors = {session.mentor for session, _ in records.mentoring}
    return sorted(one.name for one in mentors if not held_on(one.facts, first).specializations)


def usual_path(records: Records) -> str:
    """The path that a person's own program leads to: level-based for an accredited one, else Portfolio."""
    levels = {str(one.level) for one in records.enrollments}
    return "level" if levels & {"level1", "level2", "level3"} or not levels else "portfolio"
