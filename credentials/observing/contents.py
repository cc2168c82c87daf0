"""What stands in a form, as plain data: read from JSON, written to JSON, and what is still missing before one signs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from credentials.competencies import COMPETENCIES, NUMBERS

JUDGEMENTS = {"met": "Shown consistently", "partly": "Shown in part", "not_yet": "Not shown yet"}


class Content(Protocol):
    """What a form of any kind can do."""

    def as_json(self) -> dict[str, Any]: ...

    def missing(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A moment of the recording (`at` in whole seconds), what was said, and which behaviour it shows."""

    competency: int
    at: int | None
    quote: str
    behaviour: str

    @property
    def moment(self) -> str:
        return "" if self.at is None else clock_words(self.at)


@dataclass(frozen=True, slots=True)
class Observation:
    """A Session Observation Form: evidence and a note for each competency, and a word on the whole."""

    evidence: tuple[Evidence, ...] = ()
    notes: Mapping[int, str] = field(default_factory=dict)
    overall: str = ""

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Observation:
        rows = tuple(Evidence(r["competency"], r["at"], r["quote"], r["behaviour"]) for r in raw.get("evidence", ()))
        return cls(rows, {int(k): v for k, v in raw.get("notes", {}).items()}, raw.get("overall", ""))

    def as_json(self) -> dict[str, Any]:
        ordered = sorted(self.evidence, key=lambda e: (e.competency, -1 if e.at is None else e.at, e.behaviour))
        rows = [{"competency": e.competency, "at": e.at, "quote": e.quote, "behaviour": e.behaviour} for e in ordered]
        notes = {str(number): words for number, words in sorted(self.notes.items()) if words}
        return {"evidence": rows, "notes": notes, "overall": self.overall}

    def about(self, competency: int) -> list[Evidence]:
        return [one for one in self.evidence if one.competency == competency]

    def missing(self) -> list[str]:
        """Why it can't be signed yet, in words: a competency with neither evidence nor note, evidence by halves."""
        found = []
        for one in COMPETENCIES:
            rows = self.about(one.number)
            if not rows and not self.notes.get(one.number):
                found.append(f"{one.number}. {one.name}: evidence, or a note that says why there is none")
            if any(row.at is None or not row.behaviour for row in rows):
                found.append(f"{one.number}. {one.name}: each piece of evidence needs its moment and the behaviour")
        if not self.evidence:
            found.append("at least one piece of evidence in all")
        return found


@dataclass(frozen=True, slots=True)
class Review:
    """A Competency Review Form: which signed observations it rests on, and a judgement of each competency."""

    observations: tuple[str, ...] = ()
    judgements: Mapping[int, str] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    overall: str = ""

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Review:
        return cls(
            tuple(raw.get("observations", ())),
            {int(k): v for k, v in raw.get("judgements", {}).items()},
            {int(k): v for k, v in raw.get("comments", {}).items()},
            raw.get("overall", ""),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "observations": list(self.observations),
            "judgements": {str(n): word for n, word in sorted(self.judgements.items()) if word},
            "comments": {str(n): words for n, words in sorted(self.comments.items()) if words},
            "overall": self.overall,
        }

    def missing(self) -> list[str]:
        found = [f"{one.number}. {one.name}: a judgement" for one in COMPETENCIES if not self._judged(one.number)]
        found += [
            f"{n}. {COMPETENCIES[n - 1].name}: a comment that says what is not there yet"
            for n in NUMBERS
            if self.judgements.get(n) in {"partly", "not_yet"} and not self.comments.get(n)
        ]
        return found + ([] if self.observations else ["at least one Session Observation Form that both have signed"])

    def _judged(self, number: int) -> bool:
        return self.judgements.get(number) in JUDGEMENTS


def canonical(content: Content) -> str:
    """The one spelling of a content, from which its hash is taken."""
    return json.dumps(content.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def clock_words(seconds: int) -> str:
    """`12:34`, `1:02:03`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def clock_seconds(text: str) -> int | None:
    """Seconds from `12:34`, `1:02:03` or `754`; None where it is none of these."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    if any(int(part) > 59 for part in parts[1:]):
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds if seconds < 86_400 else None
