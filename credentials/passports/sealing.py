"""Sealing: a digest for every line, and one signature over the head and all digests.

The proof (a JWS in compact form, RFC 7515) carries the digests itself, so that a line that was changed is named even
where its own digest was made to fit. Pure: no database, no clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
FIRST_FORMAT, FORMAT, THIRD_FORMAT = (f"practicum-passport/{number}" for number in (1, 2, 3))
"""The first one said of a line neither who else was there nor who confirmed it; it is read, and made no more.

The third is the second with what stands beside the ledger; where there is nothing of it, the second is made.
"""
LINE = ("id", "day", "kind", "minutes", "core_minutes", "synchronous", "title", "program", "state", "checked_on")
FIRST_KEYS = frozenset({*LINE, "evidence", "sha256"})
LINE_KEYS = {FIRST_FORMAT: FIRST_KEYS, **dict.fromkeys((FORMAT, THIRD_FORMAT), FIRST_KEYS | {"details", "confirmed"})}
BESIDE = "beside"
BESIDE_KEYS = frozenset({"id", "day", "kind", "told", "sha256"})
HEAD = ("format", "number", "issued_at", "holder", "issuer", "programs", "minutes")
LISTS = ("lines", BESIDE)
FILE_KEYS = frozenset({*HEAD, "lines", "proof"})


def canonical(value: Any) -> bytes:
    """One way to write it: keys sorted, no space, UTF-8. For what a passport holds this is RFC 8785."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def line_digest(line: Json) -> str:
    """The digest of a line: of all that stands in it but the digest itself."""
    return digest({name: value for name, value in line.items() if name != "sha256"})


def with_digest(line: Json) -> Json:
    return line | {"sha256": line_digest(line)}


def head_of(content: Json) -> Json:
    return {name: content[name] for name in HEAD if name in content}


def statement(content: Json) -> Json:
    """What is signed: the head, and each line's name with its digest, in order."""
    listed = {name: [[one["id"], one["sha256"]] for one in content[name]] for name in LISTS if name in content}
    return {"iss": content["issuer"]["id"], "jti": content["number"], "passport": head_of(content)} | listed


def sealed(content: Json, sign: Callable[[Json], str]) -> str:
    """The proof of a passport; `sign` makes a compact JWS of a payload."""
    return sign(statement(content))
