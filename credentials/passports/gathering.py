"""Gathering what goes into a passport: every line that stands, as figures, codes and digests; no client's name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.badges.identity import address, school_did
from credentials.models import Certificate, CertificateRevocation, Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.passports.sealing import FORMAT, Json, digest, with_digest
from credentials.profiling import is_reversed
from credentials.summing import CHECKED, WAITING, totals_of
from enrollment.models import Cohort, Enrollment
from foundation.db import db


def contents(user: User, number: str, at: datetime) -> Json:
    """A passport of a person as of a moment, without its proof. Four statements."""
    enrollments = _enrollments(user)
    places = {one.id: one.public_id for one in enrollments}
    return {
        "format": FORMAT,
        "number": number,
        "issued_at": at.replace(microsecond=0).isoformat(),
        "holder": {"name": user.name},
        "issuer": {"id": school_did(), "name": current_app.config["SETTINGS"].school_name, "url": address("/")},
        "programs": _programs(enrollments, user),
        "minutes": _minutes(user),
        "lines": [_line(entry, review, places) for entry, review in _lines(user)],
    }


def _enrollments(user: User) -> list[Enrollment]:
    loaded = joinedload(Enrollment.cohort).joinedload(Cohort.program)
    query = select(Enrollment).where(Enrollment.user_id == user.id).options(loaded)
    return list(db.session.scalars(query.order_by(Enrollment.id)))


def _programs(enrollments: list[Enrollment], user: User) -> list[Json]:
    valid = (
        select(Certificate.enrollment_id, Certificate.number)
        .outerjoin(CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id)
        .where(Certificate.user_id == user.id, CertificateRevocation.id.is_(None))
    )
    numbers: dict[int, str] = {row.enrollment_id: row.number for row in db.session.execute(valid)}
    return [
        {
            "id": one.public_id,
            "title": one.cohort.program.title,
            "level": str(one.cohort.program.level),
            "cohort": one.cohort.title,
            "completed": one.id in numbers,
            "certificate": numbers.get(one.id),
        }
        for one in enrollments
    ]


def _minutes(user: User) -> list[Json]:
    totals = totals_of(user.id)
    sums = [(kind, totals.minutes(kind, CHECKED), totals.minutes(kind, WAITING)) for kind in Kind]
    return [
        {"kind": str(kind), "checked": checked, "waiting": waiting}
        for kind, checked, waiting in sums
        if checked or waiting
    ]


def _lines(user: User) -> list[tuple[LedgerEntry, LedgerReview]]:
    query = (
        select(LedgerEntry, LedgerReview)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .where(LedgerEntry.user_id == user.id, LedgerEntry.reverses_id.is_(None), ~is_reversed(LedgerEntry.id))
        .order_by(LedgerEntry.on, LedgerEntry.id)
    )
    return [(entry, review) for entry, review in db.session.execute(query)]


def _line(entry: LedgerEntry, review: LedgerReview, places: dict[int, str]) -> Json:
    is_checked = review.state == ReviewState.CHECKED and review.decided_at is not None
    told: dict[str, Any] = {
        "id": entry.public_id,
        "day": entry.on.isoformat(),
        "kind": str(entry.kind),
        "minutes": entry.minutes,
        "core_minutes": entry.core_minutes,
        "synchronous": entry.synchronous,
        "title": entry.title,
        "program": places.get(entry.enrollment_id) if entry.enrollment_id else None,
        "state": str(review.state),
        "checked_on": review.decided_at.date().isoformat() if is_checked and review.decided_at else None,
        "evidence": {
            "type": entry.evidence_type,
            "sha256": digest({"line": entry.public_id, "evidence": entry.evidence}),
        },
    }
    return with_digest(told)
