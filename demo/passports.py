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
    return {
        "format": FORMAT,
        "number": "TCS-2026-2B7K-9QTX",
        "issued_at": at.replace(microsecond=0).isoformat(),
        "holder": {"name": name},
        "issuer": {"id": "did:web:tidewater.example", "name": PROVIDER, "url": "https://tidewater.example/"},
        "programs": [
            {"id": "foundations", "title": "Foundations", "level": "level1", "cohort": "Spring", "completed": False}
        ],
        "minutes": [{"kind": "education", "checked": sum(one["minutes"] for one in lines), "waiting": 0}],
        "lines": lines,
    }


def _line(day: str, title: str) -> Json:
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
    }
    return with_digest(told)
