"""What did this mentor hold on that day? Read from the facts of their file alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from credentials.models import FactKind, MentorFact

LEVELS = ("ACC", "PCC", "MCC")
NO_CREDENTIAL = "none"


class Told(NamedTuple):
    """One fact of a mentor's file, as a plain row."""

    id: int
    kind: FactKind
    level: str
    held_from: date | None
    held_until: date | None
    withdraws_id: int | None

    @classmethod
    def of(cls, fact: MentorFact) -> Told:
        return cls(*(getattr(fact, name) for name in cls._fields))


Fact = MentorFact | Told
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody held on one day. `specializations`: each level with its first day, where that is known.

    `ended`: what they had held and held no more, each with its last day.
    """

    credential: str = NO_CREDENTIAL
    renewed: bool = False
    specializations: tuple[tuple[str, date | None], ...] = ()
    ended: tuple[tuple[str, date], ...] = ()

    def specialization_for(self, credential: str) -> tuple[str, date | None] | None:
        """The specialization that serves an applicant best: of that level, else the next above, else one below."""
        wanted = LEVELS.index(credential)
        order = [*LEVELS[wanted:], *reversed(LEVELS[:wanted])]
        return min(self.specializations, key=lambda one: order.index(one[0]), default=None)

    @property
    def short(self) -> str:
        """`PCC, MCS-PCC`, or what there is of it."""
        held = "no ICF credential" if self.credential == NO_CREDENTIAL else self.credential
        return ", ".join([held, *(f"MCS-{level}" for level, _ in self.specializations)])

    @property
    def words(self) -> str:
        """`PCC, MCS-PCC`: as the pages say it."""
        held = "no ICF credential" if self.credential == NO_CREDENTIAL else self.credential
        if self.credential == "ACC":
            held += ", renewed" if self.renewed else ", not renewed yet"
        if self.specializations:
            undated = " (since when is not known)" if any(since is None for _, since in self.specializations) else ""
            held += ", " + " and ".join(f"MCS-{level}" for level, _ in self.specializations) + undated
        else:
            held += ", no specialization on that day"
        return held + "".join(f"; {what} ended on {day.isoformat()}" for what, day in self.ended)


def standing_facts(facts: Iterable[F]) -> list[F]:
    """The facts that nobody has withdrawn."""
    known = list(facts)
    withdrawn = {fact.withdraws_id for fact in known if fact.withdraws_id}
    return [fact for fact in known if fact.withdraws_id is None and fact.id not in withdrawn]


def held_on(facts: Iterable[Fact], day: date) -> Held:
    """What a mentor held on a day: the highest credential, whether it had been renewed, every specialization.

    Both the first and the last day count. A fact without a last day ends where a later one of its kind begins.
    """
    known = standing_facts(facts)
    credentials = [fact for fact in known if fact.kind != FactKind.SPECIALIZATION]
    specialized = [fact for fact in known if fact.kind == FactKind.SPECIALIZATION]
    credential = max(_held(credentials, day), key=LEVELS.index, default=NO_CREDENTIAL)
    levels = _held(specialized, day)
    return Held(
        credential=credential,
        renewed=any(_is_renewal_of(fact, credential, day) for fact in credentials),
        specializations=tuple((level, _since(specialized, level, day)) for level in LEVELS if level in levels),
        ended=(*_ended(credentials, "", day, credential), *_ended(specialized, "MCS-", day, max(levels, default=""))),
    )


def runs_out(facts: Sequence[Fact], day: date) -> date | None:
    """The day on which the first thing that is held now ends; None where nothing has an end."""
    known, held = standing_facts(facts), held_on(facts, day)
    credentials = [one for one in known if one.kind != FactKind.SPECIALIZATION and one.level == held.credential]
    levels = {level for level, _ in held.specializations}
    specialized = [one for one in known if one.kind == FactKind.SPECIALIZATION and one.level in levels]
    ends = [_end(credentials, day), *(_end([f for f in specialized if f.level == level], day) for level in levels)]
    return min((one for one in ends if one), default=None)


def _end(facts: Sequence[Fact], day: date) -> date | None:
    """The last day of the last of these facts; None where one of them has no end."""
    ends = [last_day(one, facts) for one in facts]
    return None if None in ends else max((one for one in ends if one and one >= day), default=None)


def last_day(fact: Fact, among: Sequence[Fact]) -> date | None:
    """The last day a fact speaks of. Without one of its own it gives way to a later one of the same level.

    A renewal or specialization of an unknown day stays: nobody knows that it is the older one.
    """
    undated = fact.held_from is None and fact.kind != FactKind.CREDENTIAL
    if fact.held_until or undated:
        return fact.held_until
    first = fact.held_from or date.min
    later = [one.held_from for one in among if one.level == fact.level and one.held_from and one.held_from > first]
    return min(later) - timedelta(days=1) if later else None


def _held(facts: Sequence[Fact], day: date) -> set[str]:
    return {str(fact.level) for fact in facts if _covers(fact, facts, day)}


def _covers(fact: Fact, among: Sequence[Fact], day: date) -> bool:
    ends = last_day(fact, among)
    return (fact.held_from is None or fact.held_from <= day) and (ends is None or day <= ends)


def _is_renewal_of(fact: Fact, credential: str, day: date) -> bool:
    begun = fact.held_from is None or fact.held_from <= day
    return fact.kind == FactKind.RENEWAL and fact.level == credential and begun


def _since(facts: Sequence[Fact], level: str, day: date) -> date | None:
    """The first day of what is held; unknown where every fact that covers the day is silent."""
    days = [fact.held_from for fact in facts if fact.level == level and _covers(fact, facts, day)]
    return min((one for one in days if one), default=None)


def _ended(facts: Sequence[Fact], prefix: str, day: date, held: str) -> list[tuple[str, date]]:
    """Per level above what is held: the last day of what has run out."""
    found: dict[str, date] = {}
    for fact in facts:
        if fact.held_until and fact.held_until < day and LEVELS.index(fact.level) > _place(held):
            found[fact.level] = max(found.get(fact.level, date.min), fact.held_until)
    return [(f"{prefix}{level}", found[level]) for level in LEVELS if level in found]


def _place(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else -1
