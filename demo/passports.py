"""A graduate's passport, and the key of a school whose passports are believed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from credentials.passports.issuing import issue
from credentials.passports.trusting import trust
from demo.people import person
from demo.prior_learning import PROVIDER


def make_some(at: datetime) -> None:
    issue(person("siobhan-ni-dhuill"), at)
    key = Ed25519PrivateKey.generate()
    told = json.loads(OKPAlgorithm.to_jwk(key.public_key())) | {"kid": "did:web:tidewater.example#2026"}
    how = "Their registrar read it out on the telephone; the same stands at their address"
    trust(
        PROVIDER,
        json.dumps(told),
        checked_how=how,
        actor=person("ingrid-solheim-achebe"),
        at=at - timedelta(days=20),
    )
