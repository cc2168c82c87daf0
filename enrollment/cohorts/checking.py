"""Checking a cohort before it is written: days in order, seats that make sense, a currency and a zone there are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accounts.forms import ZONES
from foundation import currencies
from foundation.errors import Refused
from foundation.money import Money

if TYPE_CHECKING:
    from enrollment.cohorts.writing import CohortDraft

LONGEST = timedelta(days=5 * 366)
MOST_SEATS = 2000
MOST_CENTS = 10**12
CREDENTIALS = ("", "ACC", "PCC", "MCC")
TAKEN_WORDS = {"new"}


def check_code(code: str) -> None:
    """A code stands in addresses: letters, digits and hyphens."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?", code) or "--" in code:
        raise Refused("Letters, digits and single hyphens, such as maple-2027; at most 40.", "code")
    if code.lower() in TAKEN_WORDS:
        raise Refused("This word is an address of its own. Choose another one.", "code")


def check(draft: CohortDraft) -> None:
    """Raises Refused beside the field."""
    if draft.ends_on < draft.starts_on:
        raise Refused("The last day can't be before the first.", "ends_on")
    if draft.ends_on - draft.starts_on > LONGEST:
        raise Refused("A cohort lasts five years at most.", "ends_on")
    if draft.time_zone not in ZONES:
        raise Refused("Choose a time zone from the list.", "time_zone")
    _check_selling(draft)
    if not 0 <= draft.seats <= MOST_SEATS:
        raise Refused(f"From 0 to {MOST_SEATS} seats.", "seats")
    if not 0 <= draft.seats_minimum <= draft.seats:
        raise Refused("The least number is between 0 and the number of seats.", "seats_minimum")
    if draft.requires_program_id == draft.program_id:
        raise Refused("A program can't be needed for itself.", "requires_program")
    if draft.requires_credential not in CREDENTIALS:
        raise Refused("Choose ACC, PCC, MCC or none.", "requires_credential")


def _check_selling(draft: CohortDraft) -> None:
    if draft.closes_at <= draft.opens_at:
        raise Refused("Enrollment must close after it opens.", "closes_at")
    if draft.closes_at.astimezone(ZoneInfo(draft.time_zone)).date() > draft.ends_on:
        raise Refused("Enrollment can't be open after the last day.", "closes_at")
    if not 1 <= draft.offer_hours <= 336:
        raise Refused("From 1 to 336 hours.", "offer_hours")
    if draft.currency not in currencies.TAKEN:
        raise Refused("Three letters of a currency that Stripe takes, such as USD.", "currency")
    if not 0 <= draft.price_cents <= MOST_CENTS:
        raise Refused("A price can't be negative, or that high.", "price")
    least = currencies.least(draft.currency)
    if 0 < draft.price_cents < least:
        raise Refused(f"Stripe takes no payment under {Money(least, draft.currency)}. Write 0 for nothing.", "price")
    if draft.price_cents % currencies.step(draft.currency):
        raise Refused("Such a fraction can't be charged in this currency.", "price")
