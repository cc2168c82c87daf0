"""The forms as they lie on the page: what was typed, kept as it was typed, with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from credentials.competencies import NUMBERS
from credentials.observing.contents import JUDGEMENTS, Evidence, Observation, Review, clock_seconds

MOST_ROWS = 40
LONGEST = {"quote": 1000, "behaviour": 1000, "note": 3000, "overall": 5000, "comment": 3000}
NO_MOMENT = "Write the moment as minutes and seconds, such as 12:34."


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence as it is typed."""

    at: str = ""
    quote: str = ""
    behaviour: str = ""
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.at or self.quote or self.behaviour)


@dataclass(frozen=True, slots=True)
class ObservationSheet:
    """A Session Observation Form being filled."""

    rows: Mapping[int, list[Row]]
    notes: Mapping[int, str]
    overall: str = ""
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, known: Observation) -> ObservationSheet:
        rows = {n: [Row(e.moment, e.quote, e.behaviour) for e in known.about(n)] for n in NUMBERS}
        return cls(rows, dict(known.notes), known.overall)

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> ObservationSheet:
        rows = {n: _rows(typed, n) for n in NUMBERS}
        notes = {n: _text(typed, f"note-{n}") for n in NUMBERS}
        sheet = cls(rows, notes, _text(typed, "overall"))
        sheet.wrong.extend(_too_long([*notes.values()], "note"))
        sheet.wrong.extend(_too_long([sheet.overall], "overall"))
        sheet.wrong.extend(row.error for found in rows.values() for row in found if row.error)
        return sheet

    def content(self) -> Observation:
        evidence = tuple(
            Evidence(n, clock_seconds(row.at) if row.at else None, row.quote, row.behaviour)
            for n in NUMBERS
            for row in self.rows[n]
            if not row.is_blank
        )
        return Observation(evidence, {n: words for n, words in self.notes.items() if words}, self.overall)


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """A Competency Review Form being filled."""

    judgements: Mapping[int, str]
    comments: Mapping[int, str]
    overall: str = ""
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, known: Review) -> ReviewSheet:
        return cls(dict(known.judgements), dict(known.comments), known.overall)

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> ReviewSheet:
        judgements = {n: word for n in NUMBERS if (word := typed.get(f"judgement-{n}", "")) in JUDGEMENTS}
        comments = {n: _text(typed, f"comment-{n}") for n in NUMBERS}
        sheet = cls(judgements, comments, _text(typed, "overall"))
        sheet.wrong.extend(_too_long([*comments.values()], "comment"))
        sheet.wrong.extend(_too_long([sheet.overall], "overall"))
        return sheet

    def content(self, observations: tuple[str, ...]) -> Review:
        return Review(observations, self.judgements, {n: w for n, w in self.comments.items() if w}, self.overall)


Sheet = ObservationSheet | ReviewSheet


def _rows(typed: Mapping[str, str], number: int) -> list[Row]:
    found = []
    for place in range(MOST_ROWS):
        name = f"c{number}-{place}"
        if f"{name}-behaviour" in typed:
            row = Row(*(_text(typed, f"{name}-{part}") for part in ("at", "quote", "behaviour")))
            found.append(Row(row.at, row.quote, row.behaviour, _row_error(row)))
    return [row for row in found if not row.is_blank]


def _row_error(row: Row) -> str:
    if row.at and clock_seconds(row.at) is None:
        return NO_MOMENT
    return next(iter([*_too_long([row.quote], "quote"), *_too_long([row.behaviour], "behaviour")]), "")


def _too_long(texts: list[str], part: str) -> list[str]:
    most = LONGEST[part]
    return [f"At most {most:,} characters; this is {len(text):,}." for text in texts if len(text) > most]


def _text(typed: Mapping[str, str], name: str) -> str:
    """As typed, without control characters; lines end as everywhere."""
    words = typed.get(name, "").replace("\r\n", "\n")
    return "".join(c for c in words if c.isprintable() or c in "\n\u200c\u200d").strip()
