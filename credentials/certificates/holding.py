"""Holding a certificate back, in words the trainee reads: payments call it for tuition, staff for anything else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.models import CertificateHold, HoldSource
from enrollment.models import Enrollment
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


def hold_back(
    enrollment: Enrollment, *, reason: str, source: HoldSource, at: datetime, actor: User | None = None
) -> None:
    """The certificate waits from now on; said again it changes nothing. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("Say why the certificate is held back; the trainee reads it.", field="reason")
    values = {
        "enrollment_id": enrollment.id,
        "source": source,
        "reason": reason.strip(),
        "set_at": at,
        "set_by_id": actor.id if actor else None,
    }
    made = db.session.execute(
        insert(CertificateHold).values(**values).on_conflict_do_nothing().returning(CertificateHold.id)
    ).scalar_one_or_none()
    if made is not None:
        record("certificate.held", subject=enrollment, actor=actor, at=at, source=str(source))


def release(enrollment: Enrollment, *, source: HoldSource, at: datetime, actor: User | None = None) -> None:
    """The certificate no longer waits for this. Where nothing held it, nothing happens."""
    query = select(CertificateHold).where(
        CertificateHold.enrollment_id == enrollment.id,
        CertificateHold.source == source,
        CertificateHold.lifted_at.is_(None),
    )
    held = db.session.scalars(query.with_for_update(key_share=True)).one_or_none()
    if held is not None:
        held.lifted_at, held.lifted_by_id = at, actor.id if actor else None
        db.session.flush()
        record("certificate.released", subject=enrollment, actor=actor, at=at, source=str(source))


def holds_of(enrollment_ids: Iterable[int]) -> dict[int, list[CertificateHold]]:
    """What holds back, by enrollment; one statement."""
    query = select(CertificateHold).where(
        CertificateHold.enrollment_id.in_(list(enrollment_ids)), CertificateHold.lifted_at.is_(None)
    )
    found: dict[int, list[CertificateHold]] = {}
    for one in db.session.scalars(query.order_by(CertificateHold.id)):
        found.setdefault(one.enrollment_id, []).append(one)
    return found


def tuition_holds_of(user_id: int) -> list[CertificateHold]:
    """What holds back everything that the school signs for a person: tuition that is owed."""
    query = (
        select(CertificateHold)
        .join(Enrollment, Enrollment.id == CertificateHold.enrollment_id)
        .where(Enrollment.user_id == user_id, CertificateHold.lifted_at.is_(None))
        .where(CertificateHold.source == HoldSource.TUITION)
    )
    return list(db.session.scalars(query.order_by(CertificateHold.id)))
