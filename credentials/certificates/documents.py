"""The certificate as PDF, set from its frozen facts alone."""

from __future__ import annotations

import io
from datetime import date

import segno
from flask import current_app, url_for

from credentials.models import Certificate
from credentials.wording import LEVELS
from foundation.documents import typeset, unwritable
from foundation.filters import hours, shown_date


def verify_address(number: str) -> str:
    """Where anybody can check a certificate; it is printed on it."""
    base = current_app.config["SETTINGS"].base_url.rstrip("/")
    return f"{base}{url_for('verify.result', number=number)}"


def qr_code(text: str, *, scale: int = 4) -> str:
    """A QR code as SVG, in the ink of the sheet, on nothing."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", border=0, dark="#13241e", light=None, xmldecl=False, scale=scale
    )
    return buffer.getvalue().decode()


def certificate_pdf(certificate: Certificate) -> bytes:
    facts, minutes = certificate.facts, certificate.facts["minutes"]
    address = verify_address(certificate.number)
    return typeset(
        "certificate",
        {
            "school": facts["school"],
            "name": certificate.name,
            "program": facts["program"],
            "course": _course(facts["level"]),
            "heading": "Certificate of partial completion" if "required" in facts else "Certificate of completion",
            "verb": "has completed a part of" if "required" in facts else "has completed",
            "total": hours(minutes["total"]),
            "whole": f"of {hours(facts['required'])}" if "required" in facts else "in all",
            "parts": _parts(minutes),
            "period": _period(facts["first_on"], facts["last_on"]),
            "issued_on": _day(facts["issued_on"]),
            "signer": facts["signer"],
            "number": certificate.number,
            "address": address.removeprefix("https://").removeprefix("http://"),
            "qr": qr_code(address),
            "revoked_on": shown_date(certificate.revoked_at) if certificate.revoked_at else None,
        },
    )


def unwritable_words(name: str) -> str:
    """Why a certificate for this name would show empty boxes; nothing where every sign of it can be written."""
    missing = unwritable(name)
    if not missing:
        return ""
    return (
        f"This server has no font for {missing} in the name {name}: the PDF would show empty boxes. Install one "
        "(Debian: fonts-noto-cjk, fonts-noto-core) and start the program again, or have the name mended."
    )


def facts_in_words(certificate: Certificate) -> list[tuple[str, str]]:
    """A certificate's facts in pairs, as its pages show them."""
    facts = certificate.facts
    level = LEVELS.get(facts["level"], "")
    return [
        ("Name", certificate.name),
        ("Program", f"{facts['program']}, {level}" if level else facts["program"]),
        *([("Completed", f"in part, {hours(facts['required'])} are the whole")] if "required" in facts else []),
        ("Hours in all", hours(facts["minutes"]["total"])),
        *((label, shown) for label, shown in _parts(facts["minutes"])),
        *_days(facts["first_on"], facts["last_on"]),
        ("Issued on", _day(facts["issued_on"])),
        ("Signed by", facts["signer"]),
    ]


def _parts(minutes: dict[str, int]) -> list[list[str]]:
    named = [
        ("Core Competencies", "core"),
        ("Resource Development", "resource"),
        ("Synchronous", "synchronous"),
        ("Asynchronous", "asynchronous"),
        ("Mentor coaching", "mentor"),
    ]
    return [[label, hours(minutes[key])] for label, key in named if minutes[key]]


def _course(level: str) -> str:
    """What kind of program it was, as the sentence on the sheet goes on."""
    if level == "cce":
        return "a course of continuing education"
    words = LEVELS.get(level, "")
    return f"an education program taught to ICF's {words}" if words else ""


def _period(first: str, last: str) -> str:
    return f"on {_day(first)}" if first == last else f"from {_day(first)} to {_day(last)}"


def _days(first: str, last: str) -> list[tuple[str, str]]:
    return [("On", _day(first))] if first == last else [("From", _day(first)), ("To", _day(last))]


def _day(text: str) -> str:
    return shown_date(date.fromisoformat(text))
