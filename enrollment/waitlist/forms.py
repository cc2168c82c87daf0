"""What is asked of people who wait, and of staff who change the line."""

from __future__ import annotations

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from accounts.forms import PersonForm
from foundation.forms import Form, stripped


class WaitForm(Form):
    """Somebody who is signed in: nothing is asked but the token."""


class NewcomerForm(PersonForm):
    """A visitor who wants to wait: the account is made on the way."""


class ReasonForm(Form):
    """Staff change the line, and say why."""

    reason = TextAreaField(
        "Reason",
        filters=[stripped],
        validators=[
            DataRequired("Say why; it stays in the log for ever."),
            Length(min=8, max=300, message="Between 8 and 300 characters."),
        ],
        render_kw={"rows": 3},
    )


def wait_form_for(user: Any) -> WaitForm | NewcomerForm:
    return WaitForm() if user.is_authenticated else NewcomerForm()
