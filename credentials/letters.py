"""The letters of this room. They hold titles, days and codes: never the name of anybody's client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from credentials.models import Certificate, Confirmation, LedgerEntry, PriorLearning
from credentials.renewing.timing import Clock
from credentials.standing import Requirement
from foundation.filters import hours, shown_date
from mail.promising import owe_letter
from mail.rendering import link


def promise_returned(user: User, entries: Sequence[LedgerEntry], reason: str, *, batch: str, at: datetime) -> None:
    """Tell a trainee which lines came back, and what to change."""
    lines = [f"{shown_date(e.on, 'medium')}: {e.title}, {hours(e.minutes)}" for e in entries]
    owe_letter(
        "hours.returned",
        to=user.email,
        facts={"name": user.first_name, "lines": lines, "count": len(lines), "reason": reason},
        dedupe=f"hours.returned:{batch}:{user.id}",
        at=at,
        user_id=user.id,
    )


def promise_question(
    asked: Confirmation, what: str, people: int, user: User, *, to: str, token: str, at: datetime
) -> None:
    """Ask the other party of a session to confirm it. Sealed: neither the address nor the link is read by anybody."""
    entry = asked.entry
    owe_letter(
        "confirmation.asked",
        to=to,
        facts={
            "coach": user.name,
            "what": what,
            "day": shown_date(entry.on),
            "minutes": hours(entry.minutes),
            "people": people,
            "until": shown_date(asked.expires_at, zone=user.time_zone),
        },
        dedupe=f"confirmation.asked:{asked.public_id}",
        at=at,
        user_id=user.id,
        private={"link": link("confirm.question", token=token)},
    )


def promise_declined(asked: Confirmation, *, at: datetime) -> None:
    """Tell a trainee that a session was not confirmed; the other party's word is read on the page alone."""
    owe_letter(
        "confirmation.declined",
        to=asked.user.email,
        facts={
            "name": asked.user.first_name,
            "line": f"{shown_date(asked.entry.on, 'medium')}: {asked.entry.title}, {hours(asked.entry.minutes)}",
            "has_word": bool(asked.sealed_word),
            "entry": asked.entry.public_id,
        },
        dedupe=f"confirmation.declined:{asked.public_id}:{at.isoformat()}",
        at=at,
        user_id=asked.user_id,
    )


def promise_certificate(certificate: Certificate, user: User, *, at: datetime) -> None:
    """Tell a graduate that the certificate is there, and how anybody can verify it."""
    owe_letter(
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


def promise_partial(certificate: Certificate, user: User, *, at: datetime) -> None:
    """Tell somebody who left that there is a certificate of what was done."""
    owe_letter(
        "certificate.partial",
        to=user.email,
        facts={
            "name": user.first_name,
            "program": certificate.facts["program"],
            "number": certificate.number,
            "hours": hours(certificate.facts["minutes"]["total"]),
        },
        dedupe=f"certificate.partial:{certificate.number}",
        at=at,
        user_id=user.id,
    )


def promise_renewal(
    user: User, clock: Clock, rings: Sequence[Requirement], *, months: int, dedupe: str, at: datetime
) -> None:
    """Remind the holder of a credential: its end, what the wallet holds, and what follows the end."""
    lines = [f"{one.label}: {one.number} {one.of}" + _missing(one) for one in rings]
    owe_letter(
        "renewal.reminder",
        to=user.email,
        facts={
            "name": user.first_name,
            "credential": clock.rule_set.credential,
            "months": months,
            "expires_on": shown_date(clock.expires_on),
            "opens_on": shown_date(clock.opens_on),
            "grace_until": shown_date(clock.grace_until),
            "last_on": shown_date(clock.last_on),
            "late_words": clock.late_words,
            "lines": lines,
            "is_full": not any(one.missing for one in rings),
            "user_id": user.id,
        },
        dedupe=dedupe,
        at=at,
        user_id=user.id,
    )


def _missing(one: Requirement) -> str:
    return f" ({one.missing_words} missing)" if one.missing else ""


def promise_prior_learning(made: PriorLearning, *, at: datetime) -> None:
    """Tell a trainee what was decided about learning elsewhere, and why."""
    user = made.user
    owe_letter(
        "prior_learning.decided",
        to=user.email,
        facts={
            "name": user.first_name,
            "provider": made.provider,
            "title": made.title,
            "said": str(made.state),
            "reason": made.reason,
            "hours": hours(made.granted_minutes),
            "claim": made.public_id,
        },
        dedupe=f"prior_learning.decided:{made.id}:{made.state}",
        at=at,
        user_id=user.id,
    )
