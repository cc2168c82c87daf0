"""The letters of this room. They hold titles, days and codes: never the name of anybody's client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from credentials.models import Certificate, LedgerEntry
from foundation.filters import hours, shown_date
from mail.promising import promise_letter


def promise_returned(user: User, entries: Sequence[LedgerEntry], reason: str, *, batch: str, at: datetime) -> None:
    """Tell a trainee which lines came back, and what to change."""
    lines = [f"{shown_date(e.on, 'medium')}: {e.title}, {hours(e.minutes)}" for e in entries]
    promise_letter(
        "hours.returned",
        to=user.email,
        facts={"name": user.first_name, "lines": lines, "count": len(lines), "reason": reason},
        dedupe=f"hours.returned:{batch}:{user.id}",
        at=at,
        user_id=user.id,
    )


def promise_certificate(certificate: Certificate, user: User, *, at: datetime) -> None:
    """Tell a graduate that the certificate is there, and how anybody can verify it."""
    promise_letter(
        "certificate.issued",
        to=user.email,
        facts={
            "name": user.first_name,
            "program": certificate.facts["program"],
            "number": certificate.number,
            "hours": hours(certificate.facts["minutes"]["total"]),
        },
        dedupe=f"certificate.issued:{certificate.number}",
        at=at,
        user_id=user.id,
    )
