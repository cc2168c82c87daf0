"""What somebody who wants to be erased is told: when, how to take it back, what holds it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.erasing.models import Erasure
from accounts.erasing.terms import Matter
from foundation.filters import shown_date
from foundation.tokens import sign
from mail.promising import owe_letter


def asked(made: Erasure, *, at: datetime) -> None:
    """The day, and the link that takes it back without signing in."""
    facts = {"due_on": shown_date(made.due_at), "withdraws": made.withdraws}
    facts |= {"token": sign("erasure.take-back", made.public_id)}
    _owe("account.erasure_asked", made, facts, at=at)


def held(made: Erasure, matters: Sequence[Matter], *, at: datetime) -> None:
    """It is due, and something is still open: what comes first."""
    _owe("account.erasure_held", made, {"matters": [one.words for one in matters]}, at=at)


def taken_back(made: Erasure, *, at: datetime) -> None:
    _owe("account.erasure_taken_back", made, {}, at=at)


def _owe(kind: str, made: Erasure, facts: dict[str, object], *, at: datetime) -> None:
    user = made.user
    known = {"name": user.first_name} | facts
    owe_letter(kind, to=user.email, facts=known, dedupe=f"{kind}:{made.public_id}", at=at, user_id=user.id)
