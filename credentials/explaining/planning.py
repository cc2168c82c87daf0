"""The planner: what is missing for a credential on a day, and the pace a week that gets there, by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from credentials.evaluating import ProfileError, evaluate
from credentials.rules import RuleBook, rule_book
from credentials.standing import Requirement, sources_at
from credentials.wording import amount

MENTOR = {"name": "a mentor", "credential": "MCC", "specialization": "MCC", "specialization_since": "2020-01-01"}


@dataclass(frozen=True)
class Step:
    """A requirement, what is missing of it, and how much a week that asks for."""

    requirement: Requirement
    weekly: str


@dataclass(frozen=True)
class Plan:
    """The engine's answer to the figures a visitor typed. `fault` says where the day can't be answered."""

    credential: str
    by: date
    weeks: int
    assessment: dict[str, Any]
    steps: tuple[Step, ...]
    fault: str = ""

    @property
    def missing(self) -> list[Step]:
        return [step for step in self.steps if step.requirement.status in {"not_met", "needs_review"}]

    @classmethod
    def of(
        cls,
        today: date,
        *,
        credential: str,
        path: str,
        by: date,
        figures: dict[str, int],
        completed: str = "none",
        book: RuleBook | None = None,
    ) -> Plan:
        """A plan from `today` to `by`, by the shipped rules or `book`. Figures are whole hours, as people say them."""
        known = book or rule_book()
        weeks = max(1, (by - today).days // 7)
        if by < today:
            return cls(credential, by, weeks, {}, (), "Choose a day that is still to come.")
        try:
            found = evaluate(profile_from(today, credential, path, by, figures, completed), known)
        except ProfileError:
            return cls(credential, by, weeks, {}, (), "No published rules are known for that day.")
        steps = tuple(_step(row, weeks, known) for row in found["requirements"] if row["required"])
        return cls(credential, by, weeks, found, steps)


def _step(row: dict[str, Any], weeks: int, book: RuleBook) -> Step:
    needed = Requirement(
        key=row["key"],
        label=row["label"],
        unit=row["unit"],
        required=row["required"],
        verified=row["have"],
        have=row["have"],
        missing=row["missing"],
        planned=0,
        status=row["status"],
        note=row.get("note", ""),
        sources=sources_at(row["sources"], book),
        confidence=row["confidence"],
    )
    weekly = -(-needed.missing // weeks) if needed.unit == "minutes" and needed.missing else 0
    return Step(needed, f"{amount('minutes', weekly)} a week" if weekly else "")


def profile_from(
    today: date, credential: str, path: str, by: date, figures: dict[str, int], completed: str
) -> dict[str, Any]:
    """A profile of round figures: one course, the hours spread over the clients, the mentoring over four months."""
    return {
        "credential": credential,
        "path": path,
        "apply_on": by.isoformat(),
        "education": [_course(today, figures["education"], completed)],
        "sessions": _sessions(today, figures),
        "mentor_sessions": _mentoring(today, figures["mentoring"]),
    }


def _course(today: date, hours: int, completed: str) -> dict[str, Any]:
    return {
        "id": "education",
        "title": "Coach education",
        "accreditation": completed,
        "starts_on": (today - timedelta(days=1500)).isoformat(),
        "ends_on": today.isoformat(),
        "completed": completed != "none",
        "minutes": hours * 60,
        "core_minutes": hours * 48,
        "synchronous_minutes": hours * 60,
    }


def _sessions(today: date, figures: dict[str, int]) -> list[dict[str, Any]]:
    people, paid = figures["clients"], min(figures["paid"], figures["coaching"])
    parts = [("paid", paid), ("pro_bono", figures["coaching"] - paid)]
    made = []
    for payment, hours in parts:
        for number, share in enumerate(_shares(hours * 60, max(1, people)), start=1):
            made.append(_session(today, f"{payment}-{number}", f"C-{number:02d}", share, payment))
    return [one for one in made if one["minutes"]]


def _shares(minutes: int, number: int) -> list[int]:
    return [minutes // number + (1 if place < minutes % number else 0) for place in range(number)]


def _session(today: date, name: str, client: str, minutes: int, payment: str) -> dict[str, Any]:
    day = today.isoformat()
    return {"id": name, "on": day, "minutes": minutes, "clients": [client], "payment": payment}


def _mentoring(today: date, hours: int) -> list[dict[str, Any]]:
    if not hours:
        return []
    days = (today - timedelta(days=125), today)
    return [
        {"id": f"mentor-{place}", "on": day.isoformat(), "minutes": share, "mentees": 1, "mentor": MENTOR}
        for place, (day, share) in enumerate(zip(days, _shares(hours * 60, 2), strict=True))
        if share
    ]
