"""Beginning a form, and giving one back."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import DateField, HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from credentials.models import MentorSession
from foundation.filters import hours, shown_date
from foundation.forms import Form, stripped

LEVELS = [("ACC", "ACC"), ("PCC", "PCC"), ("MCC", "MCC")]


class BeginObservationForm(Form):
    """Within which mentor session, at which level, and when the coaching took place."""

    session = SelectField("Mentor session", validators=[InputRequired("Choose the mentor session.")])
    level = SelectField("Looked at for", choices=LEVELS, default="ACC")
    about_on = DateField("Day of the coaching", validators=[InputRequired("Say when the coaching took place.")])

    def offer(self, sessions: list[MentorSession], names: dict[int, str]) -> None:
        self.session.choices = [(one.public_id, _session(one, names[one.user_id])) for one in sessions]


class BeginReviewForm(Form):
    """For whom, at which level."""

    trainee = SelectField("Mentee", coerce=int, validators=[InputRequired("Choose the mentee.")])
    level = SelectField("Looked at for", choices=LEVELS, default="ACC")

    def offer(self, names: dict[int, str]) -> None:
        self.trainee.choices = sorted(names.items(), key=lambda pair: pair[1].casefold())


class FillForm(Form):
    """The version that the page was opened with; the rest is read by hand, row by row."""

    based_on = HiddenField()


class GiveBackForm(Form):
    """What is not right."""

    word = TextAreaField("What is not right", filters=[stripped], validators=[Length(max=2000)])


def _session(one: MentorSession, name: str) -> str:
    return f"{name}, {shown_date(one.on, 'medium')}, {hours(one.minutes)}"


def default_day(sessions: list[MentorSession], today: date) -> dict[str, Any]:
    return {"about_on": sessions[0].on if sessions else today}
