"""Making up: whether a class can be made up, by when, and handing in what the cohort asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from accounts.models import User
from courseware.attending import latest_mark, lock_class
from courseware.makeups.settling import standing
from courseware.models import MAKE_UP_MOVES, LiveClass, MakeUp, MakeUpRule, MakeUpState, Way
from courseware.studying import may_study
from enrollment.models import Enrollment
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

AFTER_A_RETURN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Told:
    """What a trainee hands in."""

    way: Way
    made_on: date
    takeaways: str = ""
    practice_minutes: int = 0
    practice_with: str = ""
    live_with: str = ""


@dataclass(frozen=True, slots=True)
class Chance:
    """Where a trainee stands with one class: what is missing, what was handed in, and what stands in the way."""

    live_class: LiveClass
    rule: MakeUpRule | None
    attended: int | None
    history: Sequence[MakeUp]
    until: datetime | None
    obstacle: str

    @property
    def latest(self) -> MakeUp | None:
        return self.history[0] if self.history else None

    @property
    def missing(self) -> int:
        return self.live_class.minutes - (self.attended or 0)

    @property
    def is_open(self) -> bool:
        return not self.obstacle


def rule_of(cohort_id: int) -> MakeUpRule | None:
    return db.session.scalar(select(MakeUpRule).where(MakeUpRule.cohort_id == cohort_id))


def chance_of(enrollment: Enrollment, live_class: LiveClass, *, at: datetime) -> Chance:
    """Whether a class can be made up now, and if not, why."""
    rule, mark = rule_of(live_class.cohort_id), latest_mark(live_class.id, enrollment.id)
    history = _history(enrollment.id, live_class.id)
    attended = mark.minutes if mark else None
    until = _until(rule, live_class, history) if rule else None
    obstacle = _obstacle(enrollment, live_class, rule, attended, history, until, at)
    return Chance(live_class, rule, attended, history, until, obstacle)


def hand_in(enrollment: Enrollment, live_class: LiveClass, told: Told, *, actor: User, at: datetime) -> MakeUp:
    """What somebody did instead of the class, for a person to decide. Handed in twice it is handed in once.

    Raises Refused, its `field` the input.
    """
    lock_class(live_class.id)
    if waiting := standing(live_class.id, enrollment.id):
        return waiting
    chance = chance_of(enrollment, live_class, at=at)
    if chance.rule is None or not chance.is_open:
        raise Refused(chance.obstacle)
    _check(told, chance.rule, live_class, at)
    made = MakeUp(
        live_class_id=live_class.id,
        enrollment_id=enrollment.id,
        number=max((one.number for one in chance.history), default=0) + 1,
        state=MakeUpState.HANDED_IN,
        way=told.way,
        made_on=told.made_on,
        takeaways=told.takeaways.strip(),
        practice_minutes=told.practice_minutes,
        practice_with=told.practice_with.strip(),
        live_with=told.live_with.strip(),
        rule=chance.rule.facts,
        handed_in_at=at,
    )
    db.session.add(made)
    db.session.flush()
    record("make_up.handed_in", subject=made, actor=actor, at=at, live_class=live_class.id, way=str(told.way))
    return made


def withdraw(made: MakeUp, *, actor: User, at: datetime) -> None:
    """Its trainee takes it back before anybody has decided. Raises Refused afterwards."""
    lock_class(made.live_class_id)
    db.session.refresh(made)
    if made.state == MakeUpState.WITHDRAWN:
        return
    if not MAKE_UP_MOVES.allows(made.state, MakeUpState.WITHDRAWN):
        raise Refused("This was decided meanwhile. Look at it once more.")
    made.state, made.decided_at = MakeUpState.WITHDRAWN, at
    record("make_up.withdrawn", subject=made, actor=actor, at=at)


def _history(enrollment_id: int, class_id: int) -> list[MakeUp]:
    query = select(MakeUp).where(MakeUp.enrollment_id == enrollment_id, MakeUp.live_class_id == class_id)
    return list(db.session.scalars(query.order_by(MakeUp.number.desc())))


def _until(rule: MakeUpRule, live_class: LiveClass, history: Sequence[MakeUp]) -> datetime:
    """The last moment; what came back may be mended for two weeks."""
    until = live_class.ends_at + timedelta(days=rule.within_days)
    back = [one.decided_at for one in history if one.state == MakeUpState.RETURNED and one.decided_at]
    return max([until, *(moment + AFTER_A_RETURN for moment in back)])


def _obstacle(
    enrollment: Enrollment,
    live_class: LiveClass,
    rule: MakeUpRule | None,
    attended: int | None,
    history: Sequence[MakeUp],
    until: datetime | None,
    at: datetime,
) -> str:
    latest = history[0].state if history else None
    if rule is None:
        return "This cohort has no rule for making up a class. Ask your instructor."
    reasons = [
        (not may_study(enrollment), "Your place in this program is not active, so nothing can be handed in."),
        (not live_class.can_be_made_up, "This class can’t be made up."),
        (at < live_class.ends_at, "This class is not over yet."),
        (attended is None, "Your attendance is not marked yet. Once it is, you can make up what is missing."),
        (attended is not None and attended >= live_class.minutes, "You were there all the time: nothing is missing."),
        (latest == MakeUpState.HANDED_IN, "You have handed it in. Your instructor looks at it."),
        (latest == MakeUpState.ACCEPTED, "It is accepted: the missing minutes are in your hours."),
        (until is not None and at > until, "The time for making up this class is over. Ask your instructor."),
    ]
    found = next((words for holds, words in reasons if holds), "")
    return found or _too_many(enrollment.id, live_class.id, rule)


def _too_many(enrollment_id: int, class_id: int, rule: MakeUpRule) -> str:
    if not rule.at_most:
        return ""
    stands = MakeUp.state.in_((MakeUpState.HANDED_IN, MakeUpState.ACCEPTED))
    others = select(func.count()).where(MakeUp.enrollment_id == enrollment_id, MakeUp.live_class_id != class_id, stands)
    if (db.session.scalar(others) or 0) < rule.at_most:
        return ""
    number = "one class" if rule.at_most == 1 else f"{rule.at_most} classes"
    return f"In this cohort {number} can be made up at most, and you have done so."


def _check(told: Told, rule: MakeUpRule, live_class: LiveClass, at: datetime) -> None:
    zone, words = live_class.cohort.zone, len(told.takeaways.split())
    if told.way not in rule.ways:
        raise Refused("Choose one of the ways that your cohort knows.", field="way")
    if told.way == Way.RECORDING and not live_class.recording_url:
        raise Refused("The recording is not here yet. Your instructor puts it on this page.", field="way")
    if told.way == Way.LIVE and not told.live_with.strip():
        raise Refused("Say with whom: the other group, or the instructor.", field="live_with")
    if not live_class.starts_at.astimezone(zone).date() <= told.made_on <= at.astimezone(zone).date():
        raise Refused("Choose a day from the class until today.", field="made_on")
    if words < rule.takeaways_words:
        raise Refused(f"At least {rule.takeaways_words} words; these are {words}.", field="takeaways")
    if told.practice_minutes < rule.practice_minutes:
        raise Refused(f"At least {rule.practice_minutes} minutes of practice.", field="practice_minutes")
    if rule.practice_minutes and not told.practice_with.strip():
        raise Refused("Say with whom you practised: a classmate or a peer, no client’s name.", field="practice_with")
