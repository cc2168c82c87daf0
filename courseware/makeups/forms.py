"""Forms of make-ups: handing in, deciding, the rule."""

from __future__ import annotations

from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from courseware.makeups.making_up import Told
from courseware.makeups.ruling import Wished
from courseware.models import MakeUpRule, Way
from foundation.forms import Form, stripped

WAYS = {
    Way.RECORDING: "I watched the recording",
    Way.LIVE: "I was in the class of another group, or with an instructor",
}


class MakeUpForm(Form):
    """What a trainee did instead of the class. Only what the cohort asks for is shown."""

    way = RadioField("What you did", validators=[InputRequired("Choose what you did.")])
    live_with = StringField("With whom", filters=[stripped], validators=[Optional(), Length(max=200)])
    made_on = DateField("On what day", validators=[InputRequired("Choose the day.")])
    takeaways = TextAreaField("What you take away", filters=[stripped], validators=[Optional(), Length(max=12_000)])
    practice_minutes = IntegerField("Minutes of practice", validators=[Optional(), NumberRange(0, 600)])
    practice_with = StringField("Practised with", filters=[stripped], validators=[Optional(), Length(max=200)])

    def fit(self, rule: MakeUpRule) -> None:
        """Offer the ways that the rule knows."""
        self.way.choices = [(str(way), WAYS[way]) for way in rule.ways]
        if len(rule.ways) == 1 and not self.way.data:
            self.way.data = str(rule.ways[0])

    def told(self) -> Told:
        assert self.made_on.data
        return Told(
            way=Way(self.way.data),
            made_on=self.made_on.data,
            takeaways=self.takeaways.data or "",
            practice_minutes=self.practice_minutes.data or 0,
            practice_with=self.practice_with.data or "",
            live_with=self.live_with.data or "",
        )


class DecideForm(Form):
    """The word of whoever decides."""

    reason = TextAreaField("What is missing", filters=[stripped], validators=[Optional(), Length(max=1000)])


class RuleForm(Form):
    """The make-up rule of a cohort."""

    by_recording = BooleanField("By watching the recording (its minutes count as asynchronous)")
    by_live = BooleanField("Live, in the class of another group or with an instructor (synchronous)")
    takeaways_words = IntegerField(
        "Words about what one takes away",
        default=150,
        validators=[InputRequired("0: not asked."), NumberRange(0, 2000)],
    )
    practice_minutes = IntegerField(
        "Minutes of practice with a peer", default=0, validators=[InputRequired("0: not asked."), NumberRange(0, 600)]
    )
    within_days = IntegerField(
        "Days after the class", default=21, validators=[InputRequired("How many days?"), NumberRange(1, 365)]
    )
    at_most = IntegerField(
        "Classes a person can make up", default=0, validators=[InputRequired("0: as many."), NumberRange(0, 100)]
    )
    note = TextAreaField("A word to the trainees", filters=[stripped], validators=[Optional(), Length(max=1000)])

    def wished(self) -> Wished:
        return Wished(**{name: self[name].data for name in Wished.__slots__} | {"note": self.note.data or ""})


class RecordingForm(Form):
    """What a class has for those who missed it."""

    recording_url = StringField(
        "Address of the recording", filters=[stripped], validators=[Optional(), Length(max=500)]
    )
    can_be_made_up = BooleanField("This class can be made up", default=True)
