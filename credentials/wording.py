"""How this room says things: one word for each code, the same on every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from credentials.models import Consent, Kind, Occasion, Payment, Relation, ReviewState
from foundation.filters import hours, shown_date

KINDS = {
    Kind.EDUCATION: "Education",
    Kind.COACHING: "Coaching",
    Kind.MENTOR: "Mentor coaching",
    Kind.OBSERVED: "Observed session",
    Kind.CCE: "Continuing education",
}
STATES = {
    ReviewState.LOGGED: ("Logged", "quiet"),
    ReviewState.SENT: ("Sent", "wait"),
    ReviewState.CHECKED: ("Checked", "good"),
    ReviewState.RETURNED: ("Returned", "bad"),
}
PAYMENTS = {
    Payment.PAID: "Paid",
    Payment.PRO_BONO: "Pro bono",
    Payment.BARTER: "Barter",
    Payment.INTERNAL: "Internal",
    Payment.THIRD_PARTY: "Organisation pays",
    Payment.PEER_EXCHANGE: "Peer exchange",
}
CONSENTS = {
    Consent.GIVEN: "Agrees to stand in my log",
    Consent.REFUSED: "Does not agree",
    Consent.LETTER: "An organisation's letter covers it",
}
RELATIONS = {
    Relation.OWN: "My own client",
    Relation.INTERNAL: "Internal: a colleague at my employer",
    Relation.THIRD_PARTY: "Sent by an organisation that pays",
    Relation.PEER: "A peer I exchange sessions with",
}
REASONS = {
    "before_education": "it took place before your coach education began",
    "after_application": "it lies after the day of the application",
    "consent_refused": "the client does not agree to stand in the log",
    "not_coaching": "it is not coaching as ICF defines it",
    "direct_report": "coaching one's own direct reports does not count",
    "group_too_large": "the group is larger than ICF allows",
    "group_hours_past_limit": "at most 7 hours of group mentoring count",
    "mentor_not_qualified": "the mentor did not hold what ICF asks for on that day",
    "outside_cycle": "it lies outside the years that count for this renewal",
    "resource_past_limit": "only so much resource development counts",
    "supervision_past_limit": "at most 10 hours of supervision count in a cycle",
    "outside_window": "it lies outside the months that ICF looks at",
}
OCCASIONS = {
    Occasion.ASKED: "You kept it",
    Occasion.SUBMISSION: "Hours were sent for review",
    Occasion.CERTIFICATE: "A certificate was issued",
}
STATUSES = {
    "met": ("Met", "good"),
    "not_met": ("Not met", "wait"),
    "needs_review": ("Ask ICF", "note"),
    "not_applicable": ("Inside the program", "quiet"),
}
PATHS = {"level": "Level-based path", "portfolio": "Portfolio path"}
LEVELS = {"level1": "Level 1", "level2": "Level 2", "level3": "Level 3", "cce": "Continuing education", "none": ""}


def verdict_words(verdict: str, on: date) -> str:
    """The sentence that stands over an assessment; ICF decides, so it never says more than this."""
    day = shown_date(on)
    return {
        "eligible": f"Meets ICF's published minimums as of {day}",
        "needs_review": f"Meets every certain minimum as of {day}; one that sources disagree about decides",
        "not_eligible": f"Does not yet meet ICF's published minimums as of {day}",
    }[verdict]


def amount(unit: str, value: Any) -> str:
    """A figure of an assessment as people say it."""
    if unit == "minutes":
        return hours(int(value))
    if unit == "days":
        return f"{value} days"
    if unit == "flag":
        return "yes" if value else "no"
    return str(value)


def reason_words(code: str) -> str:
    return REASONS.get(code, code.replace("_", " "))
