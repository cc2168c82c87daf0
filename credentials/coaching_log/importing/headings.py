"""Finding the head of a table: in any order, any case, with the usual synonyms, under any title rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from credentials.coaching_log.importing.grids import Grid, Line, text_of
from foundation.errors import Refused

SEARCHED = 60


class Shape(StrEnum):
    ICF = "icf"
    SESSIONS = "sessions"


# By field, the words that head its column, as `plain` leaves them.
WORDS = {
    "client": (
        "client|client name|clients name|name of client|client s name|name|full name|coachee|"
        "coachee name|client names|who|with whom|initials|client initials|coachee initials|"
        "client or group|client group name|client organisation|"
        "client organization|kunde|klient|klientin|cliente|nombre del cliente|nom du client"
    ),
    "first_name": "first name|client first name|given name|vorname",
    "last_name": "last name|client last name|surname|family name|nachname",
    "contact": (
        "contact|contact information|contact info|contact details|client contact|"
        "client contact information|email|e mail|email address|e mail address|phone|phone number|"
        "telephone|client email|client phone|kontakt"
    ),
    "format": (
        "individual group|individual or group|group individual|group or individual|"
        "individual or group coaching|format|session type|type of session|session format|type|"
        "individual team|individual or team|1 1 group|type of coaching|coaching type|einzel gruppe"
    ),
    "people": (
        "number in group|no in group|nr in group|number of people in group|number in the group|"
        "group size|participants|number of participants|no of participants|people|head count|headcount|"
        "number of people|size of group|how many in group"
    ),
    "start": (
        "start date|start|from|date started|started|begin|begin date|beginning date|first session|"
        "coaching start date|start of coaching|date of first session|engagement start|von|startdatum"
    ),
    "end": (
        "end date|end|to|date ended|ended|finish|finish date|last session|coaching end date|"
        "end of coaching|until|date of last session|engagement end|bis|enddatum"
    ),
    "paid": (
        "paid hours|paid hrs|hours paid|paid|number of paid hours|total paid hours|paid coaching hours|"
        "of paid hours|paid h|paid time|bezahlte stunden"
    ),
    "pro_bono": (
        "pro bono hours|probono hours|pro bono hrs|hours pro bono|pro bono|probono|"
        "number of pro bono hours|total pro bono hours|unpaid hours|pro bono coaching hours|pro bono h|"
        "pro bono time|unbezahlte stunden"
    ),
    "paid_minutes": "paid minutes|paid min|paid mins",
    "pro_bono_minutes": "pro bono minutes|pro bono min|pro bono mins|unpaid minutes|probono minutes",
    "date": (
        "date|session date|date of session|day|on|coaching date|when|session day|datum|fecha|held on|date of coaching"
    ),
    "time": (
        "time|start time|began at|starts at|time of day|starting time|session time|begin time|time started|uhrzeit|"
        "time in|from time|beginn|hora de inicio|heure de debut"
    ),
    "ended_at": (
        "end time|ended at|ends at|finish time|ending time|time ended|time out|to time|stop time|ende|"
        "hora de fin|heure de fin"
    ),
    "minutes": (
        "minutes|mins|min|length minutes|duration minutes|duration min|duration mins|"
        "duration in minutes|length in minutes|session minutes|length min|session length minutes|"
        "session length min|session duration minutes|time minutes|time min|minuten"
    ),
    "hours": (
        "hours|hrs|h|hour|duration hours|duration hrs|duration h|duration in hours|length hours|"
        "length in hours|hours coached|number of hours|session hours|coaching hours|"
        "session length hours|session duration hours|total hours|stunden"
    ),
    "duration": (
        "duration|length|session length|session duration|length of session|time spent|how long|dauer|duracion|duree"
    ),
    "payment": (
        "paid pro bono|paid or pro bono|pro bono paid|payment|paid how|payment type|type of payment|"
        "paid unpaid|compensation|fee type|is paid|was it paid|paid y n|paid yes no|pay|remuneration|"
        "paid status|payment status|bezahlt"
    ),
    "fee": "fee|fees|session fee|fee charged|fee paid|fee received|price|amount paid|amount received|amount charged",
    "consent": "consent|client consent|consent given|consent to be listed",
    "notes": "notes|note|comments|comment|remarks|reflection|reflections|private notes",
}
MEASURED = re.compile(r"(?P<length>.+?) (in )?(?P<unit>m|min|mins|minut\w*|h|hrs?|hours?|std|stunden|horas?|heures?)")
FIELDS = {word: name for name, words in WORDS.items() for word in words.split("|")}
SHOWN = {
    "client": "client name",
    "start": "start date",
    "end": "end date",
    "paid": "paid or pro bono hours",
    "date": "date",
    "hours": "minutes, hours or duration",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a table begins and what its columns are. `titles` are the words that stand over them in the file."""

    shape: Shape
    line: Line
    columns: dict[str, int]
    titles: dict[str, str] = field(default_factory=dict)

    def title(self, name: str) -> str:
        return self.titles.get(name) or SHOWN.get(name, name).capitalize()


