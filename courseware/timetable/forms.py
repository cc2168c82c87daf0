"""What staff fill in about classes. Hours are those of the wall in the cohort's zone."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, cast

from wtforms import DateField, DateTimeLocalField, HiddenField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from accounts.models import User
from courseware.forms import TicksField
from courseware.models import Lesson, LiveClass
from courseware.timetable.laying import ClassDraft
from courseware.timetable.patterns import Pattern
from enrollment.models import Cohort
from foundation.db import db
from foundation.errors import Refused
from foundation.forms import Form, stripped
from foundation.text import whole_number
from foundation.wall import is_missing, moment, on_wall

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _minutes(label: str, **given: Any) -> IntegerField:
    checks = [InputRequired("Write whole minutes."), NumberRange(0, 1440, "From 0 to 1440 minutes.")]
    return IntegerField(label, validators=checks, **given)


class ClassForm(Form):
    """What every class has."""

    title = StringField(
        "Name", filters=[stripped], validators=[DataRequired("What is it called?"), Length(max=120)], default="Class"
    )
    minutes = _minutes("Minutes", default=120)
    core_minutes = _minutes("Of these, on the Core Competencies", default=120)
    lesson = SelectField("Lesson", coerce=int, default=0)
    instructor = SelectField("Taught by", coerce=int, default=0)
    join_url = StringField("The way in", filters=[stripped], validators=[Optional(), Length(max=500)])

    def offer_choices(self, lessons: list[tuple[int, str]], teachers: list[tuple[int, str]]) -> None:
        """The live classes of the program's course, and who teaches."""
        self.lesson.choices = [(0, "None of the course's"), *lessons]
        self.instructor.choices = [(0, "Whoever leads the cohort"), *teachers]

    def draft(self) -> ClassDraft:
        given = cast("dict[str, Any]", self.data)
        return ClassDraft(
            title=str(self.title.data),
            minutes=given["minutes"],
            core_minutes=given["core_minutes"],
            lesson=db.session.get(Lesson, given["lesson"]) if given["lesson"] else None,
            instructor=db.session.get(User, given["instructor"]) if given["instructor"] else None,
            join_url=str(self.join_url.data or ""),
        )


class PatternForm(ClassForm):
    """A weekly rhythm, over some days. The same first and last day make one class."""

    weekdays = TicksField("On", choices=[(str(n), day) for n, day in enumerate(DAYS)])
    begins = TimeField("Begins at", validators=[InputRequired("At which hour?")])
    every_weeks = IntegerField("Every so many weeks", default=1, validators=[InputRequired("Write a whole number.")])
    first = DateField("From", validators=[InputRequired("Choose a day.")])
    last = DateField("Until, that day included", validators=[InputRequired("Choose a day.")])
    without = StringField("But not on", filters=[stripped], validators=[Optional(), Length(max=600)])

    def pattern(self) -> Pattern:
        """Raises Refused beside the field."""
        given = cast("dict[str, Any]", self.data)
        return Pattern(
            weekdays=frozenset(int(one) for one in given["weekdays"] or []),
            begins=given["begins"],
            first=given["first"],
            last=given["last"],
            every_weeks=given["every_weeks"],
            without=frozenset(_days(str(self.without.data or ""))),
        )


def _days(typed: str) -> list[date]:
    try:
        return [date.fromisoformat(one) for one in re.split(r"[\s,;]+", typed) if one]
    except ValueError:
        raise Refused("Write days as 2026-12-24, with commas between them.", "without") from None


class ChangeForm(ClassForm):
    """One class. `seen` is how often it had changed when it was read."""

    starts_at = DateTimeLocalField(
        "Begins", format="%Y-%m-%dT%H:%M", validators=[InputRequired("Choose a day and an hour.")]
    )
    seen = HiddenField(default="")

    @property
    def sequence(self) -> int:
        return whole_number(self.seen.data)

    def moment(self, live_class: LiveClass) -> datetime:
        """When it begins; an hour that nobody touched keeps its seconds. Raises Refused beside the field."""
        zone = live_class.cohort.time_zone
        typed = cast("datetime", self.starts_at.data)
        if typed == on_wall(live_class.starts_at, zone).replace(second=0, microsecond=0):
            return live_class.starts_at
        if is_missing(typed, zone):
            raise Refused("The clocks jump over this hour there. Choose another one.", "starts_at")
        return moment(typed, zone)


class CallOffForm(Form):
    """A class does not take place; the reason stands in the letter."""

    reason = StringField(
        "Why",
        filters=[stripped],
        validators=[DataRequired("Say why; the enrolled read it."), Length(max=300, message="At most 300 characters.")],
    )
    seen = HiddenField(default="")

    @property
    def sequence(self) -> int:
        return whole_number(self.seen.data)


def filled(live_class: LiveClass) -> dict[str, Any]:
    """A class as the form shows it."""
    names = ("title", "minutes", "core_minutes", "join_url")
    return {name: getattr(live_class, name) for name in names} | {
        "lesson": live_class.lesson_id or 0,
        "instructor": live_class.instructor_id or 0,
        "starts_at": on_wall(live_class.starts_at, live_class.cohort.time_zone),
        "seen": str(live_class.sequence),
    }


def begun(cohort: Cohort) -> dict[str, Any]:
    """A pattern over the whole cohort, to begin with."""
    return {"first": cohort.starts_on, "last": cohort.ends_on}
