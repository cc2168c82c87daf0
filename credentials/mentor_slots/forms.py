"""A mentor's offer, and what the mentor says afterwards."""

from __future__ import annotations

from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from credentials.forms import NeededWhen
from credentials.mentor_slots.attending import Outcome
from credentials.mentor_slots.publishing import MOST_WEEKS, Offer
from foundation.forms import Form, stripped

A_LENGTH = NumberRange(15, 240, "Between 15 minutes and 4 hours.")
A_GROUP = NumberRange(2, 10, "Between 2 and 10 mentees.")
SOME_WEEKS = NumberRange(1, MOST_WEEKS, f"Between 1 and {MOST_WEEKS} weeks.")


class OfferForm(Form):
    """A free hour on the mentor's own clock."""

    on = DateField("Day", validators=[InputRequired("Choose the day.")])
    starts = TimeField("Begins", validators=[InputRequired("Say when it begins.")])
    minutes = IntegerField("Minutes", default=60, validators=[InputRequired("Say how many minutes."), A_LENGTH])
    company = RadioField("For", choices=[("one", "One-to-one"), ("group", "A group")], default="one")
    places = IntegerField(
        "Places in the group", validators=[NeededWhen("company", "group", "Say how many places."), A_GROUP]
    )
    weeks = IntegerField("Weeks in a row", default=1, validators=[InputRequired("At least 1."), SOME_WEEKS])
    place = StringField("The way in", filters=[stripped], validators=[Optional(), Length(max=300)])

    def offer(self) -> Offer:
        """What was said, once the form is valid."""
        is_group = self.company.data == "group"
        assert self.on.data
        assert self.starts.data
        return Offer(
            on=self.on.data,
            starts=self.starts.data,
            minutes=self.minutes.data or 0,
            places=self.places.data or 0 if is_group else 1,
            place=self.place.data or "",
            weeks=self.weeks.data or 0,
        )


class WasThereForm(Form):
    """Nothing but the token; each mentee has a part of their own."""


class OutcomeForm(Form):
    """One mentee: there or not, how long, observed or not."""

    class Meta:
        csrf = False

    came = BooleanField("Was there")
    minutes = IntegerField(
        "Minutes",
        validators=[
            NeededWhen("came", True, "Say how many minutes."),
            NumberRange(1, 300, "Between 1 and 300 minutes."),
        ],
    )
    observed = BooleanField("I observed coaching of theirs and gave feedback")

    def outcome(self) -> Outcome:
        came = bool(self.came.data)
        return Outcome(int(self.minutes.data or 0) if came else 0, came and bool(self.observed.data))
