"""What somebody fills in to be erased, and an owner to see to it at once."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from foundation.forms import Form, stripped

KEEP, WITHDRAW = "keep", "withdraw"
PAPERS = "Certificates and transcripts"


class EraseForm(Form):
    papers = RadioField(
        PAPERS,
        default=KEEP,
        choices=[
            (KEEP, "They stay valid: whoever is shown one can verify it, with the name on it"),
            (WITHDRAW, "Withdraw them too: their numbers answer that it was your wish, and no name is kept"),
        ],
    )
    understood = BooleanField(
        "I understand that what goes can’t be brought back.", validators=[InputRequired("Tick this if you are sure.")]
    )
    password = PasswordField(
        "Your password",
        validators=[InputRequired("Type your password, so that nobody else can ask for this.")],
        render_kw={"autocomplete": "current-password"},
    )


class EraseNowForm(Form):
    papers = RadioField(
        PAPERS,
        default=KEEP,
        choices=[(KEEP, "They stay valid"), (WITHDRAW, "The person asked to have them withdrawn too")],
    )
    reason = TextAreaField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it is kept."), Length(max=300)],
        render_kw={"rows": 3},
    )
    understood = BooleanField(
        "I have made sure who asks for this. It can’t be brought back.",
        validators=[InputRequired("Tick this once you have made sure who asks.")],
    )
