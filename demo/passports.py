"""A graduate's passport and transcript; a school that is believed; and one of its trainees, who brought hers here."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from credentials.passports.issuing import issue
from credentials.passports.sealing import FORMAT, Json, sealed, with_digest
from credentials.passports.taking_over import minutes_by_kind
from credentials.passports.transferring import transfer
from credentials.passports.trusting import trust
from credentials.transcripts.issuing import issue as issue_transcript
from demo.people import person
from demo.prior_learning import PROVIDER
from foundation.db import new_public_id

CLASSES = ("Presence, on purpose", "Questions that stay open", "Contracting with three parties", "Practice with a peer")


def make_some(at: datetime) -> None:
    """Tidewater's private key lives as long as this chapter does."""
    issue(person("siobhan-ni-dhuill"), at)
    issue_transcript(person("siobhan-ni-dhuill"), person("ingrid-solheim-achebe"), at)
    key = Ed25519PrivateKey.generate()
    public = json.loads(OKPAlgorithm.to_jwk(key.public_key())) | {"kid": "did:web:tidewater.example#2026"}
    how = "Their registrar read it out on the telephone; the same stands at their address"
    owner = person("ingrid-solheim-achebe")
    trust(PROVIDER, json.dumps(public), checked_how=how, actor=owner, at=at - timedelta(days=20))
    holder = person("devaki-rao")
    content = _content(holder.name, at - timedelta(days=30))
    headers = {"kid": public["kid"], "jwk": public}
    content["proof"] = sealed(content, lambda payload: jwt.encode(payload, key, algorithm="EdDSA", headers=headers))
    written = json.dumps(content, ensure_ascii=False, indent=1).encode()
    transfer(holder, written, enrollment=None, at=at - timedelta(hours=20))


def _content(name: str, at: datetime) -> Json:
    days = [(at - timedelta(days=300 - 7 * number)).date().isoformat() for number in range(len(CLASSES))]
    lines = [_line(day, title) for day, title in zip(days, CLASSES, strict=True)]
    lines += [_session(number, at - timedelta(days=120 - 9 * number)) for number in range(6)]
    lines += [_mentoring(at - timedelta(days=60 - 14 * number)) for number in range(3)]
    return {
        "format": FORMAT,
        "number": "TCS-2026-2B7K-9QTX",
        "issued_at": at.replace(microsecond=0).isoformat(),
        "holder": {"name": name},
        "issuer": {"id": "did:web:tidewater.example", "name": PROVIDER, "url": "https://tidewater.example/"},
        "programs": [
            {"id": "foundations", "title": "Foundations", "level": "level1", "cohort": "Spring", "completed": False}
        ],
        "minutes": [
            {"kind": kind, "checked": minutes, "waiting": 0} for kind, minutes in minutes_by_kind(lines).items()
        ],
        "lines": lines,
    }


def _line(day: str, title: str, **more: Any) -> Json:
    told: dict[str, Any] = {
        "id": new_public_id(),
        "day": day,
        "kind": "education",
        "minutes": 150,
        "core_minutes": 120,
        "synchronous": True,
        "title": title,
        "program": "foundations",
        "state": "checked",
        "checked_on": day,
        "evidence": {"type": "live_class", "sha256": "5d" * 32},
        "details": None,
        "confirmed": None,
    }
    return with_digest(told | more)


def _session(number: int, at: datetime) -> Json:
    """An hour of coaching, by turns with two clients; the second pays nothing."""
    day, code = at.date().isoformat(), f"C-0{1 + number % 2}"
    details = {"client": code, "format": "individual", "participants": 1, "consent": "given", "until": None}
    details |= {"payment": "pro_bono" if number % 2 else "paid", "starts_at": None}
    more = {"kind": "coaching", "minutes": 60, "core_minutes": 0, "program": None, "details": details}
    evidence = {"type": "coaching_log", "sha256": "6e" * 32}
    return _line(day, f"Session with {code}", **more, evidence=evidence, confirmed={"by": "client", "on": day})


def _mentoring(at: datetime) -> Json:
    day, name = at.date().isoformat(), "Margarethe Vinterberg"
    held = [
        {"kind": kind, "level": "PCC", "from": "2019-05-01", "until": None} for kind in ("credential", "specialization")
    ]
    details = {"mentor": name, "mentees": 1, "observed": False, "held": held}
    more = {"kind": "mentor", "minutes": 60, "core_minutes": 0, "program": None, "details": details}
    evidence, title = {"type": "mentor_session", "sha256": "7f" * 32}, f"Mentor coaching with {name}, one-to-one"
    return _line(day, title, **more, evidence=evidence, confirmed={"by": "mentor", "on": day})
