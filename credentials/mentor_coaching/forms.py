"""The form of a mentor session."""

from __future__ import annotations

from datetime import date

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from credentials.forms import NeededWhen
from credentials.mentor_coaching.holding import held_on
from credentials.models import Mentor
from foundation.forms import Form, stripped

NEW = ""
NAME = Length(max=120)


class MentorSessionForm(Form):
    """With whom, when, how long, in what company."""

    mentor = SelectField("Mentor coach")
    mentor_name = StringField(
        "New mentor's name",
        filters=[stripped],
        validators=[NeededWhen("mentor", NEW, "Name the mentor coach, or choose one from the list."), NAME],
    )
    credential = SelectField(
        "Their credential", choices=[("PCC", "PCC"), ("MCC", "MCC"), ("ACC", "ACC"), ("none", "None")]
    )
    renewed = BooleanField("An ACC that has been renewed at least once")
    specialization = SelectField(
        "Mentor Coach Specialization",
        choices=[("", "None, or I don't know"), ("ACC", "MCS-ACC"), ("PCC", "MCS-PCC"), ("MCC", "MCS-MCC")],
    )
    specialization_since = DateField("held since", validators=[Optional()])
    on = DateField("Day", validators=[InputRequired("Choose the day of the session.")])
    minutes = IntegerField(
        "Minutes",
        default=60,
        validators=[InputRequired("Say how many minutes."), NumberRange(1, 720, "Between 1 minute and 12 hours.")],
    )
    company = RadioField("In what company", choices=[("one", "One-to-one"), ("group", "A group")], default="one")
    mentees = IntegerField(
        "Mentees in the group",
        validators=[
            NeededWhen("company", "group", "Say how many mentees were in the group."),
            NumberRange(2, 100, "A group has at least two."),
        ],
    )
    observed = BooleanField("The mentor observed a session of mine and wrote it up")
    ask = BooleanField("Ask the mentor by e-mail to confirm it")
    mentor_email = StringField("Their e-mail address", filters=[stripped], validators=[Optional(), Length(max=254)])

    def offer(self, mentors: list[Mentor], day: date) -> None:
        known = [(m.public_id, f"{m.name}, {held_on(m.facts, day).short}") for m in mentors]
        self.mentor.choices = [*known, (NEW, "Somebody else…")]
