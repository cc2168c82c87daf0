"""Reading a passport file: strictly, so that what is checked is what a person would see in it. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from credentials.passports.sealing import (
    BESIDE,
    BESIDE_KEYS,
    FILE_KEYS,
    FORMAT,
    HEAD,
    LINE_KEYS,
    THIRD_FORMAT,
    Json,
    canonical,
)

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL as JSON writes it: no text that we keep can hold one."""
MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 50_000


class Unreadable(Exception):
    """It is no passport, or is broken before anything in it can be checked. The message says where."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The signature, opened: what it says was signed, by which key."""

    token: str
    header: Json
    payload: Json
    signature: bytes

    @property
    def jwk(self) -> Json:
        return {name: self.header["jwk"][name] for name in ("crv", "kty", "x")}

    @property
    def key_name(self) -> str:
        return str(self.header.get("kid", ""))


def read(data: bytes) -> Json:
    """The file as JSON with a passport's shape. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("The file is larger than 8 MB.")
    content = _json(data)
    if not isinstance(content, dict) or str(content.get("format")) not in LINE_KEYS:
        raise Unreadable(f"This is not a passport: “format” does not say {FORMAT}.")
    more = {BESIDE} if content["format"] == THIRD_FORMAT else set()
    if unknown := sorted(set(content) - FILE_KEYS - more):
        raise Unreadable(f"“{_plain(unknown[0])}” does not belong in a passport.")
    if missing := [name for name in (*HEAD, "lines", *more, "proof") if name not in content]:
        raise Unreadable(f"“{missing[0]}” is missing.")
    lines = content["lines"]
    if not isinstance(lines, list) or len(lines) > MOST_LINES or not isinstance(content["proof"], str):
        raise Unreadable("“lines” or “proof” is not what a passport holds.")
    keys = LINE_KEYS[content["format"]]
    for number, line in enumerate(lines, 1):
        if not isinstance(line, dict) or not isinstance(line.get("id"), str) or set(line) != keys:
            raise Unreadable(f"Line {number} lacks what a line holds, or holds more.")
    _check_beside(content.get(BESIDE, []))
    return content


def _check_beside(entries: Any) -> None:
    if not isinstance(entries, list) or len(entries) > MOST_LINES:
        raise Unreadable("“beside” is not what a passport holds.")
    for number, one in enumerate(entries, 1):
        if not isinstance(one, dict) or not isinstance(one.get("id"), str) or set(one) != BESIDE_KEYS:
            raise Unreadable(f"Entry {number} beside the lines lacks what one holds, or holds more.")


def opened(proof: str) -> Proof:
    """The parts of a compact JWS, each written in the one way it can be. Raises Unreadable."""
    parts = proof.split(".")
    if len(parts) != 3:
        raise Unreadable("The signature is broken: it has not three parts.")
    header, payload, signature = (_decoded(part) for part in parts)
    head, said = _json(header), _json(payload)
    if not isinstance(head, dict) or not isinstance(said, dict) or head.get("alg") != "EdDSA":
        raise Unreadable("The signature is broken: it is not one by EdDSA.")
    jwk = head.get("jwk")
    if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise Unreadable("The signature is broken: it does not carry an Ed25519 key.")
    if not isinstance(jwk.get("x"), str):
        raise Unreadable("The signature is broken: its key has no “x”.")
    return Proof(proof, head, said, signature)


def thumbprint(jwk: Json) -> str:
    """The name of a key by its content (RFC 7638, SHA-256)."""
    told = {name: jwk[name] for name in ("crv", "kty", "x")}
    return base64.urlsafe_b64encode(hashlib.sha256(canonical(told)).digest()).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    try:
        data = base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise Unreadable("The signature is broken: it is not base64url.") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise Unreadable("The signature is broken: it is not written as base64url is.")
    return data


def _json(data: bytes) -> Any:
    try:
        found = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_each_once,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
        if _NUL.search(canonical(found)):
            raise ValueError
    except json.JSONDecodeError as wrong:
        raise Unreadable(f"This is not JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}.") from None
    except UnicodeDecodeError as wrong:
        raise Unreadable(f"This is not UTF-8 text (byte {wrong.start}).") from None
    except (ValueError, RecursionError):
        raise Unreadable("This JSON can't be read: too deep, or with signs or numbers that don't belong.") from None
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable(f"“{_plain(next(n for n in names if names.count(n) > 1))}” stands twice in one object.")
    return found


def _no_fraction(text: str) -> Any:
    raise Unreadable(f"A passport holds whole numbers; {_plain(text)} is none.")


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text[:40])