def plain(text: str) -> str:
    """Small letters and single spaces: `Pro-Bono Hours*` and `pro bono hours` are one."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", kept).split())


def find_heading(grid: Grid) -> Heading | None:
    """The first row that heads a coaching log; two rows where the second one only says half."""
    lines = [line for line in grid.lines[: SEARCHED * 2] if not line.is_blank][:SEARCHED]
    for number, line in enumerate(lines):
        if found := _heading(line, [text_of(cell) for cell in line.cells]):
            return found
        if number and (found := _heading(line, _joined(lines[number - 1], line))):
            return found
    return None


def _joined(upper: Line, lower: Line) -> list[str]:
    return [f"{text_of(upper.at(n))} {text_of(cell)}".strip() for n, cell in enumerate(lower.cells)]


def _heading(line: Line, words: Sequence[str]) -> Heading | None:
    columns, titles = _columns(words)
    shape = _shape(columns)
    return Heading(shape, line, columns, titles) if shape else None


def _columns(words: Sequence[str]) -> tuple[dict[str, int], dict[str, str]]:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    for number, text in enumerate(words):
        name = _field(plain(text)) if len(text) <= 80 else None
        if name and name not in columns:
            columns[name], titles[name] = number, text
    _settle(columns, titles)
    return columns, titles


def _field(words: str) -> str | None:
    """A heading may add what it counts: `Duration (min)`, `Paid Hours (60 min)`, `Date (dd/mm/yyyy)`."""
    if words in FIELDS:
        return FIELDS[words]
    words = re.sub(
        r" (required|optional|\d+ min|in months|(dd|mm|yyyy|yy|d|m)( (dd|mm|yyyy|yy|mmm|d|m)){1,2})$", "", words
    )
    return FIELDS.get(words) or FIELDS.get(re.sub(r"^(total|the|your) ", "", words)) or _measured_in(words)


def _measured_in(words: str) -> str | None:
    """`Dauer (Min)`, `Durée (h)`, `Time spent in minutes`: a length, and what it counts."""
    told = MEASURED.fullmatch(words)
    if told is None or FIELDS.get(told["length"]) not in {"duration", "hours", "minutes"}:
        return None
    return "minutes" if told["unit"].startswith("m") else "hours"


def _settle(columns: dict[str, int], titles: dict[str, str]) -> None:
    """Words that mean two things mean what the rest of the head lets them mean."""
    if "start" in columns and "date" not in columns and "end" not in columns:
        columns["date"], titles["date"] = columns.pop("start"), titles.pop("start")
    if "date" in columns and not {"time", "ended_at"} & set(columns):
        for day, clock in (("start", "time"), ("end", "ended_at")):
            if day in columns and "date" not in plain(titles[day]).split():
                columns[clock], titles[clock] = columns.pop(day), titles.pop(day)
    measured = {"minutes", "hours", "duration", "ended_at"} & set(columns)
    if "paid" in columns and "pro_bono" not in columns and measured and "payment" not in columns:
        columns["payment"], titles["payment"] = columns.pop("paid"), titles.pop("paid")
    for unit in ("paid", "pro_bono"):
        if f"{unit}_minutes" in columns and unit not in columns:
            columns[unit], titles[unit] = columns.pop(f"{unit}_minutes"), titles.pop(f"{unit}_minutes")


def _shape(columns: dict[str, int]) -> Shape | None:
    has = set(columns)
    named = bool({"client", "last_name", "first_name"} & has)
    if named and {"start", "end"} <= has and {"paid", "pro_bono"} & has:
        return Shape.ICF
    if named and "date" in has and {"minutes", "hours", "duration", "ended_at", "paid", "pro_bono"} & has:
        return Shape.SESSIONS
    return None


def no_heading(grids: Sequence[Grid]) -> Refused:
    """The one line for a file without a log's head: what its fullest row lacks."""
    best: dict[str, int] = {}
    for grid in grids:
        for line in grid.lines[:SEARCHED]:
            found, _ = _columns([text_of(cell) for cell in line.cells])
            best = max(best, found, key=len)
    if not best:
        return Refused(
            "No coaching log in this file: no row heads columns such as Client Name, Start Date, End Date, Paid Hours, "
            "or Client, Date, Minutes.",
            field="file",
        )
    wanted = ("client", "start", "end", "paid") if {"start", "end"} & set(best) else ("client", "date", "hours")
    lacking = ", ".join(SHOWN[name] for name in wanted if name not in best)
    return Refused(
        f"No coaching log in this file: no row heads a column for {lacking or 'all that is needed'}.", field="file"
    )
