"""Letters to somebody whom only one of us knows: a trainee's client, a mentor from elsewhere.

Address and private words (a link that lets its reader act) lie in the row encrypted. The rendered letter holds marks in
their place, which are filled in while it is handed over; so neither staff nor a copy of the database can read them.
"""

from __future__ import annotations

import json
import re

from markupsafe import escape

from foundation.db import ERASED
from foundation.secrets import decrypt, encrypt
from mail.models import STAND_IN, Letter
from mail.suppressing import digest

MARK = re.compile(r"x-sealed:([a-z_]+)")


def seal(to: str, words: dict[str, str]) -> str:
    """Address and private words, for the row."""
    return encrypt(json.dumps({"to": to, "words": words}))


def stand_in(address: str) -> str:
    """What the row shows instead of the address; the same for the same address."""
    return STAND_IN + digest(address)


def digest_of(letter: Letter) -> str:
    """The HMAC of the address; a sealed letter's is read without opening it."""
    sealed = letter.to_address.startswith(STAND_IN)
    return letter.to_address.removeprefix(STAND_IN) if sealed else digest(letter.to_address)


def mark(name: str) -> str:
    """What a rendered letter holds where a private word will stand."""
    return f"x-sealed:{name}"


def recipient(letter: Letter) -> str:
    """The address; empty where it was forgotten. Raises ValueError where no key opens it."""
    if is_erased(letter.to_address):
        return ""
    if not letter.to_address.startswith(STAND_IN):
        return letter.to_address
    return str(json.loads(decrypt(letter.sealed))["to"]) if letter.sealed else ""


def is_erased(address: str) -> bool:
    """Whether nobody is behind an address any more, because its person was erased."""
    return address == ERASED or address.endswith("@erased.invalid")


def opened(letter: Letter, body: str, *, html: bool) -> str:
    """The body as it is handed over: each mark replaced by its word."""
    if not letter.sealed:
        return body
    words = json.loads(decrypt(letter.sealed))["words"]
    return MARK.sub(lambda found: str(escape(words[found[1]])) if html else str(words[found[1]]), body)


def forget(letter: Letter) -> None:
    """Erase whom it was for and what was private in it."""
    letter.sealed = ""
