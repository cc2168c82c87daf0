"""What a trainee fills in to stop, to move or to come later; and what staff answer."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from foundation.forms import Form, stripped


def _why(words: str) -> Any:
    return TextAreaField(words, filters=[stripped], validators=[Optional(), Length(max=500)], render_kw={"rows": 3})


class StopForm(Form):
    """`sum` carries the cents that were shown, so that nobody confirms another sum than they saw."""

    sum = HiddenField()
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


class StaffStopForm(Form):
    """Staff end a course for somebody; `sum` carries the cents that were shown."""

    sum = HiddenField()
    reason = TextAreaField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=500)],
        render_kw={"rows": 3},
    )
    sure = BooleanField("They leave, and this sum goes back", validators=[InputRequired("Tick this to confirm.")])

    @property
    def seen(self) -> int:
        shown = str(self.sum.data)
        return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 12 else -1


class StaffMoveForm(Form):
    cohort = SelectField("Where to", choices=[], validators=[InputRequired("Choose a cohort.")])
    reason = TextAreaField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=500)],
        render_kw={"rows": 3},
    )
