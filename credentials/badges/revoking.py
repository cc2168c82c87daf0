"""The list of revoked badges: one bit a badge (W3C Bitstring Status List 1.0), signed anew whenever it is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from openbadgeslib.ob3.status_list import build_status_list_credential
from sqlalchemy import select

from credentials.badges.identity import address, school_did
from credentials.badges.keeping_keys import key_in_use
from credentials.badges.minting import REVOCATION_LIST, SchoolSigner
from credentials.models import Badge, CertificateRevocation
from foundation.db import db

HOLDS_FOR = timedelta(days=1)  # an old copy can't bring a revoked badge back for longer


def revoked_places() -> list[int]:
    query = select(Badge.status_index).join(
        CertificateRevocation, CertificateRevocation.certificate_id == Badge.certificate_id
    )
    return list(db.session.scalars(query))


def revocation_list(at: datetime) -> str:
    """The signed list, valid for a day from `at`."""
    at = at.replace(microsecond=0)
    listed = build_status_list_credential(
        school_did(),
        address(REVOCATION_LIST),
        "revocation",
        revoked_places(),
        issued=at,
        valid_until=at + HOLDS_FOR,
        ttl=300_000,
    )
    claims = {"iss": listed["issuer"], "jti": listed["id"], "nbf": int(at.timestamp())}
    return SchoolSigner(key_in_use(at)).sign_payload(listed | claims)
