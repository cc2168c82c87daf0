"""Forms of the desk."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from foundation.forms import Form, stripped


class ResolveForm(Form):
    """What was decided, in a few words."""

    note = StringField(
        "What was decided",
        filters=[stripped],
        validators=[DataRequired("Say in a few words what was decided."), Length(max=300)],
    )
