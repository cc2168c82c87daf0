"""The forms of certificates."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from credentials.forms import Asked
from foundation.forms import Form, stripped


class VerifyForm(Asked):
    number = StringField(
        "Certificate number", filters=[stripped], validators=[InputRequired("Type the number."), Length(max=60)]
    )


class RevokeForm(Form):
    reason = TextAreaField("Reason", filters=[stripped], validators=[Length(max=1000)])


class ReissueForm(Form):
    reason = TextAreaField("Reason for a new one", filters=[stripped], validators=[Length(max=1000)])


class PartialForm(Form):
    reason = StringField("Why", filters=[stripped], validators=[Length(max=300)])


class IssueForm(Form):
    """Only the token is a field."""


class HoldForm(Form):
    reason = StringField("Why, as the trainee reads it", filters=[stripped], validators=[Length(max=300)])
