"""Checking a passport with nothing but the file and public keys: intact or not, what was changed, who signed. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials.passports.reading import Proof, Unreadable, opened, read, thumbprint
from credentials.passports.sealing import BESIDE, HEAD, LISTS, Json, digest, line_digest
from credentials.passports.shaping import beside_makes_sense, makes_sense, odd_head


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the line's number in the file (0: the head or the signature) and its name."""

    line: int
    where: str
    words: str
    is_beside: bool = False

    @property
    def place(self) -> str:
        return f"{'Entry' if self.is_beside else 'Line'} {self.line}" if self.line else "Head"


@dataclass(frozen=True, slots=True)
class Checked:
    """A passport that was looked at. `signer` is the school that a known key belongs to, or nothing."""

    content: Json
    thumbprint: str
    key_name: str
    signer: str | None
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.faults

    @property
    def is_valid(self) -> bool:
        """Intact, and by somebody we know."""
        return self.is_intact and self.signer is not None

    @property
    def verdict(self) -> str:
        if self.faults:
            return "changed"
        return "valid" if self.signer is not None else "unknown_signer"


def check(data: bytes, known: Mapping[str, str]) -> Checked:
    """Look at a passport. `known`: schools by their key's thumbprint. Raises Unreadable where nothing can be said."""
    content = read(data)
    proof = opened(content["proof"])
    name = thumbprint(proof.jwk)
    if not _is_signed(proof):
        faults = [*_own_faults(content), Fault(0, "proof", "The signature does not fit what it signs, or its key.")]
        return Checked(content, name, proof.key_name, known.get(name), faults)
    faults = list(_faults(content, proof.payload)) or list(_odd(content))
    return Checked(content, name, proof.key_name, known.get(name), faults)


def _is_signed(proof: Proof) -> bool:
    signed = proof.token.rpartition(".")[0].encode()
    try:
        raw = base64.urlsafe_b64decode(proof.jwk["x"] + "=" * (-len(proof.jwk["x"]) % 4))
        Ed25519PublicKey.from_public_bytes(raw).verify(proof.signature, signed)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _own_faults(content: Json) -> list[Fault]:
    """Where the signature can't be asked, lines still answer for themselves."""
    listed = [(n, one, name == BESIDE) for name in LISTS for n, one in enumerate(content.get(name, []), 1)]
    return [_changed(*one) for one in listed if line_digest(one[1]) != one[1]["sha256"]]


def _faults(content: Json, signed: Json) -> Iterator[Fault]:
    yield from _head_faults(content, signed)
    for name in LISTS:
        if name in content or name in signed:
            yield from _list_faults(content.get(name, []), signed.get(name), name)


def _list_faults(lines: list[Json], listed: Any, name: str) -> Iterator[Fault]:
    if not isinstance(listed, list) or not all(isinstance(one, list) and len(one) == 2 for one in listed):
        raise Unreadable(f"The signature signs no list of {name}.")
    beside, wanted = name == BESIDE, {str(one): str(seal) for one, seal in listed}
    called, found = "Entry" if beside else "Line", [line["id"] for line in lines]
    for number, line in enumerate(lines, 1):
        if line["id"] not in wanted:
            yield Fault(number, line["id"], f"{called} {number} was added, or its name was changed.", beside)
        elif not line_digest(line) == line["sha256"] == wanted[line["id"]]:
            yield _changed(number, line, beside)
    present = set(found)
    for place, (gone, _) in enumerate(listed, 1):
        if str(gone) not in present:
            words = f"The {called.lower()} that stood at place {place} is gone, or its name was changed."
            yield Fault(place, str(gone), words, beside)
    if len(present) < len(found):
        yield Fault(0, name, f"{'An' if beside else 'A'} {called.lower()} stands twice.")
    elif found != [str(one) for one, _ in listed] and present == set(wanted):
        yield Fault(0, name, f"The {'entries' if beside else 'lines'} stand in another order.")


def _head_faults(content: Json, signed: Json) -> Iterator[Fault]:
    head = signed.get("passport")
    if not isinstance(head, dict):
        raise Unreadable("The signature signs no passport.")
    for name in HEAD:
        if name not in head or digest(content[name]) != digest(head[name]):
            yield Fault(0, name, f"“{name}” was changed.")


def _odd(content: Json) -> Iterator[Fault]:
    if name := odd_head(content):
        yield Fault(0, name, f"“{name}” makes no sense, though it is as it was signed.")
    for number, line in enumerate(content["lines"], 1):
        if not makes_sense(line):
            yield Fault(number, line["id"], f"Line {number} makes no sense, though it is as it was signed.")
    for number, one in enumerate(content.get(BESIDE, []), 1):
        if not beside_makes_sense(one):
            yield Fault(number, one["id"], f"Entry {number} makes no sense, though it is as it was signed.", True)


def _changed(number: int, line: Json, is_beside: bool) -> Fault:
    if is_beside:
        told = f"{str(line.get('day'))[:10]}, {str(line.get('kind'))[:30].replace('_', ' ')}"
        return Fault(number, line["id"], f"Entry {number} beside the lines was changed: {told}.", True)
    day, title = str(line.get("day"))[:10], str(line.get("title"))[:60]
    return Fault(number, line["id"], f"Line {number} was changed: {day}, “{title}”.")
