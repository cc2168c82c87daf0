"""Asking for a confirmation, and answering."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from foundation.forms import Form, stripped


class AskForm(Form):
    """Whom to write to."""

    address = StringField("Their e-mail address", filters=[stripped], validators=[Length(max=254)])


class AnswerForm(Form):
    """A word beside the answer. Which button was pressed says the rest."""

    word = TextAreaField("A word to them", filters=[stripped], validators=[Length(max=1000)])
