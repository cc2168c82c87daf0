"""Terms: what a policy says, apart from where it holds and since when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Measure(StrEnum):
    """What a step counts. Days are the cohort's own; a class counts on the day it is held."""

    DAYS_BEFORE = "days_before"
    DAYS_AFTER = "days_after"
    CLASSES = "classes"
    SHARE = "share"
    AFTERWARDS = "afterwards"


@dataclass(frozen=True, slots=True)
class Step:
    """Until when, and how much comes back: `percent` of the price less the deposit, less `keep_cents`.

    `number` is days before or after the first day, the number of the class day, or per cent of the days gone.
    The last step counts nothing: it holds afterwards.
    """

    measure: Measure
    number: int
    percent: int
    keep_cents: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """One wording of the rules. Sums are whole cents of `currency`, which is empty where there are none."""

    steps: tuple[Step, ...]
    currency: str = ""
    deposit_cents: int = 0
    minimum_kept_cents: int = 0
    transfers: int = 1
    transfer_fee_cents: int = 0
    extension_months: int = 6
    extension_fee_cents: int = 0
    grace_days: int = 10
    completion_months: int = 24
    make_ups: int | None = None
    """How many missed classes may be made up; None for as many as need be."""

    @property
    def has_sums(self) -> bool:
        fees = (self.deposit_cents, self.minimum_kept_cents, self.transfer_fee_cents, self.extension_fee_cents)
        return any(fees) or any(step.keep_cents for step in self.steps)

    def fits(self, currency: str) -> bool:
        """Whether the rules can hold where prices are in a currency: sums are never converted."""
        return not self.has_sums or self.currency == currency

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"steps": [asdict(step) for step in self.steps]}


def from_json(told: dict[str, Any]) -> Terms:
    """The terms that `as_json` wrote."""
    steps = tuple(Step(**(step | {"measure": Measure(step["measure"])})) for step in told["steps"])
    return Terms(**(told | {"steps": steps}))


@dataclass(frozen=True, slots=True)
class Course:
    """The days of a cohort against which steps are counted: its first and last day, and each day with a class."""

    starts_on: date
    ends_on: date
    class_days: tuple[date, ...] = ()


STANDARD = Terms(
    steps=(
        Step(Measure.DAYS_BEFORE, 14, 100),
        Step(Measure.DAYS_BEFORE, 0, 90),
        Step(Measure.DAYS_AFTER, 28, 50),
        Step(Measure.AFTERWARDS, 0, 0),
    )
)
"""What holds where the school has published no rule: the one that the enrollment agreement 2026-1 spells out."""
