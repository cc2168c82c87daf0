"""Gathering what goes into a passport: every line that stands, as figures, codes and digests; no client's name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.badges.identity import address, school_did
from credentials.models import (
    Certificate,
    CertificateKind,
    CertificateRevocation,
    Kind,
    LedgerEntry,
    LedgerReview,
    ReviewState,
)
from credentials.passports.besides import beside_of
from credentials.passports.detailing import confirmation_of, confirmations_of, details_of
from credentials.passports.sealing import BESIDE, FORMAT, THIRD_FORMAT, Json, digest, with_digest
from credentials.profiling import is_reversed
from credentials.summing import CHECKED, WAITING, Totals, totals_of
from enrollment.models import Cohort, Enrollment
from foundation.db import db


def contents(user: User, number: str, at: datetime) -> Json:
    """A passport of a person as of a moment, without its proof. Ten statements."""
    details, confirmed, beside = details_of(user.id), confirmations_of(user.id), beside_of(user.id)
    return {
        "format": THIRD_FORMAT if beside else FORMAT,
        "number": number,
        "issued_at": at.replace(microsecond=0).isoformat(),
        "holder": {"name": user.name},
        "issuer": {"id": school_did(), "name": current_app.config["SETTINGS"].school_name, "url": address("/")},
        "programs": programs_of(user),
        "minutes": minutes_by_kind(totals_of(user.id)),
        "lines": [
            _line(entry, review, place, details.get(entry.id), confirmation_of(entry, confirmed))
            for entry, review, place in _placed_lines(user)
        ],
    } | ({BESIDE: [with_digest(one) for one in beside]} if beside else {})


def programs_of(user: User) -> list[Json]:
    """A person's programs, and whether a valid certificate says that they are completed; one statement."""
    revoked = select(CertificateRevocation.id).where(CertificateRevocation.certificate_id == Certificate.id).exists()
    is_whole = Certificate.kind == CertificateKind.COMPLETION
    query = (
        select(Enrollment, Certificate.number)
        .outerjoin(Certificate, and_(Certificate.enrollment_id == Enrollment.id, is_whole, ~revoked))
        .where(Enrollment.user_id == user.id)
        .options(joinedload(Enrollment.cohort).joinedload(Cohort.program))
        .order_by(Enrollment.id, Certificate.id)
    )
    return list({one.id: _program(one, number) for one, number in db.session.execute(query)}.values())


def _program(enrollment: Enrollment, number: str | None) -> Json:
    return {
        "id": enrollment.public_id,
        "title": enrollment.cohort.program.title,
        "level": str(enrollment.cohort.program.level),
        "cohort": enrollment.cohort.title,
        "completed": number is not None,
        "certificate": number,
    }


def minutes_by_kind(totals: Totals) -> list[Json]:
    """Checked minutes and what waits, of each kind that there is."""
    sums = [(kind, totals.minutes(kind, CHECKED), totals.minutes(kind, WAITING)) for kind in Kind]
    return [
        {"kind": str(kind), "checked": checked, "waiting": waiting}
        for kind, checked, waiting in sums
        if checked or waiting
    ]


def standing_lines(user: User) -> list[tuple[LedgerEntry, LedgerReview]]:
    """Every line that was not taken back, oldest first, with its review."""
    return [(entry, review) for entry, review, _ in _placed_lines(user)]


def _placed_lines(user: User) -> list[tuple[LedgerEntry, LedgerReview, str | None]]:
    query = (
        select(LedgerEntry, LedgerReview, Enrollment.public_id)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .outerjoin(Enrollment, Enrollment.id == LedgerEntry.enrollment_id)
        .where(LedgerEntry.user_id == user.id, LedgerEntry.reverses_id.is_(None), ~is_reversed(LedgerEntry.id))
        .order_by(LedgerEntry.on, LedgerEntry.id)
    )
    return [(entry, review, place) for entry, review, place in db.session.execute(query)]


def _line(
    entry: LedgerEntry, review: LedgerReview, place: str | None, details: Json | None, confirmed: Json | None
) -> Json:
    is_checked = review.state == ReviewState.CHECKED and review.decided_at is not None
    told: dict[str, Any] = {
        "id": entry.public_id,
        "day": entry.on.isoformat(),
        "kind": str(entry.kind),
        "minutes": entry.minutes,
        "core_minutes": entry.core_minutes,
        "synchronous": entry.synchronous,
        "title": entry.title,
        "program": place,
        "state": str(review.state),
        "checked_on": review.decided_at.date().isoformat() if is_checked and review.decided_at else None,
        "evidence": {
            "type": entry.evidence_type,
            "sha256": digest({"line": entry.public_id, "evidence": entry.evidence}),
        },
        "details": details,
        "confirmed": confirmed,
    }
    return with_digest(told)
