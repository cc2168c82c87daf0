"""Showing a certificate elsewhere: LinkedIn's prefilled form, the address to share, the badge's files."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import select

from credentials.badges.identity import address
from credentials.certificates.documents import verify_address
from credentials.models import Badge, Certificate
from foundation.db import db

LINKEDIN = "https://www.linkedin.com/profile/add"


def linkedin_address(certificate: Certificate) -> str:
    """LinkedIn's "Add to profile" with every field filled in (startTask=CERTIFICATION_NAME)."""
    facts = certificate.facts
    year, month = facts["issued_on"].split("-")[:2]
    filled = {
        "startTask": "CERTIFICATION_NAME",
        "name": f"{facts['program']} (partial completion)" if "required" in facts else facts["program"],
        "organizationName": facts["school"],
        "issueYear": int(year),
        "issueMonth": int(month),
        "certUrl": verify_address(certificate.number),
        "certId": certificate.number,
    }
    return f"{LINKEDIN}?{urlencode(filled)}"


def badge_of(certificate: Certificate) -> Badge | None:
    return db.session.scalars(select(Badge).where(Badge.certificate_id == certificate.id)).one_or_none()


def picture_address(certificate: Certificate) -> str | None:
    """The picture that social networks show beside the public page; none for a revoked one."""
    badge = badge_of(certificate) if certificate.is_valid else None
    return address(f"/badges/{badge.public_id}.png") if badge else None
