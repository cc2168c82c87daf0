"""The clock of a renewal: its days, where one is in it, and what a late one costs, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from credentials.evaluating.profile import read_profile
from credentials.evaluating.renewal import Renewal
from credentials.rules import Rule, RuleBook, RuleSet, Source
from credentials.ruling.living import live_book
from credentials.standing import sources_at
from foundation.filters import shown_date

Phase = Literal["early", "open", "grace", "late", "over"]
WHO_MENTORS = "renewal.mentor_eligible"


@dataclass(frozen=True)
class Clock:
    """The days of one renewal, all included, read under the rules of one day of submission."""

    rule_set: RuleSet
    starts_on: date
    opens_on: date
    expires_on: date
    grace_until: date
    last_on: date
    today: date

    @property
    def phase(self) -> Phase:
        if self.today < self.opens_on:
            return "early"
        if self.today <= self.expires_on:
            return "open"
        if self.today <= self.grace_until:
            return "grace"
        return "late" if self.today <= self.last_on else "over"

    @property
    def days_left(self) -> int:
        """Days until the next end: of the credential, of grace, of all."""
        ends = {"grace": self.grace_until, "late": self.last_on, "over": self.last_on}
        return (ends.get(self.phase, self.expires_on) - self.today).days

    @property
    def late_fee(self) -> Rule | None:
        return self.rule_set.rule("renewal.late_fee_usd")

    @property
    def late_words(self) -> str:
        """What is asked for after grace, under the rules of that day."""
        if self.late_fee:
            return f"a late fee of {self.late_fee.value} USD"
        extra = self.rule_set.rule("renewal.extra_cce_per_lapsed_month")
        return f"{extra.value} extra units a month" if extra else "what ICF asks for then"

    @property
    def fees(self) -> Rule | None:
        """What ICF takes for the renewal itself, by membership."""
        return self.rule_set.rule("fee.renewal_usd")

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The days as `components/steps.html` shows them."""
        marks = [
            ("Units count from", self.starts_on),
            ("ICF takes it from", self.opens_on),
            ("Expires", self.expires_on),
            ("Grace until", self.grace_until),
            (f"Last day, with {self.late_words}", self.last_on),
        ]
        done = [day for _, day in marks if day <= self.today]
        return [
            {
                "label": label,
                "when": shown_date(day, "MMM d, y"),
                "state": "done" if day in done[:-1] else "now" if day in done else "todo",
            }
            for label, day in marks
        ]

    def sources(self, *keys: str) -> tuple[Source, ...]:
        """Where the figures behind the days are written."""
        rules = [rule for key in keys if (rule := self.rule_set.rule(key))]
        addresses = dict.fromkeys(address for rule in rules for address in rule.sources)
        return sources_at(addresses, live_book())


def clock_of(profile: dict[str, Any], today: date, book: RuleBook | None = None) -> Clock | None:
    """The clock of a renewal profile; None where the credential is not held. Raises NoRuleSet, ProfileError."""
    known, person = book or live_book(), read_profile(profile)
    rule_set = known.rule_set_for(person.credential, "renewal", person.apply_on)
    renewal = Renewal(person, rule_set, known)
    if renewal.cycle is None:
        return None
    opens, grace, last = renewal.days
    return Clock(rule_set, renewal.cycle.starts_on, opens, renewal.cycle.expires_on, grace, last, today)


def ahead(clock: Clock, book: RuleBook | None = None) -> list[tuple[date, str, tuple[Source, ...]]]:
    """What changes for this renewal before its last day: rules that begin later, and rule sets that follow."""
    known, found = book or live_book(), []
    for rule in clock.rule_set.rules:
        if rule.applies_from and clock.today < rule.applies_from <= clock.last_on:
            words = f"{known.keys[rule.key].label}: {_value(rule)}."
            found.append((rule.applies_from, words, sources_at(rule.sources, known)))
    for later in known.later_than(clock.rule_set):
        first = later.effective_from
        if first and first <= clock.last_on:
            addresses = dict.fromkeys(address for change in known.changes_on(first) for address in change.sources)
            words = " ".join(change.what for change in known.changes_on(first))
            found.append((first, words or "New rules for renewals are in force.", sources_at(addresses, known)))
    return sorted(found, key=lambda one: one[0])


def first_day_to_submit(clock: Clock) -> date:
    """The day for which a wallet is looked at, where nobody asked for another: today, or the first that ICF takes."""
    return max(clock.today, clock.opens_on)


def _value(rule: Rule) -> str:
    if rule.key == WHO_MENTORS:
        names = {"ACC_renewed_once": "an ACC that was renewed"}
        return " or ".join(names.get(one, one) for one in rule.value)
    return str(rule.value)


def days_words(days: int) -> str:
    """`5 days`, `3 months`: as far off as one needs to know."""
    months = days // 30
    if months >= 3:
        return f"{months} months"
    return "1 day" if days == 1 else f"{days} days"
