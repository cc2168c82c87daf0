"""Small credential profiles for the tests of the eligibility engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from credentials.contracts import assessment_schema
from credentials.evaluating import evaluate

Data = dict[str, Any]


@cache
def _assessments() -> Draft202012Validator:
    return Draft202012Validator(assessment_schema(), format_checker=FormatChecker())


def assess(profile: Mapping[str, Any]) -> Data:
    """The assessment of a profile, checked against its schema and against its own arithmetic."""
    answer = evaluate(dict(profile))
    _assessments().validate(answer)
    for row in answer["requirements"]:
        assert row["missing"] == max(0, int(row["required"]) - int(row["have"])), row["key"]
    return answer


def rows(answer: Mapping[str, Any]) -> dict[str, Data]:
    return {row["key"]: row for row in answer["requirements"]}


def status(answer: Mapping[str, Any], key: str) -> str:
    return str(rows(answer)[key]["status"])


def excluded(answer: Mapping[str, Any]) -> set[tuple[str, int, str]]:
    return {(left["record"], left["minutes"], left["reason"]) for left in answer["excluded"]}


def told(answer: Mapping[str, Any]) -> str:
    return "\n".join(answer["notices"])


def course(id: str = "e1", accreditation: str = "cce", hours: int = 60, **more: Any) -> Data:
    shares = {"minutes": hours * 60, "core_minutes": hours * 48, "synchronous_minutes": hours * 30}
    when = {"starts_on": "2025-03-03", "ends_on": "2025-10-10", "completed": True}
    return {"id": id, "title": "A course", "accreditation": accreditation, **when, **shares, **more}


def session(id: str = "s", on: str = "2026-06-01", minutes: int = 60, *clients: str, **more: Any) -> Data:
    return {"id": id, "on": on, "minutes": minutes, "clients": list(clients or ("c1",)), "payment": "paid", **more}


def log(clients: int = 8, paid: int = 80, free: int = 20, on: str = "2026-06-01") -> list[Data]:
    """A coaching log of `paid` and `free` hours, spread over so many clients, on one day."""
    made = [session(f"c{n}", on, 60, f"client-{n}") for n in range(clients)]
    made.append(session("paid", on, 60, "client-0", count=paid - clients))
    if free:
        made.append(session("free", on, 60, "client-0", count=free, payment="pro_bono"))
    return made


def mentor(credential: str = "PCC", **more: Any) -> Data:
    return {"name": "R. Vance", "credential": credential, **more}


def mentoring(id: str, on: str, minutes: int = 120, mentees: int = 1, by: Data | None = None, **more: Any) -> Data:
    return {"id": id, "on": on, "minutes": minutes, "mentees": mentees, "mentor": by or mentor(), **more}


def ten_hours(by: Data | None = None, year: int = 2026) -> list[Data]:
    """Ten one-to-one hours from February to June."""
    return [mentoring(f"m{month}", f"{year}-0{month}-05", by=by) for month in range(2, 7)]


def level(**more: Any) -> Data:
    """An ACC applicant on the level path who has all it takes."""
    return {
        "credential": "ACC",
        "path": "level",
        "apply_on": "2026-11-22",
        "education": [course(accreditation="level1", hours=65)],
        "sessions": log(),
        **more,
    }


def portfolio(**more: Any) -> Data:
    """An ACC applicant on the Portfolio path who has all it takes until 2027-03-31."""
    return {
        "credential": "ACC",
        "path": "portfolio",
        "apply_on": "2026-11-22",
        "education": [course()],
        "sessions": log(),
        "mentor_sessions": ten_hours(),
        "recordings": 1,
        **more,
    }


def portfolio_2027(**more: Any) -> Data:
    """An ACC applicant on the Portfolio path who has all it takes from 2027-04-01."""
    observed = [{**given, "observed": True} for given in ten_hours()]
    after = {"apply_on": "2027-04-01", "recordings": 0, "competency_review_form": True, "mentor_sessions": observed}
    return portfolio(**{**after, **more})


def mcc(**more: Any) -> Data:
    """An MCC applicant on the level path who has all it takes."""
    return {
        "credential": "MCC",
        "path": "level",
        "apply_on": "2026-11-22",
        "education": [
            course("base", "actp", 125, starts_on="2012-01-09", ends_on="2012-12-01"),
            course("l3", "level3", 75),
        ],
        "sessions": log(clients=35, paid=2300, free=200),
        "credentials_held": [{"credential": "PCC", "awarded_on": "2018-05-01", "expires_on": "2027-05-01"}],
        "recordings": 2,
        **more,
    }


def unit(id: str, category: str, hours: float, on: str = "2025-06-01") -> Data:
    return {"id": id, "on": on, "minutes": round(hours * 60), "category": category}


def held(credential: str = "ACC", awarded_on: str = "2024-01-31", expires_on: str | None = "2027-01-31") -> Data:
    return {"credential": credential, "awarded_on": awarded_on, "expires_on": expires_on}


def renewal(credential: str = "PCC", **more: Any) -> Data:
    """A renewal that has all it takes: 21 core, 3 ethics and 16 of resource development."""
    return {
        "credential": credential,
        "path": "renewal",
        "apply_on": "2026-11-22",
        "credentials_held": [held(credential)],
        "continuing_education": [unit("core", "core", 21), unit("ethics", "ethics", 3), unit("more", "resource", 16)],
        **more,
    }
