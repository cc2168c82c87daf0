"""Leaving before the end: a certificate of partial completion, with the hours that were really done and checked."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials import certifying
from credentials.certificates.holding import holds_of
from credentials.certificates.numbering import new_number
from credentials.certifying import NotComplete, frozen_facts
from credentials.letters import promise_partial
from credentials.models import Certificate, CertificateKind, CertificateRevocation, Kind
from credentials.summing import CHECKED, Totals, totals_of, totals_of_many
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

AT_ONCE = 100


def issue_partial(
    enrollment: Enrollment, actor: User, at: datetime, *, reason: str, replaces: Certificate | None = None
) -> Certificate:
    """Say what somebody did who left, once: asked again while one is valid, that one is the answer.

    It makes nobody a graduate and carries no badge. Raises Refused without a reason, NotComplete where it can't be.
    """
    if not reason.strip():
        raise Refused("Say why; it is kept in the log.", field="reason")
    key = Enrollment.id == enrollment.id
    locked = db.session.scalars(select(Enrollment).where(key).with_for_update(key_share=True)).one()
    if standing := db.session.scalars(_valid().where(Certificate.enrollment_id == locked.id)).unique().first():
        return standing
    if locked.state != EnrollmentState.WITHDRAWN:
        raise NotComplete([f"This enrollment is {locked.state}: a partial certificate is for those who have left."])
    totals = totals_of(locked.user_id)
    reasons = [] if _minutes(locked, totals) else ["No education in this program has been checked."]
    reasons += [f"Held back: {one.reason}" for one in holds_of([locked.id]).get(locked.id, [])]
    if reasons:
        raise NotComplete(reasons)
    return _write(locked, totals, actor, at, reason.strip(), replaces)


def _write(
    enrollment: Enrollment, totals: Totals, actor: User, at: datetime, reason: str, replaces: Certificate | None
) -> Certificate:
    school = current_app.config["SETTINGS"].school_name
    facts = frozen_facts(enrollment, totals, actor, at, school) | {"required": enrollment.cohort.program.minutes}
    made = Certificate(
        number=new_number(school, at.year),
        kind=CertificateKind.PARTIAL,
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        facts=facts,
        issued_at=at,
        issued_by_id=actor.id,
        replaces_id=replaces.id if replaces else None,
    )
    db.session.add(made)
    db.session.flush()
    record("certificate.partial_issued", subject=made, actor=actor, at=at, number=made.number, reason=reason)
    promise_partial(made, enrollment.user, at=at)
    return made


def leavers() -> list[tuple[Enrollment, int]]:
    """Who left with checked hours and has no certificate of any kind in force, the latest first; two statements."""
    revoked = select(CertificateRevocation.id).where(CertificateRevocation.certificate_id == Certificate.id).exists()
    valid = select(Certificate.id).where(Certificate.enrollment_id == Enrollment.id, ~revoked).exists()
    query = (
        select(Enrollment)
        .where(Enrollment.state == EnrollmentState.WITHDRAWN, ~valid)
        .options(
            joinedload(Enrollment.user).lazyload(User.roles), joinedload(Enrollment.cohort).joinedload(Cohort.program)
        )
        .order_by(Enrollment.id.desc())
        .limit(AT_ONCE)
    )
    found = list(db.session.scalars(query))
    totals = totals_of_many({one.user_id for one in found})
    named = [(one, _minutes(one, totals[one.user_id])) for one in found]
    return [(one, minutes) for one, minutes in named if minutes]


def _minutes(enrollment: Enrollment, totals: Totals) -> int:
    return totals.minutes(Kind.EDUCATION, CHECKED, enrollment_id=enrollment.id)


def _valid() -> Select[Certificate]:
    query = select(Certificate).outerjoin(CertificateRevocation)
    query = query.where(CertificateRevocation.id.is_(None), Certificate.kind == CertificateKind.PARTIAL)
    return query.order_by(Certificate.id.desc())


def reissue(certificate: Certificate, actor: User, at: datetime, *, reason: str) -> Certificate:
    """Revoke a certificate of either kind and issue one like it with today's facts, which names the one it replaces."""
    if certificate.kind != CertificateKind.PARTIAL:
        return certifying.reissue(certificate, actor, at, reason=reason)
    certifying.revoke(certificate, actor, at, reason=reason)
    return issue_partial(certificate.enrollment, actor, at, reason=reason, replaces=certificate)
