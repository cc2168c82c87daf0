"""Minting: a certificate's frozen facts as an Open Badges 3.0 credential, signed (EdDSA) with the school's key."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import jwt
from openbadgeslib.ob3 import Achievement, Evidence, Issuer, OB3Signer, OpenBadgeCredential
from openbadgeslib.ob3.credential import IdentityObject
from openbadgeslib.ob3.status_list import status_entry
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from credentials.badges.identity import address, key_name, profile, school_did
from credentials.badges.keeping_keys import key_in_use
from credentials.models import Badge, Certificate, SigningKey
from credentials.models.badge import LIST_SIZE
from credentials.wording import LEVELS
from enrollment.models import Cohort, Enrollment, Program
from foundation.db import db, new_public_id
from foundation.errors import NotFound
from foundation.filters import hours

REVOCATION_LIST = "/badges/status/revocation"


class SchoolSigner(OB3Signer):
    """The library's signer, which also names its key, so that older badges stay readable when the key changes."""

    def __init__(self, key: SigningKey) -> None:
        super().__init__(privkey_pem=key.private_pem, algorithm="EdDSA")
        self.name = key_name(key)

    def sign_payload(self, payload: dict[str, Any]) -> str:
        headers = {"kid": self.name, "jwk": self._public_jwk()}
        return jwt.encode(payload, self._load_privkey(), algorithm=self.algorithm, headers=headers)


def make_badge(certificate: Certificate, at: datetime) -> Badge:
    """The badge of a certificate, once. Its place in the list is drawn by lot, so that it tells nobody the order."""
    known = db.session.scalars(select(Badge).where(Badge.certificate_id == certificate.id)).one_or_none()
    while known is None:
        place = random.SystemRandom().randrange(LIST_SIZE)
        values = {"public_id": new_public_id(), "certificate_id": certificate.id, "status_index": place, "made_at": at}
        db.session.execute(insert(Badge).values(**values).on_conflict_do_nothing())
        known = db.session.scalars(select(Badge).where(Badge.certificate_id == certificate.id)).one_or_none()
    return known


def badge_by(public_id: str) -> Badge:
    """A badge with all that it is minted from, in one statement. Raises NotFound."""
    program = joinedload(Badge.certificate).joinedload(Certificate.enrollment).joinedload(Enrollment.cohort)
    query = select(Badge).where(Badge.public_id == public_id).options(program.joinedload(Cohort.program))
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def achievement(program: Program, title: str, level: str) -> Achievement:
    """What a program's badge says of whoever holds it."""
    taught = f", taught to ICF's {LEVELS[level]}" if level in LEVELS else ""
    return Achievement(
        id=address(f"/badges/achievements/{program.slug}"),
        name=title,
        description=f"Completed {title}, a coach training program{taught}.",
        criteria_narrative=(
            f"At least {hours(program.minutes)} of education, of which {hours(program.core_minutes)} in ICF's "
            "Core Competencies; each line of hours checked by the school against its evidence."
        ),
        achievement_type="CertificateOfCompletion",
    )


def credential(badge: Badge) -> OpenBadgeCredential:
    """The credential as it is signed. Everything personal in it comes from the frozen facts."""
    certificate, facts = badge.certificate, badge.certificate.facts
    program = certificate.enrollment.cohort.program
    told = profile()
    return OpenBadgeCredential(
        id=address(f"/badges/{badge.public_id}"),
        issuer=Issuer(id=school_did(), name=facts["school"], url=told["url"], email=told["email"]),
        recipient_id=None,
        achievement=achievement(program, facts["program"], facts["level"]),
        issuance_date=certificate.issued_at.replace(microsecond=0),
        evidence=[
            Evidence(
                id=address(f"/verify/{certificate.number}"),
                name=f"Certificate {certificate.number}",
                narrative=f"{hours(facts['minutes']['total'])} of education, checked by the school.",
            )
        ],
        credential_status=[status_entry(address(REVOCATION_LIST), "revocation", badge.status_index)],
        identifiers=[IdentityObject(identity_hash=certificate.name, identity_type="name", hashed=False)],
    )


def minted(badge: Badge, at: datetime) -> str:
    """The signed credential (VC-JWT). The same badge under the same key and address is the same to the byte."""
    return SchoolSigner(key_in_use(at)).sign(credential(badge))
