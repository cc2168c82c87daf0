"""A cohort as staff look through it: everybody's hours, found by name or by what is lacking, and sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from credentials.providing import requiring
from credentials.providing.counting import Amount, Hours, Mentored, hours_from, mentored
from credentials.providing.judging import Check, Need, checks_of, needs_of, observed_of
from credentials.providing.recalling import Facts, Of, Person
from credentials.providing.requiring import Asked, asked_of
from credentials.ruling.living import live_book
from foundation.paging import Page
from foundation.remembering import WorkedOut

PER_PAGE = 50
PLACE = "staff_accreditation.cohort"
SHOWN = {
    "": "Everybody who stays",
    "lacking": "Something is lacking",
    "waiting": "Something waits",
    "met": "All is met",
}
HEADS = {
    "name": "Trainee",
    "lacking": "Lacking",
    "education": "Education",
    "core": "Core",
    "resource": "Resource",
    "live": "Live",
    "own": "Own study",
    "mentor": "Mentor",
    "coaching": "Coaching",
    "observed": "Observed",
}
PARTS = ("Education", "Core", "Resource", "Live", "Own study", "Mentor", "Coaching")


@dataclass(frozen=True, slots=True)
class Row:
    """A trainee with all their hours."""

    person: Person
    hours: Hours
    mentored: Mentored
    written: Amount
    evaluated: Amount
    checks: list[Check]

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def observed(self) -> Amount:
        return observed_of(self.mentored, self.written)

    @property
    def amounts(self) -> list[Amount]:
        """In the order of `PARTS`."""
        one = self.hours
        return [one.education, one.core, one.resource, one.live, one.own, one.mentor, one.coaching]

    @property
    def cells(self) -> list[tuple[str, Amount]]:
        return list(zip(PARTS, self.amounts, strict=True))

    @property
    def lacking(self) -> list[Check]:
        return [one for one in self.checks if one.is_lacking]

    @property
    def waiting(self) -> list[Check]:
        return [one for one in self.checks if one.waits]

    @property
    def has_all(self) -> bool:
        return all(one.is_met for one in self.checks)


class Wanted(NamedTuple):
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
    def filter(self) -> dict[str, str]:
        """What of it the address says, but for the sorting."""
        return {name: value for name, value in (("words", self.words), ("shown", self.shown)) if value}

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


class CohortHours(WorkedOut):
    """A whole cohort: what is asked, by the rules of the day it began, and everybody who has not withdrawn."""

    known_by: Facts

    @property
    def of(self) -> Of:
        return self.known_by.of

    @cached_property
    def asked(self) -> Asked | None:
        return asked_of(live_book(), self.of.level, self.of.starts_on)

    @cached_property
    def needs(self) -> list[Need]:
        return needs_of(self.asked) if self.asked else []

    @cached_property
    def rows(self) -> list[Row]:
        facts, credential = self.known_by, self.asked.credential if self.asked else "ACC"
        sums, sessions = hours_from(facts.people, facts.sums), mentored(facts.sessions, facts.mentors, credential)
        return [self._row(one, sums[one.user_id], sessions.get(one.user_id) or Mentored()) for one in facts.people]

    def _row(self, person: Person, own: Hours, by: Mentored) -> Row:
        written = Amount(person.signed, person.offered)
        evaluated = Amount(int(person.passed > 0), int(person.open > 0 and not person.passed))
        group_most = self.asked.minutes(requiring.GROUP) if self.asked else 0
        checks = checks_of(self.needs, own, by, written, evaluated, group_most=group_most)
        return Row(person, own, by, written, evaluated, checks)

    def met(self, key: str) -> tuple[int, int]:
        """How many have a requirement verified, and how many once what waits is checked."""
        checks = [check for row in self.rows for check in row.checks if check.key == key]
        return sum(one.is_met for one in checks), sum(one.is_met or one.waits for one in checks)

    @property
    def complete(self) -> int:
        return sum(row.has_all for row in self.rows)


class Looked(NamedTuple):
    """A cohort's facts, and what somebody wants to see of them."""

    facts: Facts
    wanted: Wanted
    number: int


class CohortPage(WorkedOut):
    """A page of a cohort, as it is shown."""

    known_by: Looked

    @property
    def wanted(self) -> Wanted:
        return self.known_by.wanted

    @cached_property
    def whole(self) -> CohortHours:
        return CohortHours(self.known_by.facts)

    @cached_property
    def page(self) -> Page[Row]:
        return page_of(listed(self.whole.rows, self.wanted), self.known_by.number)

    @property
    def needs(self) -> list[tuple[Need, int, int]]:
        return [(need, *self.whole.met(need.key)) for need in self.whole.needs]

    @property
    def shown(self) -> list[tuple[str, str]]:
        return list(SHOWN.items())

    @property
    def kept(self) -> dict[str, Any]:
        """What the address says of it."""
        return self.wanted.filter | ({} if self.wanted.sort == "name" else {"sort": self.wanted.sort})

    def heads(self, url_for: Callable[..., str]) -> list[dict[str, Any]]:
        """Headings that sort by their column, and the other way round where they do; numbers begin with the most."""
        return [self._head(name, url_for) for name in HEADS]

    def another(self, url_for: Callable[..., str]) -> Callable[[int], str]:
        """The address of another page of the same list."""
        return lambda number: url_for(PLACE, code=self.whole.of.code, **self.kept, page=number)

    def _head(self, name: str, url_for: Callable[..., str]) -> dict[str, Any]:
        sort = self.wanted.sort
        first = name if name == "name" else f"-{name}"
        other = name if first.startswith("-") else f"-{name}"
        asked: dict[str, Any] = self.wanted.filter | {"sort": other if sort == first else first}
        way = {name: "ascending", f"-{name}": "descending"}.get(sort)
        href = url_for(PLACE, code=self.whole.of.code, **asked)
        return {"label": HEADS[name], "href": href, "sorted": way, "numeric": name not in {"name", "lacking"}}


def listed(rows: list[Row], wanted: Wanted) -> list[Row]:
    """Those who fit, sorted."""
    words = wanted.words.casefold()
    fits = [row for row in rows if words in row.name.casefold() or words in row.person.email.casefold()]
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
