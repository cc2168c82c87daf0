"""A trainee beside what ICF asks of a program of its level: what is met, what waits to be checked, what is lacking."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.evaluating.calendar import shift_months
from credentials.providing import requiring
from credentials.providing.counting import Amount, Hours, Mentored
from credentials.providing.requiring import Asked
from credentials.rules import Rule
from credentials.wording import amount
from foundation.filters import count


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement of a trainee: in minutes, sessions or days."""

    key: str
    label: str
    unit: str
    required: int
    have: Amount

    @property
    def is_met(self) -> bool:
        return self.have.verified >= self.required

    @property
    def waits(self) -> bool:
        """Met once what waits is checked."""
        return not self.is_met and self.have.both >= self.required

    @property
    def is_lacking(self) -> bool:
        return self.have.both < self.required

    @property
    def words(self) -> str:
        """`Mentor coaching: 2 h`: how much is lacking."""
        missing = self.required - self.have.both
        if self.unit == "flag":
            return self.label
        counted = f"{missing} more" if self.unit == "count" else amount(self.unit, missing)
        return f"{self.label}: {counted}"


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement as the page explains it: what is asked for, and the rule that says so."""

    key: str
    label: str
    unit: str
    required: int
    rule: Rule | None = None

    @property
    def words(self) -> str:
        counted = count(self.required, "month") if self.key == "span" else amount(self.unit, self.required)
        return "Passed" if self.unit == "flag" else f"At least {counted}"


def needs_of(asked: Asked) -> list[Need]:
    """What each trainee of such a program needs, in the order of the page; what the rules don't ask is left out."""
    told = [
        ("education", "Education", "minutes", asked.contact[0], requiring.RANGE),
        ("core", "Core Competencies", "minutes", asked.share(requiring.CORE), requiring.CORE),
        ("live", "Live education", "minutes", asked.share(requiring.LIVE), requiring.LIVE),
        ("mentor", "Mentor coaching", "minutes", asked.minutes(requiring.MENTOR), requiring.MENTOR),
        ("one_to_one", "One-to-one", "minutes", asked.minutes(requiring.ONE_TO_ONE), requiring.ONE_TO_ONE),
        ("span", "Months of mentoring", "count", asked.number(requiring.SPAN), requiring.SPAN),
        ("observed", "Observed sessions", "count", asked.observed, requiring.OBSERVED),
        ("written", "Written feedback", "count", asked.number(requiring.WRITTEN), requiring.WRITTEN),
        ("evaluation", "Performance evaluation", "flag", int(bool(asked.evaluated_for)), requiring.EVALUATION),
    ]
    return [Need(*one[:4], rule=_rule(asked, one[4])) for one in told if one[3]]


def _rule(asked: Asked, key: str) -> Rule | None:
    others = {requiring.RANGE: requiring.LEAST, requiring.OBSERVED: requiring.WRITTEN}
    return asked.rule(key) or asked.rule(others.get(key, key))


def checks_of(
    needs: list[Need], hours: Hours, mentored: Mentored, written: Amount, evaluated: Amount, *, group_most: int
) -> list[Check]:
    """One trainee's checks, one for each need. `group_most`: minutes in groups that count; 0: there is no limit."""
    have = {
        "education": hours.education,
        "core": hours.core,
        "live": hours.live,
        "mentor": mentored.countable(group_most),
        "one_to_one": mentored.one_to_one,
        "span": Amount(_months(mentored)),
        "observed": observed_of(mentored, written),
        "written": written,
        "evaluation": evaluated,
    }
    return [Check(one.key, one.label, one.unit, one.required, have[one.key]) for one in needs]


def observed_of(mentored: Mentored, written: Amount) -> Amount:
    """Sessions that were observed: a form that both have signed shows one, inside a mentor session or without."""
    verified = max(mentored.observed.verified, written.verified)
    return Amount(verified, max(mentored.observed.both, written.both) - verified)


def _months(mentored: Mentored) -> int:
    """Whole calendar months from the first countable mentor session to the last."""
    if mentored.first_on is None or mentored.last_on is None:
        return 0
    months = (mentored.last_on.year - mentored.first_on.year) * 12 + mentored.last_on.month - mentored.first_on.month
    return months if shift_months(mentored.first_on, months) <= mentored.last_on else months - 1
