"""The forecast: at the pace of the last 90 days, when each requirement is there, and whether that is soon enough.

It looks at nothing but what the standing has already; every figure missing is the engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from credentials.models import Payment
from credentials.profiling import Records
from credentials.standing import Requirement, Standing
from credentials.summing import COUNTED
from foundation.filters import count, hours

PACE_DAYS = 90
FEASIBLE_A_WEEK = {"minutes": 25 * 60, "count": 5}
"""More than 25 hours of coaching, or five new clients, in a week is nobody's plan (our reading, not ICF's)."""


class Outlook(StrEnum):
    ON_PACE = "on pace"
    AT_RISK = "at risk"
    IMPOSSIBLE = "no longer possible"
    NO_PACE = "no pace yet"
    KNOWN = "at this pace"


TONES = {
    Outlook.ON_PACE: "good",
    Outlook.AT_RISK: "wait",
    Outlook.IMPOSSIBLE: "bad",
    Outlook.NO_PACE: "wait",
    Outlook.KNOWN: "note",
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """One requirement looked at ahead. `weekly`: what the day asked for takes a week, in the requirement's unit."""

    requirement: Requirement
    outlook: Outlook
    there_on: date | None
    weekly: int

    @property
    def word(self) -> str:
        return str(self.outlook).capitalize()

    @property
    def tone(self) -> str:
        return TONES[self.outlook]

    @property
    def asks(self) -> str:
        """What the chosen day asks for, in words; people are not told by the week."""
        if not self.weekly:
            return ""
        needed = self.requirement
        if needed.unit == "minutes":
            return f"{hours(self.weekly)} a week"
        return f"{count(needed.missing, 'new client')} by then"


def forecast(standing: Standing, today: date) -> list[Forecast]:
    """What of the coaching and the mentoring is missing, and when it will be there. The day is the standing's own."""
    paces = _paces(standing.records, today)
    open_ones = [one for one in standing.open_rows if one.key in paces and one.missing]
    return [_look(one, paces[one.key], today, standing.on) for one in open_ones]


def next_step(standing: Standing, forecasts: list[Forecast]) -> str:
    """The smallest thing that completes something; empty where nothing is missing."""
    unsent = standing.records.unsent_minutes
    if unsent:
        return f"Send {hours(unsent)} that are logged for review."
    near = min(forecasts, key=lambda one: one.requirement.missing / one.requirement.required, default=None)
    return _step(near.requirement) if near else ""


def _step(needed: Requirement) -> str:
    if needed.unit == "count":
        people = "client" if needed.missing == 1 else "clients"
        return f"Coach {needed.missing} more {people} who agree to stand in your log; that completes “{needed.label}”."
    return f"{hours(needed.missing)} more complete “{needed.label}”."


def _look(needed: Requirement, pace: int, today: date, by: date) -> Forecast:
    """`pace`: what came in the last PACE_DAYS, in the requirement's unit."""
    there_on = _there_on(needed.missing, pace, today)
    if by <= today:
        return Forecast(needed, Outlook.KNOWN if there_on else Outlook.NO_PACE, there_on, 0)
    weekly = -(-needed.missing * 7 // (by - today).days)
    if weekly > FEASIBLE_A_WEEK[needed.unit]:
        return Forecast(needed, Outlook.IMPOSSIBLE, there_on, weekly)
    is_soon = there_on is not None and there_on <= by
    return Forecast(needed, Outlook.ON_PACE if is_soon else Outlook.AT_RISK, there_on, weekly)


def _there_on(missing: int, pace: int, today: date) -> date | None:
    days = -(-missing * PACE_DAYS // pace) if pace else 36500
    return today + timedelta(days=days) if days < 36500 else None


def _paces(records: Records, today: date) -> dict[str, int]:
    since = today - timedelta(days=PACE_DAYS)
    coached = [s for s, state in records.coaching if state in COUNTED and s.on <= today]
    lately = [s for s in coached if s.on > since]
    known = {s.client_id for s in coached if s.on <= since}
    mentored = [s for s, state in records.mentoring if state in COUNTED and since < s.on <= today]
    total = sum(s.minutes for s in lately)
    return {
        "experience.total_hours_min": total,
        "experience.recent_hours_min": total,
        "experience.paid_hours_min": sum(s.minutes for s in lately if s.payment != Payment.PRO_BONO),
        "experience.distinct_clients_min": len({s.client_id for s in lately} - known),
        "mentor.total_hours_min": sum(s.minutes for s in mentored),
    }
