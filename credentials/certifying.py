"""Certifying: what must be there before a certificate, its facts frozen on the day, revoking and issuing anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.identifying import grant
from accounts.models import RoleName, User
from credentials.assessing import keep_for
from credentials.badges.minting import make_badge
from credentials.certificates.holding import holds_of
from credentials.certificates.numbering import new_number
from credentials.letters import promise_certificate
from credentials.models import Certificate, CertificateKind, CertificateRevocation, Kind, Occasion
from credentials.performance.passing import passed_among, reasons_of
from credentials.summing import CHECKED, WAITING, Totals, totals_of
from enrollment.enrolling import move
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a certificate asks for, in checked minutes."""

    label: str
    required: int
    have: int
    waiting: int

    @property
    def is_met(self) -> bool:
        return self.have >= self.required

    @property
    def words(self) -> str:
        """What is missing, as one sentence."""
        missing = hours(self.required - self.have)
        waits = f"; {hours(self.waiting)} wait to be checked" if self.waiting > 0 else ""
        return f"{self.label}: {hours(self.have)} of {hours(self.required)} are checked, {missing} are missing{waits}."


class NotComplete(Refused):
    """The program is not complete. `reasons` say what is missing."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("This certificate can't be issued yet. " + " ".join(reasons), field="enrollment")
        self.reasons = list(reasons)


def completions_of(user_ids: Collection[int]) -> list[Certificate]:
    """Certificates of completion that are in force, of these people; one statement."""
    query = select(Certificate).outerjoin(CertificateRevocation).where(CertificateRevocation.id.is_(None))
    theirs = query.where(Certificate.user_id.in_(user_ids), Certificate.kind == CertificateKind.COMPLETION)
    return list(db.session.scalars(theirs.order_by(Certificate.issued_at.desc(), Certificate.id.desc())).unique())


def named_elsewhere(enrollment: Enrollment, certificates: Sequence[Certificate]) -> int:
    """Mentor minutes that a certificate of another program names already: mentor lines say no program of their own,
    and none of them is named twice.
    """
    others = [one for one in certificates if one.user_id == enrollment.user_id and one.enrollment_id != enrollment.id]
    return sum(int(one.facts["minutes"].get("mentor", 0)) for one in others)


def needs_of(enrollment: Enrollment, totals: Totals, *, elsewhere: int = 0) -> list[Need]:
    """What the program asks for beside what the ledger holds for it, checked and waiting.

    `elsewhere`: mentor minutes that stand on another certificate.
    """
    program, key = enrollment.cohort.program, enrollment.id

    def taught(label: str, required: int, synchronous: bool | None = None) -> Need:
        have = totals.minutes(Kind.EDUCATION, CHECKED, enrollment_id=key, synchronous=synchronous)
        waits = totals.minutes(Kind.EDUCATION, WAITING, enrollment_id=key, synchronous=synchronous)
        return Need(label, required, have, waits)

    core = Need(
        "Core Competencies",
        program.core_minutes,
        totals.core_minutes(Kind.EDUCATION, CHECKED, enrollment_id=key),
        totals.core_minutes(Kind.EDUCATION, WAITING, enrollment_id=key),
    )
    mentor = Need(
        "Mentor coaching",
        int(program.facts.get("mentor_minutes", 0)),
        max(0, totals.minutes(Kind.MENTOR, CHECKED) - elsewhere),
        totals.minutes(Kind.MENTOR, WAITING),
    )
    live = taught("Synchronous education", program.synchronous_minutes, synchronous=True)
    return [n for n in (taught("Education", program.minutes), core, live, mentor) if n.required]


def issue(enrollment: Enrollment, actor: User, at: datetime, *, replaces: Certificate | None = None) -> Certificate:
    """Issue the certificate, once: asked again while one is valid, that one is the answer.

    Raises NotComplete with every reason where the program is not complete.
    """
    locked = db.session.scalars(
        select(Enrollment).where(Enrollment.id == enrollment.id).with_for_update(key_share=True)
    ).one()
    standing = valid_certificate(locked)
    if standing is not None:
        return standing
    totals = totals_of(locked.user_id)
    if locked.state in {EnrollmentState.WITHDRAWN, EnrollmentState.SUSPENDED}:
        raise NotComplete([f"This enrollment is {locked.state}."])
    elsewhere = named_elsewhere(locked, completions_of([locked.user_id]))
    reasons = [need.words for need in needs_of(locked, totals, elsewhere=elsewhere) if not need.is_met]
    if replaces is None:
        reasons += reasons_of(locked, passed_among([locked]))
    reasons += [f"Held back: {one.reason}" for one in holds_of([locked.id]).get(locked.id, [])]
    if reasons:
        raise NotComplete(reasons)
    return _write(locked, totals, actor, at, replaces)


def _write(
    enrollment: Enrollment, totals: Totals, actor: User, at: datetime, replaces: Certificate | None
) -> Certificate:
    school = current_app.config["SETTINGS"].school_name
    certificate = Certificate(
        number=new_number(school, at.year),
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        facts=frozen_facts(enrollment, totals, actor, at, school),
        issued_at=at,
        issued_by_id=actor.id,
        replaces_id=replaces.id if replaces else None,
    )
    db.session.add(certificate)
    db.session.flush()
    make_badge(certificate, at)
    keep_for(enrollment.user, at, Occasion.CERTIFICATE, certificate)
    if enrollment.state != EnrollmentState.COMPLETED:
        if enrollment.state == EnrollmentState.PAUSED:
            move(enrollment, EnrollmentState.ACTIVE, at=at, actor=actor)
        move(enrollment, EnrollmentState.COMPLETED, at=at, actor=actor)
    grant(enrollment.user, RoleName.GRADUATE, at=at, actor=actor)
    record("certificate.issued", subject=certificate, actor=actor, at=at, number=certificate.number)
    promise_certificate(certificate, enrollment.user, at=at)
    return certificate


def frozen_facts(enrollment: Enrollment, totals: Totals, actor: User, at: datetime, school: str) -> dict[str, Any]:
    """The certificate as it will always read, whatever happens to the rows it was made from."""
    program, cohort, key = enrollment.cohort.program, enrollment.cohort, enrollment.id
    total = totals.minutes(Kind.EDUCATION, CHECKED, enrollment_id=key)
    core = totals.core_minutes(Kind.EDUCATION, CHECKED, enrollment_id=key)
    live = totals.minutes(Kind.EDUCATION, CHECKED, enrollment_id=key, synchronous=True)
    mentor = totals.minutes(Kind.MENTOR, CHECKED) - named_elsewhere(enrollment, completions_of([enrollment.user_id]))
    first, last = totals.days(Kind.EDUCATION, key) or (cohort.starts_on, cohort.ends_on)
    return {
        "name": enrollment.user.name,
        "program": program.title,
        "level": str(program.level),
        "cohort": cohort.title,
        "language": cohort.language,
        "school": school,
        "minutes": {
            "total": total,
            "core": core,
            "resource": total - core,
            "synchronous": live,
            "asynchronous": total - live,
            "mentor": max(0, mentor) if program.facts.get("mentor_minutes") else 0,
        },
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
        "issued_on": at.astimezone(cohort.zone).date().isoformat(),
        "signer": actor.name,
    }


def revoke(certificate: Certificate, actor: User, at: datetime, *, reason: str) -> None:
    """Take a certificate back, with a reason; whoever verifies it reads the day. Done twice it is done once."""
    if not reason.strip():
        raise Refused("Say why the certificate is revoked.", field="reason")
    if certificate.revocation is not None:
        return
    certificate.revocation = CertificateRevocation(at=at, actor_id=actor.id, reason=reason.strip())
    db.session.flush()
    record("certificate.revoked", subject=certificate, actor=actor, at=at, number=certificate.number)


def reissue(certificate: Certificate, actor: User, at: datetime, *, reason: str) -> Certificate:
    """Revoke a certificate and issue one with today's facts, which names the one it replaces."""
    revoke(certificate, actor, at, reason=reason)
    return issue(certificate.enrollment, actor, at, replaces=certificate)


def valid_certificate(enrollment: Enrollment) -> Certificate | None:
    """The certificate of completion of an enrollment that is in force."""
    query = (
        select(Certificate)
        .outerjoin(CertificateRevocation)
        .where(Certificate.enrollment_id == enrollment.id, CertificateRevocation.id.is_(None))
        .where(Certificate.kind == CertificateKind.COMPLETION)
    )
    return db.session.scalars(query.order_by(Certificate.id.desc())).unique().first()


def enrollment_for_certificate(public_id: str) -> Enrollment | None:
    """An enrollment with all that a certificate reads."""
    loaded = (joinedload(Enrollment.cohort).joinedload(Cohort.program), joinedload(Enrollment.user))
    return db.session.scalar(select(Enrollment).where(Enrollment.public_id == public_id).options(*loaded))


def replaced_by(certificate: Certificate) -> Certificate | None:
    """The certificate that took this one's place."""
    query = select(Certificate).where(Certificate.replaces_id == certificate.id)
    return db.session.scalars(query).unique().one_or_none()
