"""Who of the cohort somebody in the room was: by e-mail, then by name; where neither tells, a person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from courseware.attendance.reports.names import alike, folded, readings

NOBODY = 0  # a person has said: somebody who is not on the sheet


class OnTheSheet(Protocol):
    @property
    def enrollment_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a participant is taken for. `how`: `e-mail`, `name`, `you`, `teaches`, or empty where nobody is found."""

    enrollment_id: int | None = None
    how: str = ""
    perhaps: tuple[int, ...] = ()


NO_MATCH = Match()


class Matcher:
    """The people of one sheet, looked up as a report names them. `teachers` are left out without being asked about."""

    def __init__(self, people: Sequence[OnTheSheet], teachers: Iterable[tuple[str, str]] = ()) -> None:
        self.emails = {person.email.casefold(): person.enrollment_id for person in people}
        self.names: dict[str, set[int]] = defaultdict(set)
        for person in people:
            self.names[folded(person.name)].add(person.enrollment_id)
        self.teachers = {email.casefold() for _, email in teachers} | {folded(name) for name, _ in teachers}

    def match(self, name: str, email: str) -> Match:
        """One person of the sheet, or none: of two who are called alike neither is taken."""
        if email and email in self.emails:
            return Match(self.emails[email], "e-mail")
        names = readings(name)
        found = set[int]().union(*(self.names.get(one, set()) for one in names))
        if len(found) == 1:
            return Match(found.pop(), "name")
        if email in self.teachers or self.teachers & set(names):
            return Match(None, "teaches")
        return Match(None, "", tuple(sorted(found or self._perhaps(names))))

    def _perhaps(self, names: Iterable[str]) -> set[int]:
        return {id_ for said in names for known, ids in self.names.items() if alike(said, known) for id_ in ids}


def picks_of(chosen: Mapping[str, object]) -> dict[int, int]:
    """What people chose, as it is kept: the number of a participant, the enrollment or NOBODY."""
    return {int(number): int(str(pick)) for number, pick in chosen.items() if str(number).isdecimal()}
