"""The make-up rule of a cohort, and what a single class has for it: set by staff, kept with who and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from courseware.makeups.making_up import rule_of
from courseware.models import LiveClass, MakeUpRule
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class Wished:
    """A rule as somebody wishes it. Words and minutes of 0 are not asked for; `at_most` 0 is as many as one likes."""

    by_recording: bool
    by_live: bool
    takeaways_words: int
    practice_minutes: int
    within_days: int
    at_most: int
    note: str = ""


def set_rule(cohort: Cohort, wished: Wished, *, actor: User | None, at: datetime) -> MakeUpRule:
    """The rule of a cohort from now on; what was handed in keeps the rule it was handed in under. Raises Refused."""
    if not (wished.by_recording or wished.by_live):
        raise Refused("Choose one way at least.", field="by_recording")
    db.session.scalars(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update(key_share=True)).one()
    rule = rule_of(cohort.id)
    values = {name: getattr(wished, name) for name in Wished.__slots__}
    if rule is not None and all(getattr(rule, name) == value for name, value in values.items()):
        return rule
    rule = rule or MakeUpRule(cohort_id=cohort.id)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.set_by_id, rule.set_at = actor.id if actor else None, at
    db.session.add(rule)
    db.session.flush()
    record("make_up_rule.set", subject=rule, actor=actor, at=at, cohort=cohort.code, **rule.facts)
    return rule


def set_recording(
    live_class: LiveClass, *, recording_url: str, can_be_made_up: bool, actor: User | None, at: datetime
) -> None:
    """Where the recording of a class lies, and whether the class can be made up at all. Raises Refused."""
    url = recording_url.strip()
    if url and not url.startswith(("https://", "http://")):
        raise Refused("The recording is an address that begins with https://.", field="recording_url")
    if (live_class.recording_url, live_class.can_be_made_up) == (url, can_be_made_up):
        return
    live_class.recording_url, live_class.can_be_made_up = url, can_be_made_up
    record("live_class.recording_set", subject=live_class, actor=actor, at=at, can_be_made_up=can_be_made_up)


def cohort_by(code: str) -> Cohort:
    found = db.session.scalar(select(Cohort).where(Cohort.code == code))
    if found is None:
        raise NotFound
    return found
