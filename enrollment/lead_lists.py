"""Lists of people as other systems export them: found by their headings, whatever the encoding, comma or case."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import Refused
from mail.models import StopReason

ADDRESS = {"email", "emailaddress", "mail", "emailid", "subscriberemail", "contactemail"}
WHOLE = {"name", "fullname", "displayname", "contactname"}
FIRST = {"firstname", "fname", "givenname", "forename", "first"}
LAST = {"lastname", "lname", "surname", "familyname", "last"}
STATUS = {"status", "state", "subscriptionstatus", "emailstatus", "memberstatus", "subscribed", "optin"}
STOPPED_AT = {"unsubscribedat", "unsubtime", "unsubscribetime", "unsubscribedon", "optouttime", "deletedat"}
CLEANED_AT = {"cleantime", "cleanedat", "bouncedat"}
DISABLED = {"emaildisabled", "unsubscribed", "optedout", "donotemail", "disabled", "suppressed"}
BOUNCED = {"cleaned", "bounced", "hardbounced", "invalid", "undeliverable"}
GONE = {"unsubscribed", "inactive", "optedout", "complained", "suppressed", "archived", "deleted", "no", "false", "0"}
NO = {"", "0", "false", "no", "n", "null", "none"}


@dataclass(slots=True)
class Person:
    """One row: the line it begins on, and why it must not be mailed, if so."""

    line: int
    address: str
    name: str
    stopped: StopReason | None


def read_people(path: Path) -> list[Person]:
    """Every row with data. Raises Refused where the file is no list of people."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: can't be read ({error.strerror})") from None
    rows = _rows(path, raw)
    header = next(rows, None)
    names = [_plain(cell) for cell in header[1]] if header else []
    if not ADDRESS & set(names):
        raise Refused(f"{path}: line {header[0] if header else 1}: no column of e-mail addresses in the header")
    whole_file = _from_file_name(path.name)
    return [_person(line, dict(zip(names, cells, strict=False)), whole_file) for line, cells in rows]


def _rows(path: Path, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(path, raw).replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(f"{path}: line {line}: {error}") from None


def _decoded(path: Path, raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw:
        raise Refused(f"{path}: line 1: this is no text file; export the list as CSV")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def _value(row: dict[str, str], names: set[str]) -> str:
    return next((row[name].strip() for name in row if name in names and row[name].strip()), "")


def _person(line: int, row: dict[str, str], whole_file: StopReason | None) -> Person:
    parts = (_value(row, FIRST), _value(row, LAST)) if set(row) & FIRST else (_value(row, WHOLE), _value(row, LAST))
    name = " ".join("".join(c for c in " ".join(parts) if c.isprintable()).split())
    return Person(line, _value(row, ADDRESS), name[:80], whole_file or _stopped(row))


def _stopped(row: dict[str, str]) -> StopReason | None:
    states = {_plain(row[name]) or row[name].strip() for name in row if name in STATUS}
    if states & BOUNCED or _value(row, CLEANED_AT):
        return StopReason.HARD_BOUNCE
    disabled = any(row[name].strip().lower() not in NO for name in row if name in DISABLED)
    return StopReason.UNSUBSCRIBED if states & GONE or disabled or _value(row, STOPPED_AT) else None


def _from_file_name(name: str) -> StopReason | None:
    """Mailchimp writes one file for each state, and says it in the file's name alone."""
    lowered = name.lower()
    if re.search(r"(^|[^a-z])cleaned", lowered):
        return StopReason.HARD_BOUNCE
    return StopReason.UNSUBSCRIBED if re.search(r"(^|[^a-z])unsubscribe", lowered) else None
