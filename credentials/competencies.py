"""ICF's eight Core Competencies in the version of September 2025; a form names the version it was filled under."""

from __future__ import annotations

from dataclasses import dataclass

FRAMEWORK = "icf-2025"


@dataclass(frozen=True, slots=True)
class Competency:
    number: int
    name: str
    domain: str


COMPETENCIES = (
    Competency(1, "Demonstrates Ethical Practice", "Foundation"),
    Competency(2, "Embodies a Coaching Mindset", "Foundation"),
    Competency(3, "Establishes and Maintains Agreements", "Co-Creating the Relationship"),
    Competency(4, "Cultivates Trust and Safety", "Co-Creating the Relationship"),
    Competency(5, "Maintains Presence", "Co-Creating the Relationship"),
    Competency(6, "Listens Actively", "Communicating Effectively"),
    Competency(7, "Evokes Awareness", "Communicating Effectively"),
    Competency(8, "Facilitates Client Growth", "Cultivating Learning and Growth"),
)
NUMBERS = tuple(one.number for one in COMPETENCIES)
