"""The transcript on paper, from its facts alone; without a number it is for reading only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from credentials.certificates.documents import qr_code, verify_address
from credentials.models import Kind
from credentials.passports.documents import by_kind, programs_in_words
from credentials.passports.sealing import Json
from credentials.wording import KINDS
from foundation.documents import typeset
from foundation.filters import count, hours, shown_date

SPLIT = (
    ("Core Competencies", "core"),
    ("Resource Development", "resource"),
    ("synchronous", "synchronous"),
    ("asynchronous", "asynchronous"),
)


def transcript_pdf(facts: Json, *, issued: bool) -> bytes:
    """`issued`: it has a number that anybody can verify; else it says that it is for reading."""
    address = verify_address(facts["number"])
    return typeset(
        "transcript",
        {
            "school": facts["issuer"]["name"],
            "name": facts["holder"]["name"],
            "on": shown_date(datetime.fromisoformat(facts["issued_at"])),
            "by_kind": by_kind(facts),
            "education": education_in_words(facts),
            "total": [hours(sum(one[state] for one in facts["minutes"])) for state in ("checked", "waiting")],
            "programs": programs_in_words(facts),
            "lines": [_checked(line) for line in facts["lines"]],
            "waiting": [_waiting(line) for line in facts["waiting"]],
            "counted": count(len(facts["lines"]), "line"),
            "number": facts["number"] if issued else "",
            "address": address.removeprefix("https://").removeprefix("http://"),
            "qr": qr_code(address) if issued else "",
        },
    )


def education_in_words(facts: Json) -> list[list[str]]:
    return [[label, hours(facts["education"][name])] for label, name in SPLIT if facts["education"][name]]


def _waiting(line: Json) -> list[Any]:
    day = shown_date(date.fromisoformat(line["day"]), "medium")
    return [day, KINDS[Kind(line["kind"])], line["title"], hours(line["minutes"])]


def _checked(line: Json) -> list[Any]:
    checked = shown_date(date.fromisoformat(line["checked_on"]), "medium") if line["checked_on"] else ""
    return [*_waiting(line), line["evidence"], checked, line["sha256"][:8]]
