"""Passports, of this school and of another one."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.models import User
from credentials.models import Paper
from credentials.passports.issuing import issue
from credentials.passports.sealing import BESIDE, FORMAT, LINE_KEYS, THIRD_FORMAT, Json, sealed, with_digest
from foundation.db import db


def passport(school: Any, user: Any) -> Paper:
    return issue(db.session.get_one(User, user.id), school.now())


class OtherSchool:
    """Another Practicum: a name, and a key of its own that is the same in every run."""

    def __init__(self, name: str = "Harbour Coaching School") -> None:
        self.name = name
        self.key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())

    @property
    def jwk(self) -> Json:
        x = base64.urlsafe_b64encode(self.key.public_key().public_bytes_raw()).rstrip(b"=").decode()
        return {"kty": "OKP", "crv": "Ed25519", "x": x}

    @property
    def sign(self) -> Callable[[Json], str]:
        headers = {"kid": "did:web:harbour.example#1", "jwk": self.jwk}
        return lambda payload: jwt.encode(payload, self.key, algorithm="EdDSA", headers=headers)

    def passport(
        self,
        *lines: Json,
        name: str = "Ana Lima",
        number: str = "HCS-2026-1111-1111",
        form: str = "",
        beside: tuple[Json, ...] = (),
    ) -> Json:
        content = {
            "format": form or (THIRD_FORMAT if beside else FORMAT),
            "number": number,
            "issued_at": "2026-09-01T10:00:00+00:00",
            "holder": {"name": name},
            "issuer": {"id": "did:web:harbour.example", "name": self.name, "url": "https://harbour.example/"},
            "programs": [
                {"id": "p1", "title": "Foundations", "level": "level1", "cohort": "Reef", "completed": True,
                 "certificate": None}
            ],
            "minutes": [],
            "lines": [with_digest(one) for one in lines or (line(),)],
        }  # fmt: skip
        if beside:
            content[BESIDE] = [with_digest(one) for one in beside]
        return content | {"proof": sealed(content, self.sign)}


def line(name: str = "aaaa", **wishes: Any) -> Json:
    told: Json = {
        "id": name,
        "day": "2026-03-14",
        "kind": "education",
        "minutes": 120,
        "core_minutes": 90,
        "synchronous": True,
        "title": "Listening",
        "program": "p1",
        "state": "checked",
        "checked_on": "2026-04-01",
        "evidence": {"type": "live_class", "sha256": "00" * 32},
        "details": None,
        "confirmed": None,
    }
    return told | wishes


def coached(name: str, client: str = "C-01", **wishes: Any) -> Json:
    """A coaching session of one hour, checked there and confirmed by the client."""
    details = {"client": client, "format": "individual", "participants": 1, "payment": "paid", "consent": "given",
               "until": None, "starts_at": None}  # fmt: skip
    told = {"kind": "coaching", "core_minutes": 0, "minutes": 60, "program": None, "title": f"Session with {client}",
            "day": "2026-05-04", "evidence": {"type": "coaching_log", "sha256": "11" * 32},
            "confirmed": {"by": "client", "on": "2026-05-06"}}  # fmt: skip
    return (
        line(name, **told)
        | {key: wishes.pop(key) for key in set(wishes) & LINE_KEYS[FORMAT]}
        | {"details": details | wishes}
    )


def mentored(name: str, mentor: str = "Jane Lee", **wishes: Any) -> Json:
    """An hour with a mentor who holds a PCC and its specialization."""
    held = [{"kind": kind, "level": "PCC", "from": "2020-01-01", "until": None}
            for kind in ("credential", "specialization")]  # fmt: skip
    details = {"mentor": mentor, "mentees": 1, "observed": False, "held": held}
    told = {"kind": "mentor", "core_minutes": 0, "minutes": 60, "program": None, "day": "2026-05-11",
            "title": f"Mentor coaching with {mentor}, one-to-one"}  # fmt: skip
    return (
        line(name, **told)
        | {key: wishes.pop(key) for key in set(wishes) & LINE_KEYS[FORMAT]}
        | {"details": details | wishes}
    )


def taught(name: str, **wishes: Any) -> Json:
    """Two hours of continuing education, half an hour of them ethics."""
    split = {"provider": "Reef Institute", "core": 60, "ethics": 30, "resource": 30, "supervision": 0}
    told = {"kind": "cce", "minutes": 120, "core_minutes": 90, "program": None, "title": "Ethics at work"}
    return line(name, **told) | {"synchronous": False, "details": split} | wishes


def received(name: str, day: str = "2026-05-06", minutes: int = 60) -> Json:
    """A session in which a peer coached the holder."""
    return {"id": name, "day": day, "kind": "peer_received", "told": {"minutes": minutes}}


def reviewed(name: str, mentor: str = "Jane Lee", day: str = "2026-08-01", level: str = "ACC", **wishes: Any) -> Json:
    """A Competency Review Form that both have signed."""
    told = {"level": level, "framework": "icf-2019", "mentor": mentor, "document": "22" * 32, "held": []}
    return {"id": name, "day": day, "kind": "competency_review", "told": told | wishes}


def written(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
