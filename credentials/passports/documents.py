"""The passport on paper: what is in the file by kind and by program, its number, and where to check it."""

from __future__ import annotations

from datetime import datetime

from credentials.certificates.documents import qr_code, verify_address
from credentials.models import Kind, Paper, ReviewState
from credentials.passports.besides import rows_of
from credentials.passports.sealing import Json
from credentials.wording import KINDS, LEVELS, STATES
from foundation.documents import typeset
from foundation.filters import count, hours, shown_date


def passport_pdf(paper: Paper) -> bytes:
    facts, address = paper.facts, verify_address(paper.number)
    return typeset(
        "passport",
        {
            "school": facts["issuer"]["name"],
            "did": facts["issuer"]["id"],
            "name": facts["holder"]["name"],
            "on": shown_date(datetime.fromisoformat(facts["issued_at"])),
            "by_kind": by_kind(facts),
            "programs": programs_in_words(facts),
            "lines": [_row(line) for line in facts["lines"]],
            "counted": count(len(facts["lines"]), "line"),
            "number": paper.number,
            "address": address.removeprefix("https://").removeprefix("http://"),
            "qr": qr_code(address),
        },
    )


def by_kind(facts: Json) -> list[list[str]]:
    """Checked minutes and what waits, kind by kind, as pages and papers show them."""
    lines = [[KINDS[Kind(one["kind"])], hours(one["checked"]), hours(one["waiting"])] for one in facts["minutes"]]
    return [*lines, *rows_of(facts)]


def programs_in_words(facts: Json) -> list[str]:
    return [_program(one) for one in facts["programs"]]


def _program(one: Json) -> str:
    level = LEVELS.get(one["level"], "")
    named = f"{one['title']}, {level}" if level else str(one["title"])
    if one["completed"]:
        return f"{named}: completed" + (f", certificate {one['certificate']}" if one.get("certificate") else "")
    return f"{named}: not completed"


def _row(line: Json) -> list[str]:
    day = shown_date(datetime.fromisoformat(line["day"]).date(), "medium")
    what = [line["title"], hours(line["minutes"]), STATES[ReviewState(line["state"])][0], line["sha256"][:8]]
    return [day, KINDS[Kind(line["kind"])], *what]
