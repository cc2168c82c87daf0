"""May this letter go out? Asked at the moment of sending, not when it was promised."""

from __future__ import annotations

from foundation.config import Settings
from mail.consenting import NEWS, stands
from mail.models import Category, Letter, Scope
from mail.sealing import recipient
from mail.suppressing import WORDS, stops_for

RESERVED = ("example.com", "example.org", "example.net")
OUTSIDE_PRODUCTION = (
    "Outside production letters go only to example domains and to those that PRACTICUM_MAIL_ALLOWED names."
)
FORGOTTEN = "Whoever it was for has been forgotten."
SEALED_FOR_GOOD = "No key of PRACTICUM_FERNET_KEYS opens its address."
NO_CONSENT = "The reader never said yes to news, or took it back."


def why_not(letter: Letter, settings: Settings) -> str | None:
    """Why this letter may not go out now, in words for staff; None where it may."""
    try:
        to = recipient(letter)
    except ValueError:
        return SEALED_FOR_GOOD
    if not to:
        return FORGOTTEN
    if not settings.in_production and not _is_safe(to, settings.mail_allowed):
        return OUTSIDE_PRODUCTION
    is_marketing = letter.category == Category.MARKETING
    for found in stops_for(to):
        if found.scope == Scope.ALL or is_marketing:
            return WORDS[found.reason]
    return NO_CONSENT if is_marketing and not stands(to, NEWS) else None


def _is_safe(address: str, allowed: tuple[str, ...]) -> bool:
    domain = address.rpartition("@")[2].lower()
    return domain in {*RESERVED, *allowed} or domain.endswith((".test", ".invalid", ".example"))
