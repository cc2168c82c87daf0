"""What a trainee fills in to stop, to move or to come later; and what staff answer."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from foundation.forms import Form, stripped
from foundation.text import whole_number


def _why(words: str) -> Any:
    return TextAreaField(words, filters=[stripped], validators=[Optional(), Length(max=500)], render_kw={"rows": 3})


class SeenForm(Form):
    """`sum` carries the cents that were shown, so that nobody confirms another sum than they saw."""

    sum = HiddenField()

    @property
    def seen(self) -> int:
        """Cents; -1, which is no sum, where something else was sent."""
        return whole_number(self.sum.data)


class StopForm(SeenForm):
    reason = _why("What makes you stop?")
    sure = BooleanField("I stop here and give up my seat", validators=[InputRequired("Tick this to confirm.")])


class MoveForm(Form):
    cohort = RadioField("Where to", choices=[], validators=[InputRequired("Choose a cohort.")])
    reason = _why("Why?")


class DeferForm(Form):
    reason = _why("Why?")
    sure = BooleanField("I give up my seat and come back later", validators=[InputRequired("Tick this to confirm.")])


class AnswerForm(Form):
    """Staff decide; a no needs its reason, which the trainee reads."""

    answer = TextAreaField(
        "Answer",
        filters=[stripped],
        validators=[DataRequired("Say why, or how the fee was settled; they read it."), Length(max=500)],
        render_kw={"rows": 3},
    )


class StaffStopForm(SeenForm):
    """Staff end a course for somebody."""

    reason = TextAreaField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=500)],
        render_kw={"rows": 3},
    )
    sure = BooleanField("They leave, and this sum goes back", validators=[InputRequired("Tick this to confirm.")])


class StaffMoveForm(Form):
    cohort = SelectField("Where to", choices=[], validators=[InputRequired("Choose a cohort.")])
    reason = TextAreaField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=500)],
        render_kw={"rows": 3},
    )
