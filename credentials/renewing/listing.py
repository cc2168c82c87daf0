"""The wallet as its page and its CSV list it: classes by cohort, units by hand, mentor sessions, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credentials.models import CceDocument, CceUnit, ReviewState
from credentials.recalling import Mentored
from credentials.renewing.counting import Part, Wallet
from credentials.renewing.timing import Clock
from credentials.wording import STATES

CLASSES, BY_HAND, MENTORING = "Class at the school", "Noted by hand", "Mentor coaching"
HEADER = ["From", "Until", "What", "Provider", "Kind of record", "Core minutes", "Ethics minutes", "Resource minutes"]
HEADER += ["Supervision minutes", "State", "In this cycle", "Documents"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the wallet; a row of classes sums up those of one cohort. Minutes by what they taught."""

    first_on: date
    last_on: date
    title: str
    by: str
    record: str
    core: int
    ethics: int
    resource: int
    states: tuple[ReviewState, ...]
    in_cycle: bool
    unit: CceUnit | None = None
    documents: Sequence[CceDocument] = ()
    supervision: int = 0

    @property
    def state(self) -> tuple[str, str]:
        """The word of the least that was done about it, with its tone."""
        order = (ReviewState.RETURNED, ReviewState.LOGGED, ReviewState.SENT, ReviewState.CHECKED)
        return STATES[next(one for one in order if one in self.states)]

    @property
    def cells(self) -> list[object]:
        days: list[object] = [self.first_on.isoformat(), self.last_on.isoformat(), self.title, self.by, self.record]
        sums: list[object] = [self.core, self.ethics, self.resource, self.supervision]
        return [*days, *sums, self.state[0], "yes" if self.in_cycle else "no", len(self.documents)]


def rows_of(wallet: Wallet, clock: Clock | None) -> list[Row]:
    """Every record of the wallet; those outside the cycle too, and marked so."""
    found = [row for key, parts in wallet.classes.items() for row in _of_cohort(wallet, key, parts, clock)]
    found += [_by_hand(unit, part, clock) for unit, part in wallet.by_hand]
    found += [_mentoring(session, state, clock) for session, state in wallet.mentoring]
    return sorted(found, key=lambda row: (row.last_on, row.first_on, row.title), reverse=True)


def _of_cohort(wallet: Wallet, key: int, parts: list[Part], clock: Clock | None) -> list[Row]:
    """A cohort whose classes lie on both sides of the cycle's edge is two rows."""
    made = []
    for inside in (True, False):
        chosen = [part for part in parts if _counts(part.on, clock) == inside]
        if chosen:
            made.append(_classes(wallet, key, chosen, inside))
    return made


def _classes(wallet: Wallet, key: int, parts: list[Part], inside: bool) -> Row:
    cohort, days = wallet.enrollments[key].cohort, [part.on for part in parts]
    return Row(
        first_on=min(days),
        last_on=max(days),
        title=cohort.program.title,
        by=cohort.title,
        record=CLASSES,
        core=sum(part.core for part in parts),
        ethics=sum(part.ethics for part in parts),
        resource=sum(part.resource for part in parts),
        states=tuple({part.state for part in parts}),
        in_cycle=inside,
    )


def _by_hand(unit: CceUnit, part: Part, clock: Clock | None) -> Row:
    return Row(
        first_on=unit.on,
        last_on=unit.on,
        title=unit.title,
        by=unit.provider,
        record=BY_HAND,
        core=part.core,
        ethics=part.ethics,
        resource=part.resource,
        states=(part.state,),
        in_cycle=_counts(unit.on, clock),
        unit=unit,
        documents=unit.documents,
        supervision=part.supervision,
    )


def _mentoring(session: Mentored, state: ReviewState, clock: Clock | None) -> Row:
    return Row(
        first_on=session.on,
        last_on=session.on,
        title=f"With {session.mentor.name}",
        by="",
        record=MENTORING,
        core=session.minutes,
        ethics=0,
        resource=0,
        states=(state,),
        in_cycle=_counts(session.on, clock),
    )


def _counts(day: date, clock: Clock | None) -> bool:
    return clock is not None and clock.starts_on <= day <= clock.expires_on
